/// SEARCH.ticker: `pattern` with `*` as wildcard, `ticker` exactly, `preset` the name of a market or board; all that is
/// given has to fit, and nothing given finds everything.
struct InstrumentSearch {
  private let pattern: String?
  private let ticker: String?
  private let preset: String?

  init(_ selector: Selector) {
    func given(_ name: String) -> String? { selector[name].flatMap { $0.isEmpty ? nil : $0.lowercased() } }
    pattern = given("pattern")
    ticker = given("ticker")
    preset = given("preset")
  }

  func cells(in list: InstrumentList) -> [WireValue] {
    list.all.filter(finds).flatMap(Self.row)
  }

  private func finds(_ instrument: Instrument) -> Bool {
    if let ticker, instrument.ticker.lowercased() != ticker { return false }
    if let preset, instrument.market.lowercased() != preset, instrument.board.lowercased() != preset { return false }
    guard let pattern else { return true }
    let texts = [instrument.ticker, instrument.code, instrument.englishName, instrument.russianName]
    // Without a wildcard a part of a name is enough.
    let wanted = pattern.contains("*") ? pattern : "*" + pattern + "*"
    return texts.contains { Self.fits($0.lowercased(), wanted) }
  }

  /// Whether a text fits a pattern in which `*` stands for any characters, none included.
  static func fits(_ text: String, _ pattern: String) -> Bool {
    let text = Array(text.unicodeScalars)
    let pattern = Array(pattern.unicodeScalars)
    var (place, mark) = (0, 0)
    var (star, resume): (Int?, Int) = (nil, 0)
    while place < text.count {
      if mark < pattern.count, pattern[mark] == "*" {
        star = mark
        resume = place
        mark += 1
      } else if mark < pattern.count, pattern[mark] == text[place] {
        place += 1
        mark += 1
      } else if let last = star {
        resume += 1
        place = resume
        mark = last + 1
      } else {
        return false
      }
    }
    return pattern[mark...].allSatisfy { $0 == "*" }
  }

  private static func row(_ instrument: Instrument) -> [WireValue] {
    func digits(_ salt: String, _ width: Int) -> String {
      let bound = (0..<width).reduce(UInt64(1)) { product, _ in product * 10 }
      return ByteText.digits(RandomSource.hash(instrument.identity, salt) % bound, width: width)
    }
    let isSecurity = instrument.isin != nil
    return [
      .text(instrument.ticker), .text(instrument.code), .text(instrument.board),
      .text(ReferenceLists.boardTitle(instrument.board, in: .russian)), .text(instrument.market),
      .text(instrument.russianName), .text(instrument.englishName),
      .text(instrument.russianName + " (" + instrument.code + ")"),
      instrument.isin.map { .text($0) } ?? .null, isSecurity ? .text("1-" + digits("reg", 5) + "-V") : .null,
      .text(instrument.board), isSecurity ? .integer(Int64(instrument.identity % 10_000)) : .null,
      isSecurity ? .text(instrument.russianName) : .null, isSecurity ? .text(digits("inn", 10)) : .null,
      isSecurity ? .text(digits("okpo", 8)) : .null,
    ]
  }
}
