extension Quote {
  /// Reads a row of `securities`.
  ///
  /// - Throws: `RowError`, and `noColumn` for a column that the built-in catalogue lists for the ticker's market.
  public init(_ row: Row) throws {
    self.row = row
    ticker = try row.value("TICKER")
    let columns = MarketColumns(row, market: ticker.prefix { $0 != "." })
    caption = try columns.value("CAPTION")
    last = try columns.value("LAST")
    change = try columns.value("CHANGE")
    bid = try columns.value("BID")
    offer = try columns.value("OFFER")
    open = try columns.value("OPEN")
    openValue = try columns.value("OPENVALUE")
    high = try columns.value("HIGH")
    low = try columns.value("LOW")
    highBid = try columns.value("HIGHBID")
    lowOffer = try columns.value("LOWOFFER")
    bidDepthT = try columns.value("BIDDEPTHT")
    offerDepthT = try columns.value("OFFERDEPTHT")
    numBids = try columns.value("NUMBIDS")
    volToday = try columns.value("VOLTODAY")
    valToday = try columns.amount("VALTODAY")
    numTrades = try columns.value("NUMTRADES")
    lClosePrice = try columns.value("LCLOSEPRICE")
    lCurrentPrice = try columns.value("LCURRENTPRICE")
    closePrice = try columns.value("CLOSEPRICE")
    lOpenPrice = try columns.value("LOPENPRICE")
    prevPrice = try columns.value("PREVPRICE")
    prevLast = try columns.value("PREVLAST")
    prevTradeDate = try columns.value("PREVTRADEDATE")
    waPrice = try columns.value("WAPRICE")
    prevWAPrice = try columns.value("PREVWAPRICE")
    priceMinusPrevWAPrice = try columns.value("PRICEMINUSPREVWAPRICE")
    qty = try columns.value("QTY")
    value = try columns.value("VALUE")
    basePrice = try columns.value("BASEPRICE")
    marketPrice = try columns.value("MARKETPRICE")
    currencyID = try columns.value("CURRENCYID")
    settleCode = try columns.value("SETTLECODE")
    settleDate1 = try columns.value("SETTLEDATE1")
    settleDate2 = try columns.value("SETTLEDATE2")
    tradeDate = try columns.value("TRADEDATE")
    lotSize = try columns.value("LOTSIZE")
    lotDivider = try columns.value("LOTDIVIDER")
    nominal = try columns.value("NOMINAL")
    faceUnit = try columns.value("FACEUNIT")
    faceValue = try columns.value("FACEVALUE")
    issueSize = try columns.value("ISSUESIZE")
    admittedQuote = try columns.value("ADMITTEDQUOTE")
    minStep = try columns.value("MINSTEP")
    priceMinStep = try columns.value("PRICEMINSTEP")
    decimals = try columns.value("DECIMALS")
    unit = try columns.value("UNIT")
    tradingStatus = try columns.value("TRADINGSTATUS")
    status = try columns.value("STATUS")
    dpValIndicatorBuy = try columns.value("DPVALINDICATORBUY")
    dpValIndicatorSell = try columns.value("DPVALINDICATORSELL")
    time = try columns.value("TIME")
    updateTime = try columns.value("UPDATETIME")
    marketCode = try columns.value("MARKETCODE")
    regNumber = try columns.value("REGNUMBER")
    secType = try columns.value("SECTYPE")
    remarks = try columns.value("REMARKS")
    shortName = try columns.value("SHORTNAME")
    secName = try columns.value("SECNAME")
  }
}

/// The cells of a row of `securities`, where each market has columns of its own.
private struct MarketColumns {
  private let row: Row
  private let listed: Set<String>

  /// The columns of `securities` by market.
  private static let listed: [Substring: Set<String>] = {
    var listed: [Substring: Set<String>] = [:]
    for market in Catalogue.builtIn.markets {
      let resource = Catalogue.builtIn[market.name + ".securities"]
      listed[market.name[...]] = Set(resource?.columns.map(\.name) ?? [])
    }
    return listed
  }()

  init(_ row: Row, market: Substring) {
    self.row = row
    listed = Self.listed[market] ?? []
  }

  /// The value of a column; `nil` for null, and for a column that the market does not list.
  func value<Value: CellValue>(_ column: String) throws(RowError) -> Value? {
    if listed.contains(column) { return try row.value(column) }
    return try row.value(ifDeclared: column)
  }

  /// An amount that some markets send as a float: the decimal with its shortest digits.
  func amount(_ column: String) throws(RowError) -> ExactDecimal? {
    let cell: Cell? = try value(column)
    if let float = cell?.float, let decimal = ExactDecimal(Cell.float(float).description) { return decimal }
    return try value(column)
  }
}
