internal import NIOCore

/// Joins the data frames of a message. No I/O; every rule about order and size is here.
struct MessageAssembler {
  let maxMessageSize: Int
  let maxFragments: Int

  /// The message whose last fragment has not come yet.
  private struct Open {
    var kind: WebSocketMessageKind
    var bytes: ByteBuffer
    var fragments: Int
    var utf8 = UTF8Checker()
  }
  private var open: Open?

  /// Whether a message has begun and not ended.
  var isOpen: Bool { open != nil }

  init(maxMessageSize: Int, maxFragments: Int) {
    self.maxMessageSize = maxMessageSize
    self.maxFragments = maxFragments
  }

  /// Says before a payload has come whether it may come.
  func admit(_ header: FrameHeader) throws(ProtocolFault) {
    switch (header.kind, open) {
    case (.close, _), (.ping, _), (.pong, _):
      return
    case (.continuation, nil):
      throw .violation("sent a continuation frame without a message to continue")
    case (.text, .some), (.binary, .some):
      throw .violation("began a message before it had ended the one before")
    case (.text, nil), (.binary, nil):
      guard header.payloadLength <= maxMessageSize else { throw tooBig }
    case (.continuation, .some(let open)):
      guard header.payloadLength <= maxMessageSize - open.bytes.readableBytes else { throw tooBig }
      guard open.fragments < maxFragments else { throw .tooBig("cut a message into more than \(maxFragments) frames") }
    }
  }

  /// Takes an admitted data frame; gives the message when it is whole. One that came in one frame is not copied.
  mutating func consume(
    _ header: FrameHeader, _ payload: ByteBuffer
  ) throws(ProtocolFault) -> (message: ByteBuffer, kind: WebSocketMessageKind)? {
    guard var message = open else {
      let kind: WebSocketMessageKind = header.kind == .text ? .text : .binary
      var fresh = Open(kind: kind, bytes: payload, fragments: 1)
      if kind == .text { try Self.check(&fresh.utf8, payload, isFinal: header.isFinal) }
      guard header.isFinal else {
        // A copy: the slice would keep the whole network buffer.
        fresh.bytes = ByteBuffer()
        fresh.bytes.writeImmutableBuffer(payload)
        open = fresh
        return nil
      }
      return (payload, kind)
    }
    open = nil
    message.bytes.writeImmutableBuffer(payload)
    message.fragments += 1
    if message.kind == .text { try Self.check(&message.utf8, payload, isFinal: header.isFinal) }
    guard header.isFinal else {
      open = message
      return nil
    }
    return (message.bytes, message.kind)
  }

  private var tooBig: ProtocolFault { .tooBig("sent a message of more than \(maxMessageSize) bytes") }

  private static func check(
    _ checker: inout UTF8Checker, _ piece: ByteBuffer, isFinal: Bool
  ) throws(ProtocolFault) {
    guard checker.consume(piece), !isFinal || checker.isComplete else {
      throw .invalidUTF8("sent a text message that is not UTF-8")
    }
  }
}
