extension BuiltIn {
  /// The money market and government securities.
  static func money() -> Market {
    let securities: [Column] = [
      Column("TICKER", .string, key: true, length: 25),
      Column("CAPTION", .string, length: 10),
      Column("STATUS", .enumeration, length: 1, enumeration: "TSecStatus"),
      Column("TRADINGSTATUS", .enumeration, length: 1, enumeration: "TTradingStatus"),
      Column("MARKETCODE", .string, length: 4),
      Column("LOTSIZE", .integer, length: 8),
      Column("MINSTEP", .fixed, length: 9),
      Column("FACEVALUE", .fixed, length: 16),
      Column("FACEUNIT", .string, length: 4),
      Column("PREVPRICE", .fixed, length: 9),
      Column("ISSUESIZE", .integer, length: 16),
      Column("PREVWAPRICE", .fixed, length: 9),
      Column("CURRENCYID", .string, length: 4),
      Column("REGNUMBER", .string, length: 20),
      Column("SECTYPE", .enumeration, length: 1, enumeration: "TSecType"),
      Column("BID", .fixed, length: 9),
      Column("BIDDEPTHT", .integer, length: 10),
      Column("NUMBIDS", .integer, length: 6),
      Column("OFFER", .fixed, length: 9),
      Column("OFFERDEPTHT", .integer, length: 10),
      Column("HIGH", .fixed, length: 9),
      Column("LOW", .fixed, length: 9),
      Column("LAST", .fixed, length: 9),
      Column("CHANGE", .fixed, length: 9),
      Column("QTY", .integer, length: 10),
      Column("TIME", .time, length: 6),
      Column("VOLTODAY", .integer, length: 16),
      Column("VALTODAY", .integer, length: 16),
      Column("VALUE", .fixed, length: 16),
      Column("WAPRICE", .fixed, length: 9),
      Column("HIGHBID", .fixed, length: 9),
      Column("LOWOFFER", .fixed, length: 9),
      Column("NUMTRADES", .integer, length: 9),
      Column("PRICEMINUSPREVWAPRICE", .fixed, length: 10),
      Column("BASEPRICE", .fixed, length: 9),
      Column("MARKETPRICE", .fixed, length: 9),
      Column("REMARKS", .string, length: 8),
      Column("SETTLECODE", .string, length: 12),
      Column("SETTLEDATE1", .date, length: 8),
      Column("SETTLEDATE2", .date, length: 8),
    ]
    return Market(
      "MONEY",
      enumerations: [
        upperLanguage,
        securityStatus,
        enumeration("TSecType", "1", "2", "3", "4", "5", "6", "7", "8", "9", "A", "B", "C"),
        sessionStatus,
      ],
      streams: [
        stream("MONEY", "securities", [upperTicker, upperLanguageParameter], securities)
      ]
    )
  }
}
