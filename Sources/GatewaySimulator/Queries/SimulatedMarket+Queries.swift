internal import MarketData

extension SimulatedMarket {
  /// The answer to a checked REQUEST; nil when it names something that is not there.
  func answer(_ resource: Resource, _ selector: Selector, language: Language, at now: GatewayTime) -> Packet? {
    let cells: [WireValue]?
    switch resource.destination {
    case "SEARCH.ticker": cells = InstrumentSearch(selector).cells(in: list)
    case "COMMON.boards": cells = boards(language)
    case "COMMON.engines": cells = engines(language)
    case "COMMON.markets": cells = markets(language)
    case "COMMON.news.content": cells = content(selector, language, at: now)
    case "COMMON.ticker.card": cells = card(selector, language, at: now)
    default: cells = nil
    }
    return cells.map { Packet(kind: .snapshot, columns: resource.columns.map(\.name), cells: $0) }
  }

  private func title(_ english: String, _ russian: String, _ language: Language) -> WireValue {
    .text(language == .russian ? russian : english)
  }

  private func engines(_ language: Language) -> [WireValue] {
    ReferenceLists.engines.flatMap { engine -> [WireValue] in
      [.integer(engine.id), .text(engine.name), title(engine.english, engine.russian, language)]
    }
  }

  private func markets(_ language: Language) -> [WireValue] {
    ReferenceLists.markets.flatMap { market -> [WireValue] in
      [
        .integer(market.id), .text(market.name), title(market.english, market.russian, language),
        .integer(market.engine),
      ]
    }
  }

  private func boards(_ language: Language) -> [WireValue] {
    ReferenceLists.boards.flatMap { board -> [WireValue] in
      [
        .integer(board.id), .text(board.name), title(board.english, board.russian, language), .integer(board.engine),
        .integer(board.market), .bool(board.isTraded), .bool(board.isPrimary),
      ]
    }
  }

  /// The text of an item; an item that there is not has no row.
  private func content(_ selector: Selector, _ language: Language, at now: GatewayTime) -> [WireValue] {
    guard let id = selector["ID"].flatMap({ Int64($0) }), NewsItem.exists(id, at: now) else { return [] }
    return [.integer(id), .text(NewsItem(id: id).content(language))]
  }

  /// The cards of an instrument; without a ticker, or with `list`, only what cards there are.
  private func card(_ selector: Selector, _ language: Language, at now: GatewayTime) -> [WireValue]? {
    let cards = selector["cardname"].map { [$0] } ?? InstrumentCard.names
    guard let ticker = selector["ticker"] else { return cards.flatMap { InstrumentCard.heading($0, language) } }
    guard let live = instrument(ticker, at: now) else { return nil }
    if selector.isSet("list") { return cards.flatMap { InstrumentCard.heading($0, language) } }
    return cards.flatMap { InstrumentCard(live.instrument, previous: live.previous).cells($0, language) }
  }
}
