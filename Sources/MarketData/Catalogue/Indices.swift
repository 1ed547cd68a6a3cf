extension BuiltIn {
  /// Indices that the exchange computes.
  static func indices() -> Market {
    let securities: [Column] = [
      Column("TICKER", .string, key: true),
      Column("CAPTION", .string),
      Column("BIDDEPTHT", .integer),
      Column("OFFERDEPTHT", .integer),
      Column("LAST", .fixed),
      Column("CHANGE", .fixed),
      Column("HIGH", .fixed),
      Column("LOW", .fixed),
      Column("PREVPRICE", .fixed),
      Column("OPENVALUE", .fixed),
      Column("LASTCHANGETOOPENPRC", .fixed, percent: true),
      Column("LASTCHANGETOOPEN", .fixed),
      Column("MONTHCHANGEPRC", .fixed, percent: true),
      Column("YEARCHANGEPRC", .fixed, percent: true),
      Column("MONTHCHANGEBP", .fixed),
      Column("YEARCHANGEBP", .fixed),
      Column("CAPITALIZATION", .integer),
      Column("VALTODAY", .integer),
      Column("VALTODAY_USD", .integer),
      Column("CAPITALIZATION_USD", .integer),
      Column("TRADEDATE", .date),
      Column("TIME", .time),
      Column("TRADINGSTATUS", .enumeration, enumeration: "TTradingStatus", system: true, hidden: true),
    ]
    return Market(
      "INDICES",
      enumerations: [
        sessionStatus,
        intervals,
        languages,
      ],
      streams: [
        candles(in: "INDICES"),
        stream("INDICES", "securities", [ticker, languageParameter], securities),
      ]
    )
  }
}
