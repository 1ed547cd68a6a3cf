/// Why a connection ended.
public enum CloseReason: Sendable, Hashable {
  /// Both sides sent a close frame; code and reason are the peer's, 1005 when it gave none.
  case clean(code: UInt16, reason: String)
  /// The line ended without the peer's close frame, or it did not come within the limit (the code 1006 of RFC 6455).
  case peerClosedWithoutHandshake
  /// The peer broke the protocol, a limit was passed, or the operating system reports a broken line.
  case error(TransportError)
  /// Nothing came from the peer for the pong limit after a ping.
  case pingTimeout
  /// This side cut the line without a handshake.
  case localAbort
}

/// The codes of RFC 6455, section 7.4.
public enum WebSocketCloseCode {
  /// The purpose is fulfilled.
  public static let normal: UInt16 = 1000
  /// The peer goes away: a shutdown.
  public static let goingAway: UInt16 = 1001
  /// The protocol was broken.
  public static let protocolError: UInt16 = 1002
  /// Never on the wire: the close frame had no code.
  public static let noCode: UInt16 = 1005
  /// Text or a reason was not UTF-8.
  public static let invalidData: UInt16 = 1007
  /// A policy was broken.
  public static let policyViolation: UInt16 = 1008
  /// A message was too big.
  public static let messageTooBig: UInt16 = 1009

  /// Whether a close frame may carry this code.
  static func isSendable(_ code: UInt16) -> Bool {
    switch code {
    case 1000...1003, 1007...1014, 3000...4999: true
    default: false
    }
  }
}
