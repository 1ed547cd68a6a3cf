import GatewaySimulator
import MarketData
import NIOCore
import STOMP
import Testing

/// The market is the same for the same seed, and it makes sense.
struct MarketTests {
  private func conversation(seed: UInt64) throws -> Peer {
    let peer = try Peer.connected(seed: seed)
    try peer.subscribe("MXSE.orderbooks", "TICKER=\"MXSE.TQBR.SBER\"", id: "book")
    try peer.subscribe("MXSE.securities", "TICKER=\"MXSE.TQBR.SBER\"", id: "row")
    try peer.subscribe("MXSE.candles", "ticker=\"MXSE.TQBR.SBER\" and interval=\"M1\"", id: "candles")
    try peer.subscribe("COMMON.news", id: "news")
    try peer.subscribe("COMMON.turnovers", id: "turnovers")
    try peer.request("SEARCH.ticker", "pattern=\"\"")
    try peer.pass(milliseconds: 30_000)
    return peer
  }

  @Test func sameSeedGivesSameBytes() throws {
    let first = try conversation(seed: 7).messages
    #expect(first.count > 100)
    #expect(try conversation(seed: 7).messages == first)
    #expect(try conversation(seed: 8).messages != first)
  }

  @Test func numbersGrowByUnevenStepsAboveDoubles() throws {
    let peer = try Peer.connected()
    try peer.subscribe("MXSE.orderbooks", "TICKER=\"MXSE.TQBR.SBER\"")
    let numbers = try peer.pass(milliseconds: 20_000).map { try #require(ReadPacket($0).seqnum) }
    let steps = zip(numbers, numbers.dropFirst()).map { $1 - $0 }
    #expect(numbers.allSatisfy { $0 > 1 << 53 })
    #expect(steps.allSatisfy { (1...8).contains($0) })
    #expect(Set(steps).count > 3)
  }

  @Test(arguments: [("repeat", 0), ("backwards", -20)]) func numbersCanMisbehave(_ word: String, _ lowest: Int) throws {
    let peer = try Peer.connected(["seqnum=\(word)"])
    try peer.subscribe("MXSE.orderbooks", "TICKER=\"MXSE.TQBR.SBER\"")
    let numbers = try peer.pass(milliseconds: 20_000).map { Int(try #require(ReadPacket($0).seqnum)) }
    #expect(zip(numbers, numbers.dropFirst()).map { $1 - $0 }.min() == lowest)
  }

  @Test(arguments: [
    ("MXSE.orderbooks", "MXSE.TQBR.SBER", 1), ("MXSE.orderbooks", "MXSE.TQBR.LKOH", 50),
    ("MXCX.orderbooks", "MXCX.CETS.USD000UTSTOM", 25), ("MXAGRO.orderbooks", "MXAGRO.AGRO.SUGAR", 500),
    ("MXSEBB.orderbooks", "MXSEBB.BBRD.NVTK", 20),
  ])
  func booksAreOneAscendingListWithoutACross(_ destination: String, _ ticker: String, _ tick: Int) throws {
    let peer = try Peer.connected()
    let selector = "TICKER=\"\(ticker)\""
    var frames = try peer.subscribe(destination, selector)
    frames += try peer.pass(milliseconds: 40_000)
    #expect(frames.count > 100)
    var bodies: Set<[String]> = []
    var stamps: [Int] = []
    for frame in frames {
      let packet = try ReadPacket(frame)
      #expect(packet.type == "snapshot")
      let sides = packet.rows.map { printed($0[0]) ?? "" }
      #expect(sides == Array(repeating: "B", count: 10) + Array(repeating: "S", count: 10))
      let prices = packet.rows.compactMap { printed($0[1])?.filter { $0 != "." } }.compactMap { Int($0) }
      #expect(prices.count == 20)
      #expect(zip(prices, prices.dropFirst()).allSatisfy { $0 < $1 })
      #expect(prices.allSatisfy { $0 > 0 && $0.isMultiple(of: tick) })
      #expect(packet.rows.allSatisfy { (Int(printed($0[2]) ?? "") ?? 0) > 0 })
      bodies.insert(packet.rows.flatMap { $0.map { printed($0) ?? "" } })
      stamps.append(try #require(frame.headers["X-gateway-stamp"].flatMap { Int($0) }))
    }
    #expect(zip(stamps, stamps.dropFirst()).allSatisfy { $1 - $0 >= 250 })
    #expect(bodies.count > frames.count * 9 / 10)
  }

  @Test func aBookThatDoesNotChangeSaysNothing() throws {
    let peer = try Peer.connected(["book-depth=0"])
    let frames = try peer.subscribe("MXSE.orderbooks", "TICKER=\"MXSE.TQBR.SBER\"")
    #expect(try ReadPacket(frames[0]).rows.isEmpty)
    #expect(String(buffer: frames[0].body).hasSuffix("\n\"data\":[]}"))
    #expect(try peer.pass(milliseconds: 10_000).isEmpty)
  }

  @Test func bodyIsWrittenAsRecorded() throws {
    let frame = try Peer.connected().subscribe("MXSE.orderbooks", "TICKER=\"MXSE.TQBR.SBER\"")[0]
    let lines = String(buffer: frame.body).split(separator: "\n", omittingEmptySubsequences: false)
    try #require(lines.count == 3)
    #expect(lines[0].hasPrefix("{\"properties\":{\"type\":\"snapshot\",\"seqnum\":569811206658952"))
    #expect(lines[0].hasSuffix(",\"published\":1719825533789,\"timestamp\":1719825533789},"))
    #expect(lines[1] == "\"columns\":[\"BUYSELL\",\"PRICE\",\"QUANTITY\",\"REPOVALUE\"],")
    #expect(lines[2].hasPrefix("\"data\":[[\"B\",["))
    #expect(lines[2].contains(",null],["))
    #expect(frame.headers["X-gateway-stamp"] == "1719825533790")
  }

  @Test func aDaysFiguresFitTogether() throws {
    let peer = try Peer.connected()
    try peer.subscribe("MXSE.securities", "TICKER=\"MXSE.TQBR.SBER\"")
    for _ in 0..<50 {
      try peer.pass(milliseconds: 3000)
      let row = try #require(peer.session.currentTable("MXSE.securities")?.dictionaries.first)
      func cents(_ column: String) throws -> Int { try #require(Int(row[column, default: ""].filter { $0 != "." })) }
      #expect(try cents("LOW") <= cents("LAST") && cents("LAST") <= cents("HIGH"))
      #expect(try cents("BID") < cents("OFFER"))
      #expect(try cents("BID") <= cents("HIGHBID") && cents("OFFER") >= cents("LOWOFFER"))
      #expect(try cents("CHANGE") == cents("LAST") - cents("PREVPRICE"))
      #expect(try cents("PRICEMINUSPREVWAPRICE") == cents("LAST") - cents("PREVWAPRICE"))
      #expect(try cents("LOW") <= cents("WAPRICE") && cents("WAPRICE") <= cents("HIGH"))
      #expect(row["REPOVALUE"] == nil && row["BASEPRICE"] == nil && row["LCLOSEPRICE"] == nil)
    }
  }

  @Test(arguments: [("en", "Sberbank"), ("ru", "Сбербанк")]) func namesFollowTheLanguage(
    _ language: String, _ name: String
  ) throws {
    let peer = try Peer.connected()
    try peer.subscribe("MXSE.securities", "TICKER=\"MXSE.TQBR.SBER\" and LANGUAGE=\"\(language)\"")
    #expect(peer.session.currentTable("MXSE.securities")?.dictionaries.first?["CAPTION"] == name)
  }
}
