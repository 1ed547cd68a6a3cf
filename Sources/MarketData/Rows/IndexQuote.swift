/// A row of `INDICES.securities`: the value of an index.
///
/// The properties are the columns of the built-in catalogue, in the spelling of Swift; one is `nil` when its cell is null.
public struct IndexQuote: TableRow, Hashable {
  /// The row with all its cells, also of columns that have no property.
  public let row: Row
  /// The full name: market, board and code, `INDICES.SNDX.IMOEX`. The key.
  public let ticker: String
  /// The short name, in the language of the subscription.
  public let caption: String?
  /// The current value, in points.
  public let last: ExactDecimal?
  /// `last` less `prevPrice`, in points.
  public let change: ExactDecimal?
  /// The day's first value, in points.
  public let openValue: ExactDecimal?
  /// The day's highest value, in points.
  public let high: ExactDecimal?
  /// The day's lowest value, in points.
  public let low: ExactDecimal?
  /// The last value of the trading day before, in points.
  public let prevPrice: ExactDecimal?
  /// Change against the opening of the day, in points.
  public let lastChangeToOpen: ExactDecimal?
  /// Change against the opening of the day, in percent.
  public let lastChangeToOpenPrc: ExactDecimal?
  /// Change since the beginning of the month, in percent.
  public let monthChangePrc: ExactDecimal?
  /// Change since the beginning of the month; its unit is not declared.
  public let monthChangeBP: ExactDecimal?
  /// Change since the beginning of the year, in percent.
  public let yearChangePrc: ExactDecimal?
  /// Change since the beginning of the year; its unit is not declared.
  public let yearChangeBP: ExactDecimal?
  /// Capitalisation of the securities in the index, in roubles.
  public let capitalization: Int64?
  /// Capitalisation of the securities in the index, in US dollars.
  public let capitalizationUSD: Int64?
  /// The day's turnover in the securities of the index, in roubles.
  public let valToday: Int64?
  /// The day's turnover in the securities of the index, in US dollars.
  public let valTodayUSD: Int64?
  /// All that waits to be bought, in lots, where the gateway gives it.
  public let bidDepthT: Int64?
  /// All that waits to be sold, in lots, where the gateway gives it.
  public let offerDepthT: Int64?
  /// The day of the values.
  public let tradeDate: MoscowDate?
  /// When the value was computed.
  public let time: MoscowTime?
  /// The phase of trading: an id of `TTradingStatus`.
  public let tradingStatus: String?

  /// Reads a row of `INDICES.securities`.
  ///
  /// - Throws: `RowError`.
  public init(_ row: Row) throws {
    self.row = row
    ticker = try row.value("TICKER")
    caption = try row.value("CAPTION")
    last = try row.value("LAST")
    change = try row.value("CHANGE")
    openValue = try row.value("OPENVALUE")
    high = try row.value("HIGH")
    low = try row.value("LOW")
    prevPrice = try row.value("PREVPRICE")
    lastChangeToOpen = try row.value("LASTCHANGETOOPEN")
    lastChangeToOpenPrc = try row.value("LASTCHANGETOOPENPRC")
    monthChangePrc = try row.value("MONTHCHANGEPRC")
    monthChangeBP = try row.value("MONTHCHANGEBP")
    yearChangePrc = try row.value("YEARCHANGEPRC")
    yearChangeBP = try row.value("YEARCHANGEBP")
    capitalization = try row.value("CAPITALIZATION")
    capitalizationUSD = try row.value("CAPITALIZATION_USD")
    valToday = try row.value("VALTODAY")
    valTodayUSD = try row.value("VALTODAY_USD")
    bidDepthT = try row.value("BIDDEPTHT")
    offerDepthT = try row.value("OFFERDEPTHT")
    tradeDate = try row.value("TRADEDATE")
    time = try row.value("TIME")
    tradingStatus = try row.value("TRADINGSTATUS")
  }
}
