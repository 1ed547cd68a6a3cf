/// A row of `securities`: what an instrument costs, and how it trades. For any market but INDICES, which has `IndexQuote`.
///
/// The properties are the columns of the built-in catalogue, in the spelling of Swift. One is `nil` when its cell is null
/// or when the catalogue lists no such column for the market of `ticker`; where only some markets have it they are named.
/// A column that the catalogue lists and the table does not have is an error, so that a bid is not taken for absent
/// because the exchange has given its column another name. Columns that are new are found in `row`.
public struct Quote: TableRow, Hashable {
  /// The row with all its cells, also of columns that have no property.
  public let row: Row
  /// The full name: market, board and code, `MXSE.TQBR.SBER`. The key.
  public let ticker: String
  /// The short name, in the language of the subscription (English without one).
  public let caption: String?
  /// Price of the last trade; the current value of a rate or fixing.
  public let last: ExactDecimal?
  /// `last` less the closing price of the trading day before.
  public let change: ExactDecimal?
  /// The best bid.
  public let bid: ExactDecimal?
  /// The best offer.
  public let offer: ExactDecimal?
  /// Price of the day's first trade (MXAGRO).
  public let open: ExactDecimal?
  /// The first value of the day (FIXING).
  public let openValue: ExactDecimal?
  /// The day's highest trade price.
  public let high: ExactDecimal?
  /// The day's lowest trade price.
  public let low: ExactDecimal?
  /// The session's highest best bid.
  public let highBid: ExactDecimal?
  /// The session's lowest best offer.
  public let lowOffer: ExactDecimal?
  /// All that waits to be bought, in lots.
  public let bidDepthT: Int64?
  /// All that waits to be sold, in lots.
  public let offerDepthT: Int64?
  /// Waiting buy orders (MONEY).
  public let numBids: Int64?
  /// Volume of the day in securities, for MXCX in units of the currency; the unit of FORTS and OPTIONS is not declared. Sent
  /// as an integer, or as a decimal without a fraction.
  public let volToday: ExactDecimal?
  /// Turnover of the day in the currency of settlement; for MONEY in roubles. FORTS and OPTIONS send a float: the decimal
  /// then has its shortest digits, which read back as that float.
  public let valToday: ExactDecimal?
  /// Trades of the day.
  public let numTrades: Int64?
  /// The official closing price, once it is known (MXSE).
  public let lClosePrice: ExactDecimal?
  /// The official current price: the average of the last ten minutes, weighted by volume (MXSE).
  public let lCurrentPrice: ExactDecimal?
  /// The average of the special period before, weighted by volume (MXCX).
  public let closePrice: ExactDecimal?
  /// The average of the current special period, weighted by volume (MXCX).
  public let lOpenPrice: ExactDecimal?
  /// Price of the last trade of the trading day before.
  public let prevPrice: ExactDecimal?
  /// Price of the last trade of the trading day before (MXAGRO).
  public let prevLast: ExactDecimal?
  /// The trading day before (MXAGRO).
  public let prevTradeDate: MoscowDate?
  /// The day's average price, weighted by volume.
  public let waPrice: ExactDecimal?
  /// The average price of the trading day before, weighted by volume.
  public let prevWAPrice: ExactDecimal?
  /// `last` less `prevWAPrice`.
  public let priceMinusPrevWAPrice: ExactDecimal?
  /// Volume of the last trade, in lots.
  public let qty: Int64?
  /// Value of the last trade, in the currency of settlement.
  public let value: ExactDecimal?
  /// Base price of swaps.
  public let basePrice: ExactDecimal?
  /// Market price of the trading day before; for MXCX its fixing.
  public let marketPrice: ExactDecimal?
  /// The currency of settlement, `SUR` for roubles.
  public let currencyID: String?
  /// The usual settlement code, for example `Y1`.
  public let settleCode: String?
  /// When a trade, or the first part of a repo or swap, is settled.
  public let settleDate1: MoscowDate?
  /// When the second part of a repo or swap is settled.
  public let settleDate2: MoscowDate?
  /// The day of the values (SRATES, CBRF, FIXING).
  public let tradeDate: MoscowDate?
  /// Securities in one lot.
  public let lotSize: Int64?
  /// One lot can be traded in this many parts (MXCX).
  public let lotDivider: Int64?
  /// Units of the currency that the rate is for (CBRF).
  public let nominal: Int64?
  /// The currency of the face value; for MXAGRO the commodity.
  public let faceUnit: String?
  /// The face value of one security, in `faceUnit`.
  public let faceValue: ExactDecimal?
  /// Securities in issue.
  public let issueSize: Int64?
  /// The officially admitted quote (MXSE).
  public let admittedQuote: ExactDecimal?
  /// The smallest step of an order's price.
  public let minStep: ExactDecimal?
  /// The step in which the trading system computes prices.
  public let priceMinStep: ExactDecimal?
  /// Fraction digits of prices (MXAGRO).
  public let decimals: Int64?
  /// The unit of measure: an id of the market's `TUnits` (MXAGRO).
  public let unit: String?
  /// The phase of trading: an id of the market's `TTradingStatus`; `T` is normal trading.
  public let tradingStatus: String?
  /// Whether orders are taken: an id of `TSecStatus`, `A` for yes and `S` for suspended; of `TStatus` for MXAGRO.
  public let status: String?
  /// Whether hidden buy orders wait: an id of `TDPValIndicator`; `nil` also when there are none.
  public let dpValIndicatorBuy: String?
  /// Whether hidden sell orders wait: an id of `TDPValIndicator`; `nil` also when there are none.
  public let dpValIndicatorSell: String?
  /// When the last trade was; it may be of the day before.
  public let time: MoscowTime?
  /// When the values were computed (FIXING).
  public let updateTime: MoscowTime?
  /// The market inside the trading system (MONEY, MXCX).
  public let marketCode: String?
  /// The state registration number (MONEY).
  public let regNumber: String?
  /// The type of the security: an id of `TSecType` (MONEY).
  public let secType: String?
  /// Remarks (MONEY).
  public let remarks: String?
  /// Short name of the basis of delivery (MXAGRO).
  public let shortName: String?
  /// Full name of the basis of delivery (MXAGRO).
  public let secName: String?
}
