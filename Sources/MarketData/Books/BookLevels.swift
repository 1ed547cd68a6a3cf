/// The levels of one side, sorted with the best last, so that the busy levels are the ones that move least.
struct BookLevels: Sendable {
  let side: BookSide
  private(set) var levels: [BookLevel] = []
  /// Where the next price is looked for first: packets bring their levels in the order of their prices.
  private var cursor = 0

  init(_ side: BookSide) { self.side = side }

  /// A packet begins: its lowest price comes first.
  mutating func beginPacket() { cursor = side == .bid ? 0 : levels.count - 1 }

  /// Puts a level into its place, or into that of the level with its price.
  @inline(__always)
  mutating func set(_ level: BookLevel) {
    let place = find(level.price)
    if isThere(level.price, at: place) { levels[place] = level } else { levels.insert(level, at: place) }
    pass(place)
  }

  /// Takes the level with that price away, if there is one.
  @inline(__always)
  mutating func remove(_ price: ExactDecimal) {
    let place = find(price)
    guard isThere(price, at: place) else { return }
    levels.remove(at: place)
    cursor = side == .bid ? place : place - 1
  }

  @inline(__always)
  private mutating func pass(_ place: Int) { cursor = side == .bid ? place &+ 1 : place &- 1 }

  @inline(__always)
  private func isThere(_ price: ExactDecimal, at place: Int) -> Bool {
    place < levels.count && Self.order(levels[place].price, price) == 0
  }

  /// The place of a price, or where it belongs.
  @inline(__always)
  private func find(_ price: ExactDecimal) -> Int {
    if cursor >= 0, isThere(price, at: cursor) { return cursor }
    return search(price)
  }

  private func search(_ price: ExactDecimal) -> Int {
    let before = side == .bid ? -1 : 1
    var low = 0
    var high = levels.count
    while low < high {
      let middle = (low &+ high) / 2
      if Self.order(levels[middle].price, price) == before { low = middle &+ 1 } else { high = middle }
    }
    return low
  }

  /// -1, 0 or 1. Prices of one instrument mostly have one scale.
  @inline(__always)
  private static func order(_ left: ExactDecimal, _ right: ExactDecimal) -> Int {
    if left.scale == right.scale {
      return left.mantissa == right.mantissa ? 0 : left.mantissa < right.mantissa ? -1 : 1
    }
    return left == right ? 0 : left < right ? -1 : 1
  }
}

/// Where side, price and quantity stand in the rows of a schema.
struct BookColumns: Sendable {
  let schema: Schema
  private let side: Int
  private let price: Int
  private let quantity: Int
  /// Whether a row is known by side and price, so that each is a level of its own.
  let isByLevel: Bool

  init(_ schema: Schema) {
    self.schema = schema
    side = schema.place(of: "BUYSELL") ?? -1
    price = schema.place(of: "PRICE") ?? -1
    quantity = schema.place(of: "QUANTITY") ?? -1
    isComplete = side >= 0 && price >= 0 && quantity >= 0
    isByLevel = schema.keys == [side, price] || schema.keys == [price, side]
  }

  /// Whether the rows can be levels at all.
  private let isComplete: Bool

  /// The level of a row; `nil` when it is none: without a known side, a price or a quantity.
  @inline(__always)
  func level(_ cells: [PackedCell], at start: Int) -> (side: BookSide, level: BookLevel)? {
    guard isComplete, let side = Self.side(cells[start + side]) else { return nil }
    let price = cells[start + price]
    let quantity = cells[start + quantity]
    guard quantity.tag == PackedCell.Tag.integer else { return nil }
    switch price.tag {
    case PackedCell.Tag.decimal: return (side, BookLevel(price: price.decimal, quantity: quantity.integer))
    case PackedCell.Tag.integer:
      let whole = ExactDecimal(mantissa: price.integer, scale: 0)
      return (side, BookLevel(price: whole, quantity: quantity.integer))
    default: return nil
    }
  }

  /// A text of one byte stands in the cell itself.
  @inline(__always)
  private static func side(_ cell: PackedCell) -> BookSide? {
    guard cell.high == UInt64(PackedCell.Tag.shortText) | 1 << 8 else { return nil }
    switch cell.low {
    case UInt64(UInt8(ascii: "B")): return .bid
    case UInt64(UInt8(ascii: "S")): return .ask
    default: return nil
    }
  }
}
