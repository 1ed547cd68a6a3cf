public import NIOCore

/// What a session wants done, in this order.
public enum GatewayAction: Sendable, Hashable {
  /// Send one WebSocket message.
  case send(ByteBuffer)
  /// Close with a handshake.
  case close(code: UInt16, reason: String)
}
