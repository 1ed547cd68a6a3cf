import NIOCore
import Testing

@testable import WebSocketTransport

/// What stands between the reads of a socket and the frames in them.
@Suite("Bytes that are not decoded") struct UndecodedBytesTests {
  /// A generator with a seed that a failure prints.
  private struct Seeded: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state ^ state >> 29
    }
  }

  private struct Stream {
    var bytes: [UInt8] = []
    var expected: [Event] = [.opened]

    /// Messages of all sizes that a header tells apart, some in fragments, pings between them.
    init(role: WebSocketRole, _ random: inout Seeded) {
      func mask() -> [UInt8]? { role == .server ? [7, 0, 255, 33] : nil }
      for _ in 0..<Int.random(in: 1...30, using: &random) {
        let size = [0, 3, 125, 126, 300, 5000, 66_000].randomElement(using: &random) ?? 0
        let payload = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ bytes.count) }
        switch Int.random(in: 0..<6, using: &random) {
        case 0:
          let cut = Int.random(in: 0...size, using: &random)
          bytes += WireFrame.bytes(0x02, Array(payload[..<cut]), mask: mask())
          bytes += WireFrame.bytes(0x89, [1], mask: mask())
          bytes += WireFrame.bytes(0x80, Array(payload[cut...]), mask: mask())
        case 1:
          bytes += WireFrame.bytes(0x8A, [], mask: mask())
          bytes += WireFrame.bytes(0x82, payload, mask: mask())
        default: bytes += WireFrame.bytes(0x82, payload, mask: mask())
        }
        expected.append(.binary(payload))
      }
    }
  }

  @Test("whatever the reads are cut into and whenever reading is paused, the messages are the same", arguments: 0..<30)
  func reads(seed: UInt64) throws {
    for role in [WebSocketRole.client, .server] {
      var random = Seeded(state: seed &* 0x9E37_79B9_7F4A_7C15 &+ 1)
      let stream = Stream(role: role, &random)
      let line = try Line(role)
      let size = [1...1, 1...40, 1...4000, 3000...70_000].randomElement(using: &random) ?? 1...1
      var start = 0
      while start < stream.bytes.count {
        // Bytes one by one are slow; a stretch of them is as good as all.
        let least = start > 3000 ? max(size.lowerBound, 500) : size.lowerBound
        let end = min(start + Int.random(in: least...max(least, size.upperBound), using: &random), stream.bytes.count)
        if Int.random(in: 0..<4, using: &random) == 0 { line.connection.pauseReading() }
        try line.feed(raw: Array(stream.bytes[start..<end]))
        if Int.random(in: 0..<2, using: &random) == 0 { line.connection.resumeReading() }
        start = end
      }
      line.connection.resumeReading()
      #expect(line.recorder.events == stream.expected, "seed \(seed), \(role)")
      line.finish()
    }
  }

  @Test("a frame that two reads share is put together; what stands behind it stays where it is")
  func staysInPlace() throws {
    let frames =
      WireFrame.bytes(0x82, [UInt8](repeating: 1, count: 200))
      + WireFrame.bytes(0x82, [UInt8](repeating: 2, count: 300))
    var bytes = UndecodedBytes(from: .server, maxFrameSize: 1 << 20)
    bytes.append(ByteBuffer(bytes: frames[..<150]), ByteBufferAllocator())
    #expect(bytes.takeQuickMessage(limit: 1 << 20) == nil)
    let second = ByteBuffer(bytes: frames[150...])
    bytes.append(second, ByteBufferAllocator())
    #expect(bytes.takeQuickMessage(limit: 1 << 20) == ByteBuffer(repeating: 1, count: 200))
    let found = bytes.takeQuickMessage(limit: 1 << 20)
    let message = try #require(found)
    #expect(message == ByteBuffer(repeating: 2, count: 300))
    #expect(bytes.isEmpty)
    let start = message.withUnsafeReadableBytes { UInt(bitPattern: $0.baseAddress) }
    let read = second.withUnsafeReadableBytes {
      UInt(bitPattern: $0.baseAddress)..<UInt(bitPattern: $0.baseAddress) + UInt($0.count)
    }
    #expect(read.contains(start), "the second message was copied")
  }

  @Test("a large frame in many reads is gathered in one buffer, which grows by doubling")
  func gathers() throws {
    let payload = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
    let frame = WireFrame.bytes(0x82, payload)
    var bytes = UndecodedBytes(from: .server, maxFrameSize: 1 << 20)
    var places: Set<UInt> = []
    for start in stride(from: 0, to: frame.count, by: 500) {
      bytes.append(ByteBuffer(bytes: frame[start..<min(start + 500, frame.count)]), ByteBufferAllocator())
      places.insert(bytes.front.withUnsafeReadableBytes { UInt(bitPattern: $0.baseAddress) })
    }
    let header = try #require(try bytes.header())
    #expect(bytes.takeFrame(header) == ByteBuffer(bytes: payload))
    #expect(bytes.isEmpty)
    #expect(places.count < 20, "\(places.count) buffers for \(frame.count / 500) reads")
  }
}
