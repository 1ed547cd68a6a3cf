extension BuiltIn {
  /// The bulletin board of the stock market.
  static func mxsebb() -> Market {
    let orderbooks: [Column] = [
      Column("BUYSELL", .enumeration, length: 1, enumeration: "TBuySell"),
      Column("PRICE", .fixed, length: 17),
      Column("QUANTITY", .integer, length: 16),
      Column("VALUE", .fixed, length: 16),
    ]
    let securities: [Column] = [
      Column("TICKER", .string, key: true, length: 25),
      Column("CAPTION", .string, length: 10),
    ]
    return Market(
      "MXSEBB",
      enumerations: [
        upperLanguage,
        buySell,
      ],
      streams: [
        stream("MXSEBB", "orderbooks", [upperTicker], orderbooks),
        stream("MXSEBB", "securities", [upperTicker, upperLanguageParameter], securities),
      ]
    )
  }
}
