public import NIOCore

/// What a session wants done, in this order.
public enum GatewayAction: Sendable, Hashable {
  /// Send one WebSocket message.
  case send(ByteBuffer)
  /// Close with a handshake.
  case close(code: UInt16, reason: String)
  /// End the line without a close frame.
  case cut
  /// Send half a frame and reset the line.
  case reset
  /// Neither read nor write any more.
  case hold
  /// Do not read for so many microseconds.
  case pauseReading(Int64)
}
