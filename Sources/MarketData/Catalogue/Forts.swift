extension BuiltIn {
  /// Futures of the derivatives market.
  static func forts() -> Market {
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
      "FORTS",
      enumerations: [
        sessionStatus,
        intervals,
        languages,
      ],
      streams: [
        candles(in: "FORTS"),
        stream("FORTS", "securities", [ticker, languageParameter], securities),
      ]
    )
  }
}
