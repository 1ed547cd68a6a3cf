public import NIOCore

/// What a client asks for in the opening handshake.
public struct WebSocketUpgradeRequest: Sendable {
  /// Path and query, as they stood in the request line.
  public let target: String
  /// The headers in their order.
  public let headers: [(name: String, value: String)]
  /// The sub-protocols the client offers, in its order.
  public let subprotocols: [String]
  /// The client's address.
  public let remoteAddress: SocketAddress?
}

/// What a server does with an upgrade request.
public enum WebSocketUpgradeDecision: Sendable {
  /// The upgrade succeeds, with this sub-protocol in the answer or with none.
  case accept(subprotocol: String?)
  /// An HTTP answer, then the end of the connection.
  case refuse(status: Int, reason: String, headers: [(name: String, value: String)] = [], body: String = "")
  /// No answer, ever; the connection stays until the client ends it.
  case hang
  /// These bytes in place of an answer, then the end of the connection.
  case answer(ByteBuffer)
}
