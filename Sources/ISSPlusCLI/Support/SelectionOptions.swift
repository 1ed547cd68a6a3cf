import ArgumentParser
import ISSPlus
import MarketData
import NIOCore

/// What to ask for: a destination, and tickers, params or a selector.
struct SelectionOptions: ParsableArguments {
  @Argument(help: "A stream or query, for example MXSE.orderbooks.")
  var destination: String

  @Option(help: "An instrument (repeatable, one subscription each), for example MXSE.TQBR.SBER.")
  var ticker: [String] = []

  @Option(help: ArgumentHelp("A file with a ticker a line; - for standard input.", valueName: "file"))
  var tickersFrom: String?

  @Option(help: ArgumentHelp("A term of the selector (repeatable).", valueName: "name=value"))
  var param: [String] = []

  @Option(help: "The selector as it is.")
  var selector: String?

  /// One subscription or request: its selector's text, `nil` for none.
  struct Asked: Sendable, Hashable {
    let destination: String
    let selector: String?
    /// The value of the selector's term named ticker. Kept, because each packet asks for it: to read it out of the
    /// selector each time took more than half of what `dump` spent on writing CSV.
    let ticker: String

    init(destination: String, selector: String?) {
      self.destination = destination
      self.selector = selector
      ticker = selector.flatMap { Selector.ticker(in: $0) } ?? ""
    }
  }

  /// How large a list of tickers may be.
  private static let listLimit = 16 << 20

  /// What is asked, in the order of the command line; a ticker given twice once.
  ///
  /// - Throws: a `Failure` with status 64 for what cannot be asked, 66 for a list that cannot be read.
  func asked() throws -> [Asked] {
    let resource = Catalogue.builtIn[destination]
    if destination.isEmpty || destination.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
      throw Failure(.usage, "a destination is a name such as MXSE.orderbooks")
    }
    if let selector {
      if !ticker.isEmpty || tickersFrom != nil || !param.isEmpty {
        throw Failure(.usage, "--selector is the whole selector: it excludes --ticker, --tickers-from and --param")
      }
      if selector.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
        throw Failure(.usage, "--selector must not hold control characters")
      }
      return [Asked(destination: destination, selector: selector)]
    }
    var tickers = ticker
    if let tickersFrom { tickers += try Self.list(tickersFrom) }
    let terms = try params(resource)
    if tickers.isEmpty {
      if tickersFrom != nil { throw Failure(.usage, "\(tickersFrom ?? ""): no ticker in it") }
      let selector = try Self.selector(terms)
      return [Asked(destination: destination, selector: selector.terms.isEmpty ? nil : selector.text)]
    }
    let name: String
    if let resource {
      guard let parameter = resource.tickerParameter else {
        throw Failure(.usage, "\(destination) has no parameter named ticker")
      }
      name = parameter.name
    } else {
      name = "TICKER"
    }
    var seen: Set<String> = []
    return try tickers.filter { seen.insert($0).inserted }.map { ticker in
      if ticker.isEmpty { throw Failure(.usage, "a ticker must not be empty") }
      return Asked(destination: destination, selector: try Self.selector([(name, ticker)] + terms).text)
    }
  }

  private func params(_ resource: Resource?) throws -> [(String, String)] {
    try param.map { text in
      guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
        throw Failure(.usage, "--param takes NAME=VALUE, not \(text)")
      }
      let given = String(text[..<equals])
      let declared = resource?.parameters.first { $0.name.lowercased() == given.lowercased() }
      return (declared?.name ?? given, String(text[text.index(after: equals)...]))
    }
  }

  static func selector(_ terms: [(String, String)]) throws -> Selector {
    do {
      return try Selector(terms.map { (name: $0.0, value: $0.1) })
    } catch {
      throw Failure(.usage, error.description)
    }
  }

  /// Tickers of a file: one a line, blanks around them and empty lines do not count, `#` begins a comment.
  private static func list(_ path: String) throws -> [String] {
    var text = Substring(String(buffer: try Input.whole(path: path, limit: listLimit)))
    // Editors of other systems begin a text with a byte order mark.
    if text.unicodeScalars.first == "\u{FEFF}" { text = Substring(text.unicodeScalars.dropFirst()) }
    return text.split(whereSeparator: \.isNewline).compactMap { line in
      let content = line.prefix { $0 != "#" }
      let trimmed = content.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed()
      return trimmed.isEmpty ? nil : String(trimmed)
    }
  }
}
