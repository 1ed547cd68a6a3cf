/// Trading systems, markets and boards, as COMMON's queries list them.
enum ReferenceLists {
  struct Engine: Sendable {
    let id: Int64
    let name: String
    let english: String
    let russian: String
  }

  struct Market: Sendable {
    let id: Int64
    let engine: Int64
    /// At most eight characters.
    let code: String
    let name: String
    let english: String
    let russian: String
  }

  struct Board: Sendable {
    let id: Int64
    let name: String
    let market: Int64
    let engine: Int64
    let isTraded: Bool
    let isPrimary: Bool
    let english: String
    let russian: String
  }

  static let engines: [Engine] = [
    Engine(id: 1, name: "stock", english: "Securities", russian: "Фондовый рынок"),
    Engine(id: 2, name: "state", english: "Government securities", russian: "Рынок ГЦБ"),
    Engine(id: 3, name: "currency", english: "Currencies", russian: "Валютный рынок"),
    Engine(id: 4, name: "futures", english: "Derivatives", russian: "Срочный рынок"),
    Engine(id: 5, name: "commodity", english: "Commodities", russian: "Товарный рынок"),
    Engine(id: 6, name: "interventions", english: "Grain interventions", russian: "Товарные интервенции"),
  ]

  static let markets: [Market] = [
    Market(id: 1, engine: 1, code: "SHARES", name: "shares", english: "Shares", russian: "Акции"),
    Market(id: 2, engine: 1, code: "BONDS", name: "bonds", english: "Bonds", russian: "Облигации"),
    Market(id: 5, engine: 1, code: "INDEX", name: "index", english: "Indices", russian: "Индексы"),
    Market(
      id: 10, engine: 3, code: "SELT", name: "selt", english: "Currency spot", russian: "Биржевые сделки с валютой"),
    Market(id: 12, engine: 4, code: "FORTS", name: "forts", english: "Futures", russian: "Фьючерсы"),
    Market(id: 24, engine: 4, code: "OPTIONS", name: "options", english: "Options", russian: "Опционы"),
    Market(id: 9, engine: 2, code: "STATE", name: "bonds", english: "Government bonds", russian: "Гособлигации"),
    Market(id: 30, engine: 5, code: "GOODS", name: "futures", english: "Goods", russian: "Товары"),
  ]

  static let boards: [Board] = [
    board(57, "TQBR", 1, 1, "T+: shares", "Т+: Акции и ДР"),
    board(59, "TQOB", 2, 1, "T+: government bonds", "Т+: Гособлигации"),
    board(58, "TQCB", 2, 1, "T+: corporate bonds", "Т+: Облигации"),
    board(178, "TQTF", 1, 1, "T+: exchange funds", "Т+: ETF"),
    board(102, "SNDX", 5, 1, "Indices of the stock market", "Индексы фондового рынка"),
    board(103, "RTSI", 5, 1, "RTS indices", "Индексы РТС"),
    board(20, "CETS", 10, 3, "System trades", "Системные сделки"),
    board(101, "RFUD", 12, 4, "Futures", "Фьючерсы"),
    board(104, "ROPD", 24, 4, "Options", "Опционы"),
    Board(
      id: 13, name: "EQBR", market: 1, engine: 1, isTraded: false, isPrimary: false, english: "Main board, T0",
      russian: "Основной режим: Т0"),
  ]

  private static func board(
    _ id: Int64, _ name: String, _ market: Int64, _ engine: Int64, _ english: String, _ russian: String
  ) -> Board {
    Board(
      id: id, name: name, market: market, engine: engine, isTraded: true, isPrimary: true, english: english,
      russian: russian)
  }

  static func engineName(_ id: Int64) -> String { engines.first { $0.id == id }?.name ?? "" }

  static func boardTitle(_ name: String, in language: Language) -> String {
    let board = boards.first { $0.name == name }
    return (language == .russian ? board?.russian : board?.english) ?? name
  }
}
