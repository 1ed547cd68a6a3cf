/// COMMON.ticker.card: facts about an instrument, a row each.
struct InstrumentCard {
  private let instrument: Instrument
  private let previous: Int64

  /// The ids as the structure has them, with its spelling.
  static let names = [
    "common", "constsituents", "session", "boards", "indices", "issuer", "derivatives", "issuer_instruments",
  ]

  init(_ instrument: Instrument, previous: Int64) {
    self.instrument = instrument
    self.previous = previous
  }

  /// The row that only says that there is such a card.
  static func heading(_ card: String, _ language: Language) -> [WireValue] {
    let order = Int64(names.firstIndex(of: card) ?? 0) + 1
    return row(card, name: card, caption: title(card, language), order: order, type: "card", value: .null)
  }

  func cells(_ card: String, _ language: Language) -> [WireValue] {
    var order: Int64 = 0
    func fact(_ name: String, _ english: String, _ russian: String, _ type: String, _ value: WireValue) -> [WireValue] {
      order += 1
      let caption = language == .russian ? russian : english
      return Self.row(card, name: name, caption: caption, order: order, type: type, value: value)
    }
    let price = WireValue.fixed(previous * instrument.tick, decimals: instrument.decimals).printed ?? ""
    switch card {
    case "common":
      return fact("SECID", "Code", "Код", "string", .text(instrument.code))
        + fact("NAME", "Name", "Название", "string", .text(instrument.name(in: language)))
        + fact("ISIN", "ISIN", "ISIN", "string", instrument.isin.map { .text($0) } ?? .null)
        + fact("LOTSIZE", "Lot size", "Размер лота", "number", .text(String(instrument.lotSize)))
    case "session": return fact("PREVPRICE", "Previous close", "Цена закрытия", "number", .text(price))
    case "boards":
      let title = ReferenceLists.boardTitle(instrument.board, in: language)
      return fact(instrument.board, title, title, "string", .text(instrument.ticker))
    case "issuer", "issuer_instruments":
      return fact("ISSUER", "Issuer", "Эмитент", "string", .text(instrument.name(in: language)))
    default: return []
    }
  }

  private static func title(_ card: String, _ language: Language) -> String {
    switch (card, language) {
    case ("common", .russian): "Общие сведения"
    case ("boards", .russian): "Режимы торгов"
    case ("issuer", .russian): "Эмитент"
    default: card
    }
  }

  private static func row(
    _ card: String, name: String, caption: String, order: Int64, type: String, value: WireValue
  ) -> [WireValue] {
    [
      .text(card), .text(name), .text(caption), .null, .bool(false), .integer(order), .text(type),
      type == "number" ? .integer(2) : .null, value, .text(""), .text(String(order)), .null,
    ]
  }
}
