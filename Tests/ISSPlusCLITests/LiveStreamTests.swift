import Foundation
import Testing

extension Live {
  /// Every stream by its name, and every peculiarity of a gateway: nothing is lost, nothing dies.
  @Suite struct StreamTests {
    /// All streams of the built-in catalogue with an instrument of their market, where they want one.
    @Test func everyStream() async throws {
      let simulator = try await Simulator.start()
      let search = try await simulator.run(["request", "SEARCH.ticker", "--param", "pattern=*"])
      let found = try PrintedTable(search.output)
      let pairs = zip(found["marketplace"], found["ticker"]).compactMap { market, ticker in
        ticker.map { (market ?? "", $0) }
      }
      let tickers = Dictionary(pairs) { first, _ in first }
      let catalog = try await Running.run(["catalog", "--offline"])
      let streams = catalog.output.split(separator: "\n").map { $0.split(separator: "\t").map(String.init) }
        .filter { $0[1] == "SUBSCRIBE" }
      #expect(streams.count == 25)
      for stream in streams {
        let market = String(stream[0].prefix { $0 != "." })
        let wantsTicker = stream[2].lowercased().split(separator: ",").contains("ticker")
        var asked = ["dump", stream[0], "--snapshot"]
        if wantsTicker { asked += ["--ticker", try #require(tickers[market], "no instrument of \(market)")] }
        let result = try await simulator.run(asked)
        #expect(result.status == 0, "\(stream[0]): \(result.errors)")
        let table = try PrintedTable(result.output)
        #expect(table.header.count == Int(stream[3]), "\(stream[0])")
        #expect(!table.rows.isEmpty, "\(stream[0])")
      }
    }

    @Test(
      arguments: [
        ["message-kind=text"], ["fragment=100"], ["two-frames=on"], ["unknown-command=2"], ["second-snapshot=2"],
        ["unknown-column=on"], ["published=never", "connected-headers=none"], ["receipt=after"], ["receipt=never"],
        ["unsubscribe=late-message"], ["heartbeat=10ms", "ping=20ms"], ["seqnum=repeat"], ["seqnum=backwards"],
        ["removal=full-row"], ["subprotocol=none"],
      ])
    func peculiarities(switches: [String]) async throws {
      let all = (switches + ["book-cadence=20ms"]).flatMap { ["--with", $0] }
      let simulator = try await Simulator.start(all)
      try await inScratch { folder in
        let result = try await simulator.run(
          ["dump"] + DumpTests.books + ["--duration", "1s", "--live", "live.csv", "--record", "session.capture"],
          in: folder)
        #expect(result.status == 0, "\(result.errors)")
        #expect(!result.errors.contains("stale"), "\(result.errors)")
        let live = try PrintedTable(try text(folder.appending(path: "live.csv")))
        let changes = try PrintedTable(result.output)
        #expect(live.rows.count == 60)
        #expect(changes["_change"].contains("update"))
        #expect(try changes.rebuilt(keys: ["BUYSELL", "PRICE"], withTicker: true) == live.set)
        let decoded = try await Running.run(["decode", "session.capture"], in: folder)
        #expect(decoded.status == 0, "\(decoded.errors)")
        #expect(decoded.output == result.output)
      }
    }
  }
}
