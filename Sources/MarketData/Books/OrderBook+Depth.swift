extension OrderBook {
  /// What it takes to trade a quantity against the waiting orders.
  public struct Fill: Sendable, Hashable {
    /// The quantity in lots.
    public let quantity: Int64
    /// Sum of price times lots, exact.
    public let cost: ExactDecimal
    /// The worst price that is needed.
    public let limit: ExactDecimal
    /// Cost by quantity, the nearest double: a quotient has no exact decimal in general.
    public var averagePrice: Double { cost.doubleValue / Double(quantity) }
  }

  /// The lots that wait on the best `count` levels of a side; saturates at 64 bits.
  public func quantity(_ side: BookSide, levels count: Int) -> Int64 {
    levels(side).prefix(max(0, count)).reduce(0) { Self.sum($0, $1.quantity) }
  }

  /// The lots that wait on a side at that price or better; saturates at 64 bits.
  public func quantity(_ side: BookSide, to price: ExactDecimal) -> Int64 {
    levels(side).prefix { side == .bid ? $0.price >= price : $0.price <= price }.reduce(0) { Self.sum($0, $1.quantity) }
  }

  /// What taking that many lots from a side costs: the volume-weighted price of the quantity.
  ///
  /// `nil` when the side does not hold as much, when `quantity` is not positive, or when the sum exceeds 64 bits.
  public func fill(_ side: BookSide, quantity: Int64) -> Fill? {
    guard quantity > 0 else { return nil }
    var rest = quantity
    var cost = ExactDecimal(mantissa: 0, scale: 0)
    for level in levels(side) where level.quantity > 0 {
      let taken = min(rest, level.quantity)
      guard let part = level.price.multiplied(by: taken), let sum = cost.adding(part) else { return nil }
      cost = sum
      rest -= taken
      if rest == 0 { return Fill(quantity: quantity, cost: cost, limit: level.price) }
    }
    return nil
  }

  /// (bid lots − ask lots) / (bid lots + ask lots) over the best `count` levels of each side, from -1 to 1; `nil` when
  /// nothing waits there.
  public func imbalance(levels count: Int) -> Double? {
    let bid = Double(quantity(.bid, levels: count))
    let ask = Double(quantity(.ask, levels: count))
    return bid + ask == 0 ? nil : (bid - ask) / (bid + ask)
  }

  private static func sum(_ left: Int64, _ right: Int64) -> Int64 {
    let (sum, overflow) = left.addingReportingOverflow(right)
    return overflow ? .max : sum
  }
}
