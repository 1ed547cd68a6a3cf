/// A row of `candles`, of any market: what was traded in an interval.
///
/// Prices have the instrument's own fraction digits. Only the key is promised on the wire: every other value is `nil` when
/// its cell is null.
public struct Candle: TableRow, Hashable {
  /// The row with all its cells, also of columns that have no property.
  public let row: Row
  /// The start of the interval. The key.
  public let from: MoscowDateTime
  /// The time of the last trade in it so far; not the end of the interval (protocol facts, 3.4).
  public let till: MoscowDateTime?
  /// Price of the first trade.
  public let open: ExactDecimal?
  /// The highest price.
  public let high: ExactDecimal?
  /// The lowest price.
  public let low: ExactDecimal?
  /// Price of the last trade; of the current candle, so far.
  public let close: ExactDecimal?
  /// Turnover, in the currency of settlement.
  public let value: ExactDecimal?
  /// Volume in units of the instrument, not in lots.
  public let volume: Int64?

  /// Reads a row of `candles`.
  ///
  /// - Throws: `RowError`.
  public init(_ row: Row) throws {
    self.row = row
    from = try row.value("FROM")
    till = try row.value("TILL")
    open = try row.value("OPEN")
    high = try row.value("HIGH")
    low = try row.value("LOW")
    close = try row.value("CLOSE")
    value = try row.value("VALUE")
    volume = try row.value("VOLUME")
  }
}
