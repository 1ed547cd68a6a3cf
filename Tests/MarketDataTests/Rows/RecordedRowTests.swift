import NIOCore
import Testing

@testable import MarketData

/// The row types on what the gateway has sent (samples of the exchange's protocol, beside the project).
@Suite struct RecordedRowTests {
  static let samples = Files.parent(Files.root) + "/shared/issplus/samples/"
  static let areThere = Files.text(of: samples + "README.md") != nil

  /// The bodies of a file with one body, or with an array of them.
  private func bodies(_ path: String) throws -> [String] {
    let text = try #require(Files.text(of: Self.samples + path))
    guard text.hasPrefix("[") else { return [text] }
    return text.dropFirst().dropLast(text.hasSuffix("\n") ? 2 : 1).split(separator: ",\n{\"properties\"")
      .enumerated().map { $0 == 0 ? String($1) : "{\"properties\"" + $1 }
  }

  @Test("the recorded candles", .enabled(if: areThere, "../shared is absent"))
  func candles() throws {
    var feed = Feed(Schema(try #require(Catalogue.builtIn["MXSE.candles"])))
    for body in try bodies("candles-2026-01-22/candles.snapshot-last5.json") { _ = try feed.changes(body) }
    var candles = try feed.table.rows(as: Candle.self)
    #expect(candles.count == 5)
    let first = try #require(candles.first)
    #expect(first.from == MoscowDateTime("2026-01-18 00:00:00") && first.till == MoscowDateTime("2026-01-18 23:59:57"))
    #expect(
      [first.open, first.high, first.low, first.close, first.value].map { $0?.description }
        == ["301.28", "301.89", "301.10", "301.86", "259434912.83"])
    #expect(first.volume == 860_536)
    let updates = try bodies("candles-2026-01-22/candles.updates.json")
    #expect(updates.count == 5)
    for body in updates {
      let changes = try feed.changes(body).rows(as: Candle.self)
      #expect(changes.count == 1 && changes[0].kind == .update)
      #expect(changes[0].before?.from == changes[0].after?.from)
    }
    candles = try feed.table.rows(as: Candle.self)
    #expect(candles.count == 5)
    #expect(candles.last?.till == MoscowDateTime("2026-01-22 09:59:11"))
    #expect(candles.last?.volume == 1_457_394 && candles.last?.value?.description == "446592617.08")
  }

  @Test("the recorded quote", .enabled(if: areThere, "../shared is absent"))
  func quote() throws {
    var feed = Feed(Schema(try #require(Catalogue.builtIn["MXSE.securities"])))
    for body in try bodies("securities-2026-01-22/securities.merged-row.json") { _ = try feed.changes(body) }
    let updates = try bodies("securities-2026-01-22/securities.updates.json")
    #expect(updates.count == 5)
    var depths: [Int64?] = []
    for body in updates { depths += try feed.changes(body).rows(as: Quote.self).map { $0.after?.bidDepthT } }
    // A value may be sent again: "present" is not "changed".
    #expect(depths == [1_685_771, 1_685_741, 1_685_739, 1_685_738])
    let quote = try #require(try feed.table.rows(as: Quote.self).first)
    #expect(quote.ticker == "MXSE.TQBR.SBER" && quote.caption == "Sberbank")
    #expect(quote.bid?.description == "306.12" && quote.offer?.description == "306.13")
    #expect(quote.change?.description == "-0.37" && quote.priceMinusPrevWAPrice?.description == "0.70")
    #expect(quote.volToday?.description == "1322706" && quote.valToday?.description == "405377496")
    #expect(quote.issueSize == 21_586_948_000 && quote.lotSize == 1 && quote.faceValue?.description == "3")
    #expect(quote.settleDate1 == MoscowDate("2026-01-23") && quote.settleDate2 == nil)
    #expect(quote.time == MoscowTime("09:51:20") && quote.tradingStatus == "T" && quote.status == "A")
    #expect(quote.lClosePrice == nil && quote.dpValIndicatorBuy == nil && quote.settleCode == "Y1")
  }
}
