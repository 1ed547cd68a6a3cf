import ISSPlus
import MarketData

/// The order of cells of one column: numbers by their exact value, texts by their code points, nulls behind all others.
enum CellOrder {
  /// Whether the first stands before the second.
  static func isBefore(_ left: Cell, _ right: Cell) -> Bool { compare(left, right) < 0 }

  /// Below, at or above zero as the first stands before the second, beside it or behind it.
  static func compare(_ left: Cell, _ right: Cell) -> Int {
    let ranks = (rank(left), rank(right))
    if ranks.0 != ranks.1 { return ranks.0 < ranks.1 ? -1 : 1 }
    switch (left, right) {
    case (.bool(let left), .bool(let right)): return (left ? 1 : 0) - (right ? 1 : 0)
    case (.text(let left), .text(let right)):
      if left.utf8.elementsEqual(right.utf8) { return 0 }
      return left.utf8.lexicographicallyPrecedes(right.utf8) ? -1 : 1
    default: return compareNumbers(left, right)
    }
  }

  private static func rank(_ cell: Cell) -> Int {
    switch cell {
    case .bool: 0
    case .integer, .decimal, .float: 1
    case .text: 2
    case .null: 3
    }
  }

  /// Decimals exactly. A double beside a decimal, which only a column that nothing declares can have, stands before
  /// those that are nearest to it: so the order has no circles.
  private static func compareNumbers(_ left: Cell, _ right: Cell) -> Int {
    if let left = left.decimal, let right = right.decimal { return left < right ? -1 : (right < left ? 1 : 0) }
    let values = (left.float ?? left.decimal?.doubleValue ?? 0, right.float ?? right.decimal?.doubleValue ?? 0)
    if values.0 != values.1 { return values.0 < values.1 ? -1 : 1 }
    return (left.decimal == nil ? 0 : 1) - (right.decimal == nil ? 0 : 1)
  }
}
