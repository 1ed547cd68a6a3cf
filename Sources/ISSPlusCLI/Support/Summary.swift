import ISSPlus
import MarketData
import NIOCore

/// The figures of `--summary`.
struct Summary {
  let packets: Int
  let changes: Int
  let bytes: Int
  let refused: Int
  let seconds: Double

  /// Lines `name<TAB>value`.
  func write(to text: inout TextBuffer) {
    let lines: [(String, String)] = [
      ("packets", "\(packets)"),
      ("changes", "\(changes)"),
      ("bytes", "\(bytes)"),
      ("refused", "\(refused)"),
      ("seconds", Self.fixed(seconds, 6)),
      ("packets_per_second", Self.fixed(Double(packets) / seconds, 0)),
      ("megabytes_per_second", Self.fixed(Double(bytes) / seconds / 1_000_000, 3)),
    ]
    for (name, value) in lines { text.append("\(name)\t\(value)\n") }
  }

  /// A figure with that many digits behind the point.
  static func fixed(_ value: Double, _ digits: Int) -> String {
    guard value.isFinite, abs(value) < 1e12 else { return "0" }
    var scale: Int64 = 1
    for _ in 0..<digits { scale *= 10 }
    let scaled = Int64((value * Double(scale)).rounded(.toNearestOrAwayFromZero))
    return ExactDecimal(mantissa: scaled, scale: UInt8(digits)).description
  }
}

/// The lines of `--verbose` on standard error.
enum StatusLine {
  /// Tells the states of the client until it has stopped.
  static func tellStates(_ client: ISSPlusClient) async {
    for await state in await client.states() {
      switch state {
      case .connecting: StandardError.say("connecting")
      case .connected: StandardError.say("connected")
      case .waiting(let until):
        let wait = max(0, (until - .now()).nanoseconds)
        StandardError.say("the line was lost; next attempt in \(Summary.fixed(Double(wait) / 1e9, 1)) s")
      case .stopped: return
      }
    }
  }

  /// Tells counters once a second until cancelled.
  static func tellCounters(_ client: ISSPlusClient) async throws {
    var before = SessionCounters()
    while true {
      try await Task.sleep(for: .seconds(1))
      let now = await client.counters()
      let rate = now.packets - before.packets
      StandardError.say(
        "\(now.packets) packets (\(rate)/s), \(now.changes) changes, \(now.bytes) bytes, "
          + "\(now.refusedPackets) refused, \(now.connections) connections")
      before = now
    }
  }
}
