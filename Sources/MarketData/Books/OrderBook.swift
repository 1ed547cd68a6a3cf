/// A side of an order book.
public enum BookSide: String, Sendable, Hashable, CaseIterable {
  /// Those who buy; best is the highest price. `B` on the wire.
  case bid = "B"
  /// Those who sell; best is the lowest price. `S` on the wire.
  case ask = "S"
}

/// A price of an order book with the quantity that waits there.
public struct BookLevel: Sendable, Hashable {
  /// The price, exact.
  public let price: ExactDecimal
  /// The quantity in lots.
  public let quantity: Int64

  /// A level from price and quantity.
  public init(price: ExactDecimal, quantity: Int64) {
    self.price = price
    self.quantity = quantity
  }
}

/// An order book: bids descending, asks ascending, built from the changes of its table.
///
/// Each side is a sorted array with its best level last, so that finding a level is a binary search and the busy levels
/// are the ones that move least.
public struct OrderBook: Sendable {
  private var bidLevels: [BookLevel] = []
  private var askLevels: [BookLevel] = []

  /// Rows that are no level: without a known side, a price or a quantity.
  public private(set) var ignoredRows = 0

  /// The seqnum of the last change set.
  public private(set) var seqnum: UInt64?
  /// The time of the last change set, in milliseconds since 1970-01-01 UTC.
  public private(set) var timestamp: Int64?

  /// An empty book.
  public init() {}

  /// The book of a table as it stands.
  public init(_ table: KeyedTable) {
    let places = Places(table.schema)
    for row in table.rows { add(row, places) }
  }

  private struct Places {
    let side: Int?
    let price: Int?
    let quantity: Int?

    init(_ schema: Schema) {
      side = schema.place(of: "BUYSELL")
      price = schema.place(of: "PRICE")
      quantity = schema.place(of: "QUANTITY")
    }

    func level(_ row: Row) -> (side: BookSide, level: BookLevel)? {
      guard let side, let price, let quantity, let text = row[side].text, let side = BookSide(rawValue: text),
        let price = row[price].decimal, let quantity = row[quantity].integer
      else { return nil }
      return (side, BookLevel(price: price, quantity: quantity))
    }
  }

  /// Applies the changes of the book's table.
  public mutating func apply(_ changes: ChangeSet) {
    let places = Places(changes.schema)
    for change in changes {
      if let before = change.before, let (side, level) = places.level(before) { remove(level.price, side) }
      if let after = change.after { add(after, places) }
    }
    seqnum = changes.properties.seqnum ?? seqnum
    timestamp = changes.properties.timestamp ?? timestamp
  }

  private mutating func add(_ row: Row, _ places: Places) {
    guard let (side, level) = places.level(row) else {
      ignoredRows += 1
      return
    }
    set(level, side)
  }

  private mutating func set(_ level: BookLevel, _ side: BookSide) {
    let (place, isThere) = find(level.price, side)
    switch (side, isThere) {
    case (.bid, true): bidLevels[place] = level
    case (.bid, false): bidLevels.insert(level, at: place)
    case (.ask, true): askLevels[place] = level
    case (.ask, false): askLevels.insert(level, at: place)
    }
  }

  private mutating func remove(_ price: ExactDecimal, _ side: BookSide) {
    let (place, isThere) = find(price, side)
    guard isThere else { return }
    switch side {
    case .bid: bidLevels.remove(at: place)
    case .ask: askLevels.remove(at: place)
    }
  }

  /// The place of a price in its side's array, or where it belongs.
  private func find(_ price: ExactDecimal, _ side: BookSide) -> (place: Int, isThere: Bool) {
    let levels = side == .bid ? bidLevels : askLevels
    var low = 0
    var high = levels.count
    while low < high {
      let middle = (low + high) / 2
      let other = levels[middle].price
      if other == price { return (middle, true) }
      if (other < price) == (side == .bid) { low = middle + 1 } else { high = middle }
    }
    return (low, false)
  }

  // MARK: Views

  /// The bids, best (highest) first.
  public var bids: ReversedCollection<[BookLevel]> { bidLevels.reversed() }

  /// The asks, best (lowest) first.
  public var asks: ReversedCollection<[BookLevel]> { askLevels.reversed() }

  /// The levels of a side, best first.
  public func levels(_ side: BookSide) -> ReversedCollection<[BookLevel]> { side == .bid ? bids : asks }

  /// The highest bid.
  public var bestBid: BookLevel? { bidLevels.last }

  /// The lowest ask.
  public var bestAsk: BookLevel? { askLevels.last }

  /// Whether neither side has a level.
  public var isEmpty: Bool { bidLevels.isEmpty && askLevels.isEmpty }

  /// Whether the best bid is at or above the best ask, as it happens in auctions.
  public var isCrossed: Bool {
    guard let bid = bestBid, let ask = bestAsk else { return false }
    return bid.price >= ask.price
  }

  /// Best ask less best bid, exact; negative in a crossed book, `nil` when a side is empty.
  public var spread: ExactDecimal? {
    guard let bid = bestBid, let ask = bestAsk else { return nil }
    return ask.price.subtracting(bid.price)
  }

  /// The middle of best bid and best ask, exact; `nil` when a side is empty.
  public var mid: ExactDecimal? {
    guard let bid = bestBid, let ask = bestAsk else { return nil }
    return bid.price.adding(ask.price)?.half
  }
}
