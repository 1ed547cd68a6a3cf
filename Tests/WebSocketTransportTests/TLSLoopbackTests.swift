import Foundation
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import Testing

@testable import WebSocketTransport

/// Client and listener over TLS and real sockets.
@Suite(
  "wss over loopback", .enabled(if: Certificates.isPossible, "needs the openssl program"), .timeLimit(.minutes(10)))
struct TLSLoopbackTests {
  let group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton

  private func listen(
    _ makeHandler: @escaping @Sendable (WebSocketUpgradeRequest) -> any WebSocketMessageHandler
  ) async throws -> WebSocketListener {
    var configuration = WebSocketListener.Configuration()
    configuration.waitLong()
    configuration.tls = try Certificates.shared.server("address")
    // A close that needs its limit makes the test pass its own.
    configuration.connection.closeLimit = .minutes(5)
    return try await WebSocketListener.start(
      group: group, configuration: configuration, decide: { _ in .accept(subprotocol: "STOMP") },
      makeHandler: makeHandler)
  }

  private func connector() throws -> WebSocketConnector {
    var configuration = WebSocketConnector.Configuration(subprotocol: "STOMP")
    configuration.waitLong()
    configuration.tls = try Certificates.shared.client()
    configuration.connection.closeLimit = .minutes(5)
    return WebSocketConnector(group: group, configuration: configuration)
  }

  @Test("a message of 5 MB goes there and comes back, in fragments")
  func largeMessages() async throws {
    let listener = try await listen { _ in
      let script = Script()
      script.onMessage = { connection, message, kind in
        var rest = message
        var pieces: [ByteBuffer] = []
        while rest.readableBytes > 0, let piece = rest.readSlice(length: min(40_001, rest.readableBytes)) {
          pieces.append(piece)
        }
        connection.send(fragments: pieces, kind: kind)
      }
      return script
    }
    let bytes = ByteBuffer(bytes: (0..<5_000_000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) })
    let answer = group.any().makePromise(of: ByteBuffer.self)
    let closing = group.any().makePromise(of: CloseReason.self)
    let connection = try await connector().connect(to: WebSocketURL("wss://127.0.0.1:\(listener.port)/")) {
      let script = Script(closing: closing)
      script.onMessage = { _, message, _ in answer.succeed(message) }
      return script
    }
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
        connection.close(code: 1000)
      }
      return script
    }
    let next = NIOLockedValueBox(0)
    let closing = group.any().makePromise(of: CloseReason.self)
    _ = try await connector().connect(to: WebSocketURL("wss://127.0.0.1:\(listener.port)/")) {
      let script = Script(closing: closing)
      script.onMessage = { connection, message, _ in
        next.withLockedValue { next in
          guard message.getInteger(at: message.readerIndex, as: UInt32.self) == UInt32(next),
            message.readableBytes == 4 + next % 300
          else { return connection.abort() }
          next += 1
          if next % 777 == 0 {
            connection.pauseReading()
            connection.eventLoop.execute { connection.resumeReading() }
          }
        }
      }
      return script
    }
    #expect(try await closing.futureResult.get() == .clean(code: 1000, reason: ""))
    #expect(next.withLockedValue { $0 } == count)
    await listener.shutdown()
  }

  @Test("a paused reader holds the writer back: its channel is not writable, and its limit refuses more")
  func backPressure() async throws {
    let states = NIOLockedValueBox<[Bool]>([])
    let refused = group.any().makePromise(of: TransportError.self)
    let listener = try await listen { _ in
      let script = Script()
      script.onOpened = { connection in
        for _ in 0..<100 {
          let written = connection.eventLoop.makePromise(of: Void.self)
          written.futureResult.whenFailure { if let error = $0 as? TransportError { refused.succeed(error) } }
          connection.send(ByteBuffer(repeating: 9, count: 1 << 20), promise: written)
        }
        states.withLockedValue { $0.append(connection.isWritable) }
      }
      return script
    }
    let total = NIOLockedValueBox(0)
    let closing = group.any().makePromise(of: CloseReason.self)
    let connection = try await connector().connect(to: WebSocketURL("wss://127.0.0.1:\(listener.port)/")) {
      let script = Script(closing: closing)
      script.onOpened = { $0.pauseReading() }
      script.onMessage = { connection, message, _ in
        total.withLockedValue { $0 += message.readableBytes }
        if total.withLockedValue({ $0 }) >= 60 << 20 { connection.close() }
      }
      return script
    }
    #expect(try await refused.futureResult.get().code == .writeBufferFull)
    #expect(states.withLockedValue { $0 } == [false])
    connection.resumeReading()
    #expect(try await closing.futureResult.get() == .clean(code: 1000, reason: ""))
    await listener.shutdown()
  }

  @Test("both sides' closes end both sides at once", arguments: [true, false])
  func closes(byServer: Bool) async throws {
    let serverEnd = group.any().makePromise(of: CloseReason.self)
    let listener = try await listen { _ in
      let script = Script(closing: serverEnd)
      script.onMessage = { connection, _, _ in connection.close(code: 4000, reason: "server") }
      return script
    }
    let clientEnd = group.any().makePromise(of: CloseReason.self)
    let connection = try await connector().connect(to: WebSocketURL("wss://127.0.0.1:\(listener.port)/")) {
      Script(closing: clientEnd)
    }
    if byServer { connection.send(ByteBuffer(string: "close"), promise: nil) } else { connection.close(code: 4001) }
    let code: UInt16 = byServer ? 4000 : 4001
    #expect(try await clientEnd.futureResult.get() == .clean(code: code, reason: byServer ? "server" : ""))
    #expect(try await serverEnd.futureResult.get() == .clean(code: code, reason: ""))
    try await connection.channel.closeFuture.get()
    await listener.shutdown()
  }

  @Test("other programs read TLS here: openssl s_client sees the chain and the end")
  func opensslClient() async throws {
    let listener = try await listen { _ in Script() }
    let certificates = try Certificates.shared
    // Ends with an error of its own when the chain or the address is not right.
    try await Program.threads.runIfActive {
      try Program.run(
        "openssl",
        [
          "s_client", "-connect", "127.0.0.1:\(listener.port)", "-CAfile", certificates.root, "-verify_return_error",
          "-verify_ip", "127.0.0.1",
        ])
    }
    await listener.shutdown()
  }

  @Test("a refusal of the upgrade comes through TLS with status and body")
  func refusal() async throws {
    var configuration = WebSocketListener.Configuration()
    configuration.tls = try Certificates.shared.server("address")
    let listener = try await WebSocketListener.start(
      group: group, configuration: configuration,
      decide: { _ in .refuse(status: 403, reason: "Forbidden", body: "not you") }, makeHandler: { _ in Script() })
    let error = await #expect(throws: TransportError.self) {
      _ = try await connector().connect(to: WebSocketURL("wss://127.0.0.1:\(listener.port)/")) { Script() }
    }
    #expect(error?.code == .upgradeRefused)
    #expect(error?.httpStatus == 403)
    #expect(error?.message.hasSuffix("403 Forbidden: not you") == true)
    await listener.shutdown()
  }

  // MARK: - nginx

  @Test(
    "nginx terminates TLS in front of the listener",
    .enabled(if: Program.find("nginx") != nil, "needs nginx, from the package nginx-light or nginx"))
  func nginx() async throws {
    let certificates = try Certificates.shared
    let path = NIOLockedValueBox("")
    let listener = try await WebSocketListener.start(
      group: group,
      decide: { request in
        path.withLockedValue { $0 = request.target }
        return .accept(subprotocol: "STOMP")
      },
      makeHandler: { _ in
        let script = Script()
        script.onMessage = { connection, message, kind in connection.send(message, kind: kind) }
        return script
      })
    let port = try await RawServer.freePort()
    let folder = certificates.folder + "/nginx"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let configuration = """
      daemon off; master_process off; pid \(folder)/pid; error_log stderr notice; worker_processes 1;
      events { worker_connections 64; }
      http {
        access_log off;
        client_body_temp_path \(folder)/a; proxy_temp_path \(folder)/b; fastcgi_temp_path \(folder)/c;
        uwsgi_temp_path \(folder)/d; scgi_temp_path \(folder)/e;
        server {
          listen 127.0.0.1:\(port) ssl;
          ssl_certificate \(certificates.chain("address"));
          ssl_certificate_key \(certificates.key("address"));
          location / {
            proxy_pass http://127.0.0.1:\(listener.port);
            proxy_http_version 1.1;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection "upgrade";
          }
        }
      }
      """
    try Data(configuration.utf8).write(to: URL(fileURLWithPath: "\(folder)/nginx.conf"))
    let bytes = ByteBuffer(bytes: (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) })
    let (echoed, reason) = try await Program.serve(
      "nginx", ["-p", folder, "-e", "stderr", "-c", "\(folder)/nginx.conf"], marker: "event method", port: port
    ) { port in
      let answer = group.any().makePromise(of: ByteBuffer.self)
      let closing = group.any().makePromise(of: CloseReason.self)
      let connection = try await connector().connect(to: WebSocketURL("wss://127.0.0.1:\(port)/infocx/v3?a=%20b")) {
        let script = Script(closing: closing)
        script.onMessage = { _, message, _ in answer.succeed(message) }
        return script
      }
      #expect(connection.subprotocol == "STOMP")
      try await connection.send(bytes)
      let echoed = try await answer.futureResult.get()
      connection.close()
      return (echoed, try await closing.futureResult.get())
    }
    #expect(echoed == bytes)
    #expect(reason == .clean(code: 1000, reason: ""))
    #expect(path.withLockedValue { $0 } == "/infocx/v3?a=%20b")
    await listener.shutdown()
  }
}
