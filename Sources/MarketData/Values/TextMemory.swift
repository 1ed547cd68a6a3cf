// The unsafe code of the text buffer is in this file: bytes written without a check for each of them.
// Every function checks its whole range once.

/// Bytes of text in memory.
enum TextMemory {
  /// Writes the lowest `digits` decimal digits with leading zeros.
  @inline(__always)
  static func write(_ value: UInt64, digits: Int, into storage: inout [UInt8], at place: Int) {
    precondition(place >= 0 && digits >= 0 && place &+ digits <= storage.count)
    unsafe storage.withUnsafeMutableBufferPointer { storage in
      guard let base = storage.baseAddress else { return }
      var rest = value
      var index = place &+ digits
      // Two digits a division; the product with the reciprocal is what the compiler makes of it.
      while index &- place >= 2 {
        let quotient = rest / 100
        let pair = rest &- quotient &* 100
        let tens = (pair &* 103) >> 10
        index &-= 2
        unsafe base[index] = UInt8(truncatingIfNeeded: 0x30 &+ tens)
        unsafe base[index &+ 1] = UInt8(truncatingIfNeeded: 0x30 &+ pair &- tens &* 10)
        rest = quotient
      }
      if index > place { unsafe base[place] = UInt8(truncatingIfNeeded: 0x30 &+ rest % 10) }
    }
  }

  /// Writes a short text; 16 bytes at `place` are written, whatever its length.
  @inline(__always)
  static func write(shortText cell: PackedCell, into storage: inout [UInt8], at place: Int) {
    precondition(place >= 0 && place &+ 16 <= storage.count)
    unsafe storage.withUnsafeMutableBytes { storage in
      unsafe storage.storeBytes(of: cell.low.littleEndian, toByteOffset: place, as: UInt64.self)
      unsafe storage.storeBytes(of: (cell.high >> 16).littleEndian, toByteOffset: place &+ 8, as: UInt64.self)
    }
  }

  /// The string of a short text.
  static func string(shortText cell: PackedCell) -> String {
    let count = min(cell.textCount, PackedCell.shortTextLimit)
    return unsafe String(unsafeUninitializedCapacity: PackedCell.shortTextLimit) { storage in
      for index in 0..<count { unsafe storage[index] = cell.shortTextByte(index) }
      return count
    }
  }

  /// Writes bytes.
  @inline(__always)
  static func write(_ bytes: ArraySlice<UInt8>, into storage: inout [UInt8], at place: Int) {
    precondition(place >= 0 && place &+ bytes.count <= storage.count)
    unsafe storage.withUnsafeMutableBytes { storage in
      unsafe bytes.withUnsafeBytes { bytes in
        unsafe UnsafeMutableRawBufferPointer(rebasing: storage[place...]).copyMemory(from: bytes)
      }
    }
  }

  /// Writes the bytes of a string.
  @inline(__always)
  static func write(_ text: inout String, into storage: inout [UInt8], at place: Int) {
    text.withUTF8 { text in
      precondition(place >= 0 && place &+ text.count <= storage.count)
      unsafe storage.withUnsafeMutableBytes { storage in
        unsafe UnsafeMutableRawBufferPointer(rebasing: storage[place...]).copyMemory(from: UnsafeRawBufferPointer(text))
      }
    }
  }

  /// Whether a comma, quote, CR or LF stands in the bytes.
  @inline(__always)
  static func needsQuotes(_ bytes: ArraySlice<UInt8>) -> Bool {
    unsafe bytes.withUnsafeBufferPointer { bytes in
      var found = false
      for index in 0..<bytes.count {
        let byte = unsafe bytes[index]
        found = found || byte == 0x2C || byte == 0x22 || byte == 0x0A || byte == 0x0D
      }
      return found
    }
  }
}
