internal import NIOCore

/// Checks UTF-8 that comes in pieces and fails at the first byte that no continuation could make valid.
struct UTF8Checker {
  /// How many continuation bytes the open character still needs, and what the next one may be.
  private var missing = 0
  private var lower: UInt8 = 0x80
  private var upper: UInt8 = 0xBF

  /// Whether the text may end here.
  var isComplete: Bool { missing == 0 }

  /// Takes the next piece; false when it is not UTF-8.
  mutating func consume(_ piece: ByteBuffer) -> Bool {
    piece.withUnsafeReadableBytes { bytes in
      var index = 0
      while index < bytes.count {
        if missing == 0 {
          // Eight ASCII bytes at a time.
          while index + 8 <= bytes.count,
            bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
          {
            index += 8
          }
          guard index < bytes.count else { break }
        }
        guard consume(bytes[index]) else { return false }
        index += 1
      }
      return true
    }
  }

  private mutating func consume(_ byte: UInt8) -> Bool {
    if missing > 0 {
      guard byte >= lower, byte <= upper else { return false }
      missing -= 1
      (lower, upper) = (0x80, 0xBF)
      return true
    }
    // Table 3-7 of the Unicode Standard: overlong forms, surrogates and anything above U+10FFFF are no text.
    switch byte {
    case 0x00...0x7F: break
    case 0xC2...0xDF: missing = 1
    case 0xE0: (missing, lower) = (2, 0xA0)
    case 0xED: (missing, upper) = (2, 0x9F)
    case 0xE1...0xEF: missing = 2
    case 0xF0: (missing, lower) = (3, 0x90)
    case 0xF1...0xF3: missing = 3
    case 0xF4: (missing, upper) = (3, 0x8F)
    default: return false
    }
    return true
  }
}
