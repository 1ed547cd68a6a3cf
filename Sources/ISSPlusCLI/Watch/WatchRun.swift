import ISSPlus
import MarketData
import NIOConcurrencyHelpers

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// One run of `watch`: a table in place on a terminal, one after the other into a pipe.
struct WatchRun {
  private let asked: [SelectionOptions.Asked]
  private let destination: String
  private let chosen: [String]?
  private let sort: String?
  private let state: NIOLockedValueBox<State>

  private struct State {
    var screen: WatchScreen
    var complaints = Complaints()
    var failure: Failure?
    var open: Int
    var version = 0
  }

  /// A pipe gets a table no more often.
  private static let pipePause = Duration.seconds(1)

  init(_ destination: String, _ asked: [SelectionOptions.Asked], sort: String?, columns: [String]?) {
    self.asked = asked
    self.destination = destination
    self.sort = sort
    chosen = columns
    let table = WatchTable(tickers: asked.map(\.ticker), sort: sort)
    state = NIOLockedValueBox(
      State(screen: WatchScreen(destination, table: table, chosen: columns), open: asked.count))
  }

  func run(_ live: LiveClient) async throws {
    let client = live.client
    await warnIfUnlisted(destination, client)
    let catalogue = await client.structure()?.catalogue ?? Catalogue.builtIn
    if let resource = catalogue[destination] ?? Catalogue.builtIn[destination] { try check(Schema(resource)) }
    try await withThrowingTaskGroup(of: Void.self) { group in
      defer { group.cancelAll() }
      group.addTask { [self] in
        await LiveTables.follow(client, asked, wholeTables: true) { number, event in
          take(number, event, client)
        }
      }
      if ScreenSize.isTerminal(STDOUT_FILENO) {
        try await Redraw.run(client) {
          state.withLockedValue { Redraw.Frame(isOver: $0.open == 0, version: $0.version) }
        } lines: { size, line, note in
          state.withLockedValue { state in
            state.screen.line = line
            state.screen.note = note
            return state.screen.lines(size, now: WallClock.now())
          }
        }
      } else {
        try await printTables()
      }
    }
    try state.withLockedValue { state in
      if let failure = state.failure ?? state.complaints.first { throw failure }
    }
  }

  /// Whether the columns that were named are there.
  ///
  /// - Throws: a `Failure` with status 64.
  private func check(_ schema: Schema) throws(Failure) {
    for name in (chosen ?? []) + [sort].compactMap(\.self) where schema.place(of: name) == nil {
      let known = schema.columns.map(\.name).joined(separator: ", ")
      throw Failure(.usage, "no column \(name); there are \(known)")
    }
  }

  private func take(_ number: Int, _ event: LiveTables.Event, _ client: ISSPlusClient) {
    let isBroken = state.withLockedValue { state -> Bool in
      state.version += 1
      switch event {
      case .update(let update, let table):
        let isFirst = state.screen.table.schema == nil
        state.screen.table.take(number, update, table, now: WallClock.now())
        guard isFirst, let schema = state.screen.table.schema, !schema.columns.isEmpty else { return false }
        do throws(Failure) {
          try check(schema)
          return false
        } catch {
          state.failure = error
          return true
        }
      case .ended(let error):
        state.open -= 1
        guard let error else { return false }
        let failure = Failure(error)
        state.complaints.take(failure)
        state.screen.table.end(number, failure.message)
        return false
      }
    }
    if isBroken { Task { await client.shutdown() } }
  }

  /// The whole table whenever it has changed, at most once a second.
  private func printTables() async throws {
    var output = Output()
    var printed = 0
    var printedAt: ContinuousClock.Instant?
    while true {
      let (version, open, isKnown) = state.withLockedValue { ($0.version, $0.open, $0.screen.table.schema != nil) }
      let isDue = printedAt.map { ContinuousClock.now - $0 >= Self.pipePause } ?? true
      if version > printed, isKnown, isDue || open == 0 {
        let plain = PlainTable(destination: destination, chosen: chosen)
        let lines = state.withLockedValue { state in
          state.failure == nil ? plain.lines(&state.screen.table) : []
        }
        if printedAt != nil, !lines.isEmpty { output.text.append("\n") }
        for line in lines { output.text.append(line + "\n") }
        try output.flush()
        printed = version
        printedAt = .now
      }
      if open == 0 { return }
      try await Task.sleep(for: LiveTables.pause)
    }
  }
}
