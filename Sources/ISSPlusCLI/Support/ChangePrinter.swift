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
  private var failure: Failure?

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
    case .connected, .droppedColumns, .ignoredRemoval, .reply, .refusedReply, .receipt, .refusal, .closed, .late,
      .unknown:
      warnings.take(item.event)
    }
  }

  /// Prints the header when no table has made it known: an empty session of a known destination is an empty table.
  mutating func writeHeaderIfMissing(_ output: inout Output) throws {
    guard writer == nil, let destination, let resource = Catalogue.builtIn[destination] else { return }
    try printing.writer(Schema(resource), lead: .change).writeHeader(to: &output.text)
  }

  /// Throws what went wrong while events were taken.
  func check() throws {
    if let failure { throw failure }
  }

  /// Tells what was counted.
  func finish() { warnings.finish() }

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
    } catch let error as Failure {
      failure = error
    } catch {
      failure = Failure(.done, "")
    }
  }
}
