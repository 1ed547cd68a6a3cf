import NIOCore
import NIOEmbedded
import Testing

@testable import WebSocketTransport

/// The client's upgrade against scripted answers, on a virtual line.
@Suite("Client upgrade") struct ClientUpgradeTests {
  /// The example of RFC 6455, section 1.3.
  static let key = "dGhlIHNhbXBsZSBub25jZQ=="
  static let accept = "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

  struct Attempt {
    let channel = EmbeddedChannel()
    let recorder = Recorder()
    let future: EventLoopFuture<WebSocketConnection>

    init(offered: String? = "STOMP", url: String = "ws://h:81/p?q=1") throws {
      try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 9)).wait()
      let promise = channel.eventLoop.makePromise(of: WebSocketConnection.self)
      future = promise.futureResult
      let recorder = NIOLoopBound(self.recorder, eventLoop: channel.eventLoop)
      let handler = ClientUpgradeHandler(
        upgrade: ClientUpgrade(url: try WebSocketURL(url), offered: offered, key: key),
        limit: .seconds(10), configuration: WebSocketConfiguration(), promise: promise,
        makeHandler: { recorder.value })
      try channel.pipeline.syncOperations.addHandler(handler)
    }

    /// Feeds the pieces; those that come after the end are thrown away, as a closed socket does.
    func feed(_ pieces: [ArraySlice<UInt8>]) throws {
      for piece in pieces where channel.isActive { try channel.writeInbound(ByteBuffer(bytes: piece)) }
    }

    func feed(_ text: String) throws { try feed([Array(text.utf8)[...]]) }

    func finish() {
      _ = try? channel.finish(acceptAlreadyClosed: true)
      channel.embeddedEventLoop.run()
    }

    /// How the attempt ended, without waiting.
    func outcome() -> Result<WebSocketConnection, any Error>? {
      let box = NIOLoopBoundBox<Result<WebSocketConnection, any Error>?>(nil, eventLoop: channel.eventLoop)
      future.whenComplete { box.value = $0 }
      return box.value
    }

    var isOver: Bool { outcome() != nil }

    func error() -> TransportError? {
      guard case .failure(let error)? = outcome() else { return nil }
      return error as? TransportError
    }
  }

  static func answer(_ lines: String..., body: String = "") -> String {
    (["HTTP/1.1 101 Switching Protocols"] + lines).joined(separator: "\r\n") + "\r\n\r\n" + body
  }

  @Test("the request: target unchanged, Host with the port, no Origin, exactly one sub-protocol")
  func request() throws {
    let attempt = try Attempt()
    defer { attempt.finish() }
    let sent = try #require(try attempt.channel.readOutbound(as: ByteBuffer.self))
    #expect(
      String(decoding: sent.readableBytesView, as: UTF8.self) == """
        GET /p?q=1 HTTP/1.1\r
        Host: h:81\r
        Upgrade: websocket\r
        Connection: Upgrade\r
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
        Sec-WebSocket-Version: 13\r
        Sec-WebSocket-Protocol: STOMP\r
        \r\n
        """)
    // NIO tells a handler that was added in the connect future's callback once more that the channel is active.
    attempt.channel.pipeline.fireChannelActive()
    #expect(try attempt.channel.readOutbound(as: ByteBuffer.self) == nil)
  }

  @Test("two requests have different keys")
  func freshKeys() throws {
    let url = try WebSocketURL("ws://h")
    #expect(ClientUpgrade(url: url, offered: nil).key != ClientUpgrade(url: url, offered: nil).key)
  }

  static let good: [String] = [
    answer("Upgrade: websocket", "Connection: Upgrade", accept),
    answer("Upgrade: websocket", "Connection: Upgrade", accept, "Sec-WebSocket-Protocol: STOMP"),
    answer(
      "upgrade:WebSocket", "connection:  keep-alive, UPGRADE\t", accept, "Server: x", "Sec-WebSocket-Extensions: "),
    "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + answer("Upgrade: websocket", "Connection: Upgrade", accept),
    "HTTP/1.1 101\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\(accept)\r\n\r\n",
  ]

  @Test("good answers, with messages that come together with them, split at every byte", arguments: good)
  func goodAnswers(_ answer: String) throws {
    let frames = WireFrame.bytes(0x82, [1, 2]) + WireFrame.bytes(0x81, Array("abc".utf8))
    let bytes = Array(answer.utf8) + frames
    for split in 0...bytes.count {
      let attempt = try Attempt()
      try attempt.feed([bytes[..<split], bytes[split...]])
      guard case .success(let connection)? = attempt.outcome() else {
        Issue.record("refused at \(split): \(String(describing: attempt.outcome()))")
        return
      }
      #expect(attempt.recorder.events == [.opened, .binary([1, 2]), .text("abc")])
      #expect(connection.subprotocol == (answer.contains("STOMP") ? "STOMP" : nil))
      #expect(throws: (any Error).self) {
        try attempt.channel.pipeline.syncOperations.handler(type: ClientUpgradeHandler.self)
      }
      attempt.finish()
    }
  }

  struct Bad: Sendable, CustomTestStringConvertible {
    let name: String
    let answer: String
    var code: TransportError.Code = .protocolViolation
    var status: Int?
    var says = ""
    var isRetriable = true
    var testDescription: String { name }
  }

  static let bad: [Bad] = [
    Bad(
      name: "wrong accept key", answer: answer("Upgrade: websocket", "Connection: Upgrade", accept + "x"),
      says: "Sec-WebSocket-Accept"),
    Bad(
      name: "no accept key", answer: answer("Upgrade: websocket", "Connection: Upgrade"), says: "Sec-WebSocket-Accept"),
    Bad(
      name: "two accept keys", answer: answer("Upgrade: websocket", "Connection: Upgrade", accept, accept),
      says: "Sec-WebSocket-Accept"),
    Bad(name: "no Connection", answer: answer("Upgrade: websocket", accept), says: "Connection"),
    Bad(
      name: "Connection: close", answer: answer("Upgrade: websocket", "Connection: close", accept), says: "Connection"),
    Bad(name: "no Upgrade", answer: answer("Connection: Upgrade", accept), says: "Upgrade: websocket"),
    Bad(name: "Upgrade: h2c", answer: answer("Upgrade: h2c", "Connection: Upgrade", accept), says: "Upgrade"),
    Bad(
      name: "other sub-protocol",
      answer: answer("Upgrade: websocket", "Connection: Upgrade", accept, "Sec-WebSocket-Protocol: v12.stomp"),
      says: "sub-protocol"),
    Bad(
      name: "sub-protocol in another case",
      answer: answer("Upgrade: websocket", "Connection: Upgrade", accept, "Sec-WebSocket-Protocol: stomp"),
      says: "sub-protocol"),
    Bad(
      name: "sub-protocol twice",
      answer: answer(
        "Upgrade: websocket", "Connection: Upgrade", accept, "Sec-WebSocket-Protocol: STOMP",
        "Sec-WebSocket-Protocol: STOMP"),
      says: "sub-protocol"),
    Bad(
      name: "extension",
      answer: answer(
        "Upgrade: websocket", "Connection: Upgrade", accept, "Sec-WebSocket-Extensions: permessage-deflate"),
      says: "extension"),
    Bad(
      name: "101 in HTTP/1.0",
      answer: "HTTP/1.0 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\(accept)\r\n\r\n", says: "HTTP/1.0"),
    Bad(
      name: "301", answer: "HTTP/1.1 301 Moved\r\nLocation: wss://other/\r\nContent-Length: 0\r\n\r\n",
      code: .upgradeRefused, status: 301, says: "301 Moved, a redirect to wss://other/", isRetriable: false),
    Bad(
      name: "403 with a body", answer: "HTTP/1.1 403 Forbidden\r\nContent-Length: 13\r\n\r\nno\u{1B}[2J\r\nentry",
      code: .upgradeRefused, status: 403, says: "403 Forbidden: no [2J entry", isRetriable: false),
    Bad(
      name: "500", answer: "HTTP/1.1 500 Oops\r\nContent-Length: 4\r\n\r\ndown", code: .upgradeRefused, status: 500,
      says: "500 Oops: down"),
    Bad(
      name: "502, no reason", answer: "HTTP/1.1 502\r\nContent-Length: 0\r\n\r\n", code: .upgradeRefused, status: 502,
      says: "with 502"),
    Bad(
      name: "200", answer: "HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n<html>hi</html>", code: .upgradeRefused,
      status: 200, says: "200 OK: <html>hi</html>", isRetriable: false),
    Bad(
      name: "long body is cut", answer: "HTTP/1.1 404 No\r\n\r\n" + String(repeating: "x", count: 512) + "TAIL",
      code: .upgradeRefused, status: 404, says: "xxxx", isRetriable: false),
    Bad(name: "garbage", answer: "SSH-2.0-OpenSSH_9.2\r\n", says: "this is no HTTP: S"),
    Bad(name: "TLS alert", answer: "\u{15}\u{3}\u{1}\u{0}\u{2}\u{2}F", says: "this is no HTTP"),
    Bad(name: "HTTP/2", answer: "HTTP/2 101 X\r\n\r\n", says: "no HTTP"),
    Bad(name: "broken status", answer: "HTTP/1.1 1x1 X\r\n\r\n", says: "status line"),
    Bad(name: "HTTP/1.9", answer: "HTTP/1.9 101 X\r\n\r\n", says: "status line"),
    Bad(name: "bare line feeds", answer: "HTTP/1.1 101 X\nUpgrade: websocket\r\n\r\n", says: "carriage return"),
    Bad(name: "header without colon", answer: "HTTP/1.1 101 X\r\nUpgrade\r\n\r\n", says: "header line"),
    Bad(name: "folded header", answer: "HTTP/1.1 101 X\r\nA: b\r\n c\r\n\r\n", says: "header line"),
    Bad(name: "NUL in a header", answer: "HTTP/1.1 101 X\r\nA: \u{0}\r\n\r\n", says: "control character"),
    Bad(
      name: "endless head", answer: "HTTP/1.1 101 X\r\nA: " + String(repeating: "a", count: 16400),
      code: .messageTooBig,
      says: "larger than", isRetriable: false),
  ]

  @Test("bad answers are refused with their reason and the channel is closed, split at every byte", arguments: bad)
  func badAnswers(_ bad: Bad) throws {
    let bytes = Array(bad.answer.utf8)
    for split in stride(from: 0, through: bytes.count, by: bytes.count > 2000 ? 499 : 1) {
      let attempt = try Attempt()
      try attempt.feed([bytes[..<split], bytes[split...]])
      let error = try #require(attempt.error())
      #expect(error.code == bad.code)
      #expect(error.httpStatus == bad.status)
      #expect(error.isRetriable == bad.isRetriable)
      #expect(bad.says.isEmpty || error.message.contains(bad.says), "\(error.message)")
      #expect(error.message.utf8.count < 1000 && !error.message.contains("TAIL"))
      #expect(!attempt.channel.isActive)
      #expect(attempt.recorder.events.isEmpty)
      attempt.finish()
    }
  }

  @Test("any sub-protocol is refused when none was offered")
  func nothingOffered() throws {
    let attempt = try Attempt(offered: nil)
    defer { attempt.finish() }
    try attempt.feed(
      Self.answer("Upgrade: websocket", "Connection: Upgrade", Self.accept, "Sec-WebSocket-Protocol: STOMP"))
    #expect(attempt.error()?.code == .protocolViolation)
  }

  @Test("no answer: the limit passes")
  func silence() throws {
    let attempt = try Attempt()
    defer { attempt.finish() }
    try attempt.feed("HTTP/1.1 101 Swi")
    attempt.channel.embeddedEventLoop.advanceTime(by: .milliseconds(9999))
    #expect(!attempt.isOver)
    attempt.channel.embeddedEventLoop.advanceTime(by: .milliseconds(1))
    #expect(attempt.error()?.code == .upgradeTimeout)
    #expect(attempt.error()?.message.contains("10 s") == true)
    #expect(!attempt.channel.isActive)
  }

  @Test("a refusal whose body never ends is reported soon, chunks are shown without their sizes")
  func endlessBody() throws {
    let attempt = try Attempt()
    defer { attempt.finish() }
    try attempt.feed("HTTP/1.1 503 Busy\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nlater\r\n")
    #expect(!attempt.isOver)
    attempt.channel.embeddedEventLoop.advanceTime(by: .milliseconds(500))
    #expect(attempt.error()?.message == "the upgrade was answered with 503 Busy: later")
  }

  @Test("the line ends before the answer, or within a refusal's body")
  func endOfLine() throws {
    let early = try Attempt()
    early.channel.pipeline.fireChannelInactive()
    #expect(early.error()?.code == .connectionLost)
    early.finish()
    let late = try Attempt()
    try late.feed("HTTP/1.1 401 Who\r\n\r\nyou")
    late.channel.pipeline.fireChannelInactive()
    #expect(late.error()?.message == "the upgrade was answered with 401 Who: you")
    late.finish()
  }
}
