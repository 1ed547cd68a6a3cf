internal import NIOCore

// The only file of the target that leaves the memory-safe part of the language: reading bytes eight at a time.
// Every position is relative to the buffer's reader index; ends are clamped to the readable bytes.

/// What is known of a line that is being looked through.
struct LineScan {
  /// Where to go on.
  var position: Int
  /// The first colon, -1 before it is met.
  var colon = -1
  /// Whether a backslash was met.
  var hasBackslash = false
  /// Whether all bytes so far are below 0x80.
  var isASCII = true
  /// Whether the line as far as it was looked through ends with a CR.
  var endsWithCR = false
  /// Whether a NUL was met before the LF.
  var hasNUL = false
  /// The first byte of the line.
  let start: Int

  init(from start: Int) {
    self.start = start
    position = start
  }
}

extension LineScan {
  /// Notes how far the line was looked through.
  @inline(__always)
  fileprivate mutating func end(at end: Int, _ bytes: UnsafeRawBufferPointer) {
    position = end
    endsWithCR = unsafe end > start && bytes[end &- 1] == 0x0D
    hasNUL = unsafe end < bytes.count && bytes[end] == 0
  }
}

private let ones: UInt64 = 0x0101_0101_0101_0101
private let highs: UInt64 = 0x8080_8080_8080_8080

/// A word whose lowest set bit is the high bit of the first byte of `word` that equals `byte`; 0 when there is none.
@inline(__always)
private func marks(_ word: UInt64, _ byte: UInt8) -> UInt64 {
  let difference = word ^ (ones &* UInt64(byte))
  return (difference &- ones) & ~difference & highs
}

@inline(__always)
private func word(_ bytes: UnsafeRawBufferPointer, _ position: Int) -> UInt64 {
  unsafe UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
}

extension ByteBuffer {
  /// Looks through a line up to its LF or to a NUL. `scan` is moved on; nil when neither comes before `end`.
  func scanLine(_ scan: inout LineScan, upTo end: Int) -> Int? {
    let before = scan
    let (after, stop) = unsafe withUnsafeReadableBytes { bytes -> (LineScan, Int?) in
      var scan = before
      var position = scan.position
      let end = min(end, bytes.count)
      while position &+ 8 <= end {
        let eight = unsafe word(bytes, position)
        let stops = marks(eight, 0x0A) | marks(eight, 0)
        // Only what stands before the stop counts.
        let seen = stops == 0 ? UInt64.max : (stops & (0 &- stops)) &- 1
        let colons = marks(eight, 0x3A) & seen
        if scan.colon < 0, colons != 0 { scan.colon = position &+ colons.trailingZeroBitCount >> 3 }
        if marks(eight, 0x5C) & seen != 0 { scan.hasBackslash = true }
        if eight & highs & seen != 0 { scan.isASCII = false }
        if stops != 0 {
          unsafe scan.end(at: position &+ stops.trailingZeroBitCount >> 3, bytes)
          return (scan, scan.position)
        }
        position &+= 8
      }
      while position < end {
        switch unsafe bytes[position] {
        case 0x0A, 0:
          unsafe scan.end(at: position, bytes)
          return (scan, position)
        case 0x3A: if scan.colon < 0 { scan.colon = position }
        case 0x5C: scan.hasBackslash = true
        case 0x80...: scan.isASCII = false
        default: break
        }
        position &+= 1
      }
      unsafe scan.end(at: max(position, scan.position), bytes)
      return (scan, nil)
    }
    scan = after
    return stop
  }

  /// The first place of a byte in `start..<end`.
  func firstIndex(of byte: UInt8, from start: Int, upTo end: Int) -> Int? {
    unsafe withUnsafeReadableBytes { unsafe first(byte, in: $0, from: start, upTo: min(end, $0.count)) }
  }

  /// How many bytes from `start` on are line ends (LF, CR LF): their number, and where they end.
  func skipLineEnds(from start: Int) -> (count: Int, end: Int) {
    unsafe withUnsafeReadableBytes { bytes in
      var position = start
      var count = 0
      while position < bytes.count {
        if unsafe bytes[position] == 0x0A {
          position &+= 1
        } else if unsafe bytes[position] == 0x0D && position &+ 1 < bytes.count && bytes[position &+ 1] == 0x0A {
          position &+= 2
        } else {
          break
        }
        count &+= 1
      }
      return (count, position)
    }
  }

  /// Whether exactly these bytes stand at `start`.
  func matches(_ text: StaticString, at start: Int) -> Bool {
    unsafe withUnsafeReadableBytes { bytes in
      let length = text.utf8CodeUnitCount
      guard start >= 0, start &+ length <= bytes.count else { return false }
      let wanted = unsafe UnsafeRawBufferPointer(start: text.utf8Start, count: length)
      return unsafe equal(bytes, start, wanted)
    }
  }

  /// The value's range in the first line `name:value` of a block of valid header lines, each ended by LF or CR LF.
  func valueRange(ofHeader name: String) -> Range<Int>? {
    var name = name
    return name.withUTF8 { wanted -> Range<Int>? in
      let wanted = UnsafeRawBufferPointer(wanted)
      return unsafe withUnsafeReadableBytes { bytes -> Range<Int>? in
        var line = 0
        while line < bytes.count {
          let colon = line &+ wanted.count
          let isWanted =
            unsafe colon < bytes.count && bytes[colon] == 0x3A && equal(bytes, line, wanted)
          let from = isWanted ? colon : line
          guard let end = unsafe first(0x0A, in: bytes, from: from, upTo: bytes.count) else { return nil }
          if isWanted {
            let isCRLF = unsafe end &- 1 > colon && bytes[end &- 1] == 0x0D
            return colon &+ 1..<(isCRLF ? end &- 1 : end)
          }
          line = end &+ 1
        }
        return nil
      }
    }
  }

  /// The first byte in `range` at which the text stops being UTF-8 (RFC 3629), nil when all of it is.
  func firstInvalidUTF8(in range: Range<Int>) -> Int? {
    unsafe withUnsafeReadableBytes { bytes in
      var position = range.lowerBound
      let end = min(range.upperBound, bytes.count)
      while position < end {
        let lead = unsafe bytes[position]
        if lead < 0x80 {
          position &+= 1
          continue
        }
        let second: ClosedRange<UInt8>
        let length: Int
        switch lead {
        case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: return position
        }
        guard position &+ length <= end, second.contains(unsafe bytes[position &+ 1]) else { return position }
        for next in position &+ 2..<position &+ length where unsafe bytes[next] & 0xC0 != 0x80 { return position }
        position &+= length
      }
      return nil
    }
  }
}

@inline(__always)
private func equal(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ wanted: UnsafeRawBufferPointer) -> Bool {
  var index = 0
  while index < wanted.count {
    guard unsafe bytes[start &+ index] == wanted[index] else { return false }
    index &+= 1
  }
  return true
}

@inline(__always)
private func first(_ byte: UInt8, in bytes: UnsafeRawBufferPointer, from start: Int, upTo end: Int) -> Int? {
  var position = start
  while position &+ 8 <= end {
    let found = marks(unsafe word(bytes, position), byte)
    if found != 0 { return position &+ found.trailingZeroBitCount >> 3 }
    position &+= 8
  }
  while position < end {
    if unsafe bytes[position] == byte { return position }
    position &+= 1
  }
  return nil
}
