/// The columns of a `Quote` but its key, by number: a schema knows their places, so that a quote looks no name up.
enum QuoteColumn: Int, CaseIterable, Sendable {
  case
    caption, last, change, bid, offer, open, openValue, high, low, highBid, lowOffer, bidDepthT, offerDepthT, numBids,
    volToday, valToday, numTrades, lClosePrice, lCurrentPrice, closePrice, lOpenPrice, prevPrice, prevLast,
    prevTradeDate, waPrice, prevWAPrice, priceMinusPrevWAPrice, qty, value, basePrice, marketPrice, currencyID,
    settleCode, settleDate1, settleDate2, tradeDate, lotSize, lotDivider, nominal, faceUnit, faceValue, issueSize,
    admittedQuote, minStep, priceMinStep, decimals, unit, tradingStatus, status, dpValIndicatorBuy,
    dpValIndicatorSell, time, updateTime, marketCode, regNumber, secType, remarks, shortName, secName

  /// The names on the wire, by number.
  static let names: [String] = [
    "CAPTION", "LAST", "CHANGE", "BID", "OFFER", "OPEN", "OPENVALUE", "HIGH", "LOW", "HIGHBID", "LOWOFFER",
    "BIDDEPTHT", "OFFERDEPTHT", "NUMBIDS", "VOLTODAY", "VALTODAY", "NUMTRADES", "LCLOSEPRICE", "LCURRENTPRICE",
    "CLOSEPRICE", "LOPENPRICE", "PREVPRICE", "PREVLAST", "PREVTRADEDATE", "WAPRICE", "PREVWAPRICE",
    "PRICEMINUSPREVWAPRICE", "QTY", "VALUE", "BASEPRICE", "MARKETPRICE", "CURRENCYID", "SETTLECODE", "SETTLEDATE1",
    "SETTLEDATE2", "TRADEDATE", "LOTSIZE", "LOTDIVIDER", "NOMINAL", "FACEUNIT", "FACEVALUE", "ISSUESIZE",
    "ADMITTEDQUOTE", "MINSTEP", "PRICEMINSTEP", "DECIMALS", "UNIT", "TRADINGSTATUS", "STATUS", "DPVALINDICATORBUY",
    "DPVALINDICATORSELL", "TIME", "UPDATETIME", "MARKETCODE", "REGNUMBER", "SECTYPE", "REMARKS", "SHORTNAME",
    "SECNAME",
  ]

  var name: String { Self.names[rawValue] }

  /// The places of all of them in a schema, by number; -1 for one that is not there. None for a schema without tickers.
  static func places(_ index: NameIndex) -> [Int] {
    index.place(of: "TICKER") == nil ? [] : names.map { index.place(of: $0) ?? -1 }
  }

  /// Which of them the built-in catalogue lists in `securities`, by market and number.
  static let listed: [Substring: [Bool]] = {
    var listed: [Substring: [Bool]] = [:]
    for market in Catalogue.builtIn.markets {
      guard let resource = Catalogue.builtIn[market.name + ".securities"] else { continue }
      let index = NameIndex(resource.columns.map(\.name))
      listed[market.name[...]] = names.map { index.place(of: $0) != nil }
    }
    return listed
  }()

  /// Of a market that the catalogue does not list.
  static let none = names.map { _ in false }
}
