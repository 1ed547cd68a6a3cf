import GatewaySimulator
import MarketData
import STOMP
import Testing

/// Packets put into a dictionary, one after another, give what the simulator says it has sent.
struct TruthTests {
  /// A table kept in the plainest way.
  private struct Mirror {
    let columns: [String]
    let keys: [String]
    var rows: [[String: String]] = []

    mutating func apply(_ packet: ReadPacket) {
      let rows = packet.rows.map { row in Dictionary(uniqueKeysWithValues: zip(packet.columns, row)) }
      if packet.type == "snapshot" { self.rows = [] }
      for row in rows {
        let place =
          keys.isEmpty ? nil : self.rows.firstIndex { old in keys.allSatisfy { old[$0] == row[$0].flatMap(printed) } }
        if packet.type == "removal" {
          if let place { self.rows.remove(at: place) }
          continue
        }
        let target = place ?? self.rows.count
        if place == nil { self.rows.append([:]) }
        for (column, cell) in row { self.rows[target][column] = printed(cell) }
      }
    }
  }

  static let selectors: [(String, String)] = Catalogue.builtIn.markets.flatMap(\.streams).map { stream in
    let tickers = SimulatedMarket().tickers(of: stream.market)
    return (stream.destination, stream.tickerParameter.map { "\($0.name)=\"\(tickers[0])\"" } ?? "")
  }

  @Test(
    arguments: selectors,
    [[], ["removal=full-row"], ["second-snapshot=3"], ["two-frames=on", "unknown-command=2"], ["rate"], ["slow"]])
  func packetsGiveTheTruth(_ stream: (String, String), _ variant: [String]) throws {
    let resource = try #require(Catalogue.builtIn[stream.0])
    let switches = variant.filter { $0.contains("=") } + ["candle-cadence=2s"]
    let peer = try Peer.connected(switches, rate: variant == ["rate"] ? 8 : nil)
    let isCandles = resource.name == "candles"
    let selector = isCandles ? stream.1 + " and interval=\"M1\" and quantity=\"5\"" : stream.1
    var mirror = Mirror(
      columns: resource.columns.map(\.name), keys: resource.columns.filter(\.isKey).map(\.name))
    var frames = try peer.subscribe(stream.0, selector)
    for round in 0..<10 {
      frames += try peer.pass(milliseconds: 4000, canSend: variant != ["slow"] || round % 4 == 0)
      for frame in frames where frame.command == .message { mirror.apply(try ReadPacket(frame)) }
      frames = []
      let truth = try #require(peer.session.currentTable(stream.0, selector))
      #expect(truth.columns == mirror.columns)
      #expect(truth.dictionaries == mirror.rows)
    }
    if variant == ["slow"] { #expect(peer.session.skippedCount > 0) }
  }

  @Test func pausedStreamsAreSilentAndTheTableTellsItsSeqnum() throws {
    let peer = try Peer.connected()
    try peer.subscribe("MXSE.orderbooks", "TICKER=\"MXSE.TQBR.SBER\"")
    let last = try #require(peer.pass(milliseconds: 3000).last)
    peer.market.isPaused = true
    #expect(try peer.pass(milliseconds: 10_000).isEmpty)
    #expect(try peer.session.currentTable("MXSE.orderbooks")?.seqnum == ReadPacket(last).seqnum)
    peer.market.isPaused = false
    #expect(try !peer.pass(milliseconds: 1000).isEmpty)
  }

  @Test func tablesPrintAsCSV() throws {
    let peer = try Peer.connected()
    let frame = try peer.subscribe("COMMON.news", "language=\"en\"")[0]
    let csv = try #require(peer.session.currentTable("COMMON.news")?.csv)
    let lines = csv.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count == 22 && lines[0] == "ID,CAPTION,SHORTCUT,PUBLIC_TIME" && lines[21] == "")
    for (line, row) in zip(lines.dropFirst(), try ReadPacket(frame).rows) {
      let caption = (printed(row[1]) ?? "").split(separator: "\"", omittingEmptySubsequences: false)
      let fields = [
        printed(row[0]) ?? "", "\"" + caption.joined(separator: "\"\"") + "\"", printed(row[2]) ?? "",
        printed(row[3]) ?? "",
      ]
      #expect(line == fields.joined(separator: ","))
    }
  }

  @Test func newsAreRemovedByKeyOrByRow() throws {
    for (word, width) in [("keys", 1), ("full-row", 4)] {
      let peer = try Peer.connected(["removal=\(word)"])
      try peer.subscribe("COMMON.news")
      let packets = try peer.pass(milliseconds: 60_000).map { try ReadPacket($0) }
      #expect(Set(packets.map(\.type)) == ["updates", "removal"])
      #expect(packets.filter { $0.type == "removal" }.allSatisfy { $0.columns.count == width })
    }
  }

  @Test func rowsOfSecuritiesComeInParts() throws {
    let peer = try Peer.connected()
    try peer.subscribe("MXSE.securities", "TICKER=\"MXSE.TQBR.SBER\"")
    let packets = try peer.pass(milliseconds: 60_000).map { try ReadPacket($0) }
    #expect(packets.count > 20)
    #expect(packets.allSatisfy { $0.type == "updates" && $0.columns.first == "TICKER" && $0.columns.count < 41 })
    #expect(Set(packets.map(\.columns)).count > 5)
  }

  @Test func rateIsKeptOverAllSubscriptions() throws {
    let peer = try Peer.connected(rate: 1000)
    for ticker in peer.market.tickers(of: "MXSE") {
      try peer.subscribe("MXSE.orderbooks", "TICKER=\"\(ticker)\"", id: ticker)
    }
    try peer.pass(milliseconds: 100)
    let count = try peer.pass(milliseconds: 2000).count
    #expect((1900...2100).contains(count), "\(count)")
  }
}
