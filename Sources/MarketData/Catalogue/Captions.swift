/// The words for one name in both languages: a heading and, where the heading does not say it all, a sentence.
struct Wording {
  let caption: Caption
  let details: Caption?

  init(_ english: String, _ russian: String) {
    caption = Caption(english: english, russian: russian)
    details = nil
  }

  init(_ english: String, _ russian: String, _ englishDetails: String, _ russianDetails: String) {
    caption = Caption(english: english, russian: russian)
    details = Caption(english: englishDetails, russian: russianDetails)
  }

  /// As SEARCH has it: nothing in Russian.
  var inEnglish: Wording {
    Wording(caption: inEnglish(caption), details: details.map(inEnglish))
  }

  private init(caption: Caption, details: Caption?) {
    self.caption = caption
    self.details = details
  }

  private func inEnglish(_ caption: Caption) -> Caption { Caption(english: caption.english) }
}

extension BuiltIn {
  /// The market with the words of this project for all that has a name.
  ///
  /// A name means the same almost everywhere; where it does not, the longest key wins:
  /// `SRATES.securities.TICKER`, then `candles.VALUE`, then `VALUE`.
  static func captioned(_ market: Market) -> Market {
    var market = market
    market.enumerations = market.enumerations.map(captioned)
    market.streams = market.streams.map(captioned)
    market.queries = market.queries.map(captioned)
    return market
  }

  private static func captioned(_ enumeration: Enumeration) -> Enumeration {
    var enumeration = enumeration
    enumeration.caption = enumerationWordings[enumeration.name]?.caption
    for index in enumeration.values.indices {
      let wording = valueWordings[enumeration.name + "." + enumeration.values[index].id]
      enumeration.values[index].caption = wording?.caption
      enumeration.values[index].description = wording?.details
    }
    return enumeration
  }

  private static func captioned(_ resource: Resource) -> Resource {
    let isEnglish = resource.market == "SEARCH"
    let destination = resource.destination
    func words(_ wording: Wording?) -> Wording? { isEnglish ? wording?.inEnglish : wording }

    var resource = resource
    resource.caption = words(resourceWordings[destination] ?? resourceWordings[resource.name])?.caption
    for index in resource.columns.indices {
      let name = resource.columns[index].name
      let wording = words(
        columnWordings[destination + "." + name] ?? columnWordings[resource.name + "." + name] ?? columnWordings[name]
      )
      resource.columns[index].caption = wording?.caption
      resource.columns[index].details = wording?.details
    }
    for index in resource.parameters.indices {
      let name = resource.parameters[index].name.lowercased()
      let wording = words(parameterWordings[destination + "." + name] ?? parameterWordings[name])
      resource.parameters[index].caption = wording?.caption
    }
    return resource
  }

  private static let columnWordings: [String: Wording] = [
    instrumentWordings, sideWordings, tradeWordings, indexWordings, referenceWordings, searchWordings,
  ].reduce(into: [:]) { all, part in all.merge(part) { first, _ in first } }

  private static let resourceWordings: [String: Wording] = [
    "securities": Wording("Instruments and their quotes", "Инструменты и их котировки"),
    "candles": Wording("Price candles", "Ценовые свечи"),
    "orderbooks": Wording("Order book by price level", "Стакан по уровням цен"),
    "INDICES.securities": Wording("Index values", "Значения индексов"),
    "CBRF.securities": Wording("Rates of the Bank of Russia", "Курсы Банка России"),
    "FIXING.securities": Wording("Fixing values", "Значения фиксингов"),
    "SRATES.securities": Wording("Swap rate values", "Значения ставок своп"),
    "MXSEBB.securities": Wording("List of instruments", "Список инструментов"),
    "ticker": Wording("Find an instrument", "Найти инструмент"),
    "news": Wording("Headlines", "Лента новостей"),
    "turnovers": Wording("Turnover by market", "Обороты по рынкам"),
    "boards": Wording("List of boards", "Список режимов торгов"),
    "engines": Wording("List of trading systems", "Список торговых систем"),
    "markets": Wording("List of markets", "Список рынков"),
    "news.content": Wording("Text of a news item", "Текст новости"),
    "ticker.card": Wording("All about one instrument", "Всё об инструменте"),
  ]

  private static let parameterWordings: [String: Wording] = [
    "ticker": Wording("Full ticker of the instrument", "Полный тикер инструмента"),
    "language": Wording("Language of the titles", "Язык названий"),
    "interval": Wording("Width of a candle", "Период одной свечи"),
    "quantity": Wording("How many candles", "Сколько свечей"),
    "till": Wording("Moment of the last candle", "Момент последней свечи"),
    "pattern": Wording("Text to look for, * for any", "Искомый текст, * - любой"),
    "preset": Wording("Named set of conditions", "Именованный набор условий"),
    "engine": Wording("Name of the trading system", "Имя торговой системы"),
    "market": Wording("Name of the market", "Имя рынка"),
    "COMMON.news.content.id": Wording("Number of the news item", "Идентификатор новости"),
    "cardname": Wording("Which card", "Какая карточка"),
    "list": Wording("Names of the cards only", "Только перечень карточек"),
  ]
}
