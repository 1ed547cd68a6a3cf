import GatewaySimulator
import MarketData
import NIOCore
import STOMP
import Testing

/// Every stream and query of the catalogue, by its name and with every declared parameter.
struct StreamTests {
  static let streams = Catalogue.builtIn.markets.flatMap { $0.streams.map(\.destination) }
  static let queries = Catalogue.builtIn.markets.flatMap { $0.queries.map(\.destination) }

  @Test func thereAreAsManyAsRecorded() {
    #expect(Self.streams.count == 25)
    #expect(Self.queries.count == 6)
  }

  /// A good value of a parameter.
  private func value(_ parameter: Parameter, _ resource: Resource, _ peer: Peer) throws -> String {
    switch parameter.name.lowercased() {
    case "ticker": peer.market.tickers(of: resource.market).first ?? "MXSE.TQBR.SBER"
    case "language": "ru"
    case "interval": "M10"
    case "quantity": "7"
    case "till": "2024-06-30 10:00:00"
    case "engine": "stock"
    case "market": "shares"
    case "id": String(peer.now.milliseconds / 5000)
    case "pattern": "SB*"
    case "preset": "MXSE"
    case "cardname": "common"
    case "list": "true"
    default: throw JSON.Fault(description: "the test knows no value for \(parameter.name)")
    }
  }

  private func selectors(_ resource: Resource, _ peer: Peer) throws -> [String] {
    let mandatory = resource.parameters.filter { !$0.isOptional }
    let wanted = [mandatory, resource.parameters] + resource.parameters.map { mandatory + [$0] }
    return try wanted.map { parameters in
      var seen: Set<String> = []
      return try parameters.filter { seen.insert($0.name).inserted }
        .map { "\($0.name)=\"\(try value($0, resource, peer))\"" }.joined(separator: " and ")
    }
  }

  @Test(arguments: streams) func streamSendsWhatItDeclares(_ destination: String) throws {
    let resource = try #require(Catalogue.builtIn[destination])
    for selector in try selectors(resource, Peer.connected()) {
      let peer = try Peer.connected(["candle-cadence=1s"])
      let first = try peer.subscribe(destination, selector)
      try #require(first.map(\.command) == [.message], "\(selector): \(first)")
      let later = try peer.pass(milliseconds: 8000)
      for (place, frame) in (first + later).enumerated() {
        #expect(frame.headers.map(\.name) == ["content-length", "destination", "subscription", "X-gateway-stamp"])
        #expect(frame.headers["content-length"] == String(frame.body.readableBytes))
        let packet = try ReadPacket(frame)
        if place == 0 {
          #expect(packet.type == "snapshot")
          #expect(packet.columns == resource.columns.map(\.name))
          #expect(!packet.rows.isEmpty)
        }
        try expectDeclared(packet, resource)
      }
    }
  }

  @Test(arguments: queries) func queryAnswersWhatItDeclares(_ destination: String) throws {
    let resource = try #require(Catalogue.builtIn[destination])
    let peer = try Peer.connected()
    for selector in try selectors(resource, peer) {
      let frames = try peer.request(destination, selector)
      try #require(frames.map(\.command) == [.reply], "\(selector): \(frames)")
      #expect(frames[0].headers.map(\.name) == ["content-length", "destination", "request-id", "X-gateway-stamp"])
      #expect(frames[0].headers["request-id"] == "r1")
      let packet = try ReadPacket(frames[0])
      #expect(packet.type == "snapshot")
      #expect(packet.columns == resource.columns.map(\.name))
      #expect(!packet.rows.isEmpty, "\(selector)")
      try expectDeclared(packet, resource)
    }
  }

  @Test(arguments: ["SEARCH.ticker", "COMMON.boards", "COMMON.engines", "COMMON.markets", "COMMON.ticker.card"])
  func selectorMayBeMissing(_ destination: String) throws {
    #expect(try Peer.connected().request(destination).map(\.command) == [.reply])
    #expect(try Peer.connected().request(destination, "").map(\.command) == [.reply])
    #expect(try Peer.connected(["selector=required"]).request(destination).map(\.command) == [.error])
  }

  @Test func everyTickerOfEveryListWorks() throws {
    let peer = try Peer.connected(tickers: 25)
    for destination in Self.streams {
      let resource = try #require(Catalogue.builtIn[destination])
      guard let parameter = resource.tickerParameter else { continue }
      let tickers = peer.market.tickers(of: resource.market)
      #expect(!tickers.isEmpty)
      for ticker in tickers {
        #expect(ticker.utf8.count <= 25)
        let frames = try peer.subscribe(destination, "\(parameter.name)=\"\(ticker)\"", id: destination + ticker)
        #expect(frames.map(\.command) == [.message])
      }
    }
    #expect(peer.market.tickers(of: "MXSE").count == 25)
  }

  /// Columns are declared ones in the declared order with the key, and cells have the form of their types.
  private func expectDeclared(_ packet: ReadPacket, _ resource: Resource) throws {
    let declared = resource.columns.filter { packet.columns.contains($0.name) }
    #expect(declared.map(\.name) == packet.columns)
    for key in resource.columns where key.isKey { #expect(packet.columns.contains(key.name)) }
    let market = Catalogue.builtIn.markets.first { $0.name == resource.market }
    for row in packet.rows {
      for (cell, column) in zip(row, declared) {
        let ids = market?.enumerations.first { $0.name == column.enumeration }?.values.map(\.id)
        #expect(fits(cell, column, ids), "\(resource.destination) \(column.name): \(cell)")
      }
    }
  }

  private func fits(_ cell: JSON, _ column: Column, _ ids: [String]?) -> Bool {
    switch (column.type, cell) {
    case (_, .null): return !column.isKey
    case (.string, .string), (.bool, .bool), (.float, .number): return true
    case (.integer, .number(let text)): return Int64(text) != nil
    case (.enumeration, .string(let id)): return ids?.contains(id) ?? false
    case (.date, .string(let text)): return shape(text) == "9999-99-99"
    case (.time, .string(let text)): return shape(text) == "99:99:99"
    case (.datetime, .string(let text)): return shape(text) == "9999-99-99 99:99:99"
    case (.fixed, .array(let parts)):
      guard parts.count == 2, let literal = parts[0].number, let decimals = parts[1].number.flatMap({ Int($0) }) else {
        return false
      }
      let fraction = literal.split(separator: ".", omittingEmptySubsequences: false).dropFirst().first
      return (fraction?.count ?? 0) == decimals
    default: return false
    }
  }

  private func shape(_ text: String) -> String { String(text.map { $0.isNumber ? "9" : $0 }) }
}
