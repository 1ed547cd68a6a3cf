extension BuiltIn {
  /// The search for instruments; all its names are in lower case.
  static func search() -> Market {
    let ticker: [Column] = [
      Column("ticker", .string),
      Column("secid", .string),
      Column("boardid", .string),
      Column("board_name", .string),
      Column("marketplace", .string),
      Column("shortname", .string),
      Column("latname", .string),
      Column("name", .string),
      Column("isin", .string),
      Column("regnumber", .string),
      Column("primary_boardid", .string),
      Column("emitent_id", .integer),
      Column("emitent_title", .string),
      Column("emitent_inn", .string),
      Column("emitent_okpo", .string),
    ]
    let tickerParameters: [Parameter] = [
      Parameter("pattern", .string, optional: true),
      Parameter("ticker", .string, optional: true),
      Parameter("preset", .string, optional: true),
    ]
    return Market(
      "SEARCH",
      queries: [
        query("SEARCH", "ticker", tickerParameters, ticker)
      ]
    )
  }
}
