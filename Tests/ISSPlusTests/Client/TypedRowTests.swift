import GatewaySimulator
import MarketData
import Testing

@testable import ISSPlus

/// Rows as values, from a client against the simulator.
@Suite("Typed rows against the simulator", .serialized, .timeLimit(.minutes(3))) struct TypedRowTests {
  static let ticker = "MXSE.TQBR.SBER"

  private func live(
    rate: Double? = nil, _ body: (ISSPlusClient, GatewaySimulator) async throws -> Void
  ) async throws {
    var simulation = GatewaySimulator.Configuration(rate: rate, switches: try SimulatorSwitches([]))
    simulation.tickers = 10
    try await withGatewaySimulator(simulation) { simulator in
      var configuration = ISSPlusConfiguration.patient(simulator.url)
      configuration.subscriptionPace = .nanoseconds(0)
      try await withISSPlus(configuration) { client in try await body(client, simulator) }
    }
  }

  /// Subscribes, reads the snapshot and compares its rows with the cells.
  private func check<Value: TableRow & Hashable>(
    _ client: ISSPlusClient, _ stream: Resource, as type: Value.Type, row: (Value) -> Row
  ) async throws {
    let ticker = SimulatedMarket().tickers(of: stream.market).first ?? ""
    let terms = stream.tickerParameter.map { [(name: $0.name, value: ticker)] } ?? []
    let subscription = try await client.subscribe(
      stream.destination, try ISSPlus.Selector(terms), as: Value.self, delivery: .lossless)
    #expect(
      subscription.subscription.destination == stream.destination && subscription.id == subscription.subscription.id)
    var iterator = subscription.changes.makeAsyncIterator()
    let first = try #require(try await iterator.next())
    #expect(first.state == .live && first.isStateChange && first.stateSince != nil && first.received != nil)
    #expect(!first.changes.isEmpty, "\(stream.destination)")
    let values = first.changes.compactMap(\.after)
    #expect(values.map(row) == first.update.changes.compactMap(\.after), "\(stream.destination)")
    let rows = try await subscription.rows()
    #expect(rows.count >= values.count)
    await subscription.unsubscribe()
  }

  @Test("each stream of the catalogue but the order books, as its type")
  func streams() async throws {
    try await live { client, _ in
      var count = 0
      for stream in Catalogue.builtIn.markets.flatMap(\.streams) where stream.name != "orderbooks" {
        switch (stream.market, stream.name) {
        case ("INDICES", "securities"): try await check(client, stream, as: IndexQuote.self, row: \.row)
        case (_, "securities"): try await check(client, stream, as: Quote.self, row: \.row)
        case (_, "candles"): try await check(client, stream, as: Candle.self, row: \.row)
        case (_, "news"): try await check(client, stream, as: NewsItem.self, row: \.row)
        default: try await check(client, stream, as: Turnover.self, row: \.row)
        }
        count += 1
      }
      #expect(count == 21)
    }
  }

  @Test("each query of the catalogue, as its type")
  func queries() async throws {
    try await live { client, _ in
      let found = try await client.request("SEARCH.ticker", ISSPlus.Selector([("pattern", "SBER")]))
      #expect(try found.rows(as: FoundTicker.self).contains { $0.ticker == Self.ticker && $0.boardid == "TQBR" })
      let engines = try await client.request("COMMON.engines").rows(as: Engine.self)
      let markets = try await client.request("COMMON.markets").rows(as: EngineMarket.self)
      let boards = try await client.request("COMMON.boards").rows(as: Board.self)
      #expect(engines.contains { $0.name == "stock" } && !markets.isEmpty && !boards.isEmpty)
      #expect(Set(markets.map(\.engineID)).isSubset(of: Set(engines.map { $0.id })))
      #expect(Set(boards.map(\.marketID)).isSubset(of: Set(markets.map { $0.id })))
      let card = try await client.request("COMMON.ticker.card", ISSPlus.Selector([("ticker", Self.ticker)]))
      #expect(try card.rows(as: TickerCardField.self).count == card.table.count && card.table.count > 0)
      let news = try await client.subscribe("COMMON.news", as: NewsItem.self)
      var iterator = news.changes.makeAsyncIterator()
      let item = try #require(try await iterator.next()?.changes.first?.row)
      let content = try await client.request("COMMON.news.content", ISSPlus.Selector([("ID", "\(item.id)")]))
      #expect(try content.rows(as: NewsContent.self).first?.id == item.id)
    }
  }

  @Test("a quote in one line; the iteration's end gives the subscription up")
  func quote() async throws {
    try await live(rate: 200) { client, simulator in
      var count = 0
      for try await quote in client.quote(Self.ticker) {
        #expect(quote.state == .live && quote.ticker == Self.ticker && quote.received != nil)
        let whole = try #require(quote.quote)
        #expect(whole.ticker == Self.ticker && quote.last == whole.last && quote.bid == whole.bid)
        let (bid, offer) = (try #require(quote.bid), try #require(quote.offer))
        #expect(bid < offer && quote.spread == offer.subtracting(bid))
        count += 1
        if count == 20 { break }
      }
      while try await simulator.statistics().openSubscriptions > 0 { await Task.yield() }
      let error = await #expect(throws: ISSPlusError.self) { for try await _ in client.quote("SBER") {} }
      #expect(error?.code == .usage)
    }
  }

  @Test("candles by their interval, as many as wanted; what cannot be asked for is not sent")
  func candles() async throws {
    let intervals: [(CandleInterval, String)] = [
      (.minute, "M1"), (.tenMinutes, "M10"), (.hour, "H1"), (.day, "D1"), (.week, "W1"), (.month, "m1"),
      (.quarter, "Q1"),
    ]
    let listed = Catalogue.builtIn.markets.first { $0.name == "MXSE" }?.enumerations.first { $0.name == "intervals" }
    let ids = try #require(listed).values.map(\.id)
    try await live { client, _ in
      for (interval, id) in intervals {
        #expect(ids.contains(id))
        let candles = try await client.candles(Self.ticker, interval, quantity: 5)
        #expect(candles.subscription.destination == "MXSE.candles")
        #expect(
          candles.subscription.selector
            == "ticker=\"\(Self.ticker)\" and interval=\"\(id)\" and quantity=\"5\"")
        var iterator = candles.changes.makeAsyncIterator()
        let first = try #require(try await iterator.next())
        let values = first.changes.compactMap(\.after)
        #expect(values.count == 5 && values.map(\.from) == values.map(\.from).sorted(), "\(id)")
        for candle in values {
          let (low, high) = (try #require(candle.low), try #require(candle.high))
          let (open, close) = (try #require(candle.open), try #require(candle.close))
          #expect(low <= open && open <= high && low <= close && close <= high, "\(id) \(candle.from)")
        }
      }
      let till = try #require(MoscowDateTime("2024-06-30 10:00:00"))
      let old = try await client.candles(Self.ticker, .day, till: till)
      #expect(
        old.subscription.selector == "ticker=\"\(Self.ticker)\" and interval=\"D1\" and till=\"2024-06-30 10:00:00\"")
      for (ticker, quantity) in [("SBER", 1), (Self.ticker, 0), (Self.ticker, -1), ("MXSE.\"", 1)] {
        let error = await #expect(throws: ISSPlusError.self) {
          _ = try await client.candles(ticker, .day, quantity: quantity)
        }
        #expect(error?.code == .usage, "\(ticker) \(quantity)")
      }
    }
  }

  @Test("a quote says when it is not the market's: stale with the values of before, then live again")
  func quoteOverABreak() async throws {
    try await live(rate: 200) { client, simulator in
      var seen: [TableState] = []
      var before: Quote?
      for try await quote in client.quote(Self.ticker) {
        if seen.last != quote.state { seen.append(quote.state) }
        if seen == [.live] {
          before = quote.quote
          try await simulator.strike(.cut)
        }
        if quote.state == .stale(.disconnected) { #expect(quote.quote != nil && quote.bid != nil) }
        if seen.count == 3 { break }
      }
      #expect(seen == [.live, .stale(.disconnected), .live] && before != nil)
    }
  }

  @Test("a row that the type cannot read ends the changes with its error; the subscription itself goes on")
  func unreadable() async throws {
    struct Wrong: TableRow {
      init(_ row: Row) throws { _ = try row.value("LAST", as: Int64.self) }
    }
    try await live(rate: 200) { client, _ in
      let subscription = try await client.subscribe("MXSE.securities", ticker: Self.ticker, as: Wrong.self)
      var iterator = subscription.changes.makeAsyncIterator()
      let error = await #expect(throws: RowError.self) { _ = try await iterator.next() }
      #expect(error?.column == "LAST" && error?.code == .value && error?.number == 1)
      #expect(error?.key == "TICKER=\(Self.ticker)")
      #expect(try await iterator.next() == nil)
      await #expect(throws: RowError.self) { _ = try await subscription.rows() }
      #expect(try await subscription.subscription.table()?.rows(as: Quote.self).first?.ticker == Self.ticker)
    }
  }
}
