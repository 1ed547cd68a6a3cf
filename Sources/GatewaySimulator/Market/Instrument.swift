/// What does not change about an instrument of the synthetic market. Names are wordings of this project.
struct Instrument: Sendable, Hashable {
  let market: String
  let board: String
  let code: String
  let englishName: String
  let russianName: String
  /// The price around which trading goes, in units of the last decimal.
  let basePrice: Int64
  /// Digits behind the point of a price.
  let decimals: UInt8
  /// The smallest step of a price, in units of the last decimal.
  let tick: Int64
  let lotSize: Int64
  /// A number of its own for everything that is made up about the instrument.
  let identity: UInt64

  init(market: String, board: String, _ seed: Listing) {
    self.market = market
    self.board = seed.board ?? board
    code = seed.code
    englishName = seed.english
    russianName = seed.russian
    basePrice = seed.price
    decimals = seed.decimals
    tick = seed.tick
    lotSize = seed.lot
    identity = RandomSource.hash(0, market + "." + seed.code)
  }

  /// The full ticker, `MARKET.BOARD.SECID`.
  var ticker: String { market + "." + board + "." + code }

  func name(in language: Language) -> String {
    switch language {
    case .english: englishName
    case .russian: russianName
    }
  }

  /// Whether orders stand behind the prices; indices, fixings and rates only have values.
  var isTraded: Bool {
    switch market {
    case "INDICES", "CBRF", "FIXING", "SRATES": false
    default: true
    }
  }

  /// The international number of a share, as made up as the rest; nil outside of securities.
  var isin: String? {
    switch market {
    case "MXSE", "MONEY", "MXSEBB": "RU000A" + ByteText.digits(identity % 1_000_000, width: 6)
    default: nil
    }
  }
}

/// One line of the lists of well-known instruments.
struct Listing: Sendable, Hashable {
  let code: String
  let english: String
  let russian: String
  let price: Int64
  let decimals: UInt8
  let tick: Int64
  let lot: Int64
  let board: String?

  init(
    _ code: String, _ english: String, _ russian: String, _ price: Int64, _ decimals: UInt8 = 2, tick: Int64 = 1,
    lot: Int64 = 1, board: String? = nil
  ) {
    self.code = code
    self.english = english
    self.russian = russian
    self.price = price
    self.decimals = decimals
    self.tick = tick
    self.lot = lot
    self.board = board
  }
}

extension ByteText {
  static func digits(_ value: UInt64, width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }
}
