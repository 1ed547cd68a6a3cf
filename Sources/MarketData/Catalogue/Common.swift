extension BuiltIn {
  /// News, turnovers and the reference lists of the exchange.
  static func common() -> Market {
    let news: [Column] = [
      Column("ID", .integer, key: true),
      Column("CAPTION", .string, length: 256),
      Column("SHORTCUT", .string, length: 256),
      Column("PUBLIC_TIME", .datetime),
    ]
    let turnovers: [Column] = [
      Column("ID", .string, key: true, length: 8),
      Column("NAME", .string, length: 256),
      Column("CAPTION", .string, length: 256),
      Column("VALTODAY", .float),
      Column("VALTODAY_USD", .float),
      Column("NUMTRADES", .float),
      Column("UPDATETIME", .datetime),
    ]
    let turnoversParameters: [Parameter] = [
      Parameter("engine", .string, optional: true),
      Parameter("market", .string, optional: true),
      languageParameter,
    ]
    let boards: [Column] = [
      Column("ID", .integer, key: true),
      Column("NAME", .string, length: 32),
      Column("CAPTION", .string, length: 256),
      Column("ENGINEID", .integer),
      Column("MARKETID", .integer),
      Column("IS_TRADED", .bool),
      Column("IS_PRIMARY", .bool),
    ]
    let engines: [Column] = [
      Column("ID", .integer, key: true),
      Column("NAME", .string, length: 32),
      Column("CAPTION", .string, length: 256),
    ]
    let markets: [Column] = [
      Column("ID", .integer, key: true),
      Column("NAME", .string, length: 32),
      Column("CAPTION", .string, length: 256),
      Column("ENGINEID", .integer),
    ]
    let newsContent: [Column] = [
      Column("ID", .integer, key: true),
      Column("CONTENT", .string, length: 1024),
    ]
    let tickerCard: [Column] = [
      Column("CARDID", .string, key: true, length: 32),
      Column("NAME", .string, key: true, length: 32),
      Column("CAPTION", .string, length: 256),
      Column("HINT", .string, length: 256),
      Column("IS_HIDDEN", .bool),
      Column("SORT_ORDER", .integer),
      Column("TYPE", .string, length: 32),
      Column("PRECISION", .integer),
      Column("VALUE", .string),
      Column("VALUE_INFO", .string),
      Column("TAG_ORDER", .string),
      Column("TAG_CAPTION", .string),
    ]
    let tickerCardParameters: [Parameter] = [
      Parameter("ticker", .string, optional: true),
      Parameter("cardname", .enumeration, optional: true, enumeration: "cardnames"),
      languageParameter,
      Parameter("list", .bool, optional: true),
    ]
    return Market(
      "COMMON",
      enumerations: [
        enumeration(
          "cardnames", "common", "constsituents", "session", "boards", "indices", "issuer", "derivatives",
          "issuer_instruments"),
        languages,
      ],
      streams: [
        stream("COMMON", "news", [languageParameter], news),
        stream("COMMON", "turnovers", turnoversParameters, turnovers),
      ],
      queries: [
        query("COMMON", "boards", [languageParameter], boards),
        query("COMMON", "engines", [languageParameter], engines),
        query("COMMON", "markets", [languageParameter], markets),
        query("COMMON", "news.content", [Parameter("ID", .integer)], newsContent),
        query("COMMON", "ticker.card", tickerCardParameters, tickerCard),
      ]
    )
  }
}
