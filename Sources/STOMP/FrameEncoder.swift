public import NIOCore

/// Writes frames: `COMMAND LF (name:value LF)* LF body NUL`, nothing after the NUL (protocol facts, 2.1.1-2.1.3).
public struct FrameEncoder: Sendable {
  /// How header names and values are written.
  public let dialect: Dialect

  /// One heart-beat: a lone line feed, sent as a message of its own.
  public static let heartbeat = ByteBuffer(integer: UInt8(0x0A))

  /// An encoder for a dialect.
  public init(dialect: Dialect = .issPlus) {
    self.dialect = dialect
  }

  /// Writes a frame at the end of a buffer.
  ///
  /// Headers stand in the order given. A `content-length` that is not there is added, as the first header, when the
  /// body is not empty; one that is there has to be right.
  ///
  /// - Throws: ``FrameEncodingError`` when command, a name or a value cannot be written; nothing is written then.
  public func encode(_ frame: Frame, into buffer: inout ByteBuffer) throws(FrameEncodingError) {
    try check(frame)
    let escapes = dialect.escapes(frame.command)
    buffer.writeString(frame.command.name)
    buffer.writeInteger(UInt8(0x0A))
    if frame.body.readableBytes > 0, frame.headers.bytes(of: "content-length") == nil {
      buffer.writeString("content-length:\(frame.body.readableBytes)\n")
    }
    for (name, value) in frame.headers {
      write(name, escaping: escapes, into: &buffer)
      buffer.writeInteger(UInt8(ascii: ":"))
      write(value, escaping: escapes, into: &buffer)
      buffer.writeInteger(UInt8(0x0A))
    }
    buffer.writeInteger(UInt8(0x0A))
    buffer.writeImmutableBuffer(frame.body)
    buffer.writeInteger(UInt8(0))
  }

  private func write(_ text: String, escaping: Bool, into buffer: inout ByteBuffer) {
    guard escaping, text.utf8.contains(where: { Escapes.letter(for: $0) != nil }) else {
      buffer.writeString(text)
      return
    }
    for byte in text.utf8 {
      if let letter = Escapes.letter(for: byte) {
        buffer.writeInteger(Escapes.backslash)
        buffer.writeInteger(letter)
      } else {
        buffer.writeInteger(byte)
      }
    }
  }

  private func check(_ frame: Frame) throws(FrameEncodingError) {
    let command = frame.command.name
    guard !command.isEmpty, !command.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
      throw FrameEncodingError(.invalidCommand, "the command \(quoted(command, limit: 60)) cannot be written")
    }
    let escapes = dialect.escapes(frame.command)
    for (name, value) in frame.headers {
      guard !name.isEmpty else { throw FrameEncodingError(.invalidHeaderName, "a header has no name") }
      if let byte = name.utf8.first(where: { Self.isUnwritable($0, escaping: escapes) || (!escapes && $0 == 0x3A) }) {
        let message = "the header name \(quoted(name, limit: 60)) holds \(Self.word(for: byte))"
        throw FrameEncodingError(.invalidHeaderName, message)
      }
      if let byte = value.utf8.first(where: { Self.isUnwritable($0, escaping: escapes) }) {
        let message = "the value of the header \(quoted(name, limit: 60)) holds \(Self.word(for: byte))"
        throw FrameEncodingError(.invalidHeaderValue, message)
      }
    }
    if let given = frame.headers["content-length"], given != String(frame.body.readableBytes) {
      let message = "content-length \(quoted(given, limit: 60)) for a body of \(frame.body.readableBytes) bytes"
      throw FrameEncodingError(.contentLengthMismatch, message)
    }
  }

  /// NUL has no escape in STOMP 1.2; line ends only have one where escapes are written.
  private static func isUnwritable(_ byte: UInt8, escaping: Bool) -> Bool {
    byte == 0 || (!escaping && (byte == 0x0D || byte == 0x0A))
  }

  private static func word(for byte: UInt8) -> String {
    switch byte {
    case 0: "a NUL"
    case 0x0D: "a carriage return"
    case 0x0A: "a line feed"
    default: "a colon"
    }
  }
}
