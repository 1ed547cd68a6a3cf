import ISSPlus
import MarketData
import Testing

@testable import ISSPlusCLI

/// Tables on terminals of any size.
struct WatchScreenTests {
  /// Tables of subscriptions to one stream.
  private struct Maker {
    private var packets: [PacketTable]
    private(set) var table: WatchTable
    let destination: String

    init(_ destination: String, tickers: [String], sort: String? = nil) throws {
      self.destination = destination
      packets = try tickers.map { _ in try PacketTable(destination) }
      table = WatchTable(tickers: tickers, sort: sort)
    }

    init(schema: Schema, sort: String? = nil) {
      destination = "TEST.stream"
      packets = [PacketTable(schema: schema)]
      table = WatchTable(tickers: [""], sort: sort)
    }

    mutating func apply(
      _ part: Int, _ columns: String, _ rows: String, kind: String = "snapshot", state: TableState = .live,
      at now: Int64 = testNow
    ) throws {
      let changes = try packets[part].apply(kind, columns, rows, received: now)
      table.take(part, changes, state, packets[part].table, now: now)
    }

    mutating func lose(_ part: Int) {
      table.take(part, ChangeSet(schema: packets[part].table.schema), .stale(.disconnected), nil, now: testNow)
    }

    mutating func end(_ part: Int, _ words: String) { table.end(part, words) }

    func lines(_ columns: Int, _ rows: Int, chosen: [String]? = nil, now: Int64 = testNow) -> [StyledLine] {
      var screen = WatchScreen(destination, table: table, chosen: chosen)
      screen.line = LineWords(parts: ["connected", "7 packets (4/s)"])
      return screen.lines(ScreenSize(columns: columns, rows: rows), now: now)
    }

    func shown(_ columns: Int, _ rows: Int, chosen: [String]? = nil, now: Int64 = testNow) -> [String] {
      texts(lines(columns, rows, chosen: chosen, now: now))
    }
  }

  private static let quotes = "TICKER,CAPTION,LAST,CHANGE,BID,OFFER"

  /// Quotes of three instruments, one subscription each.
  private func quotes(sort: String? = nil) throws -> Maker {
    var maker = try Maker(
      "MXSE.securities", tickers: ["MXSE.TQBR.SBER", "MXSE.TQBR.GAZP", "MXSE.TQBR.LKOH"], sort: sort)
    try maker.apply(0, Self.quotes, #"["MXSE.TQBR.SBER","Sberbank",[306.1,2],[-1.39,2],[306.1,2],[306.14,2]]"#)
    try maker.apply(1, Self.quotes, #"["MXSE.TQBR.GAZP","GAZPROM ao",[128.49,2],null,[128.46,2],[128.49,2]]"#)
    try maker.apply(2, Self.quotes, #"["MXSE.TQBR.LKOH","ЛУКОЙЛ 中",[5355,2],[14.5,2],[5354.5,2],null]"#)
    return maker
  }

  @Test func quotesOn80x24() throws {
    #expect(
      try quotes().shown(80, 24).joined(separator: "\n") == """
        MXSE.securities  live  3 rows  age 0.0 s
        TICKER          CAPTION        LAST  CHANGE      BID   OFFER  HIGH  LOW  HIGHBID
        MXSE.TQBR.SBER  Sberbank     306.10   -1.39   306.10  306.14
        MXSE.TQBR.GAZP  GAZPROM ao   128.49           128.46  128.49
        MXSE.TQBR.LKOH  ЛУКОЙЛ 中   5355.00   14.50  5354.50
        32 columns not shown  connected  7 packets (4/s)
        """)
  }

  @Test func chosenColumns() throws {
    #expect(
      try quotes().shown(60, 10, chosen: ["OFFER", "TICKER", "CAPTION"]) == [
        "MXSE.securities  live  3 rows  age 0.0 s",
        " OFFER  TICKER          CAPTION",
        "306.14  MXSE.TQBR.SBER  Sberbank",
        "128.49  MXSE.TQBR.GAZP  GAZPROM ao",
        "        MXSE.TQBR.LKOH  ЛУКОЙЛ 中",
        "connected  7 packets (4/s)",
      ])
  }

  /// Which row it is comes first, and what it is sorted by; then as many columns and rows as fit.
  @Test func narrowTerminals() throws {
    #expect(
      try quotes(sort: "OFFER").shown(40, 5) == [
        "MXSE.securities  live  3 rows  age 0.0 s",
        "TICKER          CAPTION      OFFER",
        "MXSE.TQBR.GAZP  GAZPROM ao  128.49",
        "MXSE.TQBR.SBER  Sberbank    306.14",
        "38 columns and 1 row not shown",
      ])
    #expect(
      try quotes().shown(20, 4) == [
        "MXSE.securities live", "TICKER", "MXSE.TQBR.SBER", "40 columns and 2 ro…",
      ])
    // A number that does not fit is not shown; a text alone is cut.
    #expect(try quotes().shown(10, 4)[1...2] == ["TICKER", "MXSE.TQBR…"])
    #expect(try quotes().shown(10, 4, chosen: ["LAST", "BID"])[1...2] == ["  LAST", "306.10"])
    #expect(try quotes().shown(5, 4, chosen: ["LAST", "BID"])[1...2] == ["", ""])
    #expect(try quotes().shown(16, 4)[0] == "…securities live")
    #expect(try quotes().shown(80, 1) == ["MXSE.securities  live  3 rows  age 0.0 s"])
    #expect(try quotes().shown(80, 0) == [])
  }

  @Test func statesOfSeveralSubscriptions() throws {
    var maker = try quotes()
    maker.lose(1)
    #expect(maker.shown(80, 4)[0] == "MXSE.securities  2 live, 1 STALE (disconnected)  3 rows  age 0.0 s")
    maker.end(0, "refused")
    #expect(maker.shown(80, 4)[0] == "MXSE.securities  1 ended, 1 STALE (disconnected), 1 live  3 rows  age 0.0 s")
    // The rows of a stale table are dim.
    let styles = maker.lines(80, 10).dropFirst(2).prefix(3).map { line in
      Set(line.pieces.filter { $0.text.contains { $0 != " " } }.map(\.style))
    }
    #expect(styles == [[.dim], [.dim], [.plain]])
    let fresh = try Maker("MXSE.securities", tickers: ["MXSE.TQBR.SBER"])
    #expect(fresh.shown(80, 4) == ["MXSE.securities  waiting for the first snapshot", "connected  7 packets (4/s)"])
  }

  @Test func changedCellsAreMarkedForAMoment() throws {
    var maker = try quotes()
    func marks(_ milliseconds: Int64) -> [String] {
      maker.lines(80, 10, now: testNow + milliseconds * 1_000_000).flatMap(\.pieces).filter(\.style.isReverse).map {
        "\($0.text) \($0.style.tint.map { "\($0)" } ?? "-")"
      }
    }
    #expect(marks(0) == [])
    try maker.apply(
      0, "TICKER,LAST,BID,OFFER", #"["MXSE.TQBR.SBER",[306.2,2],[306.09,2],null]"#, kind: "updates",
      at: testNow + 1_000_000_000)
    try maker.apply(
      1, "TICKER,CAPTION,LAST,CHANGE", #"["MXSE.TQBR.GAZP","Gazprom",[128.48,3],[0,2]]"#, kind: "updates",
      at: testNow + 1_500_000_000)
    #expect(
      marks(1600) == ["306.20 green", "306.09 red", "  -", "Gazprom -", "128.480 red", "0.00 -"])
    #expect(marks(2100) == ["Gazprom -", "128.480 red", "0.00 -"])
    #expect(marks(2500) == [])
    // The row of another subscription with the same key is another row.
    try maker.apply(2, "TICKER,LAST", #"["MXSE.TQBR.NEW",[1,2]]"#, kind: "updates", at: testNow + 3_000_000_000)
    #expect(marks(3000).first == "MXSE.TQBR.NEW -")
    #expect(!marks(3000).contains { $0.hasPrefix("MXSE.TQBR.LKOH") })
  }

  // MARK: Sorting

  @Test func exactOrderAndNullsLast() throws {
    var maker = Maker(
      schema: Schema(columns: [Column("ID", .integer, key: true), Column("V", .fixed)]), sort: "V")
    try maker.apply(
      0, "ID,V",
      """
      [1,[9007199254740993,0]],[2,null],[3,[9007199254740992.5,1]],[4,[-1,0]],[5,[9007199254740992,0]],\
      [6,[10,0]],[7,[9,0]],[8,[9.0,1]],[9,null],[10,[0.1,1]]
      """)
    #expect(
      maker.shown(40, 20).dropFirst(2).prefix(10).map { $0.split(separator: " ")[0] } == [
        "4", "10", "7", "8", "6", "5", "3", "1", "2", "9",
      ])
  }

  @Test func theOrderOfCells() throws {
    func decimal(_ text: String) throws -> ExactDecimal { try #require(ExactDecimal(text)) }
    let cells: [Cell] = [
      .bool(false), .bool(true), .float(-1e300), .integer(.min), .decimal(try decimal("-0.5")),
      .integer(0), .float(0.1), .decimal(try decimal("0.1")),
      .decimal(try decimal("0.10000000000000001")), .integer(9_007_199_254_740_992),
      .integer(9_007_199_254_740_993), .integer(.max), .float(1e300), .text(""), .text("A"), .text("a"), .text("Я"),
      .text("中"), .null,
    ]
    for (left, one) in cells.enumerated() {
      for (right, other) in cells.enumerated() {
        #expect(CellOrder.compare(one, other).signum() == (left - right).signum(), "\(one) \(other)")
      }
    }
    #expect(CellOrder.compare(.decimal(try decimal("1.50")), .decimal(try decimal("1.5"))) == 0)
  }

  // MARK: Without a key

  /// News come at the end, and the newest are seen.
  @Test func aTableWithoutAKey() throws {
    var maker = Maker(schema: Schema(columns: [Column("ID", .integer), Column("TITLE", .string)]))
    try maker.apply(0, "ID,TITLE", (1...30).map { "[\($0),\"title\\n\($0)\"]" }.joined(separator: ","))
    #expect(
      maker.shown(40, 6) == [
        "TEST.stream  live  30 rows  age 0.0 s", "ID  TITLE", "28  title 28", "29  title 29", "30  title 30",
        "27 older rows not shown  connected",
      ])
  }

  @Test func aLongTextGetsTheRoomThatIsLeft() throws {
    var maker = Maker(
      schema: Schema(columns: [Column("ID", .integer, key: true), Column("TITLE", .string), Column("N", .integer)]))
    try maker.apply(0, "ID,TITLE,N", "[1,\"\(String(repeating: "中a", count: 20))\",5]")
    // 28 columns at first, so that what follows is seen; then all that is left.
    #expect(maker.shown(80, 4)[2] == " 1  \(String(repeating: "中a", count: 20))  5")
    #expect(maker.shown(40, 4)[2] == " 1  \(String(repeating: "中a", count: 10))中…  5")
    #expect(maker.shown(20, 4)[1...2] == ["ID", " 1"])
    #expect(maker.shown(20, 4)[3] == "2 columns not shown")
  }

  // MARK: Plain text

  @Test func plainText() throws {
    var table = try quotes(sort: "LAST").table
    let plain = PlainTable(destination: "MXSE.securities", chosen: ["TICKER", "LAST", "OFFER"])
    #expect(
      plain.lines(&table) == [
        "MXSE.securities  live  2024-07-01T09:18:53.789Z",
        "TICKER             LAST   OFFER",
        "MXSE.TQBR.GAZP   128.49  128.49",
        "MXSE.TQBR.SBER   306.10  306.14",
        "MXSE.TQBR.LKOH  5355.00",
      ])
  }

  @Test func everySize() throws {
    var maker = try quotes()
    maker.lose(2)
    for columns in 1...140 {
      for rows in 1...12 {
        let lines = maker.lines(columns, rows)
        #expect(lines.count <= rows && lines.allSatisfy { $0.width <= columns }, "\(columns)x\(rows)")
        for line in lines.dropFirst(2).dropLast() {
          let numbers = line.text.split(separator: " ").filter { $0.first?.isNumber == true }
          #expect(
            numbers.allSatisfy {
              ["306.10", "306.14", "128.49", "128.46", "5355.00", "14.50", "5354.50"].contains($0)
            }, "\(columns)x\(rows): \(line.text)")
        }
      }
    }
  }
}
