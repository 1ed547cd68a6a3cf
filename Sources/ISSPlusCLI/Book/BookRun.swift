import ISSPlus
import MarketData
import NIOConcurrencyHelpers

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// One run of `book`: the ladders of some tickers, in place on a terminal, one after the other into a pipe.
struct BookRun {
  private let tickers: [String]
  private let depth: Int
  private let once: Bool
  private let isTerminal = ScreenSize.isTerminal(STDOUT_FILENO)
  private let state: NIOLockedValueBox<State>

  private struct State {
    var screen: LadderScreen
    var complaints = Complaints()
    /// Tickers with a book, or with an error in its place.
    var isSettled: [Bool]
    var open: Int
    var version = 0
    /// The version in which each book changed last.
    var versions: [Int]
  }

  init(_ tickers: [String], depth: Int, once: Bool) {
    self.tickers = tickers
    self.depth = depth
    self.once = once
    state = NIOLockedValueBox(
      State(
        screen: LadderScreen(tickers, depth: depth), isSettled: Array(repeating: false, count: tickers.count),
        open: tickers.count, versions: Array(repeating: 0, count: tickers.count)))
  }

  /// The stream of a ticker's book: its market's `orderbooks`.
  ///
  /// - Throws: a `Failure` with status 64 for a ticker without its market, or one that no selector can hold.
  static func asked(_ tickers: [String]) throws -> [SelectionOptions.Asked] {
    try tickers.map { ticker in
      guard let market = ticker.split(separator: ".").first, market.count < ticker.count else {
        throw Failure(.usage, "a ticker has its market in front, for example MXSE.TQBR.SBER, not \(ticker)")
      }
      let destination = "\(market).orderbooks"
      let name = Catalogue.builtIn[destination]?.tickerParameter?.name ?? "TICKER"
      return SelectionOptions.Asked(
        destination: destination, selector: try SelectionOptions.selector([(name, ticker)]).text)
    }
  }

  func run(_ live: LiveClient, limit: Duration, duration: Duration? = nil) async throws {
    let client = live.client
    let asked = try Self.asked(tickers)
    for destination in Set(asked.map(\.destination)).sorted() { await warnIfUnlisted(destination, client) }
    try await withThrowingTaskGroup(of: Void.self) { group in
      defer { group.cancelAll() }
      group.addTask { [self] in
        await LiveTables.follow(client, asked, wholeTables: false) { take($0, $1) }
      }
      let wait = once ? limit + .milliseconds(100) * asked.count : duration
      if let wait {
        group.addTask {
          try await Task.sleep(for: wait)
          await client.shutdown()
        }
      }
      if once {
        try await printOnce(client)
      } else if isTerminal {
        try await Redraw.run(client) {
          state.withLockedValue { Redraw.Frame(isOver: $0.open == 0, version: $0.version) }
        } lines: { size, line, note in
          var screen = state.withLockedValue { $0.screen }
          screen.line = line
          screen.note = note
          return screen.lines(size, now: WallClock.now())
        }
      } else {
        try await printChanges()
      }
    }
    try state.withLockedValue { state in
      if once {
        if live.wasInterrupted, !state.isSettled.allSatisfy({ $0 }) { throw Failure(.interrupted, "interrupted") }
        if state.complaints.first == nil, !live.wasEnded, let missing = state.isSettled.firstIndex(of: false) {
          throw Failure(.timeout, "no snapshot of \(tickers[missing]) in time")
        }
      }
      if let failure = state.complaints.first { throw failure }
    }
  }

  private func take(_ number: Int, _ event: LiveTables.Event) {
    state.withLockedValue { state in
      switch event {
      case .update(let update, _):
        // The first book is the one that is printed.
        if once, state.isSettled[number] { return }
        state.screen.panels[number].take(update, now: WallClock.now())
        if update.state == .live { state.isSettled[number] = true }
        state.versions[number] = state.version + 1
      case .ended(let error):
        state.open -= 1
        guard let error else { return }
        let failure = Failure(error)
        state.complaints.take(failure)
        state.screen.panels[number].ending = failure.message
        state.isSettled[number] = true
      }
      state.version += 1
    }
  }

  // MARK: Text

  private func printOnce(_ client: ISSPlusClient) async throws {
    while true {
      let (isSettled, open) = state.withLockedValue { ($0.isSettled, $0.open) }
      if isSettled.allSatisfy({ $0 }) { break }
      // What has not come will not come.
      if open == 0 { return }
      try await Task.sleep(for: LiveTables.pause)
    }
    var output = Output()
    let screen = state.withLockedValue { $0.screen }
    // What was refused has no book; its error tells.
    let found = tickers.indices.filter { screen.panels[$0].isLive }
    if isTerminal {
      var shown = screen
      shown.panels = found.map { screen.panels[$0] }
      let columns = ScreenSize.now().columns
      for line in shown.ladders(columns: columns, now: WallClock.now()) {
        output.text.append(line.trimmed.ansi(inColor: Painter.wantsColor) + "\n")
      }
      try output.flush()
    } else {
      try write(found, isFirst: true, &output)
    }
    await client.shutdown()
  }

  /// Each book that has changed, at most twenty times a second.
  private func printChanges() async throws {
    var output = Output()
    var printed = 0
    while true {
      let (versions, open) = state.withLockedValue { ($0.versions, $0.open) }
      let changed = tickers.indices.filter { versions[$0] > printed }
      if open > 0, !changed.isEmpty {
        try write(changed, isFirst: printed == 0, &output)
        printed = versions.max() ?? printed
      }
      if open == 0 { return }
      try await Task.sleep(for: LiveTables.pause)
    }
  }

  private func write(_ numbers: [Int], isFirst: Bool, _ output: inout Output) throws {
    let panels = state.withLockedValue { $0.screen.panels }
    for (place, number) in numbers.enumerated() {
      if place > 0 || !isFirst { output.text.append("\n") }
      let panel = panels[number]
      let ladder = PlainLadder(ticker: panel.ticker, depth: depth)
      for line in ladder.lines(panel.book, panel.state, received: panel.received) { output.text.append(line + "\n") }
    }
    try output.flush()
  }
}
