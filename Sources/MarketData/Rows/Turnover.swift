/// A row of `COMMON.turnovers`: what was traded on a market of the exchange.
///
/// The amounts are floats on the wire, and so they are here.
public struct Turnover: TableRow, Hashable {
  /// The row with all its cells, also of columns that have no property.
  public let row: Row
  /// The id of the market or of the total. The key.
  public let id: String
  /// The name of the market.
  public let name: String?
  /// The name for people, in the language of the subscription.
  public let caption: String?
  /// Turnover of the last session in roubles.
  public let valToday: Double?
  /// Turnover of the last session in US dollars.
  public let valTodayUSD: Double?
  /// Trades of the last session; a float on the wire.
  public let numTrades: Double?
  /// When the row was computed.
  public let updateTime: MoscowDateTime?

  /// Reads a row of `COMMON.turnovers`.
  ///
  /// - Throws: `RowError`.
  public init(_ row: Row) throws {
    self.row = row
    id = try row.value("ID")
    name = try row.value("NAME")
    caption = try row.value("CAPTION")
    valToday = try row.value("VALTODAY")
    valTodayUSD = try row.value("VALTODAY_USD")
    numTrades = try row.value("NUMTRADES")
    updateTime = try row.value("UPDATETIME")
  }
}
