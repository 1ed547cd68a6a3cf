internal import NIOCore

/// The escapes of STOMP 1.2, section "Value Encoding": `\r`, `\n`, `\c` (colon), `\\`.
enum Escapes {
  static let backslash = UInt8(ascii: "\\")

  /// The byte that the letter after a backslash stands for.
  static func byte(for letter: UInt8) -> UInt8? {
    switch letter {
    case UInt8(ascii: "r"): 0x0D
    case UInt8(ascii: "n"): 0x0A
    case UInt8(ascii: "c"): 0x3A
    case backslash: backslash
    default: nil
    }
  }

  /// The letter after the backslash when a byte has to be escaped.
  static func letter(for byte: UInt8) -> UInt8? {
    switch byte {
    case 0x0D: UInt8(ascii: "r")
    case 0x0A: UInt8(ascii: "n")
    case 0x3A: UInt8(ascii: "c")
    case backslash: backslash
    default: nil
    }
  }

  /// A copy with the four escapes undone; other backslashes stand.
  static func undone(_ text: ByteBuffer) -> ByteBuffer {
    var result = ByteBufferAllocator().buffer(capacity: text.readableBytes)
    var bytes = text.readableBytesView[...]
    while let byte = bytes.popFirst() {
      if byte == backslash, let next = bytes.first, let meant = Self.byte(for: next) {
        result.writeInteger(meant)
        bytes.removeFirst()
      } else {
        result.writeInteger(byte)
      }
    }
    return result
  }

  /// The first backslash in `range` of the readable bytes that starts no escape.
  static func firstUndefined(in text: ByteBuffer, _ range: Range<Int>) -> Int? {
    var position = range.lowerBound
    while let found = text.firstIndex(of: backslash, from: position, upTo: range.upperBound) {
      guard found + 1 < range.upperBound, byte(for: text.byte(at: found + 1)) != nil else { return found }
      position = found + 2
    }
    return nil
  }
}

extension ByteBuffer {
  /// The byte at a place relative to the reader index; 0 outside of the readable bytes.
  func byte(at position: Int) -> UInt8 {
    getInteger(at: readerIndex + position) ?? 0
  }

  /// The bytes of a range relative to the reader index, sharing storage.
  func part(_ range: Range<Int>) -> ByteBuffer {
    getSlice(at: readerIndex + range.lowerBound, length: range.count) ?? ByteBuffer()
  }
}
