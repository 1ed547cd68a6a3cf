/// A row of `SEARCH.ticker`: an instrument that was found, on one of its boards. It has no key.
public struct FoundTicker: TableRow, Hashable {
  /// The row with all its cells, also of columns that have no property.
  public let row: Row
  /// The full name, to subscribe with: `MXSE.TQBR.SBER`.
  public let ticker: String?
  /// The code of the instrument: `SBER`.
  public let secid: String?
  /// The board: `TQBR`.
  public let boardid: String?
  /// The board's name.
  public let boardName: String?
  /// The market: `MXSE`.
  public let marketplace: String?
  /// The short name.
  public let shortname: String?
  /// The name in Latin letters.
  public let latname: String?
  /// The full name of the instrument.
  public let name: String?
  /// The international securities identification number (ISO 6166).
  public let isin: String?
  /// The state registration number.
  public let regnumber: String?
  /// The board on which the instrument is mainly traded.
  public let primaryBoardid: String?
  /// The number of the issuer.
  public let emitentID: Int64?
  /// The name of the issuer.
  public let emitentTitle: String?
  /// The taxpayer number of the issuer (INN), as text: it may begin with zero.
  public let emitentINN: String?
  /// The statistics code of the issuer (OKPO), as text.
  public let emitentOKPO: String?

  /// Reads a row of `SEARCH.ticker`.
  ///
  /// - Throws: `RowError`.
  public init(_ row: Row) throws {
    self.row = row
    ticker = try row.value("ticker")
    secid = try row.value("secid")
    boardid = try row.value("boardid")
    boardName = try row.value("board_name")
    marketplace = try row.value("marketplace")
    shortname = try row.value("shortname")
    latname = try row.value("latname")
    name = try row.value("name")
    isin = try row.value("isin")
    regnumber = try row.value("regnumber")
    primaryBoardid = try row.value("primary_boardid")
    emitentID = try row.value("emitent_id")
    emitentTitle = try row.value("emitent_title")
    emitentINN = try row.value("emitent_inn")
    emitentOKPO = try row.value("emitent_okpo")
  }
}
