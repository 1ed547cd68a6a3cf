import ISSPlus

/// The state of the line and what came over it, as the last row of a screen tells it.
struct LineWords: Sendable, Hashable {
  /// The state first.
  var parts: [String] = []
  /// Whether all connections hold.
  var holds = true

  /// The last row: what is left out, then a message or the state of the line; of the latter as much as fits whole.
  func foot(_ width: Int, warning: String?, note: String?) -> StyledLine {
    var line = StyledLine()
    if let warning { line.append(warning, .warning) }
    for part in note.map({ [$0] }) ?? parts {
      let gap = line.width > 0 ? 2 : 0
      if note == nil, line.width + gap + TextWidth.of(part) > width { break }
      line.append(blanks: gap)
      line.append(part, holds && note == nil ? .dim : .warning)
    }
    return line.clipped(to: width)
  }

  /// How the connections of a client stand, and what came over them.
  ///
  /// - Parameter rate: packets a second.
  static func now(_ client: ISSPlusClient, rate: Double) async -> LineWords {
    let (words, holds) = StatusLine.line(await client.connectionStates())
    let counters = await client.counters()
    var parts = [words, "\(Warnings.count(counters.packets, "packet")) (\(Summary.fixed(rate, 0))/s)"]
    if let latency = counters.lastLatency {
      parts.append("latency \(Summary.fixed(latency / .seconds(1) * 1000, 0)) ms")
    }
    if counters.reconnects > 0 { parts.append(Warnings.count(counters.reconnects, "reconnect")) }
    return LineWords(parts: parts, holds: holds)
  }
}
