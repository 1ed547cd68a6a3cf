extension BuiltIn {
  /// Rates of the Bank of Russia.
  static func cbrf() -> Market {
    let securities: [Column] = [
      Column("TICKER", .string, key: true),
      Column("CAPTION", .string),
      Column("LAST", .fixed),
      Column("PREVPRICE", .fixed),
      Column("CHANGE", .fixed),
      Column("NOMINAL", .integer),
      Column("BIDDEPTHT", .integer),
      Column("OFFERDEPTHT", .integer),
      Column("TRADEDATE", .date),
      Column("TRADINGSTATUS", .enumeration, enumeration: "TTradingStatus"),
    ]
    return Market(
      "CBRF",
      enumerations: [
        sessionStatus,
        intervals,
        languages,
      ],
      streams: [
        candles(in: "CBRF"),
        stream("CBRF", "securities", [ticker, languageParameter], securities),
      ]
    )
  }
}
