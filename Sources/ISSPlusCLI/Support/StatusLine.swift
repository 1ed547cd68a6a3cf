import ISSPlus
import MarketData
import NIOCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What is told of a client: with `--verbose` each state and, once a second, tables and counters; without it the latter
/// on a terminal only.
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

  /// What a command adds to its status.
  struct Details: Sendable {
    /// What is waited for, in place of tables and counters.
    var waitingFor: String?
    /// What else is counted.
    var counted: (@Sendable () -> String)?
  }

  /// Tells the line, tables and counters once a second until cancelled: in place on a terminal, else, when that is wanted,
  /// a line each.
  static func tell(_ client: ISSPlusClient, _ details: Details, isVerbose: Bool) async throws {
    var before = SessionCounters()
    if Progress.isShown {
      try await Progress.tell { elapsed in
        let now = await client.counters()
        defer { before = now }
        return text(line(await client.connectionStates()), now, before, details, elapsed)
      }
    } else if isVerbose {
      while true {
        try await Task.sleep(for: Progress.pace)
        let now = await client.counters()
        StandardError.say(text(now, before))
        before = now
      }
    }
  }

  /// A status from its parts: a line that does not hold comes first.
  static func text(
    _ line: (words: String, holds: Bool), _ now: SessionCounters, _ before: SessionCounters, _ details: Details,
    _ elapsed: Duration
  ) -> String {
    var parts: [String] = []
    if !line.holds { parts.append(line.words) }
    if now.connections == 0 {
      parts.append(Progress.text(elapsed))
    } else if let waitingFor = details.waitingFor {
      parts += ["waiting for \(waitingFor)", Progress.text(elapsed)]
    } else {
      if let counted = details.counted { parts.append(counted()) }
      parts.append(text(now, before))
    }
    return parts.joined(separator: ", ")
  }

  /// How the connections stand, in words, and whether all of them hold.
  static func line(_ states: [ClientState]) -> (words: String, holds: Bool) {
    var connected = 0
    var next: Int64?
    var isStopped = !states.isEmpty
    for state in states {
      switch state {
      case .connecting: isStopped = false
      case .connected:
        isStopped = false
        connected += 1
      case .waiting(let until):
        isStopped = false
        let wait = max(0, (until - .now()).nanoseconds)
        next = min(next ?? wait, wait)
      case .stopped: break
      }
    }
    if connected == states.count, connected > 0 {
      return (connected == 1 ? "connected" : "\(connected) lines connected", true)
    }
    let which = states.count > 1 ? "\(states.count - connected) of \(states.count) lines" : "line"
    if let next {
      return ("\(which) lost: next attempt in \(Summary.fixed(Double(next) / 1e9, 1)) s", false)
    }
    if isStopped { return ("disconnected", false) }
    return (states.count > 1 ? "connecting (\(connected) of \(states.count) connected)" : "connecting", false)
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
