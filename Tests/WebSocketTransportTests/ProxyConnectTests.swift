import NIOConcurrencyHelpers
import NIOCore
import NIOEmbedded
import NIOPosix
import Testing

@testable import WebSocketTransport

/// A CONNECT proxy between client and listener: on a virtual line, and over real sockets.
@Suite("Through a proxy", .timeLimit(.minutes(10))) struct ProxyConnectTests {
  let group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton

  // MARK: - On a virtual line

  private struct Attempt {
    let channel = EmbeddedChannel()
    let result: NIOLoopBoundBox<Result<Void, any Error>?>
    let tail = TLSPair.Tail()

    init(proxy: String = "http://proxy:3128", url: String = "wss://iss.moex.com/p") throws {
      result = NIOLoopBoundBox(nil, eventLoop: channel.eventLoop)
      try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 9)).wait()
      let tail = NIOLoopBound(tail, eventLoop: channel.eventLoop)
      ProxyConnectHandler.connect(
        channel, through: try ProxyURL(proxy), to: try WebSocketURL(url), limit: .seconds(10)
      ).whenComplete { [result, channel] outcome in
        result.value = outcome
        if case .success = outcome { try? channel.pipeline.syncOperations.addHandler(tail.value) }
      }
    }

    func finish() {
      _ = try? channel.finish(acceptAlreadyClosed: true)
      channel.embeddedEventLoop.run()
    }

    func feed(_ pieces: ArraySlice<UInt8>...) throws {
      for piece in pieces where channel.isActive { try channel.writeInbound(ByteBuffer(bytes: piece)) }
    }

    var error: TransportError? {
      guard case .failure(let error)? = result.value else { return nil }
      return error as? TransportError
    }
  }

  @Test("the request: host and port, with credentials when there are any")
  func request() throws {
    let plain = try Attempt()
    defer { plain.finish() }
    #expect(
      try plain.channel.readOutbound(as: ByteBuffer.self).map { String(buffer: $0) }
        == "CONNECT iss.moex.com:443 HTTP/1.1\r\nHost: iss.moex.com:443\r\n\r\n")
    let secret = try Attempt(proxy: "http://Aladdin:open%20sesame@proxy", url: "ws://[::1]:81/")
    defer { secret.finish() }
    #expect(
      try secret.channel.readOutbound(as: ByteBuffer.self).map { String(buffer: $0) }
        == "CONNECT [::1]:81 HTTP/1.1\r\nHost: [::1]:81\r\n"
        + "Proxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n\r\n")
  }

  @Test("an answer split at every byte; what comes behind it is not lost")
  func splits() throws {
    let bytes = Array("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 200 Connection established\r\nVia: x\r\n\r\nrest".utf8)
    for split in 0...bytes.count {
      let attempt = try Attempt()
      try attempt.feed(bytes[..<split], bytes[split...])
      #expect(throws: Never.self) { try #require(attempt.result.value).get() }
      #expect(attempt.tail.bytes == Array("rest".utf8))
      #expect(throws: (any Error).self) {
        try attempt.channel.pipeline.syncOperations.handler(type: ProxyConnectHandler.self)
      }
      attempt.finish()
    }
  }

  struct Bad: Sendable {
    var answer: String
    var says: String
    var status: Int?
    var isRetriable = false
  }

  @Test(
    "refusals and garbage",
    arguments: [
      Bad(answer: "HTTP/1.1 403 Forbidden\r\n\r\n", says: "with 403 Forbidden", status: 403),
      Bad(answer: "HTTP/1.1 407 x\r\n\r\n", says: "407 x (it wants a user and a password)", status: 407),
      Bad(answer: "HTTP/1.1 302 Found\r\n\r\n", says: "with 302 Found", status: 302),
      Bad(answer: "HTTP/1.1 503\r\n\r\n", says: "with 503", status: 503, isRetriable: true),
      Bad(
        answer: "HTTP/1.1 101 Switching Protocols\r\n\r\nHTTP/1.1 502 Bad\r\n\r\n", says: "502", status: 502,
        isRetriable: true),
      Bad(answer: "SSH-2.0-OpenSSH_9.2\r\n", says: "no answer to CONNECT"),
      Bad(answer: "HTTP/1.1 abc\r\n\r\n", says: "no answer to CONNECT"),
      Bad(answer: "HTTP/1.1 200 OK\r\n" + String(repeating: "a: b\r\n", count: 4000), says: "no answer to CONNECT"),
    ])
  func bad(_ bad: Bad) throws {
    let attempt = try Attempt()
    defer { attempt.finish() }
    try attempt.feed(Array(bad.answer.utf8)[...])
    let error = try #require(attempt.error)
    #expect(error.code == .proxy)
    #expect(error.httpStatus == bad.status)
    #expect("\(error)".contains(bad.says), "\(error)")
    #expect(error.isRetriable == bad.isRetriable)
    #expect(!attempt.channel.isActive)
  }

  @Test("silence ends at the limit, an end of the line at once")
  func silence() throws {
    let attempt = try Attempt()
    defer { attempt.finish() }
    attempt.channel.embeddedEventLoop.advanceTime(by: .seconds(10))
    #expect(attempt.error?.code == .proxyTimeout)
    #expect(attempt.error?.message == "the proxy http://proxy:3128 did not answer within 10 s")
    let ended = try Attempt()
    defer { ended.finish() }
    ended.channel.pipeline.fireChannelInactive()
    #expect(ended.error?.code == .proxy)
    #expect(ended.error?.isRetriable == true)
  }

  // MARK: - Over loopback

  private func echo(_ listener: WebSocketListener, isSecure: Bool, proxy: String) async throws -> String {
    var configuration = WebSocketConnector.Configuration()
    configuration.waitLong()
    configuration.proxy = try ProxyURL(proxy)
    // Resolves the proxy only: the listener's name is the proxy's business.
    configuration.resolver = LoopbackResolver()
    if isSecure { configuration.tls = try Certificates.shared.client() }
    let answer = group.any().makePromise(of: String.self)
    let connection = try await WebSocketConnector(group: group, configuration: configuration).connect(
      to: WebSocketURL("\(isSecure ? "wss" : "ws")://good.test:\(listener.port)/p?q")
    ) {
      let script = Script()
      script.onMessage = { _, message, _ in answer.succeed(String(buffer: message)) }
      return script
    }
    connection.send(ByteBuffer(string: "hello"), promise: nil)
    defer { connection.abort() }
    return try await answer.futureResult.get()
  }

  private func listen(isSecure: Bool) async throws -> WebSocketListener {
    var configuration = WebSocketListener.Configuration()
    configuration.waitLong()
    if isSecure { configuration.tls = try Certificates.shared.server("good") }
    return try await WebSocketListener.start(
      group: group, configuration: configuration, decide: { _ in .accept(subprotocol: nil) }
    ) { request in
      let script = Script()
      script.onMessage = { connection, message, kind in
        connection.send(ByteBuffer(string: "\(request.target) \(String(buffer: message))"), kind: kind)
      }
      return script
    }
  }

  @Test("ws and wss go through", arguments: [false, true])
  func tunnel(isSecure: Bool) async throws {
    guard !isSecure || Certificates.isPossible else { return }
    let listener = try await listen(isSecure: isSecure)
    let proxy = try await TestProxy.start()
    let url = "http://user:pass@proxy.test:\(proxy.port)"
    #expect(try await echo(listener, isSecure: isSecure, proxy: url) == "/p?q hello")
    let head = try #require(proxy.heads.withLockedValue { $0.first })
    #expect(head.hasPrefix("CONNECT good.test:\(listener.port) HTTP/1.1\r\n"))
    #expect(head.contains("\r\nProxy-Authorization: Basic dXNlcjpwYXNz\r\n"))
    await proxy.shutdown()
    await listener.shutdown()
  }

  @Test("refusals, garbage and silence of a proxy; no error shows the password")
  func failures() async throws {
    let listener = try await listen(isSecure: false)
    let cases: [(answer: String?, code: TransportError.Code, status: Int?)] = [
      ("407 Proxy Authentication Required", .proxy, 407), ("403 Forbidden", .proxy, 403),
      ("raw:garbage\r\n", .proxy, nil),
      ("raw:", .proxy, nil), (nil, .proxyTimeout, nil),
    ]
    for (answer, code, status) in cases {
      let proxy = try await TestProxy.start { _ in answer }
      var configuration = WebSocketConnector.Configuration()
      configuration.waitLong()
      configuration.proxy = try ProxyURL("http://trader:hunter2@127.0.0.1:\(proxy.port)")
      if code == .proxyTimeout { configuration.proxyLimit = .milliseconds(50) }
      let error = await #expect(throws: TransportError.self) {
        _ = try await WebSocketConnector(group: group, configuration: configuration)
          .connect(to: WebSocketURL("ws://127.0.0.1:\(listener.port)/")) { Script() }
      }
      #expect(error?.code == code, "\(String(describing: error))")
      #expect(error?.httpStatus == status)
      #expect(!"\(String(describing: error))".contains("hunter2"))
      if status == 407 { #expect(error?.message.hasSuffix("(it refuses the user or the password)") == true) }
      await proxy.shutdown()
    }
    await listener.shutdown()
  }

  @Test("a proxy that is not there is named in the error")
  func noProxy() async throws {
    let port = try await RawServer.freePort()
    var configuration = WebSocketConnector.Configuration()
    configuration.waitLong()
    configuration.proxy = try ProxyURL("http://u:hunter2@127.0.0.1:\(port)")
    let error = await #expect(throws: TransportError.self) {
      _ = try await WebSocketConnector(group: group, configuration: configuration)
        .connect(to: WebSocketURL("wss://iss.moex.com/")) { Script() }
    }
    #expect(error?.code == .connect)
    #expect(error?.message == "no connection to the proxy http://127.0.0.1:\(port)")
  }
}
