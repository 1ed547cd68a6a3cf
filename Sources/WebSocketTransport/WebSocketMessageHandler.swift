public import NIOCore

/// What a message consists of.
public enum WebSocketMessageKind: Sendable, Hashable {
  /// Bytes.
  case binary
  /// UTF-8; received text has been checked.
  case text
}

/// Takes what a connection gives, on the connection's event loop and without a hop.
///
/// A handler is made on the event loop for one connection and need not be `Sendable`. Calls come in the order `opened`,
/// any number of the others, `closed`; nothing comes after `closed`. Every method may use the connection.
public protocol WebSocketMessageHandler: AnyObject {
  /// The upgrade succeeded. Sends made here leave in one go.
  func opened(_ connection: WebSocketConnection)
  /// A whole message. It may be a slice of the network buffer: copy what is kept for long.
  func received(_ message: ByteBuffer, kind: WebSocketMessageKind)
  /// A read, or a resumption, is over; a good moment to hand over what was collected. Comes after every `received`, unless
  /// `closed` does.
  func readCompleted()
  /// The channel's buffer became full, or was emptied.
  func writabilityChanged(isWritable: Bool)
  /// The connection is over; the last call.
  func closed(_ reason: CloseReason)
}

extension WebSocketMessageHandler {
  /// Does nothing.
  public func readCompleted() {}
  /// Does nothing.
  public func writabilityChanged(isWritable: Bool) {}
}
