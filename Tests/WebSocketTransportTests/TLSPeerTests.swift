import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import Testing

@testable import WebSocketTransport

/// TLS peers of every kind, each made on the spot: what the client says about them.
@Suite("TLS peers", .enabled(if: Certificates.isPossible, "needs the openssl program"), .timeLimit(.minutes(10)))
struct TLSPeerTests {
  let group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton

  private func connect(
    _ url: String, port: Int, _ configure: (inout WebSocketConnector.Configuration) -> Void = { _ in },
    script: @escaping @Sendable () -> any WebSocketMessageHandler = { Script() }
  ) async throws -> WebSocketConnection {
    var configuration = WebSocketConnector.Configuration()
    configuration.waitLong()
    configuration.resolver = LoopbackResolver()
    configuration.tls = try Certificates.shared.client()
    // On a machine that is busy for 2 s the limit would pass; one that is needed makes the test pass its own.
    configuration.connection.closeLimit = .minutes(5)
    configure(&configuration)
    return try await WebSocketConnector(group: group, configuration: configuration)
      .connect(to: WebSocketURL("wss://\(url):\(port)/"), makeHandler: script)
  }

  /// The error of an attempt that has to fail.
  private func failure(
    _ url: String, port: Int, _ configure: (inout WebSocketConnector.Configuration) -> Void = { _ in },
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> TransportError {
    do {
      let connection = try await connect(url, port: port, configure)
      connection.abort()
      Issue.record("connected", sourceLocation: sourceLocation)
      throw CancellationError()
    } catch let error as TransportError {
      return error
    }
  }

  private func listen(
    _ certificate: String,
    _ makeHandler: @escaping @Sendable (WebSocketUpgradeRequest) -> any WebSocketMessageHandler = { _ in Script() },
    decide: @escaping @Sendable (WebSocketUpgradeRequest) -> WebSocketUpgradeDecision = { _ in
      .accept(subprotocol: nil)
    }
  ) async throws -> WebSocketListener {
    var configuration = WebSocketListener.Configuration()
    configuration.waitLong()
    configuration.tls = try Certificates.shared.server(certificate)
    configuration.connection.closeLimit = .minutes(5)
    return try await WebSocketListener.start(
      group: group, configuration: configuration, decide: decide, makeHandler: makeHandler)
  }

  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var certificate: String
    var host: String
    /// What the error says; `nil` when the peer is right.
    var says: String?
    var testDescription: String { name }
  }

  static let certificates: [Case] = [
    Case(name: "right", certificate: "good", host: "good.test"),
    Case(name: "right, with a trailing dot", certificate: "good", host: "good.test."),
    Case(name: "right, in capitals", certificate: "good", host: "GOOD.test"),
    Case(name: "wildcard", certificate: "wildcard", host: "a.wild.test"),
    Case(name: "IP SAN", certificate: "address", host: "127.0.0.1"),
    Case(name: "wrong host", certificate: "good", host: "bad.test", says: "bad.test is refused: hostname mismatch"),
    Case(name: "wildcard, two labels", certificate: "wildcard", host: "a.b.wild.test", says: "hostname mismatch"),
    Case(name: "wildcard, no label", certificate: "wildcard", host: "wild.test", says: "hostname mismatch"),
    Case(name: "partial wildcard", certificate: "partial", host: "web.part.test", says: "hostname mismatch"),
    Case(name: "IP not in SAN", certificate: "good", host: "127.0.0.1", says: "IP address mismatch"),
    Case(name: "name, but SAN has an IP", certificate: "address", host: "localhost", says: "hostname mismatch"),
    Case(name: "expired", certificate: "expired", host: "good.test", says: "certificate has expired"),
    Case(name: "not yet valid", certificate: "future", host: "good.test", says: "certificate is not yet valid"),
    Case(name: "self-signed", certificate: "self", host: "good.test", says: "self-signed certificate"),
    Case(name: "unknown CA", certificate: "stranger", host: "good.test", says: "unable to get local issuer"),
  ]

  @Test("certificates", arguments: certificates)
  func certificate(_ peer: Case) async throws {
    let listener = try await listen(peer.certificate)
    if let says = peer.says {
      let error = try await failure(peer.host, port: listener.port)
      #expect(error.code == .certificate)
      #expect(error.message.contains(says), "\(error)")
      #expect(!error.isRetriable)
    } else {
      let closing = group.any().makePromise(of: CloseReason.self)
      let connection = try await connect(peer.host, port: listener.port) { _ in
      } script: {
        Script(closing: closing)
      }
      connection.close()
      let reason = try await closing.futureResult.get()
      #expect(reason == .clean(code: 1000, reason: ""))
    }
    await listener.shutdown()
  }

  @Test("without the CA file nothing made here is trusted; the default context is built on its own")
  func systemTrust() async throws {
    let listener = try await listen("good")
    let error = try await failure("good.test", port: listener.port) { $0.tls = nil }
    #expect(error.code == .certificate)
    await listener.shutdown()
  }

  struct Old: Sendable, CustomTestStringConvertible {
    var name: String
    var options: [String]
    var code: TransportError.Code
    var says: String
    var isRetriable = true
    var testDescription: String { name }
  }

  static let programs: [Old] = [
    Old(
      name: "TLS 1.1 only", options: ["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"], code: .tls, says: "no version of TLS"),
    Old(
      name: "no shared cipher, TLS 1.3", options: ["-tls1_3", "-ciphersuites", "TLS_AES_128_CCM_8_SHA256"],
      code: .tls, says: "no cipher"),
    Old(
      name: "no shared cipher, TLS 1.2", options: ["-tls1_2", "-cipher", "ECDHE-ECDSA-NULL-SHA:@SECLEVEL=0"],
      code: .tls, says: "no cipher"),
    Old(
      name: "client certificate demanded, TLS 1.2", options: ["-tls1_2", "-Verify", "1", "-verify_return_error"],
      code: .clientCertificate, says: "client certificate", isRetriable: false),
    Old(
      name: "client certificate demanded, TLS 1.3", options: ["-tls1_3", "-Verify", "1", "-verify_return_error"],
      code: .clientCertificate, says: "client certificate", isRetriable: false),
  ]

  @Test("other programs' servers that have to fail", arguments: programs)
  func program(_ peer: Old) async throws {
    let certificates = try Certificates.shared
    let error = try await Program.serve(
      "openssl",
      ["s_server", "-accept", "127.0.0.1:0", "-cert", certificates.chain("good"), "-key", certificates.key("good")]
        + peer.options, marker: "ACCEPT"
    ) { port in try await failure("good.test", port: port) }
    #expect(error.code == peer.code, "\(error)")
    #expect(error.message.contains(peer.says), "\(error)")
    #expect(error.underlying?.isEmpty == false)
    #expect(error.isRetriable == peer.isRetriable)
  }

  @Test("a client certificate that is asked for, but not demanded, is no obstacle")
  func optionalClientCertificate() async throws {
    let certificates = try Certificates.shared
    let error = try await Program.serve(
      "openssl",
      ["s_server", "-accept", "127.0.0.1:0", "-cert", certificates.chain("good"), "-key", certificates.key("good")]
        + ["-verify", "1", "-www"], marker: "ACCEPT"
    ) { port in try await failure("good.test", port: port) }
    // It is a web server: TLS was good, the upgrade is not.
    #expect(error.code == .upgradeRefused || error.code == .protocolViolation, "\(error)")
  }

  @Test("plain HTTP answering")
  func plainHTTP() async throws {
    let server = try await RawServer.start(received: { channel, _ in
      channel.writeAndFlush(ByteBuffer(string: "HTTP/1.1 400 Bad Request\r\n\r\n"), promise: nil)
    })
    let error = try await failure("good.test", port: server.port)
    #expect(error.code == .tls)
    #expect(error.message == "the peer speaks plain HTTP, not TLS")
    await server.shutdown()
  }

  @Test("a plain client's request to a TLS listener is refused")
  func plainClient() async throws {
    let listener = try await listen("good")
    await #expect(throws: TransportError.self) {
      _ = try await WebSocketConnector(group: group, configuration: .init())
        .connect(to: WebSocketURL("ws://127.0.0.1:\(listener.port)/")) { Script() }
    }
    await listener.shutdown()
  }

  @Test("no answer at all: the limit of TLS")
  func silence() async throws {
    let server = try await RawServer.start()
    let error = try await failure("good.test", port: server.port) { $0.tlsLimit = .milliseconds(50) }
    #expect(error.code == .tlsTimeout)
    #expect(error.message == "the TLS handshake was not complete within 50 ms")
    await server.shutdown()
  }

  @Test("cut during the handshake")
  func cutInHandshake() async throws {
    let server = try await RawServer.start(received: { channel, _ in channel.close(promise: nil) })
    let error = try await failure("good.test", port: server.port)
    #expect(error.code == .connectionLost)
    #expect(error.message.contains("TLS handshake"))
    await server.shutdown()
  }

  @Test("cut after the handshake, with the request unanswered")
  func cutAfterHandshake() async throws {
    let certificates = try Certificates.shared
    let context = try certificates.server("good").context
    let server = try await RawServer.start(
      accepted: { channel in
        let handler = TLSHandler(try TLSConnection.server(context), limit: .seconds(5), promise: nil)
        try channel.pipeline.syncOperations.addHandler(handler)
      },
      received: { channel, _ in
        channel.triggerUserOutboundEvent(LineCut(), promise: nil)
        channel.close(promise: nil)
      })
    let error = try await failure("good.test", port: server.port)
    #expect(error.code == .truncated)
    #expect(error.isRetriable)
    await server.shutdown()
  }

  /// How a connection ends when the server does `finish` in the middle of a frame.
  private func end(_ finish: @escaping @Sendable (WebSocketConnection) -> Void) async throws -> CloseReason {
    let listener = try await listen("good") { _ in
      let script = Script()
      script.onMessage = { connection, _, _ in
        let written = connection.eventLoop.makePromise(of: Void.self)
        written.futureResult.whenComplete { _ in finish(connection) }
        connection.sendRaw(ByteBuffer(bytes: [0x82, 10, 1, 2, 3]), promise: written)
      }
      return script
    }
    let closing = group.any().makePromise(of: CloseReason.self)
    do {
      let connection = try await connect("good.test", port: listener.port) { _ in
      } script: {
        Script(closing: closing)
      }
      connection.send(ByteBuffer(string: "go"), promise: nil)
    } catch {
      // On a machine that is too slow the test fails; a promise that is let go would end the whole run.
      closing.fail(error)
    }
    let reason = try await closing.futureResult.get()
    await listener.shutdown()
    return reason
  }

  @Test("cut in mid-frame: a truncation without close_notify, an end with it, a broken line by a reset")
  func cutInMidFrame() async throws {
    let cut = try await end { $0.cut() }
    guard case .error(let truncated) = cut else {
      Issue.record("\(cut)")
      return
    }
    #expect(truncated.code == .truncated)
    #expect(try await end { $0.abort() } == .peerClosedWithoutHandshake)
    let reset = try await end { $0.reset() }
    guard case .error(let lost) = reset else {
      Issue.record("\(reset)")
      return
    }
    #expect(lost.code == .connectionLost)
  }

  @Test("a cut behind the WebSocket close is no error")
  func cutAfterClose() async throws {
    let listener = try await listen("good") { _ in
      let script = Script()
      script.onMessage = { connection, _, _ in
        // A close frame, and then nothing of what TLS asks for.
        let written = connection.eventLoop.makePromise(of: Void.self)
        written.futureResult.whenComplete { _ in connection.cut() }
        connection.sendRaw(ByteBuffer(bytes: [0x88, 2, 3, 0xE8]), promise: written)
      }
      return script
    }
    let closing = group.any().makePromise(of: CloseReason.self)
    let connection = try await connect("good.test", port: listener.port) { _ in
    } script: {
      Script(closing: closing)
    }
    connection.send(ByteBuffer(string: "go"), promise: nil)
    #expect(try await closing.futureResult.get() == .clean(code: 1000, reason: ""))
    await listener.shutdown()
  }

  @Test("a configuration of the other role is refused at once")
  func wrongRole() async throws {
    let certificates = try Certificates.shared
    let server = try await RawServer.start()
    let error = try await failure("good.test", port: server.port) { $0.tls = try? certificates.server("good") }
    #expect(error.code == .tls)
    #expect(error.message == "the TLS configuration is a server's, not a client's")
    #expect(!error.isRetriable)
    await server.shutdown()
    var configuration = WebSocketListener.Configuration()
    configuration.tls = try certificates.client()
    let refused = await #expect(throws: TransportError.self) {
      _ = try await WebSocketListener.start(
        group: group, configuration: configuration, decide: { _ in .hang }, makeHandler: { _ in Script() })
    }
    #expect(refused?.message == "the TLS configuration is a client's, not a server's")
  }

  @Test("files that are not what they should be are named")
  func files() throws {
    let certificates = try Certificates.shared
    let missing = #expect(throws: TransportError.self) { try TLSConfiguration.client(caFile: "/nonexistent/ca.pem") }
    #expect(missing?.code == .tlsFileUnreadable)
    #expect(missing?.message == "cannot read the file /nonexistent/ca.pem")
    let wrong = #expect(throws: TransportError.self) {
      try TLSConfiguration.client(caFile: "\(certificates.folder)/ca.cnf")
    }
    #expect(wrong?.code == .tlsFileInvalid)
    #expect(wrong?.message.contains("ca.cnf") == true)
    let folder = #expect(throws: TransportError.self) { try TLSConfiguration.client(caFile: certificates.folder) }
    #expect(folder?.message.contains(certificates.folder) == true)
    let pair = #expect(throws: TransportError.self) {
      try TLSConfiguration.server(
        certificateChainFile: certificates.chain("good"), privateKeyFile: certificates.key("expired"))
    }
    #expect(pair?.code == .tlsFileInvalid)
    #expect(pair?.message.contains("expired.key") == true)
  }
}
