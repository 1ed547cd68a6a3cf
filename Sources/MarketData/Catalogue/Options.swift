extension BuiltIn {
  /// Options of the derivatives market.
  static func options() -> Market {
    let securities: [Column] = [
      Column("TICKER", .string, key: true),
      Column("CAPTION", .string),
      Column("BID", .fixed),
      Column("OFFER", .fixed),
      Column("HIGH", .fixed),
      Column("LOW", .fixed),
      Column("LAST", .fixed),
      Column("TIME", .time),
      Column("NUMTRADES", .integer),
      Column("PREVPRICE", .fixed),
      Column("CHANGE", .fixed),
      Column("BIDDEPTHT", .integer),
      Column("OFFERDEPTHT", .integer),
      Column("TRADINGSTATUS", .enumeration, enumeration: "TTradingStatus"),
      Column("VALTODAY", .float),
      Column("VOLTODAY", .integer),
      Column("MINSTEP", .fixed),
    ]
    return Market(
      "OPTIONS",
      enumerations: [
        sessionStatus,
        intervals,
        languages,
      ],
      streams: [
        candles(in: "OPTIONS"),
        stream("OPTIONS", "securities", [ticker, languageParameter], securities),
      ]
    )
  }
}
