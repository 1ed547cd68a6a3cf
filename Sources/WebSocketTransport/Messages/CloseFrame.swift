internal import NIOCore

/// The payload of a close frame.
struct CloseFrame: Equatable {
  /// `nil` when the frame was empty.
  var code: UInt16?
  var reason: String

  /// Reads and checks the payload.
  init(_ payload: ByteBuffer) throws(ProtocolFault) {
    var payload = payload
    guard payload.readableBytes > 0 else {
      (code, reason) = (nil, "")
      return
    }
    guard let code = payload.readInteger(as: UInt16.self) else { throw .violation("sent a close frame of one byte") }
    guard WebSocketCloseCode.isSendable(code) else {
      throw .violation("closed with the code \(code), which none may send")
    }
    var checker = UTF8Checker()
    guard checker.consume(payload), checker.isComplete else {
      throw .invalidUTF8("gave a close reason that is not UTF-8")
    }
    self.code = code
    self.reason = String(decoding: payload.readableBytesView, as: UTF8.self)
  }

  /// A frame to send: a code none may send becomes 1000, the reason is cut to what fits, at a character.
  init(code: UInt16?, reason: String) {
    self.code = code.map { WebSocketCloseCode.isSendable($0) ? $0 : WebSocketCloseCode.normal }
    var cut = self.code == nil ? "" : String(reason.prefix(Self.maximumReason))
    while cut.utf8.count > Self.maximumReason { cut.removeLast() }
    self.reason = cut
  }

  var payload: ByteBuffer {
    var payload = ByteBuffer()
    guard let code else { return payload }
    payload.writeInteger(code)
    payload.writeString(reason)
    return payload
  }

  private static let maximumReason = 123
}
