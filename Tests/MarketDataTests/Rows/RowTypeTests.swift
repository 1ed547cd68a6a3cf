import NIOCore
import Testing

@testable import MarketData

/// The row types of the library against the catalogue that they are made for.
@Suite struct RowTypeTests {
  /// Every stream and query that has a row type, with a reader of it.
  static let types: [(destination: String, read: @Sendable (Row) throws -> any TableRow)] = {
    var types: [(destination: String, read: @Sendable (Row) throws -> any TableRow)] = []
    for market in Catalogue.builtIn.markets {
      for resource in market.streams + market.queries {
        switch (market.name, resource.name) {
        case ("INDICES", "securities"): types.append((resource.destination, { try IndexQuote($0) }))
        case (_, "securities"): types.append((resource.destination, { try Quote($0) }))
        case (_, "candles"): types.append((resource.destination, { try Candle($0) }))
        case (_, "news"): types.append((resource.destination, { try NewsItem($0) }))
        case (_, "news.content"): types.append((resource.destination, { try NewsContent($0) }))
        case (_, "turnovers"): types.append((resource.destination, { try Turnover($0) }))
        case ("SEARCH", "ticker"): types.append((resource.destination, { try FoundTicker($0) }))
        case (_, "engines"): types.append((resource.destination, { try Engine($0) }))
        case (_, "markets"): types.append((resource.destination, { try EngineMarket($0) }))
        case (_, "boards"): types.append((resource.destination, { try Board($0) }))
        case (_, "ticker.card"): types.append((resource.destination, { try TickerCardField($0) }))
        default: break
        }
      }
    }
    return types
  }()

  /// A property's name as the catalogue writes it: without regard to case and underscores.
  static func plain(_ name: String) -> String { name.lowercased().filter { $0 != "_" } }

  /// The properties of a row type's value but `row`, printed; a missing one for `nil`.
  static func properties(_ value: any TableRow) -> [String: String?] {
    var properties: [String: String?] = [:]
    for child in Mirror(reflecting: value).children {
      guard let label = child.label, label != "row" else { continue }
      let mirror = Mirror(reflecting: child.value)
      if mirror.displayStyle == .optional {
        properties.updateValue(mirror.children.first.map { "\($0.value)" }, forKey: plain(label))
      } else {
        properties[plain(label)] = "\(child.value)"
      }
    }
    return properties
  }

  /// A JSON cell of the declared type.
  static func cell(_ column: Column, _ market: String, _ number: Int) -> String {
    switch column.type {
    case _ where column.name == "TICKER": "\"\(market).BRD.CODE\""
    case .integer: "\(9_007_199_254_740_993 + number)"
    case .fixed: "[-\(number).50,4]"
    case .float: "\(number).25"
    case .bool: number % 2 == 0 ? "true" : "false"
    case .date: "\"2026-01-\(10 + number % 20)\""
    case .time: "\"09:51:\(10 + number % 50)\""
    case .datetime: "\"2026-01-22 09:58:\(10 + number % 50)\""
    case .string, .enumeration, nil: "\"text \(number) of \(column.name)\""
    }
  }

  static func row(_ resource: Resource, _ cells: [String]) throws -> Row {
    var feed = Feed(Schema(resource))
    let columns = resource.columns.map(\.name).joined(separator: ",")
    _ = try feed.apply(packet("snapshot", columns, "[\(cells.joined(separator: ","))]"))
    return try #require(feed.table.rows.first)
  }

  @Test("25 streams and 6 queries: all but the four order books have a row type")
  func allResources() {
    let typed = Set(Self.types.map(\.destination))
    let resources = Catalogue.builtIn.markets.flatMap { $0.streams + $0.queries }
    #expect(resources.filter { !typed.contains($0.destination) }.allSatisfy { $0.name == "orderbooks" })
    #expect(typed.count == 25 + 6 - 4)
  }

  @Test("every column is a property, and prints as the cell does", arguments: types.map(\.destination))
  func everyColumn(_ destination: String) throws {
    let type = try #require(Self.types.first { $0.destination == destination })
    let resource = try #require(Catalogue.builtIn[destination])
    let cells = resource.columns.enumerated().map { Self.cell($1, resource.market, $0 + 1) }
    let row = try Self.row(resource, cells)
    let properties = Self.properties(try type.read(row))
    var seen: Set<String> = []
    for column in resource.columns {
      let name = Self.plain(column.name)
      seen.insert(name)
      let property = try #require(properties[name], "\(column.name) has no property")
      #expect(property == row[column.name]?.description, "\(column.name)")
    }
    // What other markets have is nil here.
    for (name, value) in properties where !seen.contains(name) { #expect(value == nil, "\(name)") }
    if destination != "INDICES.securities", resource.name != "securities" { #expect(properties.count == seen.count) }
  }

  @Test("every column but the key may be null", arguments: types.map(\.destination))
  func nulls(_ destination: String) throws {
    let type = try #require(Self.types.first { $0.destination == destination })
    let resource = try #require(Catalogue.builtIn[destination])
    let cells = resource.columns.enumerated().map { $1.isKey ? Self.cell($1, resource.market, $0 + 1) : "null" }
    let row = try Self.row(resource, cells)
    let properties = Self.properties(try type.read(row))
    for column in resource.columns {
      let expected: String? = column.isKey ? row[column.name]?.description : nil
      #expect(properties[Self.plain(column.name)] == .some(expected), "\(column.name)")
    }
  }

  @Test("a column of the catalogue that is not there, or of another type, is an error that names it", arguments: types)
  func missingAndWrong(_ type: (destination: String, read: @Sendable (Row) throws -> any TableRow)) throws {
    let resource = try #require(Catalogue.builtIn[type.destination])
    for missing in resource.columns {
      var fewer = resource
      fewer.columns.removeAll { $0.name == missing.name }
      let cells = fewer.columns.enumerated().map { Self.cell($1, resource.market, $0 + 1) }
      let row = try Self.row(fewer, cells)
      let error = #expect(throws: RowError.self, "\(missing.name)") { _ = try type.read(row) }
      #expect(error?.code == .noColumn && error?.column == missing.name, "\(missing.name)")
    }
    for wrong in resource.columns {
      var other = resource
      // No property reads this of any type: an array of the wrong kind for numbers, texts for all else.
      let place = try #require(other.columns.firstIndex { $0.name == wrong.name })
      let isText = [.string, .enumeration].contains(wrong.type)
      other.columns[place].type = isText ? .bool : .string
      var cells = resource.columns.enumerated().map { Self.cell($1, resource.market, $0 + 1) }
      cells[place] = isText ? "true" : "\"n/a\""
      let row = try Self.row(other, cells)
      let error = #expect(throws: RowError.self, "\(wrong.name)") { _ = try type.read(row) }
      #expect(error?.code == .value && error?.column == wrong.name, "\(wrong.name)")
      #expect(error?.cell == row[wrong.name])
    }
  }

  @Test("the numbers of a quote's columns are those of its properties, and their names")
  func quoteColumns() {
    #expect(QuoteColumn.allCases.map { "\($0)".uppercased() } == QuoteColumn.names)
    let columns = Catalogue.builtIn.markets.compactMap { Catalogue.builtIn[$0.name + ".securities"] }
      .filter { $0.market != "INDICES" }.flatMap(\.columns).map(\.name)
    #expect(Set(columns).subtracting(["TICKER"]) == Set(QuoteColumn.names))
  }

  @Test("columns that the type does not know stay in its row")
  func newColumns() throws {
    var resource = try #require(Catalogue.builtIn["MXSE.securities"])
    resource.columns.append(Column("NEW", .fixed))
    let cells = resource.columns.enumerated().map { Self.cell($1, "MXSE", $0 + 1) }
    let quote = try Quote(Self.row(resource, cells))
    #expect(quote.row["NEW"]?.description == "-42.5000")
    #expect(try quote.row.value("NEW", as: ExactDecimal.self).description == "-42.5000")
  }

  @Test("a market that the catalogue does not list promises no columns but the key")
  func otherMarkets() throws {
    let resource = Resource(
      market: "NEW", name: "securities", kind: .stream,
      columns: [Column("TICKER", .string, key: true), Column("BID", .fixed)], parameters: [])
    let quote = try Quote(Self.row(resource, ["\"NEW.A.B\"", "[1.5,2]"]))
    #expect(quote.ticker == "NEW.A.B" && quote.bid?.description == "1.50" && quote.offer == nil)
  }

  @Test(
    "a float of FORTS becomes the decimal with its digits", arguments: ["0.1", "405377496.25", "1e15", "0", "12.5"])
  func floats(_ text: String) throws {
    let resource = try #require(Catalogue.builtIn["FORTS.securities"])
    var cells = resource.columns.map { $0.isKey ? "\"FORTS.RFUD.X\"" : "null" }
    let place = try #require(resource.columns.firstIndex { $0.name == "VALTODAY" })
    cells[place] = text
    let quote = try Quote(Self.row(resource, cells))
    #expect(quote.valToday?.doubleValue == Double(text))
    #expect(quote.valToday?.description == quote.row["VALTODAY"]?.description)
    cells[place] = "1e300"
    let row = try Self.row(resource, cells)
    let error = #expect(throws: RowError.self) { try Quote(row) }
    #expect(error?.column == "VALTODAY" && error?.code == .value)
  }
}
