extension Catalogue {
  /// What the gateway offered when its structure was recorded (2026-01-22), known without a connection.
  ///
  /// Names, types, keys, lengths and ids are the exchange's, in its order; the captions are this project's own.
  public static let builtIn: Catalogue = {
    let markets: [Market] = [
      BuiltIn.money(), BuiltIn.mxcx(), BuiltIn.srates(), BuiltIn.search(), BuiltIn.indices(), BuiltIn.cbrf(),
      BuiltIn.fixing(), BuiltIn.options(), BuiltIn.mxagro(), BuiltIn.forts(), BuiltIn.common(), BuiltIn.mxse(),
      BuiltIn.mxsebb(),
    ]
    return Catalogue(markets: markets.map(BuiltIn.captioned))
  }()
}

/// The parts of the built-in catalogue: a function a market (a file each), and here what the markets share.
enum BuiltIn {
  /// The language of titles as the trading systems declare it.
  static let upperLanguage: Enumeration = enumeration("Language", "en", "ru")
  /// The language of titles as the information system declares it.
  static let languages: Enumeration = enumeration("languages", "en", "ru")
  /// The sides of an order.
  static let buySell: Enumeration = enumeration("TBuySell", "B", "S")
  /// Whether orders for an instrument are taken.
  static let securityStatus: Enumeration = enumeration("TSecStatus", "A", "S", "N")
  /// The phases of a market without auctions.
  static let sessionStatus: Enumeration = enumeration("TTradingStatus", "N", "O", "C", "F", "B", "T")
  /// Widths of a candle; the case counts: `M1` is a minute, `m1` a month.
  static let intervals: Enumeration = enumeration("intervals", "M1", "M10", "H1", "D1", "W1", "m1", "m3", "Q1")

  static let upperTicker: Parameter = Parameter("TICKER", .string, length: 25)
  static let upperLanguageParameter: Parameter = Parameter(
    "LANGUAGE", .enumeration, optional: true, length: 4, enumeration: "Language"
  )
  static let ticker: Parameter = Parameter("ticker", .string)
  static let languageParameter: Parameter = Parameter(
    "language", .enumeration, optional: true, enumeration: "languages"
  )

  static func enumeration(_ name: String, _ ids: String...) -> Enumeration {
    Enumeration(name, ids.map { Enumeration.Value($0) })
  }

  static func stream(
    _ market: String, _ name: String, _ parameters: [Parameter], _ columns: [Column]
  ) -> Resource {
    Resource(market: market, name: name, kind: .stream, columns: columns, parameters: parameters)
  }

  static func query(
    _ market: String, _ name: String, _ parameters: [Parameter], _ columns: [Column]
  ) -> Resource {
    Resource(market: market, name: name, kind: .query, columns: columns, parameters: parameters)
  }

  /// Candles are declared alike in every market that has them.
  static func candles(in market: String) -> Resource {
    let columns: [Column] = [
      Column("FROM", .datetime, key: true),
      Column("TILL", .datetime),
      Column("OPEN", .fixed),
      Column("HIGH", .fixed),
      Column("LOW", .fixed),
      Column("CLOSE", .fixed),
      Column("VALUE", .fixed),
      Column("VOLUME", .integer),
    ]
    let parameters: [Parameter] = [
      ticker,
      Parameter("interval", .enumeration, optional: true, enumeration: "intervals"),
      Parameter("quantity", .integer, optional: true),
      Parameter("till", .datetime, optional: true),
    ]
    return stream(market, "candles", parameters, columns)
  }
}
