/// The well-known instruments of each market, the best known first. Codes are real, prices plausible.
enum Listings {
  /// A market of the list: its main board and what is listed there.
  struct Section: Sendable {
    let market: String
    let board: String
    /// Whether the list goes on with made-up instruments when more are wanted.
    let isExtended: Bool
    let listings: [Listing]
  }

  static let all: [Section] = [
    Section(market: "MXSE", board: "TQBR", isExtended: true, listings: shares),
    Section(market: "MXCX", board: "CETS", isExtended: true, listings: currencies),
    Section(market: "FORTS", board: "RFUD", isExtended: true, listings: futures),
    Section(market: "OPTIONS", board: "ROPD", isExtended: true, listings: options),
    Section(market: "INDICES", board: "SNDX", isExtended: false, listings: indices),
    Section(market: "MONEY", board: "TQOB", isExtended: false, listings: bonds),
    Section(market: "MXAGRO", board: "AGRO", isExtended: false, listings: goods),
    Section(market: "MXSEBB", board: "BBRD", isExtended: false, listings: Array(shares.prefix(10))),
    Section(market: "CBRF", board: "CBRF", isExtended: false, listings: bankRates),
    Section(market: "FIXING", board: "FIXI", isExtended: false, listings: fixings),
    Section(market: "SRATES", board: "SWRT", isExtended: false, listings: swapRates),
  ]

  private static let shares: [Listing] = [
    Listing("SBER", "Sberbank", "Сбербанк", 30_612),
    Listing("GAZP", "GAZPROM ao", "ГАЗПРОМ ао", 12_845, lot: 10),
    Listing("LKOH", "LUKOIL", "ЛУКОЙЛ", 535_500, tick: 50),
    Listing("GMKN", "NorNickel", "ГМКНорНик", 14_712, lot: 10),
    Listing("ROSN", "Rosneft", "Роснефть", 40_215, tick: 5),
    Listing("VTBR", "VTB ao", "ВТБ ао", 7_486),
    Listing("NVTK", "Novatek", "Новатэк", 119_840, tick: 20),
    Listing("TATN", "Tatneft", "Татнфт 3ао", 60_510, tick: 10),
    Listing("MGNT", "Magnit", "Магнит", 312_150, tick: 50),
    Listing("ALRS", "ALROSA", "АЛРОСА ао", 4_217, lot: 10),
    Listing("MOEX", "Moscow Exchange", "МосБиржа", 17_834, lot: 10),
    Listing("YDEX", "Yandex", "ЯНДЕКС", 445_150, tick: 50),
    Listing("T", "T-Technologies", "Т-Техно", 329_480, tick: 20),
    Listing("PLZL", "Polyus", "Полюс", 238_920, tick: 20),
    Listing("CHMF", "Severstal", "СевСт-ао", 95_340, tick: 20),
    Listing("NLMK", "NLMK", "НЛМК ао", 10_768, tick: 2, lot: 10),
    Listing("AFLT", "Aeroflot", "Аэрофлот", 5_632, lot: 10),
    Listing("MTSS", "MTS", "МТС-ао", 21_575, tick: 5, lot: 10),
    Listing("SNGS", "Surgutneftegas", "Сургнфгз", 22_415, 3, tick: 5, lot: 100),
    Listing("RUAL", "RUSAL", "РУСАЛ ао", 33_115, 3, tick: 5, lot: 10),
  ]

  private static let currencies: [Listing] = [
    Listing("USD000UTSTOM", "USDRUB_TOM", "USDRUB_TOM", 781_234, 4, tick: 25, lot: 1000),
    Listing("EUR_RUB__TOM", "EURRUB_TOM", "EURRUB_TOM", 912_450, 4, tick: 25, lot: 1000),
    Listing("CNYRUB_TOM", "CNYRUB_TOM", "CNYRUB_TOM", 110_850, 4, tick: 5, lot: 1000),
    Listing("GLDRUB_TOM", "GLDRUB_TOM", "Золото/рубль", 1_083_250, lot: 1),
    Listing("SLVRUB_TOM", "SLVRUB_TOM", "Серебро/рубль", 14_286, lot: 100),
    Listing("KZTRUB_TOM", "KZTRUB_TOM", "Тенге/рубль", 151_200, 4, tick: 25, lot: 10_000),
    Listing("TRYRUB_TOM", "TRYRUB_TOM", "Лира/рубль", 18_450, 4, tick: 5, lot: 1000),
    Listing("BYNRUB_TOM", "BYNRUB_TOM", "Белорусский рубль", 262_300, 4, tick: 25, lot: 1000),
    Listing("HKDRUB_TOM", "HKDRUB_TOM", "HKDRUB_TOM", 100_410, 4, tick: 5, lot: 1000),
    Listing("AEDRUB_TOM", "AEDRUB_TOM", "Дирхам/рубль", 212_650, 4, tick: 25, lot: 1000),
  ]

  private static let futures: [Listing] = [
    Listing("SiZ6", "Si-12.26", "Si-12.26", 79_432, 0),
    Listing("RIZ6", "RTS-12.26", "RTS-12.26", 108_450, 0, tick: 10),
    Listing("BRZ6", "BR-12.26", "BR-12.26", 6_684, lot: 10),
    Listing("GDZ6", "GOLD-12.26", "GOLD-12.26", 421_560, 1),
    Listing("EuZ6", "Eu-12.26", "Eu-12.26", 92_718, 0),
    Listing("SRZ6", "SBRF-12.26", "SBRF-12.26", 31_124, 0, lot: 100),
    Listing("GZZ6", "GAZR-12.26", "GAZR-12.26", 13_058, 0, lot: 100),
    Listing("LKZ6", "LKOH-12.26", "LKOH-12.26", 54_410, 0, lot: 10),
    Listing("CRZ6", "CNY-12.26", "CNY-12.26", 11_286, 3, lot: 1000),
    Listing("MXZ6", "MIX-12.26", "MIX-12.26", 276_475, 0, tick: 25),
  ]

  private static let options: [Listing] = [
    Listing("Si80000BL6", "Si-12.26 call 80000", "Si-12.26 колл 80000", 1_284, 0),
    Listing("Si80000BX6", "Si-12.26 put 80000", "Si-12.26 пут 80000", 1_652, 0),
    Listing("RI110000BL6", "RTS-12.26 call 110000", "RTS-12.26 колл 110000", 2_840, 0, tick: 10),
    Listing("RI110000BX6", "RTS-12.26 put 110000", "RTS-12.26 пут 110000", 3_470, 0, tick: 10),
    Listing("SR32000BL6", "SBRF-12.26 call 32000", "SBRF-12.26 колл 32000", 615, 0),
    Listing("SR32000BX6", "SBRF-12.26 put 32000", "SBRF-12.26 пут 32000", 1_480, 0),
  ]

  private static let indices: [Listing] = [
    Listing("IMOEX", "MOEX Russia Index", "Индекс МосБиржи", 272_418),
    Listing("RTSI", "RTS Index", "Индекс РТС", 109_862, board: "RTSI"),
    Listing("MOEXBC", "Blue Chip Index", "Индекс голубых фишек", 1_786_040),
    Listing("MOEXOG", "Oil and Gas Index", "Индекс нефти и газа", 712_635),
    Listing("MOEXFN", "Financials Index", "Индекс финансов", 1_024_318),
    Listing("RGBI", "Government Bond Index", "Индекс гособлигаций", 11_824),
    Listing("RVI", "Volatility Index", "Индекс волатильности", 3_217, board: "RTSI"),
    Listing("MOEXMM", "Metals and Mining Index", "Индекс металлов и добычи", 684_150),
    Listing("MOEXIT", "IT Index", "Индекс информационных технологий", 295_870),
    Listing("MCFTR", "MOEX Total Return", "Индекс полной доходности", 712_496),
  ]

  private static let bonds: [Listing] = [
    Listing("SU26238RMFS4", "OFZ 26238", "ОФЗ 26238", 58_412, 3),
    Listing("SU26240RMFS0", "OFZ 26240", "ОФЗ 26240", 60_875, 3),
    Listing("SU26243RMFS4", "OFZ 26243", "ОФЗ 26243", 73_216, 3),
    Listing("SU29014RMFS6", "OFZ 29014", "ОФЗ 29014", 99_874, 3),
    Listing("SU52005RMFS4", "OFZ-IN 52005", "ОФЗ-ИН 52005", 72_940, 3),
  ]

  private static let goods: [Listing] = [
    Listing("WHEAT3", "Wheat, third class", "Пшеница 3 класса", 1_642_500, tick: 100),
    Listing("SUGAR", "White sugar", "Сахар белый", 5_812_000, tick: 500),
    Listing("BARLEY", "Barley", "Ячмень", 1_385_000, tick: 100),
    Listing("CORN", "Corn", "Кукуруза", 1_518_000, tick: 100),
  ]

  private static let bankRates: [Listing] = [
    Listing("USD", "US dollar", "Доллар США", 781_906, 4),
    Listing("EUR", "Euro", "Евро", 912_704, 4),
    Listing("CNY", "Chinese yuan", "Китайский юань", 110_932, 4),
    Listing("KZT", "Kazakhstani tenge, 100", "Казахстанских тенге, 100", 151_240, 4),
    Listing("BYN", "Belarusian ruble", "Белорусский рубль", 262_418, 4),
  ]

  private static let fixings: [Listing] = [
    Listing("USDFIX", "USD/RUB fixing", "Фиксинг USD/RUB", 781_450, 4),
    Listing("EURFIX", "EUR/RUB fixing", "Фиксинг EUR/RUB", 912_210, 4),
    Listing("CNYFIX", "CNY/RUB fixing", "Фиксинг CNY/RUB", 110_870, 4),
    Listing("EURUSDFIX", "EUR/USD fixing", "Фиксинг EUR/USD", 116_742, 5),
  ]

  private static let swapRates: [Listing] = [
    Listing("USDRUB_ON", "USD/RUB swap rate, overnight", "Ставка своп USD/RUB, овернайт", 161_240, 4),
    Listing("USDRUB_1W", "USD/RUB swap rate, one week", "Ставка своп USD/RUB, неделя", 159_825, 4),
    Listing("CNYRUB_ON", "CNY/RUB swap rate, overnight", "Ставка своп CNY/RUB, овернайт", 148_610, 4),
    Listing("CNYRUB_1W", "CNY/RUB swap rate, one week", "Ставка своп CNY/RUB, неделя", 150_275, 4),
  ]
}
