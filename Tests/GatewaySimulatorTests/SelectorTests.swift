import GatewaySimulator
import NIOCore
import STOMP
import Testing

/// The grammar of selectors.
struct SelectorTests {
  @Test(arguments: [
    ("", [] as [[String]]), ("  ", []), ("TICKER=\"MXSE.TQBR.SBER\"", [["TICKER", "MXSE.TQBR.SBER"]]),
    ("a='1' and b=\"2\"", [["a", "1"], ["b", "2"]]), ("a=\"1\"  AND  b=\"2\"", [["a", "1"], ["b", "2"]]),
    (" a = \"1\" And b=\"it's\" ", [["a", "1"], ["b", "it's"]]), ("a=''", [["a", ""]]),
    ("pattern=\"Сбер* and x\"", [["pattern", "Сбер* and x"]]), ("a='say \"x\"'", [["a", "say \"x\""]]),
  ])
  func reads(_ text: String, _ expected: [[String]]) throws {
    #expect(try Selector(text).terms.map { [$0.name, $0.value] } == expected)
  }

  @Test(arguments: [
    "a", "a=", "a=1", "a=\"1", "=\"1\"", "a=\"1\" b=\"2\"", "a=\"1\"and b=\"2\"", "a=\"1\" andb=\"2\"",
    "a=\"1\" and", "a=\"1\" or b=\"2\"", "a=\"1\" and A=\"2\"", "a=\"1\";", "{'ticker': 'X'}", "and", "a==\"1\"",
    "a=\"1\" and and b=\"2\"",
  ])
  func refuses(_ text: String) {
    #expect(throws: Selector.Fault.self) { try Selector(text) }
  }

  @Test func namesAreFoundInAnyCase() throws {
    let selector = try Selector("TICKER=\"x\"")
    #expect(selector["ticker"] == "x" && selector["Ticker"] == "x" && selector["tick"] == nil)
  }

  @Test(arguments: [
    ("MXSE.securities", "ticker='MXSE.TQBR.SBER' AND language='ru'", true),
    ("MXSE.securities", "TICKER=\"MXSE.TQBR.SBER\" and language=\"de\"", false),
    ("MXSE.securities", "TICKER=\"MXSE.TQBR.NONE\"", false), ("MXSE.securities", "TICKER=\"SBER\"", false),
    ("MXSE.securities", "TICKER=\"\"", false), ("MXSE.securities", "LANGUAGE=\"en\"", false),
    ("MXSE.securities", "TICKER=\"MXCX.CETS.USD000UTSTOM\"", false), ("MXSE.securities", nil, false),
    ("MXSE.orderbooks", "TICKER=\"MXSE.TQBR.SBER\" and LANGUAGE=\"en\"", true),
    ("MXSE.orderbooks", "TICKER=\"MXSE.TQBR.SBER\" and depth=\"5\"", false),
    ("MXSE.candles", "TICKER=\"MXSE.TQBR.SBER\" and interval=\"D1\"", true),
    ("MXSE.candles", "ticker=\"MXSE.TQBR.SBER\" and quantity=\"many\"", false),
    ("MXSE.candles", "ticker=\"MXSE.TQBR.SBER\" and till=\"yesterday\"", false),
    ("MXSE.candles", "ticker=\"MXSE.TQBR.SBER\" and till=\"2024-02-30\"", false),
    ("COMMON.news", nil, true), ("COMMON.news", "", true), ("COMMON.turnovers", "engine=\"stock\"", true),
    ("MXSE.lasttrades", "TICKER=\"MXSE.TQBR.SBER\"", false), ("mxse.securities", "TICKER=\"MXSE.TQBR.SBER\"", false),
    ("SEARCH.ticker", "pattern=\"\"", false),
  ])
  func subscriptionsAreChecked(_ destination: String, _ selector: String?, _ isGood: Bool) throws {
    let frames = try Peer.connected().subscribe(destination, selector)
    #expect(frames.map(\.command) == [isGood ? .message : .error])
    if !isGood { #expect(String(buffer: frames[0].body).hasPrefix("gateway.invalidrequest")) }
  }

  @Test(arguments: [
    ("COMMON.news.content", "ID=\"1\"", true), ("COMMON.news.content", "id=\"1\"", true),
    ("COMMON.news.content", nil, false), ("COMMON.news.content", "ID=\"x\"", false),
    ("COMMON.ticker.card", "ticker=\"MXSE.TQBR.SBER\" and cardname=\"common\"", true),
    ("COMMON.ticker.card", "ticker=\"MXSE.TQBR.SBER\" and cardname=\"constituents\"", false),
    ("COMMON.ticker.card", "ticker=\"MXSE.TQBR.SBER\" and list=\"maybe\"", false),
    ("COMMON.ticker.card", "ticker=\"MXSE.TQBR.NONE\"", false), ("MXSE.securities", "TICKER=\"MXSE.TQBR.SBER\"", false),
    ("SEARCH.ticker", "pattern=\"SBER\" and depth=\"1\"", false), ("COMMON.board", nil, false),
  ])
  func requestsAreChecked(_ destination: String, _ selector: String?, _ isGood: Bool) throws {
    let frames = try Peer.connected().request(destination, selector)
    #expect(frames.map(\.command) == [isGood ? .reply : .error])
    if !isGood { #expect(frames[0].headers["request-id"] == "r1") }
  }

  @Test(arguments: [
    ("pattern=\"SBER\"", ["MXSE.TQBR.SBER", "MXSEBB.BBRD.SBER"]),
    ("pattern=\"sbe*\"", ["MXSE.TQBR.SBER", "MXSEBB.BBRD.SBER"]),
    ("pattern=\"*BER\"", ["MXSE.TQBR.SBER", "MXSEBB.BBRD.SBER"]), ("pattern=\"BER*\"", []),
    ("pattern=\"сбербанк\" and preset=\"MXSE\"", ["MXSE.TQBR.SBER"]),
    ("ticker=\"forts.rfud.siz6\"", ["FORTS.RFUD.SiZ6"]),
    ("preset=\"RTSI\"", ["INDICES.RTSI.RTSI", "INDICES.RTSI.RVI"]), ("preset=\"nothing\"", []),
  ])
  func searchFinds(_ selector: String, _ tickers: [String]) throws {
    let packet = try ReadPacket(Peer.connected().request("SEARCH.ticker", selector)[0])
    #expect(packet.columns[0] == "ticker")
    #expect(packet.rows.map { printed($0[0]) ?? "" } == tickers)
  }

  @Test func emptyPatternFindsAll() throws {
    let peer = try Peer.connected(tickers: 3)
    let packet = try ReadPacket(peer.request("SEARCH.ticker", "pattern=\"\"")[0])
    #expect(packet.rows.count == 33)
  }
}
