public import MarketData

/// The width of a candle. The case of its id counts on the wire: `M1` is a minute, `m1` a month.
public struct CandleInterval: RawRepresentable, Sendable, Hashable {
  /// The id on the wire.
  public let rawValue: String

  /// The interval with an id of the structure's `intervals`.
  public init(rawValue: String) { self.rawValue = rawValue }

  /// `M1`
  public static let minute = CandleInterval(rawValue: "M1")
  /// `M10`
  public static let tenMinutes = CandleInterval(rawValue: "M10")
  /// `H1`
  public static let hour = CandleInterval(rawValue: "H1")
  /// `D1`
  public static let day = CandleInterval(rawValue: "D1")
  /// `W1`
  public static let week = CandleInterval(rawValue: "W1")
  /// `m1`
  public static let month = CandleInterval(rawValue: "m1")
  /// `Q1`; the structure has `m3` with the same meaning.
  public static let quarter = CandleInterval(rawValue: "Q1")
}

extension ISSPlusClient {
  /// Subscribes to the candles of an instrument: those that were, and the current one as it changes.
  ///
  /// ```swift
  /// let candles = try await client.candles("MXSE.TQBR.SBER", .minute, quantity: 60)
  /// for try await update in candles.changes {
  ///   guard let candle = update.changes.last?.after, let close = candle.close else { continue }
  ///   print(candle.from, close, candle.volume ?? 0)
  /// }
  /// ```
  ///
  /// - Parameters:
  ///   - ticker: the full name, for example `MXSE.TQBR.SBER`; its first part names the market.
  ///   - interval: the width of a candle.
  ///   - quantity: how many candles come at first; `nil` leaves that to the gateway, which sent 256 days when it was
  ///     recorded.
  ///   - till: the last candle is the one of that time; `nil` for now.
  ///   - delivery: what a slow consumer gets.
  /// - Throws: as `subscribe(_:_:delivery:)`, and `usage` for a ticker without a market or a quantity below 1.
  public func candles(
    _ ticker: String, _ interval: CandleInterval, quantity: Int? = nil, till: MoscowDateTime? = nil,
    delivery: DeliveryMode = .conflate
  ) async throws -> TypedSubscription<Candle> {
    var terms = [("ticker", ticker), ("interval", interval.rawValue)]
    if let quantity {
      guard quantity > 0 else { throw ISSPlusError(.usage, "\(quantity) candles: there can be 1 or more") }
      terms.append(("quantity", "\(quantity)"))
    }
    if let till { terms.append(("till", till.description)) }
    let destination = "\(try Self.market(of: ticker)).candles"
    return try await subscribe(destination, try Self.selector(terms), as: Candle.self, delivery: delivery)
  }
}
