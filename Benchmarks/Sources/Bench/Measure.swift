import NIOCore

/// A figure of one thing done to one set of packets.
struct Figure {
  /// Nanoseconds a packet, the median of the rounds.
  let nanoseconds: Double
  /// Bytes of a packet on average.
  let bytes: Double

  var megabytesPerSecond: Double { bytes / nanoseconds * 1000 }
}

enum Measure {
  /// Rounds of at least that many seconds; the median counts. One round before them warms up.
  static let rounds = 7
  static let roundSeconds = 0.06

  /// Times `work`, which does `packets` packets of together `bytes` bytes.
  static func run(packets: Int, bytes: Int, _ work: () -> Void) -> Figure {
    let clock = ContinuousClock()
    var repeats = 1
    while true {
      let time = clock.measure { for _ in 0..<repeats { work() } } / .seconds(1)
      if time >= roundSeconds { break }
      repeats = max(repeats + 1, time > 0 ? Int(Double(repeats) * min(10, 1.2 * roundSeconds / time)) : repeats * 10)
    }
    let times = (0..<rounds).map { _ in clock.measure { for _ in 0..<repeats { work() } } / .nanoseconds(1) }.sorted()
    return Figure(
      nanoseconds: times[rounds / 2] / Double(repeats * packets), bytes: Double(bytes) / Double(packets))
  }
}

extension ByteBuffer {
  /// A body as a parser of frames gives it: a NUL and padding can be read behind it.
  static func padded(_ text: String) -> ByteBuffer {
    var buffer = ByteBufferAllocator().buffer(capacity: text.utf8.count + 64)
    buffer.writeString(text)
    buffer.setRepeatingByte(0, count: 64, at: buffer.writerIndex)
    return buffer
  }
}
