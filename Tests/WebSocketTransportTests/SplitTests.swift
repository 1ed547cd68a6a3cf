import NIOCore
import NIOEmbedded
import NIOWebSocket
import Testing

@testable import WebSocketTransport

/// A decoder can lose its place when a frame is split over two reads: every split of a stream has the same outcome.
@Suite("Splits of the byte stream") struct SplitTests {
  static let clear: [UInt8] = {
    var stream = WireFrame.bytes(0x82, [1, 2, 3])
    stream += WireFrame.bytes(0x01, [0xD0])
    stream += WireFrame.bytes(0x89, [9, 9])
    stream += WireFrame.bytes(0x80, [0x96])
    stream += WireFrame.bytes(0x82, [UInt8](repeating: 5, count: 130))
    stream += WireFrame.bytes(0x81)
    stream += WireFrame.bytes(0x88, closePayload(1001, "bye"))
    return stream
  }()

  static let masked: [UInt8] = {
    let mask: [UInt8] = [0xA1, 0x00, 0xFF, 0x3C]
    var stream = WireFrame.bytes(0x82, [1, 2, 3], mask: mask)
    stream += WireFrame.bytes(0x01, [0xD0], mask: [1, 2, 3, 4])
    stream += WireFrame.bytes(0x89, [9, 9], mask: mask)
    stream += WireFrame.bytes(0x80, [0x96], mask: [0, 0, 0, 0])
    stream += WireFrame.bytes(0x82, [UInt8](repeating: 5, count: 130), mask: mask)
    stream += WireFrame.bytes(0x81, mask: mask)
    stream += WireFrame.bytes(0x88, closePayload(1001, "bye"), mask: mask)
    return stream
  }()

  static let expected: [Event] = [
    .opened, .binary([1, 2, 3]), .text("Ж"), .binary([UInt8](repeating: 5, count: 130)), .text(""),
    .closed(.clean(code: 1001, reason: "bye")),
  ]

  private func run(_ role: WebSocketRole, _ pieces: [ArraySlice<UInt8>]) throws -> ([Event], [WireFrame]) {
    let line = try Line(role)
    for piece in pieces { try line.feed(raw: Array(piece)) }
    line.endOfLine()
    let sent = try line.sent()
    line.finish()
    return (line.recorder.events, sent)
  }

  @Test("every split into three", arguments: [true, false])
  func threePieces(isClient: Bool) throws {
    let stream = isClient ? Self.clear : Self.masked
    let role: WebSocketRole = isClient ? .client : .server
    let answers = [
      WireFrame(first: 0x8A, isMasked: isClient, payload: [9, 9]),
      WireFrame(first: 0x88, isMasked: isClient, payload: closePayload(1001)),
    ]
    var wrong: [(Int, Int)] = []
    for first in 0...stream.count {
      for second in first...stream.count where second == stream.count || second - first < 24 {
        let (events, sent) = try run(role, [stream[..<first], stream[first..<second], stream[second...]])
        if events != Self.expected || sent != answers { wrong.append((first, second)) }
      }
    }
    #expect(wrong.isEmpty)
  }

  @Test("pieces of each size from one byte on", arguments: [true, false])
  func equalPieces(isClient: Bool) throws {
    let stream = isClient ? Self.clear : Self.masked
    for size in 1...20 {
      let pieces = stride(from: 0, to: stream.count, by: size).map { stream[$0..<min($0 + size, stream.count)] }
      let (events, _) = try run(isClient ? .client : .server, pieces)
      #expect(events == Self.expected)
    }
  }

  @Test("NIO's decoder reads what we write")
  func nioReadsOurs() throws {
    for role in [WebSocketRole.client, .server] {
      let line = try Line(role)
      defer { line.finish() }
      let reader = EmbeddedChannel(handler: ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: 1 << 20)))
      defer { _ = try? reader.finish() }
      for count in [0, 5, 125, 126, 5000, 65536] {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        line.connection.send(ByteBuffer(bytes: bytes))
        try reader.writeInbound(ByteBuffer(bytes: try line.sentBytes()))
        let frame = try #require(try reader.readInbound(as: WebSocketFrame.self))
        #expect(frame.fin && frame.opcode == .binary)
        #expect((frame.maskKey != nil) == (role == .client))
        #expect(Array(frame.unmaskedData.readableBytesView) == bytes)
      }
    }
  }

  @Test("we read what NIO's encoder writes, in pieces of any size")
  func oursReadsNIO() throws {
    let writer = EmbeddedChannel(handler: WebSocketFrameEncoder())
    defer { _ = try? writer.finish() }
    var generator = SystemRandomNumberGenerator()
    let line = try Line(.server)
    defer { line.finish() }
    var expected: [Event] = []
    var stream: [UInt8] = []
    for _ in 0..<200 {
      let bytes = (0..<Int.random(in: 0...300, using: &generator)).map { _ in UInt8.random(in: .min ... .max) }
      try writer.writeOutbound(
        WebSocketFrame(fin: true, opcode: .binary, maskKey: .random(), data: ByteBuffer(bytes: bytes)))
      while let piece = try writer.readOutbound(as: ByteBuffer.self) { stream += piece.readableBytesView }
      expected.append(.binary(bytes))
    }
    var rest = stream[...]
    while !rest.isEmpty {
      let size = Int.random(in: 1...200, using: &generator)
      try line.feed(raw: Array(rest.prefix(size)))
      rest = rest.dropFirst(size)
    }
    #expect(line.recorder.afterOpening == expected)
  }
}
