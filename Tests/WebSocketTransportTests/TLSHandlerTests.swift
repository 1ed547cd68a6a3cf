import NIOCore
import NIOEmbedded
import Testing

@testable import WebSocketTransport

/// The TLS handler on virtual lines and a virtual clock.
@Suite(
  "TLS on a virtual line", .enabled(if: Certificates.isPossible, "needs the openssl program"), .timeLimit(.minutes(10)))
struct TLSHandlerTests {
  private let text = Array("market data".utf8)

  @Test("handshake and records, split at every byte and in all small sizes", arguments: [1, 2, 3, 5, 7, 64, 1000])
  func splits(_ pieces: Int) throws {
    let pair = try TLSPair(pieces: pieces)
    defer { pair.finish() }
    try pair.client.checkHandshake()
    try pair.server.checkHandshake()
    try pair.client.channel.writeOutbound(ByteBuffer(bytes: text))
    try pair.server.channel.writeOutbound(ByteBuffer(repeating: 7, count: 20_000))
    try pair.pump(pieces: pieces)
    #expect(pair.server.tail.bytes == text)
    #expect(pair.client.tail.bytes == [UInt8](repeating: 7, count: 20_000))
    #expect(pair.client.tail.errors.isEmpty)
  }

  @Test("two records split once, at each byte")
  func splitOnce() throws {
    let pair = try TLSPair()
    defer { pair.finish() }
    for split in 0...120 {
      pair.server.tail.bytes = []
      try pair.client.channel.writeOutbound(ByteBuffer(bytes: text))
      try pair.client.channel.writeOutbound(ByteBuffer(bytes: text))
      let bytes = try pair.client.takeBytes()
      pair.server.feed(Array(bytes.prefix(split)))
      pair.server.feed(Array(bytes.dropFirst(split)))
      #expect(pair.server.tail.bytes == text + text)
    }
  }

  /// Lengths of the records in the bytes.
  private func records(_ bytes: [UInt8]) -> [Int] {
    var lengths: [Int] = []
    var rest = bytes[...]
    while rest.count >= 5 {
      let length = Int(rest[rest.startIndex + 3]) << 8 | Int(rest[rest.startIndex + 4])
      lengths.append(length)
      rest = rest.dropFirst(5 + length)
    }
    return lengths
  }

  @Test("writes are joined up to 16 KiB a record; promises come with their bytes")
  func joining() throws {
    let pair = try TLSPair()
    defer { pair.finish() }
    let channel = pair.client.channel
    let done = NIOLoopBoundBox<[Int]>([], eventLoop: channel.eventLoop)
    for index in 0..<40 {
      channel.write(ByteBuffer(repeating: UInt8(index), count: 1000)).whenSuccess { done.value.append(index) }
    }
    // 17 bytes: the tag and the inner type of TLS 1.3.
    #expect(done.value.isEmpty)
    channel.flush()
    #expect(records(try pair.client.takeBytes()) == [16384 + 17, 16384 + 17, 40_000 - 2 * 16384 + 17])
    #expect(done.value == Array(0..<40))
    let emptyIsDone = NIOLoopBoundBox(false, eventLoop: channel.eventLoop)
    channel.writeAndFlush(ByteBuffer()).whenSuccess { emptyIsDone.value = true }
    #expect(emptyIsDone.value)
    #expect(try pair.client.takeBytes().isEmpty)
  }

  @Test("the socket is read on when a read gave no plaintext, and only then")
  func reading() throws {
    let pair = try TLSPair()
    defer { pair.finish() }
    let counter = ReadCounter()
    try pair.server.channel.pipeline.syncOperations.addHandler(counter, position: .first)
    try pair.client.channel.writeOutbound(ByteBuffer(bytes: text))
    let bytes = try pair.client.takeBytes()
    pair.server.channel.read()
    #expect(counter.count == 1)
    pair.server.feed(Array(bytes.prefix(9)))
    #expect(counter.count == 2)
    pair.server.feed(Array(bytes.dropFirst(9)))
    #expect(counter.count == 2)
    #expect(pair.server.tail.bytes == text)
    // Nobody asked again: nothing is read on.
    pair.server.feed(Array(try record(pair).prefix(3)))
    #expect(counter.count == 2)
  }

  private func record(_ pair: TLSPair) throws -> [UInt8] {
    try pair.client.channel.writeOutbound(ByteBuffer(bytes: text))
    return try pair.client.takeBytes()
  }

  @Test("a close says close_notify, waits for the peer's, and ends both sides without an error")
  func close() throws {
    let pair = try TLSPair()
    defer { pair.finish() }
    let isClosed = NIOLoopBoundBox(false, eventLoop: pair.client.channel.eventLoop)
    pair.client.channel.close().whenSuccess { isClosed.value = true }
    #expect(pair.client.channel.isActive)
    #expect(!isClosed.value)
    try pair.pump()
    #expect(!pair.server.channel.isActive)
    #expect(pair.server.tail.isInactive)
    #expect(pair.server.tail.errors.isEmpty)
    #expect(!pair.client.channel.isActive)
    #expect(isClosed.value)
    #expect(pair.client.tail.errors.isEmpty)
  }

  @Test("a peer that does not answer the close_notify is waited for 2 s")
  func closeLimit() throws {
    let pair = try TLSPair()
    defer { pair.finish() }
    pair.client.channel.close(promise: nil)
    pair.client.advance(.milliseconds(1999))
    #expect(pair.client.channel.isActive)
    pair.client.advance(.milliseconds(1))
    #expect(!pair.client.channel.isActive)
  }

  @Test("a peer that does not read is not waited for, a cut waits for nobody")
  func closeAtOnce() throws {
    let full = try TLSPair()
    defer { full.finish() }
    full.client.channel.isWritable = false
    full.client.channel.close(promise: nil)
    #expect(!full.client.channel.isActive)
    let cut = try TLSPair()
    defer { cut.finish() }
    cut.client.channel.triggerUserOutboundEvent(LineCut(), promise: nil)
    cut.client.channel.close(promise: nil)
    #expect(!cut.client.channel.isActive)
    #expect(try cut.client.takeBytes().isEmpty)
  }

  @Test("half-closed: what the peer still sends is read, then its close_notify ends the line")
  func halfClose() throws {
    let pair = try TLSPair()
    defer { pair.finish() }
    let handler = try pair.server.channel.pipeline.syncOperations.handler(type: TLSHandler.self)
    pair.server.channel.close(mode: .output, promise: nil)
    #expect(handler.state == .outputClosed)
    #expect(pair.server.halfCloser.isOutputClosed)
    #expect(pair.server.channel.isActive)
    let notice = try pair.server.takeBytes()
    pair.server.feed(try record(pair))
    #expect(pair.server.tail.bytes == text)
    pair.client.feed(notice)
    pair.server.feed(try pair.client.takeBytes())
    #expect(!pair.client.channel.isActive)
    #expect(!pair.server.channel.isActive)
    #expect(pair.server.tail.errors.isEmpty)
    #expect(throws: TransportError.self) {
      try pair.server.channel.writeOutbound(ByteBuffer(bytes: text))
    }
  }

  @Test("data and close_notify in one read: the data first, then the end")
  func dataWithCloseNotify() throws {
    let pair = try TLSPair()
    defer { pair.finish() }
    let first = try record(pair)
    pair.client.channel.close(promise: nil)
    pair.server.feed(first + (try pair.client.takeBytes()))
    #expect(pair.server.tail.bytes == text)
    #expect(pair.server.tail.isInactive)
    #expect(pair.server.tail.errors.isEmpty)
  }

  @Test("the end of the line without close_notify is a truncation; in the handshake it is a lost connection")
  func truncation() throws {
    let pair = try TLSPair()
    defer { pair.finish() }
    pair.client.channel.pipeline.fireChannelInactive()
    #expect(pair.client.tail.errors == [.truncated])
    let early = try TLSPair(shakeHands: false)
    defer { early.finish() }
    early.client.channel.pipeline.fireChannelInactive()
    let error = #expect(throws: TransportError.self) { try early.client.checkHandshake() }
    #expect(error?.code == .connectionLost)
  }

  @Test(
    "a certificate that is refused is refused within the handshake: the server's is not complete, it gets an alert",
    arguments: ["self", "stranger", "expired"])
  func refusedInTheHandshake(certificate: String) throws {
    let pair = try TLSPair(certificate: certificate)
    defer { pair.finish() }
    #expect(throws: TransportError.self) { try pair.client.checkHandshake() }
    // Whoever the server is, it never has a line on which a client would speak.
    #expect(throws: TransportError.self) { try pair.server.checkHandshake() }
  }

  @Test("a changed byte is an error of TLS and ends the line, the peer gets an alert")
  func changedByte() throws {
    let pair = try TLSPair()
    defer { pair.finish() }
    var bytes = try record(pair)
    bytes[10] ^= 1
    pair.server.feed(bytes)
    #expect(pair.server.tail.errors == [.tls])
    #expect(pair.server.tail.bytes.isEmpty)
    #expect(!pair.server.channel.isActive)
    pair.client.feed(try pair.server.takeBytes())
    #expect(pair.client.tail.errors == [.tls])
  }

  @Test("a handshake that gets no answer ends at its limit")
  func limit() throws {
    let pair = try TLSPair(shakeHands: false)
    defer { pair.finish() }
    pair.client.advance(.milliseconds(9_999))
    #expect(pair.client.channel.isActive)
    pair.client.advance(.milliseconds(1))
    let error = #expect(throws: TransportError.self) { try pair.client.checkHandshake() }
    #expect(error?.code == .tlsTimeout)
    #expect(error?.isRetriable == true)
    #expect(!pair.client.channel.isActive)
  }

  @Test("nothing is kept when the lines have ended, however they did")
  func release() throws {
    for isCut in [false, true] {
      weak var handler: TLSHandler?
      weak var connection: TLSConnection?
      do {
        let pair = try TLSPair()
        handler = try pair.client.channel.pipeline.syncOperations.handler(type: TLSHandler.self)
        connection = handler?.connection
        #expect(connection != nil)
        if isCut { pair.client.channel.pipeline.fireChannelInactive() } else { pair.client.channel.close(promise: nil) }
        try pair.pump()
        pair.finish()
      }
      #expect(handler == nil)
      #expect(connection == nil)
    }
  }

  @Test("random bytes in place of the server's answer never hang and never trap")
  func garbage() throws {
    for seed in 0..<200 {
      let pair = try TLSPair(shakeHands: false)
      pair.server.feed(try pair.client.takeBytes())
      var bytes = try pair.server.takeBytes()
      var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1
      for _ in 0..<3 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        bytes[Int(state >> 33) % bytes.count] ^= UInt8(truncatingIfNeeded: state >> 20) | 1
      }
      pair.client.feed(bytes, pieces: 1 + seed % 50)
      pair.client.advance(.seconds(11))
      let error = #expect(throws: TransportError.self) { try pair.client.checkHandshake() }
      #expect([.tls, .certificate, .tlsTimeout].contains(error?.code))
      pair.finish()
    }
  }
}
