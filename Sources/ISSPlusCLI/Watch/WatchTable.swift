import ISSPlus
import MarketData

/// The tables of some subscriptions to one destination as they are shown: as one table, with what has changed.
struct WatchTable: Sendable {
  /// One subscription.
  struct Part: Sendable {
    /// The ticker that was asked for; may be empty.
    let ticker: String
    var table: KeyedTable?
    var state: TableState = .awaitingSnapshot
    /// Why nothing more comes, in words.
    var ending: String?

    var isLive: Bool { state == .live && ending == nil }
  }

  /// A row with the subscription that it belongs to.
  struct Line: Sendable {
    let part: Int
    let row: Row
  }

  /// How a cell has changed.
  enum Movement: Sendable {
    case up
    case down
    /// Neither: a text, or a cell that came or went.
    case other
  }

  private struct RowKey: Hashable {
    let part: Int
    let cells: [Cell]
  }

  private struct Mark {
    var movements: [Int: Movement]
    var time: Int64
  }

  private(set) var parts: [Part]
  /// The column that rows are sorted by.
  let sort: String?
  /// When the last packet arrived, in nanoseconds since 1970-01-01 UTC.
  private(set) var received: Int64?
  private var marks: [RowKey: [Mark]] = [:]
  private var lines: [Line]?

  /// How long a change is marked.
  static let moment: Int64 = 1_000_000_000

  init(tickers: [String], sort: String? = nil) {
    parts = tickers.map { Part(ticker: $0) }
    self.sort = sort
  }

  /// The columns, as soon as a table is there.
  var schema: Schema? { parts.lazy.compactMap(\.table).first?.schema }

  // MARK: Changes

  /// Takes an update and the table as it stands.
  ///
  /// - Parameter now: nanoseconds since 1970-01-01 UTC.
  mutating func take(_ number: Int, _ update: TableUpdate, _ table: KeyedTable?, now: Int64) {
    take(number, update.changes, update.state, table, now: now)
  }

  mutating func take(_ number: Int, _ changes: ChangeSet, _ state: TableState, _ table: KeyedTable?, now: Int64) {
    let isFirst = parts[number].state == .awaitingSnapshot
    parts[number].state = state
    parts[number].table = table ?? parts[number].table
    received = changes.received ?? received
    lines = nil
    if isFirst { return }
    marks = marks.compactMapValues { marks in
      let fresh = marks.filter { Self.isFresh($0.time, now) }
      return fresh.isEmpty ? nil : fresh
    }
    for change in changes {
      guard let after = change.after else { continue }
      var movements: [Int: Movement] = [:]
      for place in change.changedColumns { movements[place] = Self.movement(change.before?[place], after[place]) }
      marks[Self.key(number, after), default: []].append(Mark(movements: movements, time: now))
    }
  }

  /// Nothing more comes.
  mutating func end(_ number: Int, _ words: String) { parts[number].ending = words }

  private static func movement(_ before: Cell?, _ after: Cell) -> Movement {
    guard let before, isNumber(before), isNumber(after) else { return .other }
    return CellOrder.isBefore(before, after) ? .up : .down
  }

  private static func isNumber(_ cell: Cell) -> Bool { cell.decimal != nil || cell.float != nil }

  private static func isFresh(_ time: Int64, _ now: Int64) -> Bool { (0..<moment).contains(now - time) }

  /// What a row is known by: its key; where there is none, all of it.
  private static func key(_ part: Int, _ row: Row) -> RowKey {
    let places = row.schema.isKeyed ? row.schema.keys : Array(row.schema.columns.indices)
    return RowKey(part: part, cells: places.map { row[$0] })
  }

  /// How the cells of a row have changed a moment ago, by their places; the newest change of a cell counts.
  func movements(_ line: Line, now: Int64) -> [Int: Movement] {
    guard !marks.isEmpty, let marks = marks[Self.key(line.part, line.row)] else { return [:] }
    var movements: [Int: Movement] = [:]
    for mark in marks where Self.isFresh(mark.time, now) { movements.merge(mark.movements) { $1 } }
    return movements
  }

  // MARK: Rows

  /// All rows: in the order of the subscriptions and of their tables, or sorted; equal ones keep that order.
  mutating func arranged() -> [Line] {
    if let lines { return lines }
    var all: [Line] = []
    for (number, part) in parts.enumerated() {
      guard let table = part.table else { continue }
      all += table.rows.map { Line(part: number, row: $0) }
    }
    if let sort {
      let keys = all.map { $0.row[sort] ?? .null }
      let order = all.indices.sorted { left, right in
        let compared = CellOrder.compare(keys[left], keys[right])
        return compared == 0 ? left < right : compared < 0
      }
      all = order.map { all[$0] }
    }
    lines = all
    return all
  }

  /// Whether new rows come at the end and old ones are of less interest, as in a table of news.
  var growsAtEnd: Bool { sort == nil && schema?.isKeyed == false }

  /// The state of all subscriptions in words, and whether all are live.
  var words: (text: String, isLive: Bool) {
    if parts.allSatisfy(\.isLive) { return ("live", true) }
    if parts.count == 1, let part = parts.first { return (Self.words(part), false) }
    var counts: [(words: String, count: Int)] = []
    for part in parts {
      let words = part.ending == nil ? Self.words(part) : "ended"
      if let place = counts.firstIndex(where: { $0.words == words }) {
        counts[place].count += 1
      } else {
        counts.append((words, 1))
      }
    }
    return (counts.map { "\($0.count) \($0.words)" }.joined(separator: ", "), false)
  }

  private static func words(_ part: Part) -> String {
    if let ending = part.ending { return ending }
    return switch part.state {
    case .awaitingSnapshot: "waiting for the first snapshot"
    case .live: "live"
    case .stale(let reason): "STALE (\(reason))"
    }
  }
}
