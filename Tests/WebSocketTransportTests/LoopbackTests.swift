import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import Testing

@testable import WebSocketTransport

/// A handler whose closures are the test; it lives on the connection's event loop.
final class Script: WebSocketMessageHandler {
  var connection: WebSocketConnection?
  var onOpened: (WebSocketConnection) -> Void = { _ in }
  var onMessage: (WebSocketConnection, ByteBuffer, WebSocketMessageKind) -> Void = { _, _, _ in }
  let closing: EventLoopPromise<CloseReason>?

  init(closing: EventLoopPromise<CloseReason>? = nil) { self.closing = closing }

  func opened(_ connection: WebSocketConnection) {
    self.connection = connection
    onOpened(connection)
  }

  func received(_ message: ByteBuffer, kind: WebSocketMessageKind) {
    guard let connection else { return }
    onMessage(connection, message, kind)
  }

  func closed(_ reason: CloseReason) {
    connection = nil
    closing?.succeed(reason)
  }
}

/// Client and listener over real sockets; nothing sleeps, every wait is for an event.
@Suite("Over loopback", .timeLimit(.minutes(10))) struct LoopbackTests {
  let group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton

  private func listen(
    _ makeHandler: @escaping @Sendable (WebSocketUpgradeRequest) -> any WebSocketMessageHandler = { _ in Script() },
    decide: @escaping @Sendable (WebSocketUpgradeRequest) -> WebSocketUpgradeDecision = { _ in
      .accept(subprotocol: "STOMP")
    }
  ) async throws -> WebSocketListener {
    try await WebSocketListener.start(group: group, decide: decide, makeHandler: makeHandler)
  }

  private func connector(
    _ configure: (inout WebSocketConnector.Configuration) -> Void = { _ in }
  ) -> WebSocketConnector {
    var configuration = WebSocketConnector.Configuration(subprotocol: "STOMP")
    configuration.waitLong()
    configure(&configuration)
    return WebSocketConnector(group: group, configuration: configuration)
  }

  private func url(_ listener: WebSocketListener, _ target: String = "/") throws -> WebSocketURL {
    try WebSocketURL("ws://127.0.0.1:\(listener.port)\(target)")
  }

  @Test("a message of 5 MB in many fragments goes there and comes back")
  func largeMessages() async throws {
    let listener = try await listen { _ in
      let script = Script()
      script.onMessage = { connection, message, kind in
        var rest = message
        var pieces: [ByteBuffer] = []
        while rest.readableBytes > 0, let piece = rest.readSlice(length: min(4000, rest.readableBytes)) {
          pieces.append(piece)
        }
        connection.send(fragments: pieces, kind: kind)
      }
      return script
    }
    let bytes = ByteBuffer(bytes: (0..<5_000_000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) })
    let answer = group.any().makePromise(of: ByteBuffer.self)
    let closing = group.any().makePromise(of: CloseReason.self)
    let connection = try await connector().connect(to: url(listener)) {
      let script = Script(closing: closing)
      script.onMessage = { _, message, _ in answer.succeed(message) }
      return script
    }
    #expect(connection.subprotocol == "STOMP")
    try await connection.send(bytes)
    #expect(try await answer.futureResult.get() == bytes)
    connection.close(reason: "enough")
    #expect(try await closing.futureResult.get() == .clean(code: 1000, reason: ""))
    await listener.shutdown()
  }

  @Test("many messages arrive whole and in order, through pauses of the reader")
  func manyMessages() async throws {
    let count = 20_000
    let listener = try await listen { _ in
      let script = Script()
      script.onOpened = { connection in
        for index in 0..<count {
          var message = ByteBuffer(integer: UInt32(index))
          message.writeRepeatingByte(7, count: index % 300)
          connection.send(message, flush: index % 100 == 99)
        }
        connection.flush()
      }
      return script
    }
    let finished = group.any().makePromise(of: Int.self)
    let connection = try await connector().connect(to: url(listener)) {
      let script = Script()
      var next = 0
      script.onMessage = { connection, message, _ in
        guard message.getInteger(at: message.readerIndex, as: UInt32.self) == UInt32(next),
          message.readableBytes == 4 + next % 300
        else { return finished.succeed(-next) }
        next += 1
        if next % 777 == 0 {
          connection.pauseReading()
          connection.eventLoop.execute { connection.resumeReading() }
        }
        if next == count { finished.succeed(next) }
      }
      return script
    }
    #expect(try await finished.futureResult.get() == count)
    connection.abort()
    await listener.shutdown()
  }

  @Test("what the server sends with its 101 is not lost; target, headers and offer arrive as sent")
  func firstMessage() async throws {
    let requests = NIOLockedValueBox<[WebSocketUpgradeRequest]>([])
    let listener = try await listen { _ in
      let script = Script()
      script.onOpened = { $0.send(ByteBuffer(string: "hello"), kind: .text) }
      return script
    } decide: { request in
      requests.withLockedValue { $0.append(request) }
      return .accept(subprotocol: nil)
    }
    let first = group.any().makePromise(of: ByteBuffer.self)
    let connection = try await connector().connect(to: url(listener, "/?url=wss://host:8443/p")) {
      let script = Script()
      script.onMessage = { _, message, _ in first.succeed(message) }
      return script
    }
    #expect(try await first.futureResult.get() == ByteBuffer(string: "hello"))
    #expect(connection.subprotocol == nil)
    let seen = requests.withLockedValue { $0 }
    let request = try #require(seen.first)
    #expect(request.target == "/?url=wss://host:8443/p")
    #expect(request.subprotocols == ["STOMP"])
    #expect(request.headers.first?.name == "Host")
    #expect(request.headers.first?.value == "127.0.0.1:\(listener.port)")
    await listener.shutdown()
  }

  @Test("what was sent before the line ended is given to a reader that was paused all the time")
  func endWhilePaused() async throws {
    let listener = try await listen { _ in
      let script = Script()
      script.onOpened = { connection in
        let written = connection.eventLoop.makePromise(of: Void.self)
        for index in 0..<1000 {
          connection.send(ByteBuffer(repeating: 1, count: 50), promise: index == 999 ? written : nil)
        }
        written.futureResult.whenComplete { _ in connection.abort() }
      }
      return script
    }
    let closing = group.any().makePromise(of: CloseReason.self)
    let received = NIOLockedValueBox(0)
    let connection = try await connector().connect(to: url(listener)) {
      let script = Script(closing: closing)
      script.onOpened = { $0.pauseReading() }
      script.onMessage = { _, _, _ in received.withLockedValue { $0 += 1 } }
      return script
    }
    await listener.shutdown()
    #expect(received.withLockedValue { $0 } == 0)
    connection.resumeReading()
    #expect(try await closing.futureResult.get() == .peerClosedWithoutHandshake)
    #expect(received.withLockedValue { $0 } == 1000)
  }

  @Test("a reset is a broken line, an end without a close frame is its own reason")
  func abruptEnds() async throws {
    for isReset in [true, false] {
      let listener = try await listen { _ in
        let script = Script()
        script.onMessage = { connection, _, _ in isReset ? connection.reset() : connection.abort() }
        return script
      }
      let closing = group.any().makePromise(of: CloseReason.self)
      let connection = try await connector().connect(to: url(listener)) { Script(closing: closing) }
      try await connection.send(ByteBuffer(string: "go"))
      let reason = try await closing.futureResult.get()
      if isReset {
        guard case .error(let error) = reason else {
          Issue.record("\(reason)")
          return
        }
        #expect(error.code == .connectionLost)
      } else {
        #expect(reason == .peerClosedWithoutHandshake)
      }
      await listener.shutdown()
    }
  }

  @Test("faults of a server reach the client: raw bytes, a fault of the protocol, a close code")
  func serverFaults() async throws {
    let listener = try await listen { request in
      let script = Script()
      script.onOpened = { connection in
        switch request.target {
        case "/rsv": connection.sendRaw(ByteBuffer(bytes: [0xC2, 0x00]))
        default: connection.close(code: 4001, reason: "later")
        }
      }
      return script
    }
    func reason(_ target: String) async throws -> CloseReason {
      let closing = group.any().makePromise(of: CloseReason.self)
      _ = try await connector().connect(to: url(listener, target)) { Script(closing: closing) }
      return try await closing.futureResult.get()
    }
    guard case .error(let error) = try await reason("/rsv") else {
      Issue.record("RSV taken")
      return
    }
    #expect(error.code == .protocolViolation)
    #expect(try await reason("/close") == .clean(code: 4001, reason: "later"))
    await listener.shutdown()
  }

  @Test("a client's fault is told to it, and the server ends the line")
  func clientFault() async throws {
    let serverClosing = group.any().makePromise(of: CloseReason.self)
    let listener = try await listen { _ in Script(closing: serverClosing) }
    let closing = group.any().makePromise(of: CloseReason.self)
    let connection = try await connector().connect(to: url(listener)) { Script(closing: closing) }
    connection.sendRaw(ByteBuffer(bytes: [0x82, 0x01, 0x00]))
    #expect(try await closing.futureResult.get() == .clean(code: 1002, reason: ""))
    guard case .error = try await serverClosing.futureResult.get() else {
      Issue.record("unmasked frame taken")
      return
    }
    await listener.shutdown()
  }

  @Test("refusals, raw answers and silence in the upgrade")
  func refusals() async throws {
    let listener = try await listen(decide: { request in
      switch request.target {
      case "/403": .refuse(status: 403, reason: "Forbidden", body: "no entry")
      case "/301":
        .refuse(status: 301, reason: "Moved", headers: [(name: "Location", value: "ws://x/")])
      case "/raw": .answer(ByteBuffer(string: "+OK POP3\r\n"))
      default: .hang
      }
    })
    func failure(_ target: String) async throws -> TransportError? {
      let connector = connector { if target == "/hang" { $0.upgradeLimit = .milliseconds(20) } }
      let target = try url(listener, target)
      return await #expect(throws: TransportError.self) { try await connector.connect(to: target) { Script() } }
    }
    let refused = try await failure("/403")
    #expect(refused?.code == .upgradeRefused && refused?.httpStatus == 403)
    #expect(refused?.message.hasSuffix("403 Forbidden: no entry") == true)
    #expect(try await failure("/301")?.message.contains("ws://x/") == true)
    #expect(try await failure("/raw")?.code == .protocolViolation)
    #expect(try await failure("/hang")?.code == .upgradeTimeout)
    await listener.shutdown()
  }

  @Test("nobody listens, no such name, no answer from the resolver")
  func noConnection() async throws {
    let listener = try await listen()
    let dead = try url(listener)
    await listener.shutdown()
    let plain = connector()
    let refused = await #expect(throws: TransportError.self) { try await plain.connect(to: dead) { Script() } }
    #expect(refused?.code == .connect && refused?.isRetriable == true)

    let named = try WebSocketURL("ws://gateway.example/")
    let unresolved = connector { $0.resolver = ScriptedResolver(loop: group.any(), answers: true) }
    let noName = await #expect(throws: TransportError.self) { try await unresolved.connect(to: named) { Script() } }
    #expect(noName?.code == .resolve)

    let silent = connector {
      $0.resolver = ScriptedResolver(loop: group.any(), answers: false)
      $0.connectLimit = .milliseconds(10)
    }
    let late = await #expect(throws: TransportError.self) { try await silent.connect(to: named) { Script() } }
    #expect(late?.code == .connectTimeout)
  }

  @Test("a cancelled attempt ends at once")
  func cancellation() async throws {
    let asked = group.any().makePromise(of: Void.self)
    let listener = try await listen(decide: { _ in
      asked.succeed()
      return .hang
    })
    let target = try url(listener)
    let connector = connector()
    let task = Task { try await connector.connect(to: target) { Script() } }
    try await asked.futureResult.get()
    task.cancel()
    let error = await #expect(throws: TransportError.self) { try await task.value }
    #expect(error?.code == .cancelled)
    await listener.shutdown()
  }

  @Test("shutdown cuts every connection and frees the port; a taken port is refused")
  func shutdown() async throws {
    let listener = try await listen()
    var taken = WebSocketListener.Configuration()
    taken.port = listener.port
    let second = taken
    let error = await #expect(throws: TransportError.self) {
      _ = try await WebSocketListener.start(
        group: group, configuration: second, decide: { _ in .hang }, makeHandler: { _ in Script() })
    }
    #expect(error?.code == .bind)
    let closings = (0..<5).map { _ in group.any().makePromise(of: CloseReason.self) }
    for closing in closings { _ = try await connector().connect(to: url(listener)) { Script(closing: closing) } }
    await listener.shutdown()
    for closing in closings {
      let reason = try await closing.futureResult.get()
      #expect(reason == .peerClosedWithoutHandshake)
    }
  }
}

/// Says that there is no such name, or nothing at all.
final class ScriptedResolver: Resolver, Sendable {
  struct NoSuchName: Error {}
  private let v4: EventLoopPromise<[SocketAddress]>
  private let v6: EventLoopPromise<[SocketAddress]>
  private let answers: Bool

  init(loop: any EventLoop, answers: Bool) {
    v4 = loop.makePromise()
    v6 = loop.makePromise()
    self.answers = answers
  }

  func initiateAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> {
    if answers { v4.fail(NoSuchName()) }
    return v4.futureResult
  }

  func initiateAAAAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> {
    if answers { v6.fail(NoSuchName()) }
    return v6.futureResult
  }

  func cancelQueries() {
    v4.fail(CancellationError())
    v6.fail(CancellationError())
  }
}
