internal import NIOCore
internal import NIOHTTP1
internal import NIOWebSocket

/// The client's half of the opening handshake (RFC 6455, section 4.1): the request, and what the answer is worth.
struct ClientUpgrade {
  let url: WebSocketURL
  let offered: String?
  let key: String

  init(url: WebSocketURL, offered: String?, key: String = NIOWebSocketClientUpgrader.randomRequestKey()) {
    self.url = url
    self.offered = offered
    self.key = key
  }

  /// The bytes of the request. No Origin: this is no browser.
  var request: ByteBuffer {
    var lines = [
      "GET \(url.target) HTTP/1.1",
      "Host: \(url.hostHeader)",
      "Upgrade: websocket",
      "Connection: Upgrade",
      "Sec-WebSocket-Key: \(key)",
      "Sec-WebSocket-Version: 13",
    ]
    if let offered { lines.append("Sec-WebSocket-Protocol: \(offered)") }
    return ByteBuffer(string: lines.joined(separator: "\r\n") + "\r\n\r\n")
  }

  /// What an answer's status line says.
  static func status(of head: HTTPHead) throws(TransportError) -> Int {
    let parts = head.startLine.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count >= 2, parts[0] == "HTTP/1.1" || parts[0] == "HTTP/1.0",
      parts[1].utf8.count == 3, let status = Int(parts[1]), (100...999).contains(status)
    else {
      throw violation("with a broken status line: \(PrintableText.quote(String(head.startLine.prefix(64))))")
    }
    return status
  }

  /// Checks a 101 answer; gives the sub-protocol that was chosen.
  func accept(_ head: HTTPHead) throws(TransportError) -> String? {
    guard head.startLine.hasPrefix("HTTP/1.1 ") else { throw Self.violation("in HTTP/1.0") }
    guard head.header("Upgrade", hasToken: "websocket") else { throw Self.violation("without Upgrade: websocket") }
    guard head.header("Connection", hasToken: "upgrade") else { throw Self.violation("without Connection: Upgrade") }
    let response = HTTPResponseHead(version: .http1_1, status: .switchingProtocols, headers: head.headers)
    let checker = NIOWebSocketClientUpgrader(requestKey: key) { channel, _ in
      channel.eventLoop.makeSucceededVoidFuture()
    }
    guard checker.shouldAllowUpgrade(upgradeResponse: response) else {
      throw Self.violation("without the right Sec-WebSocket-Accept")
    }
    guard head.headers[canonicalForm: "Sec-WebSocket-Extensions"].allSatisfy(\.isEmpty) else {
      throw Self.violation("with an extension that was not offered")
    }
    let chosen = head.headers["Sec-WebSocket-Protocol"]
    guard let protocolName = chosen.first else { return nil }
    guard chosen.count == 1, let offered, protocolName == offered else {
      throw Self.violation("with a sub-protocol that was not offered")
    }
    return offered
  }

  /// The error for an answer other than 101.
  static func refusal(status: Int, head: HTTPHead, body: ByteBuffer) -> TransportError {
    let phrase = head.startLine.split(separator: " ", maxSplits: 2).dropFirst(2).first.map(String.init) ?? ""
    var message = "the upgrade was answered with \(status) \(PrintableText.quote(String(phrase.prefix(64))))"
    while message.last == " " { message.removeLast() }
    if (300..<400).contains(status), let location = head.headers.first(name: "Location") {
      message += ", a redirect to \(PrintableText.quote(String(location.prefix(256)))), which is not followed"
    }
    let quoted = PrintableText.quote(unchunked(body, head), limit: maximumBody)
    if !quoted.isEmpty { message += ": \(quoted)" }
    let isRetriable = status >= 500 || status == 408 || status == 429
    return TransportError(.upgradeRefused, message, httpStatus: status, isRetriable: isRetriable)
  }

  /// How much of a refusal's body is reported.
  static let maximumBody = 512

  /// How many bytes of the body there are to wait for, as far as the head says.
  static func expectedBody(of head: HTTPHead) -> Int {
    guard let length = head.headers.first(name: "Content-Length").flatMap({ Int($0) }), length >= 0 else {
      return maximumBody
    }
    return min(length, maximumBody)
  }

  /// The body without the size line of its first chunk.
  private static func unchunked(_ body: ByteBuffer, _ head: HTTPHead) -> ByteBuffer {
    guard head.header("Transfer-Encoding", hasToken: "chunked"),
      let lineFeed = body.readableBytesView.firstIndex(of: 0x0A)
    else { return body }
    var body = body
    body.moveReaderIndex(to: lineFeed + 1)
    if let end = body.readableBytesView.firstIndex(of: 0x0D) { body.moveWriterIndex(to: end) }
    return body
  }

  private static func violation(_ how: String) -> TransportError {
    TransportError(.protocolViolation, "the peer answered the upgrade \(how)")
  }
}
