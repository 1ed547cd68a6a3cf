extension BuiltIn {
  /// Swap rates.
  static func srates() -> Market {
    let securities: [Column] = [
      Column("TICKER", .string, key: true),
      Column("CAPTION", .string),
      Column("LAST", .fixed),
      Column("PREVPRICE", .fixed),
      Column("CHANGE", .fixed),
      Column("TRADEDATE", .date),
      Column("TRADINGSTATUS", .enumeration, enumeration: "TTradingStatus"),
    ]
    return Market(
      "SRATES",
      enumerations: [
        sessionStatus,
        intervals,
      ],
      streams: [
        candles(in: "SRATES"),
        stream("SRATES", "securities", [ticker], securities),
      ]
    )
  }
}
