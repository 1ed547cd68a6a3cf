import ISSPlus
import MarketData

/// What goes to standard error while rows go to standard output.
struct Warnings {
  /// Names a table in a message: its destination and, when it has one, its ticker.
  static func name(_ table: TableIdentity) -> String {
    table.ticker.isEmpty ? table.destination : "\(table.destination) \(table.ticker)"
  }

  private var late = 0
  private var unknown: [String: Int] = [:]
  private var replies = 0

  /// Tells at once what concerns the rows, and counts the rest.
  mutating func take(_ event: FeedEvent) {
    switch event {
    case .connected(_, let error):
      if let error { StandardError.say("the structure of CONNECTED is not used: \(error)") }
    case .droppedColumns(let table, let columns):
      StandardError.say(
        "\(Self.name(table)): columns unknown to its schema are left out: \(columns.joined(separator: ", "))")
    case .ignoredRemoval(let table):
      StandardError.say("\(Self.name(table)): `removal` says nothing for a table without a key, skipped")
    case .withoutColumns(let table):
      StandardError.say("\(Self.name(table)): nothing declares its columns: skipped until the first snapshot")
    case .outOfOrder(let table, let seqnum, let before):
      StandardError.say("\(Self.name(table)): seqnum \(seqnum) came after \(before); applied as it came")
    case .refusal(let refusal): StandardError.say("the gateway refused: \(refusal)")
    case .closed: StandardError.say("the gateway closed the session")
    case .late: late += 1
    case .unknown(let command): if unknown.count < 100 { unknown["\(command)", default: 0] += 1 }
    case .reply: replies += 1
    case .changes, .state, .refused, .refusedReply, .receipt: break
    }
  }

  /// Tells what was counted.
  func finish() {
    if late > 0 { StandardError.say("skipped \(Self.count(late, "frame")) of subscriptions that were not open") }
    for (command, count) in unknown.sorted(by: { $0.key < $1.key }) {
      StandardError.say("skipped \(Self.count(count, "frame")) of the unknown command \(command)")
    }
    if replies > 0 { StandardError.say("skipped \(Self.count(replies, "REPLY frame")): no tables that change") }
  }

  /// `1 frame`, `2 frames`.
  static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
}

/// Breaks of the line: one line when the first table becomes stale, one when the last is live again.
struct BreakNotice {
  private var stale: Set<String> = []

  /// Takes a change of state and returns what is to be told.
  mutating func take(_ key: String, _ state: TableState) -> TableState? {
    let wasWhole = stale.isEmpty
    switch state {
    case .stale: stale.insert(key)
    case .live, .awaitingSnapshot: stale.remove(key)
    }
    if wasWhole == stale.isEmpty { return nil }
    return state
  }

  /// Tells a break on standard error.
  static func say(_ state: TableState, at time: Int64?) {
    var when = ""
    if let time {
      var text = TextBuffer()
      text.append(utcNanoseconds: time)
      when = " at \(text.string)"
    }
    switch state {
    case .stale(let reason): StandardError.say("stale\(when): \(reason)")
    case .live: StandardError.say("live again\(when)")
    case .awaitingSnapshot: break
    }
  }
}
