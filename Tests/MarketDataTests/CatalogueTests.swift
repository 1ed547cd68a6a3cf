import MarketData
import NIOCore
import Testing

@Suite struct CatalogueTests {
  let markets = Catalogue.builtIn.markets
  var streams: [Resource] { markets.flatMap(\.streams) }
  var queries: [Resource] { markets.flatMap(\.queries) }
  var resources: [Resource] { streams + queries }

  @Test func `has the markets in the order of the record`() {
    let names = [
      "MONEY", "MXCX", "SRATES", "SEARCH", "INDICES", "CBRF", "FIXING", "OPTIONS", "MXAGRO", "FORTS", "COMMON", "MXSE",
      "MXSEBB",
    ]
    #expect(markets.map(\.name) == names)
  }

  @Test func `counts as the record does`() {
    #expect(streams.count == 25)
    #expect(queries.count == 6)
    let enumerations = markets.flatMap(\.enumerations)
    #expect(enumerations.count == 42)
    #expect(enumerations.flatMap(\.values).count == 205)
    #expect(columns(streams) == [326, 21])
    #expect(columns(queries) == [43, 6])
    #expect(parameters(streams) == [61, 38])
    #expect(parameters(queries) == [11, 10])
  }

  @Test func `has the types of the record`() {
    let types = resources.flatMap(\.columns).compactMap(\.type)
    let counts = Dictionary(types.map { ($0, 1) }, uniquingKeysWith: +)
    let recorded: [ColumnType: Int] = [
      .fixed: 157, .string: 73, .integer: 69, .enumeration: 24, .datetime: 18, .date: 11, .time: 9, .float: 5, .bool: 3,
    ]
    #expect(counts == recorded)
  }

  @Test func `declares every enumeration that a column or parameter names`() {
    for market in markets {
      let declared = Set(market.enumerations.map(\.name))
      #expect(declared.count == market.enumerations.count)
      for resource in market.streams + market.queries {
        let columns = resource.columns.filter { $0.type == .enumeration }
        let parameters = resource.parameters.filter { $0.type == .enumeration }
        let named = columns.map(\.enumeration) + parameters.map(\.enumeration)
        #expect(named.allSatisfy { $0.map(declared.contains) ?? false }, "\(resource.destination)")
      }
    }
  }

  @Test func `has a caption for all that has a name`() {
    for market in markets {
      for enumeration in market.enumerations {
        #expect(isComplete(enumeration.caption, in: market), "\(market.name) \(enumeration.name)")
        for value in enumeration.values {
          let path: Comment = "\(market.name) \(enumeration.name) \(value.id)"
          #expect(isComplete(value.caption, in: market), path)
          #expect(isComplete(value.description, in: market), path)
        }
      }
      for resource in market.streams + market.queries {
        #expect(isComplete(resource.caption, in: market), "\(resource.destination)")
        for column in resource.columns {
          #expect(isComplete(column.caption, in: market), "\(resource.destination) \(column.name)")
        }
        for parameter in resource.parameters {
          #expect(isComplete(parameter.caption, in: market), "\(resource.destination) \(parameter.name)")
        }
      }
    }
  }

  @Test func `finds a resource by its destination, dots and all`() {
    #expect(Catalogue.builtIn["COMMON.ticker.card"]?.columns.filter(\.isKey).map(\.name) == ["CARDID", "NAME"])
    #expect(Catalogue.builtIn["MXSE.orderbooks"]?.tickerParameter?.name == "TICKER")
    #expect(Catalogue.builtIn["FORTS.candles"]?.tickerParameter?.name == "ticker")
    #expect(Catalogue.builtIn["mxse.orderbooks"] == nil)
  }

  private func columns(_ resources: [Resource]) -> [Int] {
    let columns = resources.flatMap(\.columns)
    return [columns.count, columns.filter(\.isKey).count]
  }

  private func parameters(_ resources: [Resource]) -> [Int] {
    let parameters = resources.flatMap(\.parameters)
    return [parameters.count, parameters.filter(\.isOptional).count]
  }

  /// SEARCH has no Russian; every other caption has both languages.
  private func isComplete(_ caption: Caption?, in market: Market) -> Bool {
    guard let caption, caption.english?.isEmpty == false else { return false }
    return market.name == "SEARCH" ? caption.russian == nil : caption.russian?.isEmpty == false
  }
}
