extension BuiltIn {
  /// Fixings of the exchange.
  static func fixing() -> Market {
    let securities: [Column] = [
      Column("TICKER", .string, key: true),
      Column("CAPTION", .string),
      Column("LAST", .fixed),
      Column("PREVPRICE", .fixed),
      Column("CHANGE", .fixed),
      Column("OPENVALUE", .fixed),
      Column("LOW", .fixed),
      Column("HIGH", .fixed),
      Column("TRADEDATE", .date),
      Column("TIME", .time),
      Column("UPDATETIME", .time),
      Column("BIDDEPTHT", .integer),
      Column("OFFERDEPTHT", .integer),
      Column("TRADINGSTATUS", .enumeration, enumeration: "TTradingStatus"),
    ]
    return Market(
      "FIXING",
      enumerations: [
        sessionStatus,
        intervals,
        languages,
      ],
      streams: [
        candles(in: "FIXING"),
        stream("FIXING", "securities", [ticker, languageParameter], securities),
      ]
    )
  }
}
