import ISSPlus
import MarketData
import NIOCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// One run of `book`: the ladders of some tickers, in place on a terminal, one after the other into a pipe.
final class BookRun {
  private let tickers: [String]
  private let depth: Int
  private let once: Bool
  private let isTerminal = isatty(STDOUT_FILENO) == 1
  private var output = Output()
  private var books: [OrderBook]
  private var states: [TableState]
  private var received: [Int64?]
  private var isDone: [Bool]
  private var complaints = Complaints()
  private var hasDrawn = false

  init(_ tickers: [String], depth: Int, once: Bool) {
    self.tickers = tickers
    self.depth = depth
    self.once = once
    books = Array(repeating: OrderBook(), count: tickers.count)
    states = Array(repeating: .awaitingSnapshot, count: tickers.count)
    received = Array(repeating: nil, count: tickers.count)
    isDone = Array(repeating: false, count: tickers.count)
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
    let queue = MergedQueue()
    let asked = try Self.asked(tickers)
    for destination in Set(asked.map(\.destination)).sorted() { await warnIfUnlisted(destination, client) }
    for one in asked { _ = try client.subscribe(one.destination, selectorText: one.selector, into: queue) }
    try await withThrowingTaskGroup(of: Void.self) { group in
      defer { group.cancelAll() }
      let wait = once ? limit + .milliseconds(100) * asked.count : duration
      if let wait {
        group.addTask {
          try await Task.sleep(for: wait)
          await client.shutdown()
        }
      }
      try await follow(queue, client)
    }
    if once {
      if live.wasInterrupted, !isDone.allSatisfy({ $0 }) { throw Failure(.interrupted, "interrupted") }
      if complaints.first == nil, !live.wasEnded, let missing = isDone.firstIndex(of: false) {
        throw Failure(.timeout, "no snapshot of \(tickers[missing]) in time")
      }
    }
    if let failure = complaints.first { throw failure }
  }

  private func follow(_ queue: MergedQueue, _ client: ISSPlusClient) async throws {
    var open = tickers.count
    while open > 0 {
      var touched: [Int] = []
      for item in await queue.next() {
        switch item {
        case .update(let number, let update):
          if once, isDone[number] { continue }
          books[number].apply(update.changes)
          states[number] = update.state
          received[number] = update.changes.received ?? received[number]
          if once, update.state == .live { isDone[number] = true }
          if !touched.contains(number) { touched.append(number) }
        case .live: break
        case .finished(let number, let error, _):
          open -= 1
          guard let error else { continue }
          complaints.take(Failure(error))
          isDone[number] = true
        }
      }
      if once {
        if isDone.allSatisfy({ $0 }), open > 0 {
          try draw(Array(tickers.indices))
          await client.shutdown()
          return
        }
      } else if !touched.isEmpty {
        try draw(isTerminal ? Array(tickers.indices) : touched)
      }
    }
  }

  private func draw(_ numbers: [Int]) throws {
    var lines: [String] = []
    for (place, number) in numbers.enumerated() {
      if place > 0 { lines.append("") }
      let ladder = Ladder(ticker: tickers[number], depth: depth)
      lines += ladder.lines(books[number], states[number], received: received[number])
    }
    if isTerminal, !once {
      redraw(lines)
    } else {
      if hasDrawn { output.text.append("\n") }
      for line in lines { output.text.append(line + "\n") }
    }
    hasDrawn = true
    try output.flush()
  }

  /// From the top left corner; each line ends by erasing what stood behind it. What the screen cannot hold is left out:
  /// it would scroll, and the next drawing would stand in another place.
  private func redraw(_ lines: [String]) {
    var size = winsize()
    let isKnown = ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_row > 1 && size.ws_col > 0
    let rows = isKnown ? Int(size.ws_row) - 1 : .max
    let columns = isKnown ? Int(size.ws_col) : .max
    output.text.append(hasDrawn ? "\u{1B}[H" : "\u{1B}[2J\u{1B}[H")
    for line in lines.prefix(rows) { output.text.append(line.prefix(columns) + "\u{1B}[K\n") }
    output.text.append("\u{1B}[J")
  }
}
