import NIOCore
import NIOEmbedded
import Testing

@testable import WebSocketTransport

/// The server's upgrade against scripted requests, on a virtual line.
@Suite("Server upgrade") struct ServerUpgradeTests {
  static let lines = [
    "GET /infocx?x=1 HTTP/1.1", "Host: h", "Upgrade: websocket", "Connection: keep-alive, Upgrade",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Protocol: a, STOMP",
  ]

  static func request(_ lines: [String] = lines) -> [UInt8] {
    Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
  }

  struct Visit {
    let channel = EmbeddedChannel()
    let recorder = Recorder()

    init(_ decision: WebSocketUpgradeDecision = .accept(subprotocol: "STOMP")) throws {
      let recorder = NIOLoopBound(self.recorder, eventLoop: channel.eventLoop)
      try channel.pipeline.syncOperations.addHandler(
        ServerUpgradeHandler(
          configuration: WebSocketListener.Configuration(), decide: { _ in decision },
          makeHandler: { _ in recorder.value }))
      try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 9)).wait()
    }

    func feed(_ bytes: some Sequence<UInt8>) throws {
      if channel.isActive { try channel.writeInbound(ByteBuffer(bytes: bytes)) }
    }

    func sent() throws -> String {
      var bytes: [UInt8] = []
      while let buffer = try channel.readOutbound(as: ByteBuffer.self) { bytes += buffer.readableBytesView }
      return String(decoding: bytes, as: UTF8.self)
    }

    func finish() {
      _ = try? channel.finish(acceptAlreadyClosed: true)
      channel.embeddedEventLoop.run()
    }
  }

  @Test("a request with a message behind it, split at every byte")
  func accepted() throws {
    let bytes = Self.request() + WireFrame.bytes(0x82, [7], mask: [1, 2, 3, 4])
    for split in 0...bytes.count {
      let visit = try Visit()
      try visit.feed(bytes[..<split])
      try visit.feed(bytes[split...])
      #expect(visit.recorder.events == [.opened, .binary([7])])
      let answer = try visit.sent()
      #expect(answer.hasPrefix("HTTP/1.1 101 Switching Protocols\r\n"))
      #expect(answer.contains("\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"))
      #expect(answer.hasSuffix("\r\nSec-WebSocket-Protocol: STOMP\r\n\r\n"))
      visit.finish()
    }
  }

  struct Bad: Sendable {
    let drop: Int
    var replacement: String?
    let status: String
  }

  @Test(
    "requests that are none for an upgrade",
    arguments: [
      Bad(drop: 0, replacement: "POST / HTTP/1.1", status: "400"),
      Bad(drop: 0, replacement: "GET / HTTP/1.0", status: "400"),
      Bad(drop: 0, replacement: "GET  HTTP/1.1", status: "400"), Bad(drop: 1, status: "400"),
      Bad(drop: 2, status: "426"), Bad(drop: 3, status: "426"), Bad(drop: 4, status: "400"),
      Bad(drop: 5, replacement: "Sec-WebSocket-Version: 8", status: "426"),
      Bad(drop: 6, replacement: "no header", status: "400"),
    ])
  func refused(_ bad: Bad) throws {
    var lines = Self.lines
    if let replacement = bad.replacement { lines[bad.drop] = replacement } else { lines.remove(at: bad.drop) }
    let visit = try Visit()
    defer { visit.finish() }
    try visit.feed(Self.request(lines))
    #expect(try visit.sent().hasPrefix("HTTP/1.1 \(bad.status) "))
    #expect(!visit.channel.isActive)
    #expect(visit.recorder.events.isEmpty)
  }

  @Test("a refusal and a raw answer end the connection, silence keeps it")
  func decisions() throws {
    let refusal = try Visit(
      .refuse(status: 503, reason: "Busy", headers: [(name: "Retry-After", value: "1")], body: "no"))
    try refusal.feed(Self.request())
    #expect(
      try refusal.sent()
        == "HTTP/1.1 503 Busy\r\nRetry-After: 1\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno")
    #expect(!refusal.channel.isActive)
    refusal.finish()

    let raw = try Visit(.answer(ByteBuffer(string: "x")))
    try raw.feed(Self.request())
    #expect(try raw.sent() == "x")
    #expect(!raw.channel.isActive)
    raw.finish()

    let silence = try Visit(.hang)
    try silence.feed(Self.request())
    silence.channel.embeddedEventLoop.advanceTime(by: .hours(1))
    #expect(try silence.sent().isEmpty)
    #expect(silence.channel.isActive)
    silence.finish()
  }

  @Test("a client that does not finish its request is cut off at the limit")
  func slowClient() throws {
    let visit = try Visit()
    defer { visit.finish() }
    try visit.feed(Self.request().dropLast())
    visit.channel.embeddedEventLoop.advanceTime(by: .seconds(10))
    #expect(!visit.channel.isActive)
  }
}
