import NIOCore
import Testing

@testable import MarketData

@Suite struct OrderBookTests {
  private let columns = "BUYSELL enum,PRICE fixed,QUANTITY integer"

  private func level(_ side: String, _ price: String, _ quantity: Int) -> String {
    "[\"\(side)\",[\(price),2],\(quantity)]"
  }

  private func book(_ rows: String...) throws -> (Feed, OrderBook) {
    var feed = Feed(columns)
    var book = OrderBook()
    book.apply(try feed.changes(packet("snapshot", "BUYSELL,PRICE,QUANTITY", rows.joined(separator: ","))))
    return (feed, book)
  }

  private func lines(_ levels: some Sequence<BookLevel>) -> [String] { levels.map { "\($0.price)x\($0.quantity)" } }

  @Test func sidesAreSortedFromTheBest() throws {
    var (feed, book) = try book(
      level("B", "327.95", 1044), level("B", "328.00", 35581), level("B", "328.04", 848), level("S", "328.15", 145),
      level("S", "328.05", 1947), level("S", "328.10", 94))
    #expect(lines(book.bids) == ["328.04x848", "328.00x35581", "327.95x1044"])
    #expect(lines(book.asks) == ["328.05x1947", "328.10x94", "328.15x145"])
    #expect(lines(book.levels(.bid)) == lines(book.bids) && lines(book.levels(.ask)) == lines(book.asks))
    #expect(book.bestBid == BookLevel(price: try #require(ExactDecimal("328.04")), quantity: 848))
    #expect(book.bestAsk?.price.description == "328.05")
    #expect(book.spread?.description == "0.01")
    #expect(book.mid?.description == "328.045")
    #expect(!book.isEmpty && !book.isCrossed)
    book.apply(
      try feed.changes(
        packet(
          "updates", "BUYSELL,PRICE,QUANTITY", "\(level("B", "328.04", 7)),\(level("S", "328", 9))",
          properties: ",\"seqnum\":3,\"timestamp\":4")))
    #expect(lines(book.bids.prefix(1)) == ["328.04x7"])
    #expect(lines(book.asks.prefix(1)) == ["328.00x9"])
    #expect(book.isCrossed && book.spread?.description == "-0.04" && book.mid?.description == "328.02")
    #expect(book.seqnum == 3 && book.timestamp == 4)
    book.apply(try feed.changes(packet("removal", "BUYSELL,PRICE", "[\"B\",[328.040,0]],[\"S\",[328,0]]")))
    #expect(lines(book.bids) == ["328.00x35581", "327.95x1044"] && !book.isCrossed)
    #expect(book.seqnum == 3)
    book.apply(try feed.changes(packet("snapshot", "BUYSELL,PRICE,QUANTITY", "")))
    #expect(book.isEmpty && book.bestBid == nil && book.bestAsk == nil && book.spread == nil && book.mid == nil)
    #expect(!book.isCrossed && book.imbalance(levels: 5) == nil)
  }

  @Test func anEqualPriceOnBothSidesIsCrossed() throws {
    let (_, book) = try book(level("B", "1", 1), level("S", "1.00", 1))
    #expect(book.isCrossed && book.spread?.description == "0.00" && book.mid?.description == "1.00")
  }

  @Test func quantitiesAndCostsAreExact() throws {
    let (_, book) = try book(
      level("B", "10.01", 5), level("B", "10.00", 10), level("S", "10.03", 4), level("S", "10.04", 6),
      level("S", "10.10", 100))
    #expect(
      book.quantity(.bid, levels: 1) == 5 && book.quantity(.bid, levels: 9) == 15
        && book.quantity(.ask, levels: -1) == 0)
    let price = try #require(ExactDecimal("10.04"))
    #expect(book.quantity(.ask, to: price) == 10)
    #expect(book.quantity(.bid, to: price) == 0)
    let fill = try #require(book.fill(.ask, quantity: 7))
    // 4 x 10.03 + 3 x 10.04
    #expect(fill.cost.description == "70.24" && fill.limit == price && fill.quantity == 7)
    #expect(fill.averagePrice == 70.24 / 7)
    #expect(book.fill(.ask, quantity: 110)?.cost.description == "1110.36")
    #expect(
      book.fill(.ask, quantity: 111) == nil && book.fill(.ask, quantity: 0) == nil
        && book.fill(.bid, quantity: -1) == nil)
    #expect(book.imbalance(levels: 1) == 1.0 / 9)
    #expect(book.imbalance(levels: 2) == 5.0 / 25)
  }

  @Test func sumsSaturateOrSayThatTheyDoNotFit() throws {
    let (_, book) = try book(level("S", "10.00", .max), level("S", "11.00", .max))
    #expect(book.quantity(.ask, levels: 2) == .max)
    #expect(book.fill(.ask, quantity: .max) == nil)
    #expect(book.fill(.ask, quantity: 900_000_000_000_000_000)?.cost.description == "9000000000000000000.00")
  }

  @Test func rowsThatAreNoLevelAreCounted() throws {
    var feed = Feed("BUYSELL enum,PRICE key,QUANTITY integer")
    var book = OrderBook()
    book.apply(
      try feed.changes(
        packet(
          "snapshot", "BUYSELL,PRICE,QUANTITY",
          "[\"X\",[1,0],1],[null,[2,0],1],[\"B\",\"3\",1],[\"B\",[4,0],null],[\"B\",[5,0],0]")))
    #expect(book.ignoredRows == 4 && lines(book.bids) == ["5x0"])
    book.apply(try feed.changes(packet("updates", "BUYSELL,PRICE", "[\"S\",[5,0]]")))
    #expect(book.bids.isEmpty && lines(book.asks) == ["5x0"])
    book.apply(try feed.changes(packet("updates", "QUANTITY,PRICE", "[null,[5,0]]")))
    #expect(book.isEmpty && book.ignoredRows == 5)
    #expect(OrderBook(KeyedTable(schema: schema("A,B"))).isEmpty)
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>) func agreesWithSortedArrays(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    var feed = Feed(columns)
    var book = OrderBook()
    for round in 0..<60 {
      let kind = generator.one(of: ["snapshot", "updates", "updates", "removal"])
      let rows = (0..<generator.number(0...8)).map { _ in
        let price = Double(generator.number(-20...20)) / 4
        return level(
          generator.one(of: ["B", "S"]), generator.once(in: 2) ? "\(price)" : "\(price)0", generator.number(0...9))
      }
      book.apply(try feed.changes(packet(kind, "BUYSELL,PRICE,QUANTITY", rows.joined(separator: ","))))
      let rowsNow = feed.table.rows.map { row in
        (row["BUYSELL"]?.text ?? "", row["PRICE"]?.decimal?.doubleValue ?? .nan, row["QUANTITY"]?.integer ?? -1)
      }
      let bids = rowsNow.filter { $0.0 == "B" }.sorted { $0.1 > $1.1 }
      let asks = rowsNow.filter { $0.0 == "S" }.sorted { $0.1 < $1.1 }
      let note = "seed \(seed) round \(round)"
      #expect(book.bids.map(\.price.doubleValue) == bids.map(\.1), "\(note)")
      #expect(book.bids.map(\.quantity) == bids.map(\.2), "\(note)")
      #expect(book.asks.map(\.price.doubleValue) == asks.map(\.1), "\(note)")
      #expect(book.asks.map(\.quantity) == asks.map(\.2), "\(note)")
      #expect(lines(OrderBook(feed.table).bids) == lines(book.bids), "\(note)")
      #expect(lines(OrderBook(feed.table).asks) == lines(book.asks), "\(note)")
      let wanted = Int64(generator.number(1...20))
      var rest = wanted
      var cost = 0.0
      for ask in asks where rest > 0 {
        cost += ask.1 * Double(min(rest, ask.2))
        rest -= min(rest, ask.2)
      }
      #expect(book.fill(.ask, quantity: wanted)?.cost.doubleValue == (rest == 0 ? cost : nil), "\(note)")
    }
    #expect(book.ignoredRows == 0)
  }
}
