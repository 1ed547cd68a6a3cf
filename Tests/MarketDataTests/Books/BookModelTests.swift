import NIOCore
import Testing

@testable import MarketData

/// A book as plain sorted arrays: prices in ticks of 0.01, built from the rows that were sent and from nothing of the
/// library's. What a level prints is kept beside it.
private struct BookModel {
  struct Level: Equatable {
    var tick: Int
    var quantity: Int64
    var printed: String
  }

  /// By side, `B` and `S`; the best level first.
  var sides: [String: [Level]] = ["B": [], "S": []]

  mutating func set(_ side: String, _ level: Level) {
    remove(side, level.tick)
    sides[side]?.append(level)
    sides[side]?.sort { side == "B" ? $0.tick > $1.tick : $0.tick < $1.tick }
  }

  mutating func remove(_ side: String, _ tick: Int) { sides[side]?.removeAll { $0.tick == tick } }

  mutating func removeAll() { sides = ["B": [], "S": []] }

  /// What a quantity costs, in ticks, and the worst tick; nil when there is not as much.
  func cost(_ side: String, _ quantity: Int64) -> (ticks: Int64, limit: Int)? {
    var rest = quantity
    var ticks: Int64 = 0
    for level in sides[side] ?? [] where level.quantity > 0 {
      let taken = min(rest, level.quantity)
      ticks += taken * Int64(level.tick)
      rest -= taken
      if rest == 0 { return (ticks, level.tick) }
    }
    return nil
  }
}

/// A tick as a price on the wire, in one of the forms that mean the same, and what it prints.
private func price(_ tick: Int, _ generator: inout SeededGenerator) -> (wire: String, printed: String) {
  func digits(_ count: Int) -> String {
    let magnitude = String(tick.magnitude)
    let padded = String(repeating: "0", count: max(0, 3 - magnitude.count)) + magnitude
    let text = "\(padded.dropLast(2)).\(padded.suffix(2))" + String(repeating: "0", count: count - 2)
    return tick < 0 ? "-" + text : text
  }
  switch generator.number(0...4) {
  case 0: return ("[\(digits(3)),2]", digits(3))
  case 1: return ("[\(digits(2)),4]", digits(4))
  case 2: return ("[\(tick)e-2,2]", digits(2))
  case 3 where tick % 100 == 0: return ("[\(tick / 100),0]", "\(tick / 100)")
  default: return ("[\(digits(2)),2]", digits(2))
  }
}

@Suite struct BookModelTests {
  private static let columns = "BUYSELL enum,PRICE fixed,QUANTITY integer,REPOVALUE fixed"

  /// One packet by chance, for the book and for the model.
  private func packet(
    _ model: inout BookModel, levels: Int, _ generator: inout SeededGenerator
  ) -> String {
    let kind = generator.one(of: ["snapshot", "updates", "updates", "updates", "removal"])
    if kind == "snapshot" { model.removeAll() }
    var rows: [String] = []
    let count = kind == "snapshot" ? generator.number(0...2 * levels) : generator.number(0...6)
    for _ in 0..<count {
      let side = generator.one(of: ["B", "S"])
      // Around a middle that both sides reach over now and then: crossed books come too.
      let tick = (side == "B" ? -1 : 1) * generator.number(-2...levels)
      let (wire, printed) = price(tick, &generator)
      if kind == "removal" {
        model.remove(side, tick)
        rows.append("[\"\(side)\",\(wire)]")
      } else {
        let quantity = Int64(generator.number(0...1000))
        model.set(side, BookModel.Level(tick: tick, quantity: quantity, printed: printed))
        rows.append("[\"\(side)\",\(wire),\(quantity)]")
      }
    }
    let names = kind == "removal" ? "BUYSELL,PRICE" : "BUYSELL,PRICE,QUANTITY"
    return MarketDataTests.packet(kind, names, rows.joined(separator: ","))
  }

  private func check(_ book: OrderBook, _ model: BookModel, _ note: String, _ generator: inout SeededGenerator) {
    for (side, name) in [(BookSide.bid, "B"), (.ask, "S")] {
      let levels = book.levels(side)
      let expected = model.sides[name] ?? []
      #expect(levels.map(\.quantity) == expected.map(\.quantity), "\(side) \(note)")
      #expect(levels.map(\.price.description) == expected.map(\.printed), "\(side) \(note)")
      let isSorted = zip(levels, levels.dropFirst()).allSatisfy {
        side == .bid ? $0.price > $1.price : $0.price < $1.price
      }
      #expect(isSorted, "\(side) \(note)")
      let depth = generator.number(0...expected.count + 1)
      #expect(book.quantity(side, levels: depth) == expected.prefix(depth).reduce(0) { $0 + $1.quantity }, "\(note)")
      let limit = generator.number(-5...5)
      let reached = expected.prefix { side == .bid ? $0.tick >= limit : $0.tick <= limit }
      #expect(
        book.quantity(side, to: ExactDecimal(mantissa: Int64(limit), scale: 2))
          == reached.reduce(0) { $0 + $1.quantity },
        "\(note)")
      let wanted = Int64(generator.number(1...3000))
      let cost = model.cost(name, wanted)
      let fill = book.fill(side, quantity: wanted)
      #expect(fill?.cost == cost.map { ExactDecimal(mantissa: $0.ticks, scale: 2) }, "\(note)")
      #expect(fill?.limit == cost.map { ExactDecimal(mantissa: Int64($0.limit), scale: 2) }, "\(note)")
    }
    let (bid, ask) = (model.sides["B"]?.first, model.sides["S"]?.first)
    #expect(
      book.bestBid?.price.description == bid?.printed && book.bestAsk?.price.description == ask?.printed, "\(note)")
    #expect(book.isEmpty == (bid == nil && ask == nil), "\(note)")
    if let bid, let ask {
      #expect(book.isCrossed == (bid.tick >= ask.tick), "\(note)")
      #expect(book.spread == ExactDecimal(mantissa: Int64(ask.tick - bid.tick), scale: 2), "\(note)")
      #expect(book.mid == ExactDecimal(mantissa: Int64(ask.tick + bid.tick) * 5, scale: 3), "\(note)")
    } else {
      #expect(!book.isCrossed && book.spread == nil && book.mid == nil, "\(note)")
    }
  }

  @Test(
    "a book from changes is the sorted arrays of what was sent", arguments: 1...6 as ClosedRange<UInt64>, [5, 100])
  func model(seed: UInt64, levels: Int) throws {
    var generator = SeededGenerator(seed: seed)
    var feed = Feed(Self.columns)
    var model = BookModel()
    var book = OrderBook()
    var kept: (book: OrderBook, model: BookModel)?
    for round in 0..<40 {
      let note = "seed \(seed) levels \(levels) round \(round)"
      book.apply(try feed.changes(packet(&model, levels: levels, &generator)))
      check(book, model, note, &generator)
      check(OrderBook(feed.table), model, "from the table, \(note)", &generator)
      // A copy stays as it was.
      if let kept { check(kept.book, kept.model, "a copy, \(note)", &generator) }
      if generator.once(in: 8) { kept = (book, model) }
    }
    #expect(book.ignoredRows == 0)
  }

  @Test("a book from merged changes is the same", arguments: 1...12 as ClosedRange<UInt64>)
  func conflated(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    var feed = Feed(Self.columns)
    var model = BookModel()
    var book = OrderBook()
    var conflator = Conflator(schema: feed.table.schema)
    for round in 0..<120 {
      conflator.merge(try feed.changes(packet(&model, levels: 20, &generator)))
      guard generator.once(in: 4), let merged = conflator.take() else { continue }
      book.apply(merged)
      check(book, model, "seed \(seed) round \(round)", &generator)
    }
  }

  @Test("rows that are no level come, change into levels and go; the key need not be side and price")
  func otherKeys() throws {
    var feed = Feed("ID integer key,BUYSELL enum,PRICE fixed,QUANTITY integer")
    var book = OrderBook()
    func lines() -> [String] {
      book.bids.map { "B \($0.price) \($0.quantity)" } + book.asks.map { "S \($0.price) \($0.quantity)" }
    }
    func apply(_ kind: String, _ rows: String) throws {
      book.apply(try feed.changes(MarketDataTests.packet(kind, "ID,BUYSELL,PRICE,QUANTITY", rows)))
    }
    try apply("snapshot", #"[1,"B",[10.00,2],5],[2,"S",[11.00,2],6],[3,null,[12.00,2],7]"#)
    #expect(lines() == ["B 10.00 5", "S 11.00 6"] && book.ignoredRows == 1)
    // Another price, another side, another quantity; each by the row's number.
    try apply("updates", #"[1,"B",[10.50,2],5],[2,"B",[11.00,2],6],[3,"S",[12.00,2],7]"#)
    #expect(lines() == ["B 11.00 6", "B 10.50 5", "S 12.00 7"] && book.ignoredRows == 1)
    try apply("updates", #"[1,"B",[10.5,1],9],[3,"S",null,7]"#)
    #expect(lines() == ["B 11.00 6", "B 10.5 9"] && book.ignoredRows == 2)
    try apply("snapshot", #"[2,"B",[11.00,2],6]"#)
    #expect(lines() == ["B 11.00 6"] && book.ignoredRows == 2)
  }

  @Test(
    "rows that are known by an order's number: the quantities of one price add up",
    arguments: 1...12 as ClosedRange<UInt64>)
  func orders(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    var feed = Feed("ID integer key,BUYSELL enum,PRICE fixed,QUANTITY integer")
    var book = OrderBook()
    var orders: [Int: (side: String, tick: Int, quantity: Int64)] = [:]
    for round in 0..<80 {
      let kind = generator.one(of: ["snapshot", "updates", "updates", "updates", "removal"])
      if kind == "snapshot" { orders = [:] }
      var rows: [String] = []
      for _ in 0..<generator.number(0...8) {
        let number = generator.number(1...12)
        if kind == "removal" {
          orders[number] = nil
          rows.append("[\(number)]")
        } else {
          // Few prices, so that orders meet at one, swap theirs, and change sides.
          let order = (generator.one(of: ["B", "S"]), generator.number(1...4), Int64(generator.number(0...9)))
          orders[number] = order
          rows.append("[\(number),\"\(order.0)\",[0.0\(order.1),2],\(order.2)]")
        }
      }
      let names = kind == "removal" ? "ID" : "ID,BUYSELL,PRICE,QUANTITY"
      book.apply(try feed.changes(MarketDataTests.packet(kind, names, rows.joined(separator: ","))))
      for side in [BookSide.bid, .ask] {
        let of = Dictionary(grouping: orders.values.filter { $0.side == side.rawValue }, by: \.tick)
        let ticks = of.keys.sorted { side == .bid ? $0 > $1 : $0 < $1 }
        let note = "seed \(seed) round \(round)"
        #expect(book.levels(side).map(\.price.description) == ticks.map { "0.0\($0)" }, "\(note)")
        #expect(book.levels(side).map(\.quantity) == ticks.map { of[$0]?.reduce(0) { $0 + $1.quantity } }, "\(note)")
        #expect(Array(OrderBook(feed.table).levels(side)) == Array(book.levels(side)), "\(note)")
      }
    }
    #expect(book.ignoredRows == 0)
  }

  @Test("a sum beyond 64 bits saturates, and is right again when a row goes")
  func largeOrders() throws {
    var feed = Feed("ID integer key,BUYSELL enum,PRICE fixed,QUANTITY integer")
    var book = OrderBook()
    let most = Int64.max
    let rows = "[1,\"B\",[1.5,2],\(most)],[2,\"B\",[1.50,2],\(most)],[3,\"B\",[1.500,3],7]"
    book.apply(try feed.changes(MarketDataTests.packet("snapshot", "ID,BUYSELL,PRICE,QUANTITY", rows)))
    #expect(book.bids.map(\.quantity) == [most] && book.bestBid?.price.description == "1.500")
    book.apply(try feed.changes(MarketDataTests.packet("removal", "ID", "[2],[3]")))
    #expect(book.bids.map(\.quantity) == [most])
    book.apply(try feed.changes(MarketDataTests.packet("updates", "ID,QUANTITY", "[1,5]")))
    #expect(book.bids.map(\.quantity) == [5])
    book.apply(try feed.changes(MarketDataTests.packet("removal", "ID", "[1]")))
    #expect(book.isEmpty)
  }

  @Test("a book takes changes of one schema after another: the columns stand elsewhere then")
  func otherSchema() throws {
    var book = OrderBook()
    var one = Feed("BUYSELL enum,PRICE fixed,QUANTITY integer")
    book.apply(try one.changes(MarketDataTests.packet("snapshot", "BUYSELL,PRICE,QUANTITY", #"["B",[1.5,2],7]"#)))
    var other = Feed("QUANTITY integer,PRICE fixed,BUYSELL enum")
    book.apply(try other.changes(MarketDataTests.packet("snapshot", "BUYSELL,PRICE,QUANTITY", #"["S",[1.6,2],8]"#)))
    #expect(book.bids.map(\.quantity) == [7] && book.asks.map(\.quantity) == [8])
    #expect(book.spread?.description == "0.10")
  }
}
