import ISSPlus
import MarketData

/// Prints the changes of the tables that were asked for, and counts.
struct ChangePrinter {
  private let destination: String?
  private let tickers: Set<String>
  private let printing: PrintOptions
  private let printsRows: Bool
  private let acceptsSeveral: Bool

  private var writer: LineWriter?
  private var seen: [String] = []
  private var warnings = Warnings()
  private var breaks = BreakNotice()
  private var failure: (any Error)?

  private(set) var packets = 0
  private(set) var changes = 0
  private(set) var refused = 0

  init(
    destination: String?, tickers: [String], printing: PrintOptions, printsRows: Bool, acceptsSeveral: Bool
  ) {
    self.destination = destination
    self.tickers = Set(tickers)
    self.printing = printing
    self.printsRows = printsRows
    self.acceptsSeveral = acceptsSeveral
  }

  /// Whether a table was asked for.
  func wants(_ table: TableIdentity) -> Bool {
    (destination == nil || table.destination == destination) && (tickers.isEmpty || tickers.contains(table.ticker))
  }

  /// Takes what a frame brought.
  mutating func take(_ item: Recording.Item, _ output: inout Output) {
    if failure != nil { return }
    switch item.event {
    case .changes(let table, let set):
      guard wants(table) else { return }
      packets += 1
      changes += set.count
      note(table)
      if printsRows { write(set, table, &output) }
    case .state(let table, _, let state):
      guard wants(table) else { return }
      guard let told = breaks.take("\(item.connection)/\(table.number)", state) else { return }
      BreakNotice.say(told, at: item.time)
      if printsRows { writer?.write(told, to: &output.text) }
    case .refused(let table, _):
      if wants(table) { refused += 1 }
    case .droppedColumns(let table, _), .ignoredRemoval(let table), .withoutColumns(let table),
      .outOfOrder(let table, _, _):
      if wants(table) { warnings.take(item.event) }
    case .connected, .reply, .refusedReply, .receipt, .refusal, .closed, .late, .unknown:
      warnings.take(item.event)
    }
  }

  /// Prints the header when no packet has: a session without packets is an empty table.
  func writeHeaderIfMissing(_ schema: Schema?, _ output: inout Output) throws {
    guard writer == nil, let schema else { return }
    try printing.writer(schema, lead: .change).writeHeader(to: &output.text)
  }

  /// Throws what went wrong while events were taken.
  func check() throws {
    if let failure { throw failure }
  }

  /// Tells what was counted, and what was asked for and is not there.
  ///
  /// - Parameter tables: all tables of the session; `nil` when it was not read to its end.
  func finish(_ tables: [TableIdentity]?) {
    warnings.finish()
    guard let tables else { return }
    if let destination, !tables.contains(where: { $0.destination == destination }) {
      StandardError.say("nothing of \(destination) is there" + Self.instead(tables.map(\.destination)))
    }
    let near = tables.filter { destination == nil || $0.destination == destination }
    for ticker in tickers.sorted() where !near.isEmpty && !near.contains(where: { $0.ticker == ticker }) {
      StandardError.say("nothing of the ticker \(ticker) is there" + Self.instead(near.map(\.ticker)))
    }
  }

  /// The first of the names that there are.
  private static func instead(_ names: [String]) -> String {
    var known: [String] = []
    for name in names where !known.contains(name) && !name.isEmpty { known.append(name) }
    if known.isEmpty { return "" }
    return "; there is " + known.prefix(20).joined(separator: ", ") + (known.count > 20 ? ", …" : "")
  }

  /// Standard input cannot be looked through beforehand: a second destination ends it.
  private mutating func note(_ table: TableIdentity) {
    guard destination == nil, !acceptsSeveral, !seen.contains(table.destination) else { return }
    seen.append(table.destination)
    if seen.count > 1 { failure = DecodeSession.severalDestinations(seen) }
  }

  private mutating func write(_ set: ChangeSet, _ table: TableIdentity, _ output: inout Output) {
    do {
      if failure != nil { return }
      if writer == nil {
        let fresh = try printing.writer(set.schema, lead: .change)
        fresh.writeHeader(to: &output.text)
        writer = fresh
      }
      writer?.write(set, ticker: table.ticker, to: &output.text)
      try output.flushIfLarge()
    } catch {
      failure = error
    }
  }
}
