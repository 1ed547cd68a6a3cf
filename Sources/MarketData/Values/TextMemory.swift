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
      _ = unsafe write(value, digits: digits, before: place &+ digits, base)
    }
  }

  /// Writes the lowest `whole` + `fraction` decimal digits with leading zeros and a point before the fraction.
  @inline(__always)
  static func write(
    _ value: UInt64, whole: Int, fraction: Int, into storage: inout [UInt8], at place: Int
  ) {
    precondition(place >= 0 && whole >= 0 && fraction >= 0 && place &+ whole &+ fraction < storage.count)
    unsafe storage.withUnsafeMutableBufferPointer { storage in
      guard let base = storage.baseAddress else { return }
      let rest = unsafe write(value, digits: fraction, before: place &+ whole &+ 1 &+ fraction, base)
      unsafe base[place &+ whole] = UInt8(ascii: ".")
      _ = unsafe write(rest, digits: whole, before: place &+ whole, base)
    }
  }

  /// Writes digits up to `end` and returns what of the value stands before them.
  @inline(__always)
  private static func write(_ value: UInt64, digits: Int, before end: Int, _ base: UnsafeMutablePointer<UInt8>)
    -> UInt64
  {
    var index = end
    let first = end &- digits
    var wide = value
    while wide > 0xFFFF_FFFF, index &- first >= 2 {
      let quotient = wide / 100
      index &-= 2
      unsafe write(pair: UInt32(truncatingIfNeeded: wide &- quotient &* 100), base + index)
      wide = quotient
    }
    if wide > 0xFFFF_FFFF {
      if index > first { unsafe base[first] = UInt8(truncatingIfNeeded: 0x30 &+ wide % 10) }
      return index > first ? wide / 10 : wide
    }
    // Most numbers fit, and a product of 32 bits is what a division by 100 costs then.
    var rest = UInt32(truncatingIfNeeded: wide)
    while index &- first >= 2 {
      let quotient = rest / 100
      index &-= 2
      unsafe write(pair: rest &- quotient &* 100, base + index)
      rest = quotient
    }
    if index > first {
      let quotient = rest / 10
      unsafe base[first] = UInt8(truncatingIfNeeded: 0x30 &+ rest &- quotient &* 10)
      rest = quotient
    }
    return UInt64(rest)
  }

  /// Bytes of `2024-07-01T09:18:53.789Z`.
  static let timeSize = 24

  /// Writes a time; `milliseconds` are those of the day.
  static func write(
    year: UInt32, month: UInt32, day: UInt32, milliseconds: UInt32, into storage: inout [UInt8], at place: Int
  ) {
    precondition(place >= 0 && place &+ timeSize <= storage.count && year < 10_000 && month < 100 && day < 100)
    let seconds = milliseconds / 1000
    let rest = milliseconds % 1000
    unsafe storage.withUnsafeMutableBufferPointer { storage in
      guard let base = storage.baseAddress else { return }
      let text = unsafe base + place
      unsafe write(pair: year / 100, text)
      unsafe write(pair: year % 100, text + 2)
      unsafe text[4] = UInt8(ascii: "-")
      unsafe write(pair: month, text + 5)
      unsafe text[7] = UInt8(ascii: "-")
      unsafe write(pair: day, text + 8)
      unsafe text[10] = UInt8(ascii: "T")
      unsafe write(pair: seconds / 3600 % 100, text + 11)
      unsafe text[13] = UInt8(ascii: ":")
      unsafe write(pair: seconds / 60 % 60, text + 14)
      unsafe text[16] = UInt8(ascii: ":")
      unsafe write(pair: seconds % 60, text + 17)
      unsafe text[19] = UInt8(ascii: ".")
      unsafe write(pair: rest / 10, text + 20)
      unsafe text[22] = UInt8(truncatingIfNeeded: 0x30 &+ rest % 10)
      unsafe text[23] = UInt8(ascii: "Z")
    }
  }

  /// Writes two digits in one store.
  @inline(__always)
  private static func write(pair: UInt32, _ place: UnsafeMutablePointer<UInt8>) {
    let tens = (pair &* 103) >> 10
    let digits = UInt16(truncatingIfNeeded: 0x3030 &+ tens &+ (pair &- tens &* 10) << 8)
    unsafe UnsafeMutableRawPointer(place).storeBytes(of: digits.littleEndian, as: UInt16.self)
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

  /// Copies bytes to a place behind them.
  @inline(__always)
  static func copy(_ range: Range<Int>, in storage: inout [UInt8], to place: Int) {
    precondition(range.lowerBound >= 0 && range.upperBound <= place && place &+ range.count <= storage.count)
    unsafe storage.withUnsafeMutableBytes { storage in
      unsafe UnsafeMutableRawBufferPointer(rebasing: storage[place...])
        .copyMemory(from: UnsafeRawBufferPointer(rebasing: storage[range]))
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
