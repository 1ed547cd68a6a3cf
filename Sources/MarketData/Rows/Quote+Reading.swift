extension Quote {
  /// Reads a row of `securities`.
  ///
  /// - Throws: `RowError`, and `noColumn` for a column that the built-in catalogue lists for the ticker's market.
  public init(_ row: Row) throws {
    self.row = row
    ticker = try row.value("TICKER")
    let columns = MarketColumns(row, ticker: ticker)
    caption = try columns.value(.caption)
    last = try columns.value(.last)
    change = try columns.value(.change)
    bid = try columns.value(.bid)
    offer = try columns.value(.offer)
    open = try columns.value(.open)
    openValue = try columns.value(.openValue)
    high = try columns.value(.high)
    low = try columns.value(.low)
    highBid = try columns.value(.highBid)
    lowOffer = try columns.value(.lowOffer)
    bidDepthT = try columns.value(.bidDepthT)
    offerDepthT = try columns.value(.offerDepthT)
    numBids = try columns.value(.numBids)
    volToday = try columns.value(.volToday)
    valToday = try columns.amount(.valToday)
    numTrades = try columns.value(.numTrades)
    lClosePrice = try columns.value(.lClosePrice)
    lCurrentPrice = try columns.value(.lCurrentPrice)
    closePrice = try columns.value(.closePrice)
    lOpenPrice = try columns.value(.lOpenPrice)
    prevPrice = try columns.value(.prevPrice)
    prevLast = try columns.value(.prevLast)
    prevTradeDate = try columns.value(.prevTradeDate)
    waPrice = try columns.value(.waPrice)
    prevWAPrice = try columns.value(.prevWAPrice)
    priceMinusPrevWAPrice = try columns.value(.priceMinusPrevWAPrice)
    qty = try columns.value(.qty)
    value = try columns.value(.value)
    basePrice = try columns.value(.basePrice)
    marketPrice = try columns.value(.marketPrice)
    currencyID = try columns.value(.currencyID)
    settleCode = try columns.value(.settleCode)
    settleDate1 = try columns.value(.settleDate1)
    settleDate2 = try columns.value(.settleDate2)
    tradeDate = try columns.value(.tradeDate)
    lotSize = try columns.value(.lotSize)
    lotDivider = try columns.value(.lotDivider)
    nominal = try columns.value(.nominal)
    faceUnit = try columns.value(.faceUnit)
    faceValue = try columns.value(.faceValue)
    issueSize = try columns.value(.issueSize)
    admittedQuote = try columns.value(.admittedQuote)
    minStep = try columns.value(.minStep)
    priceMinStep = try columns.value(.priceMinStep)
    decimals = try columns.value(.decimals)
    unit = try columns.value(.unit)
    tradingStatus = try columns.value(.tradingStatus)
    status = try columns.value(.status)
    dpValIndicatorBuy = try columns.value(.dpValIndicatorBuy)
    dpValIndicatorSell = try columns.value(.dpValIndicatorSell)
    time = try columns.value(.time)
    updateTime = try columns.value(.updateTime)
    marketCode = try columns.value(.marketCode)
    regNumber = try columns.value(.regNumber)
    secType = try columns.value(.secType)
    remarks = try columns.value(.remarks)
    shortName = try columns.value(.shortName)
    secName = try columns.value(.secName)
  }
}

/// The cells of a row of `securities`, where each market has columns of its own.
private struct MarketColumns {
  private let row: Row
  private let places: [Int]
  private let listed: [Bool]

  init(_ row: Row, ticker: String) {
    self.row = row
    places = row.schema.quotePlaces
    listed = QuoteColumn.listed[ticker.prefix { $0 != "." }] ?? QuoteColumn.none
  }

  /// The place of a column; -1 for one that the market does not list.
  private func place(of column: QuoteColumn) throws(RowError) -> Int {
    let place = places[column.rawValue]
    // That it is not there is the row's own error.
    if place < 0, listed[column.rawValue] { _ = try row.value(column.name, as: Cell.self) }
    return place
  }

  /// The value of a column; `nil` for null, and for a column that the market does not list.
  func value<Value: CellValue>(_ column: QuoteColumn) throws(RowError) -> Value? {
    let place = try place(of: column)
    if place < 0 { return nil }
    let value: Value? = try row.value(at: place)
    return value
  }

  /// An amount that some markets send as a float: the decimal with its shortest digits.
  func amount(_ column: QuoteColumn) throws(RowError) -> ExactDecimal? {
    let place = try place(of: column)
    if place < 0 { return nil }
    let cell = row[place]
    if cell.float != nil, let decimal = ExactDecimal(cell.description) { return decimal }
    let value: ExactDecimal? = try row.value(at: place)
    return value
  }
}
