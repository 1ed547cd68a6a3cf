extension BuiltIn {
  /// Goods of the commodity market.
  static func mxagro() -> Market {
    let orderbooks: [Column] = [
      Column("BUYSELL", .enumeration, length: 1, enumeration: "TBuySell"),
      Column("PRICE", .fixed, length: 10),
      Column("QUANTITY", .integer, length: 16),
    ]
    let securities: [Column] = [
      Column("TICKER", .string, key: true, length: 25),
      Column("SHORTNAME", .string, length: 30),
      Column("SECNAME", .string, length: 120),
      Column("TRADINGSTATUS", .enumeration, length: 1, enumeration: "TTradingStatus"),
      Column("LAST", .fixed, length: 10),
      Column("WAPRICE", .fixed, length: 10),
      Column("VALTODAY", .fixed, length: 16),
      Column("VOLTODAY", .integer, length: 16),
      Column("NUMTRADES", .integer, length: 9),
      Column("BID", .fixed, length: 10),
      Column("OFFER", .fixed, length: 10),
      Column("OPEN", .fixed, length: 10),
      Column("HIGH", .fixed, length: 10),
      Column("LOW", .fixed, length: 10),
      Column("STATUS", .enumeration, length: 1, enumeration: "TStatus"),
      Column("TIME", .time, length: 6),
      Column("CURRENCYID", .string, length: 4),
      Column("DECIMALS", .integer, length: 2),
      Column("FACEUNIT", .string, length: 12),
      Column("FACEVALUE", .fixed, length: 17),
      Column("LOTSIZE", .integer, length: 8),
      Column("MINSTEP", .fixed, length: 10),
      Column("PREVLAST", .fixed, length: 10),
      Column("PREVTRADEDATE", .date, length: 8),
      Column("PREVWAPRICE", .fixed, length: 10),
      Column("UNIT", .enumeration, length: 1, enumeration: "TUnits"),
    ]
    return Market(
      "MXAGRO",
      enumerations: [
        upperLanguage,
        buySell,
        enumeration("TStatus", "A", "S"),
        enumeration("TTradingStatus", "N", "B", "T", "Q"),
        enumeration("TUnits", "T"),
      ],
      streams: [
        stream("MXAGRO", "orderbooks", [upperTicker], orderbooks),
        stream("MXAGRO", "securities", [upperTicker, upperLanguageParameter], securities),
      ]
    )
  }
}
