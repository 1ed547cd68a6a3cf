// What can be asked of a connected client. Each part is a function here, so that all of them compile.

import ISSPlus

func readCells(_ client: ISSPlusClient) async throws {
  // snippet.cells
  let quotes = try await client.subscribe("MXSE.securities", ticker: "MXSE.TQBR.SBER")
  for try await update in quotes.changes {
    for change in update.changes { print(change.kind, change.row?["LAST"] ?? .null) }
  }
  let found = try await client.request("SEARCH.ticker", Selector([("pattern", "SBER")]))
  print(found.table.rows.map { $0["ticker"] ?? .null }, found.latency)
  // snippet.end
}

func readRows(_ client: ISSPlusClient) async throws {
  // snippet.rows
  let quotes = try await client.subscribe("MXSE.securities", ticker: "MXSE.TQBR.SBER", as: Quote.self)
  for try await update in quotes.changes {
    for change in update.changes {
      guard let quote = change.row, let last = quote.last else { continue }
      print(change.kind, quote.ticker, last, quote.time.map { "at \($0)" } ?? "")
    }
  }
  let found = try await client.request("SEARCH.ticker", Selector([("pattern", "SBER*")]))
  for instrument in try found.rows(as: FoundTicker.self) {
    print(instrument.ticker ?? "", instrument.shortname ?? "")
  }
  // snippet.end
}

func readOneQuote(_ client: ISSPlusClient) async throws {
  // snippet.quote
  for try await quote in client.quote("MXSE.TQBR.SBER") where quote.state == .live {
    guard let bid = quote.bid, let offer = quote.offer, let spread = quote.spread else { continue }
    print(bid, offer, "spread", spread)
  }
  // snippet.end
}

func readQuoteChanges(_ client: ISSPlusClient) async throws {
  // snippet.quotes
  let quotes = try await client.subscribe("MXSE.securities", ticker: "MXSE.TQBR.SBER", as: Quote.self)
  for try await update in quotes.changes {
    for change in update.changes {
      guard let last = change.row?.last else { continue }
      print(change.kind, last)
    }
  }
  // snippet.end
}

func readCandles(_ client: ISSPlusClient) async throws {
  // snippet.candles
  let candles = try await client.candles("MXSE.TQBR.SBER", .minute, quantity: 60)
  for try await update in candles.changes {
    guard let candle = update.changes.last?.after, let close = candle.close else { continue }
    print(candle.from, close, candle.volume ?? 0)
  }
  // snippet.end
}

// snippet.own
struct Level: TableRow {
  let side: BookSide
  let price: ExactDecimal
  let quantity: Int64?

  init(_ row: Row) throws {
    side = try row.value("BUYSELL")
    price = try row.value("PRICE")
    quantity = try row.value("QUANTITY")
  }
}
// snippet.end

func readOwnRows(_ client: ISSPlusClient) async throws {
  // snippet.levels
  let book = try await client.subscribe("MXSE.orderbooks", ticker: "MXSE.TQBR.SBER", as: Level.self)
  for try await update in book.changes {
    for change in update.changes { print(change.kind, change.row?.side ?? .bid, change.row?.quantity ?? 0) }
  }
  // snippet.end
}

func readValues(_ row: Row) throws {
  // snippet.values
  let last: ExactDecimal? = try row.value("LAST")  // nil is null on the wire
  let lots: Int64 = try row.value("LOTSIZE")  // null is an error
  // snippet.end
  print(last ?? lots.decimal, lots)
}

extension Int64 {
  fileprivate var decimal: ExactDecimal { ExactDecimal(mantissa: self, scale: 0) }
}

func readNewColumns(_ quotes: TypedSubscription<Quote>) async throws {
  // snippet.new
  for quote in try await quotes.rows() {
    let yield: ExactDecimal? = try quote.row.value(ifDeclared: "YIELD")
    print(quote.ticker, yield.map { "\($0)" } ?? "no such column, or null")
  }
  // snippet.end
}

func readEverything(_ client: ISSPlusClient) async throws {
  // snippet.lossless
  let book = try await client.subscribe("MXSE.orderbooks", ticker: "MXSE.TQBR.SBER", delivery: .lossless)
  for try await update in book.changes {
    let seqnum = update.changes.properties.seqnum
    print(seqnum.map { "\($0)" } ?? "-", update.changes.count)
  }
  // snippet.end
}

func readStates(_ client: ISSPlusClient) async throws {
  // snippet.breaks
  let quotes = try await client.subscribe("MXSE.securities", ticker: "MXSE.TQBR.SBER", as: Quote.self)
  for try await update in quotes.changes {
    switch update.state {
    case .awaitingSnapshot: print("nothing is known yet")
    case .live: print("the market's:", try await quotes.rows().count, "rows")
    case .stale(let reason): print("the rows of before,", reason)
    }
  }
  // snippet.end
}

func tune() async throws {
  // snippet.configuration
  var configuration = ISSPlusConfiguration()
  configuration.credentials = Credentials(domain: "passport", login: "me@example.org", passcode: readPasscode())
  configuration.connections = 4
  configuration.silenceLimit = .seconds(60)
  try await withISSPlus(configuration) { client in
    print(await client.counters())
  }
  // snippet.end
}

func readPasscode() -> String { "" }

func shortest() async throws {
  // snippet.shortest
  try await withISSPlus { client in
    for try await book in client.orderBook("MXSE.TQBR.SBER") {
      guard let bid = book.bestBid, let ask = book.bestAsk else { continue }
      print(bid.price, ask.price)
    }
  }
  // snippet.end
}

func record() async throws {
  // snippet.record
  let client = try ISSPlusClient()
  try await client.record(to: "day.capture")
  try await client.connect()
  // snippet.end
}
