internal import NIOCore
internal import NIOHTTP1
internal import NIOWebSocket

/// The server's half of the opening handshake (RFC 6455, section 4.2).
enum ServerUpgrade {
  /// Why a request is none for an upgrade: the HTTP answer.
  struct Refusal: Error {
    var status: Int
    var reason: String
    var headers: [(name: String, value: String)] = []
  }

  /// The request, when it is one for an upgrade to WebSocket 13.
  static func request(
    from head: HTTPHead, remoteAddress: SocketAddress?
  ) throws(Refusal) -> WebSocketUpgradeRequest {
    let parts = head.startLine.split(separator: " ", omittingEmptySubsequences: false)
    guard parts.count == 3, !parts[1].isEmpty, parts[2] == "HTTP/1.1" else {
      throw Refusal(status: 400, reason: "Bad Request")
    }
    guard parts[0] == "GET" else {
      throw Refusal(status: 405, reason: "Method Not Allowed", headers: [("Allow", "GET")])
    }
    guard head.headers["Host"].count == 1, head.headers["Sec-WebSocket-Key"].count == 1 else {
      throw Refusal(status: 400, reason: "Bad Request")
    }
    guard head.header("Upgrade", hasToken: "websocket"), head.header("Connection", hasToken: "upgrade"),
      head.headers["Sec-WebSocket-Version"] == ["13"]
    else {
      throw Refusal(
        status: 426, reason: "Upgrade Required", headers: [("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13")])
    }
    return WebSocketUpgradeRequest(
      target: String(parts[1]),
      headers: head.headers.map { (name: $0.name, value: $0.value) },
      subprotocols: head.headers[canonicalForm: "Sec-WebSocket-Protocol"].map(String.init),
      remoteAddress: remoteAddress)
  }

  /// The headers of the 101 answer; NIO computes the accept value from the key.
  static func acceptHeaders(for head: HTTPHead, on channel: any Channel) -> EventLoopFuture<HTTPHeaders> {
    let upgrader = NIOWebSocketServerUpgrader(
      shouldUpgrade: { channel, _ in channel.eventLoop.makeSucceededFuture(HTTPHeaders()) },
      upgradePipelineHandler: { channel, _ in channel.eventLoop.makeSucceededVoidFuture() })
    let request = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/", headers: head.headers)
    return upgrader.buildUpgradeResponse(
      channel: channel, upgradeRequest: request, initialResponseHeaders: HTTPHeaders())
  }

  /// An HTTP head as bytes.
  static func head(
    status: Int, reason: String, headers: some Sequence<(name: String, value: String)>
  ) -> ByteBuffer {
    var bytes = ByteBuffer(string: "HTTP/1.1 \(status) \(reason)\r\n")
    for (name, value) in headers { bytes.writeString("\(name): \(value)\r\n") }
    bytes.writeString("\r\n")
    return bytes
  }
}
