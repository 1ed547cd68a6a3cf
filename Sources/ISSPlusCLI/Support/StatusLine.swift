import ISSPlus
import MarketData
import NIOCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What `--verbose` tells on standard error: each state of the client, and once a second the tables and counters; on a
/// terminal in place, elsewhere a line each.
enum StatusLine {
  /// Tells the states of the client until it has stopped.
  static func tellStates(_ client: ISSPlusClient) async {
    for await state in await client.states() {
      let all = await client.connectionStates()
      // Of several connections, how many wait.
      let waiting = all.count { if case .waiting = $0 { true } else { false } }
      let which = all.count > 1 ? " (\(waiting) of \(all.count) lines)" : ""
      switch state {
      case .connecting: StandardError.say("connecting")
      case .connected: StandardError.say("connected")
      case .waiting(let until):
        let wait = max(0, (until - .now()).nanoseconds)
        StandardError.say("the line was lost\(which); next attempt in \(Summary.fixed(Double(wait) / 1e9, 1)) s")
      case .stopped: return
      }
    }
  }

  /// Tells tables and counters once a second until cancelled.
  static func tellCounters(_ client: ISSPlusClient) async throws {
    let isTerminal = isatty(STDERR_FILENO) == 1
    defer { if isTerminal { StandardError.clearStatus() } }
    var before = SessionCounters()
    while true {
      try await Task.sleep(for: .seconds(1))
      let now = await client.counters()
      let text = text(now, before)
      if isTerminal { StandardError.show(status: text) } else { StandardError.say(text) }
      before = now
    }
  }

  /// Tables first: whether they can be trusted is what matters.
  static func text(_ now: SessionCounters, _ before: SessionCounters) -> String {
    var tables = ["\(now.liveTables) live"]
    if now.staleTables > 0 {
      var since = ""
      if let time = now.staleSince {
        var text = TextBuffer()
        text.append(utcNanoseconds: time)
        since = " since \(text.string)"
      }
      tables.append("\(now.staleTables) stale\(since)")
    }
    if now.awaitingTables > 0 { tables.append("\(now.awaitingTables) awaiting their snapshot") }
    var parts = [
      tables.joined(separator: ", "),
      "\(now.packets) packets (\(now.packets - before.packets)/s)", "\(now.changes) changes", "\(now.bytes) bytes",
    ]
    if let latency = now.lastLatency { parts.append("latency \(Summary.fixed(latency / .seconds(1) * 1000, 0)) ms") }
    let counts = [
      ("conflated", now.conflatedPackets), ("refused", now.refusedPackets), ("out of order", now.outOfOrderPackets),
      ("late", now.lateFrames), ("unknown", now.unknownFrames), ("reconnects", now.reconnects),
      ("made again", now.resubscriptions),
    ]
    for (name, count) in counts where count > 0 { parts.append("\(count) \(name)") }
    if now.stale > .zero { parts.append("stale \(Summary.fixed(now.stale / .seconds(1), 1)) s") }
    return parts.joined(separator: ", ")
  }
}
