/// The instruments of a simulator, up to a number in each market.
struct InstrumentList: Sendable {
  /// In the order of the markets, then of the lists.
  let all: [Instrument]
  private let index: [String: Int]

  /// Lists the first `count` instruments of each market; those that no list has are made up.
  init(count: Int) {
    var all: [Instrument] = []
    for section in Listings.all {
      for place in 0..<max(1, count) {
        if place < section.listings.count {
          all.append(Instrument(market: section.market, board: section.board, section.listings[place]))
        } else if section.isExtended {
          all.append(Instrument(market: section.market, board: section.board, Self.madeUp(place, section.market)))
        }
      }
    }
    self.all = all
    index = Dictionary(all.enumerated().map { ($1.ticker, $0) }) { first, _ in first }
  }

  subscript(ticker: String) -> Instrument? { index[ticker].map { all[$0] } }

  /// An instrument past the end of the well-known ones, such as `SIM00021`.
  private static func madeUp(_ place: Int, _ market: String) -> Listing {
    let digits = ByteText.digits(UInt64(place + 1), width: 5)
    let price = Int64(1_000 + RandomSource.hash(7, place) % 900_000)
    return Listing("SIM" + digits, "Simulated \(place + 1)", "Учебный \(place + 1)", price, lot: 10)
  }
}
