import ISSPlus
import MarketData

/// Reads one subscription and builds its table anew from the changes alone.
actor SoakReader {
  let subscription: Subscription
  /// The second after which it begins to read; 0 reads from the start.
  let startsAfter: Int
  /// Values, not rows: a row holds the whole change set that it came with.
  private var rows: [[Cell]: [Cell]] = [:]
  private var state = TableState.awaitingSnapshot
  private(set) var faults: [String] = []

  init(_ subscription: Subscription, startsAfter: Int) {
    self.subscription = subscription
    self.startsAfter = startsAfter
  }

  func read() async throws {
    for try await update in subscription.changes {
      for change in update.changes { take(change, update.changes.schema.keys) }
      state = update.state
    }
  }

  private func take(_ change: Change, _ keys: [Int]) {
    if let before = change.before {
      let key = keys.map { before[$0] }
      if rows.removeValue(forKey: key) != before.values {
        fault("\(change.kind) of a row that is not there: \(before)")
      }
    }
    if let after = change.after {
      let key = keys.map { after[$0] }
      if rows.updateValue(after.values, forKey: key) != nil { fault("\(change.kind) of a row that is there: \(after)") }
    }
  }

  /// A few of them tell it all.
  private func fault(_ text: String) { if faults.count < 3 { faults.append(text) } }

  /// Whether the changes have led to this table, and it is the market's.
  func hasBuilt(_ table: KeyedTable) -> Bool {
    guard state == .live, rows.count == table.rows.count else { return false }
    return table.rows.allSatisfy { row in rows[row.schema.keys.map { row[$0] }] == row.values }
  }
}
