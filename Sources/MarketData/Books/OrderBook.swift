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
/// Each side is a sorted array with its best level last, so that finding a level is a binary search at most and the busy
/// levels are the ones that move least. In a table whose rows are known by something else than side and price, an order
/// number for example, the quantities of the rows with one price add up; the sum saturates at 64 bits.
public struct OrderBook: Sendable {
  private var bidSide = BookLevels(.bid)
  private var askSide = BookLevels(.ask)
  /// The columns of the last change set; its schema rarely changes.
  private var columns: BookColumns?
  /// What the rows with one price add up to, where there may be several.
  private var sums: [BookSide: [ExactDecimal: RowSum]] = [:]

  /// Rows that are no level: without a known side, a price or a quantity.
  public private(set) var ignoredRows = 0

  /// The seqnum of the last change set.
  public private(set) var seqnum: UInt64?
  /// The time of the last change set, in milliseconds since 1970-01-01 UTC.
  public private(set) var timestamp: Int64?

  /// An empty book.
  public init() {}

  /// The rows with one price.
  private struct RowSum: Sendable {
    /// As the last of them has it.
    var price: ExactDecimal
    var rows = 0
    var quantity: Int128 = 0
  }

  /// The book of a table as it stands.
  public init(_ table: KeyedTable) {
    let columns = columns(of: table.schema)
    for row in table.rows { apply(row.cells, before: -1, after: row.start, columns) }
  }

  private mutating func columns(of schema: Schema) -> BookColumns {
    if let columns, columns.schema === schema { return columns }
    let columns = BookColumns(schema)
    self.columns = columns
    return columns
  }

  /// Applies the changes of the book's table.
  public mutating func apply(_ changes: ChangeSet) {
    let columns = columns(of: changes.schema)
    bidSide.beginPacket()
    askSide.beginPacket()
    for record in changes.records { apply(changes.cells, before: record.before, after: record.after, columns) }
    seqnum = changes.properties.seqnum ?? seqnum
    timestamp = changes.properties.timestamp ?? timestamp
  }

  /// Applies the change of a row: where it stands before and after, or -1.
  @inline(__always)
  private mutating func apply(_ cells: [PackedCell], before: Int, after: Int, _ columns: BookColumns) {
    let new = after < 0 ? nil : columns.level(cells, at: after)
    if after >= 0, new == nil { ignoredRows += 1 }
    if columns.isByLevel {
      // The row before has the same side and price: it is set in its place.
      if let new {
        if new.side == .bid { bidSide.set(new.level) } else { askSide.set(new.level) }
      } else if before >= 0, let old = columns.level(cells, at: before) {
        if old.side == .bid { bidSide.remove(old.level.price) } else { askSide.remove(old.level.price) }
      }
    } else {
      if before >= 0, let old = columns.level(cells, at: before) { count(old.side, old.level, rows: -1) }
      if let new { count(new.side, new.level, rows: 1) }
    }
  }

  /// One row more or less at a price: its level has the quantity of all of them, and goes with the last.
  private mutating func count(_ side: BookSide, _ level: BookLevel, rows: Int) {
    var sum = sums[side, default: [:]][level.price] ?? RowSum(price: level.price)
    sum.rows += rows
    sum.quantity += Int128(rows) * Int128(level.quantity)
    if rows > 0 { sum.price = level.price }
    guard sum.rows > 0 else {
      sums[side, default: [:]][level.price] = nil
      if side == .bid { bidSide.remove(level.price) } else { askSide.remove(level.price) }
      return
    }
    sums[side, default: [:]][level.price] = sum
    let whole = BookLevel(price: sum.price, quantity: Int64(clamping: sum.quantity))
    if side == .bid { bidSide.set(whole) } else { askSide.set(whole) }
  }

  // MARK: Views

  /// The bids, best (highest) first.
  public var bids: ReversedCollection<[BookLevel]> { bidSide.levels.reversed() }

  /// The asks, best (lowest) first.
  public var asks: ReversedCollection<[BookLevel]> { askSide.levels.reversed() }

  /// The levels of a side, best first.
  public func levels(_ side: BookSide) -> ReversedCollection<[BookLevel]> { side == .bid ? bids : asks }

  /// The highest bid.
  public var bestBid: BookLevel? { bidSide.levels.last }

  /// The lowest ask.
  public var bestAsk: BookLevel? { askSide.levels.last }

  /// Whether neither side has a level.
  public var isEmpty: Bool { bidSide.levels.isEmpty && askSide.levels.isEmpty }

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
