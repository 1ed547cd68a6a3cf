extension BuiltIn {
  /// Shares, bonds, funds and repo.
  static func mxse() -> Market {
    let orderbooks: [Column] = [
      Column("BUYSELL", .enumeration, length: 1, enumeration: "TBuySell"),
      Column("PRICE", .fixed, length: 17),
      Column("QUANTITY", .integer, length: 16),
      Column("REPOVALUE", .fixed, length: 16),
    ]
    let securities: [Column] = [
      Column("TICKER", .string, key: true, length: 25),
      Column("CAPTION", .string, length: 10),
      Column("LAST", .fixed, length: 17),
      Column("CHANGE", .fixed, length: 17),
      Column("BID", .fixed, length: 17),
      Column("OFFER", .fixed, length: 17),
      Column("HIGH", .fixed, length: 17),
      Column("LOW", .fixed, length: 17),
      Column("HIGHBID", .fixed, length: 17),
      Column("LOWOFFER", .fixed, length: 17),
      Column("BIDDEPTHT", .integer, length: 16),
      Column("OFFERDEPTHT", .integer, length: 16),
      Column("VOLTODAY", .fixed, length: 17),
      Column("VALTODAY", .integer, length: 16),
      Column("NUMTRADES", .integer, length: 9),
      Column("LCLOSEPRICE", .fixed, length: 17),
      Column("LCURRENTPRICE", .fixed, length: 17),
      Column("PREVPRICE", .fixed, length: 17),
      Column("WAPRICE", .fixed, length: 17),
      Column("PREVWAPRICE", .fixed, length: 17),
      Column("PRICEMINUSPREVWAPRICE", .fixed, length: 17),
      Column("QTY", .integer, length: 16),
      Column("VALUE", .fixed, length: 16),
      Column("BASEPRICE", .fixed, length: 17),
      Column("MARKETPRICE", .fixed, length: 17),
      Column("CURRENCYID", .string, length: 4),
      Column("SETTLECODE", .string, length: 12),
      Column("SETTLEDATE1", .date, length: 8),
      Column("SETTLEDATE2", .date, length: 8),
      Column("LOTSIZE", .integer, length: 8),
      Column("FACEUNIT", .string, length: 4),
      Column("FACEVALUE", .fixed, length: 17),
      Column("ISSUESIZE", .integer, length: 16),
      Column("ADMITTEDQUOTE", .fixed, length: 17),
      Column("TRADINGSTATUS", .enumeration, length: 1, enumeration: "TTradingStatus"),
      Column("STATUS", .enumeration, length: 1, enumeration: "TSecStatus"),
      Column("DPVALINDICATORBUY", .enumeration, length: 1, enumeration: "TDPValIndicator"),
      Column("DPVALINDICATORSELL", .enumeration, length: 1, enumeration: "TDPValIndicator"),
      Column("TIME", .time, length: 6),
      Column("MINSTEP", .fixed, length: 17),
      Column("PRICEMINSTEP", .fixed, length: 17),
    ]
    return Market(
      "MXSE",
      enumerations: [
        upperLanguage,
        buySell,
        enumeration("TDPValIndicator", " ", "S", "M", "Y"),
        securityStatus,
        enumeration("TTradingStatus", "N", "O", "C", "F", "B", "T", "L", "D", "I", "E", "S", "A", "a", "b", "p"),
        intervals,
      ],
      streams: [
        candles(in: "MXSE"),
        stream("MXSE", "orderbooks", [upperTicker], orderbooks),
        stream("MXSE", "securities", [upperTicker, upperLanguageParameter], securities),
      ]
    )
  }
}
