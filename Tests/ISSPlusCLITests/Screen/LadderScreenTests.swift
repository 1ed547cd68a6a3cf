import ISSPlus
import MarketData
import Testing

@testable import ISSPlusCLI

/// The ladder for terminals of any size.
struct LadderScreenTests {
  private func screen(_ panels: [BookPanel], depth: Int = 10) -> LadderScreen {
    var screen = LadderScreen(panels.map(\.ticker), depth: depth)
    screen.panels = panels
    screen.line = LineWords(parts: ["connected", "7 packets (4/s)"])
    return screen
  }

  private func shown(
    _ panels: [BookPanel], _ columns: Int, _ rows: Int, depth: Int = 10, now: Int64 = testNow
  ) -> [String] {
    texts(screen(panels, depth: depth).lines(ScreenSize(columns: columns, rows: rows), now: now))
  }

  private static let sber = "MXSE.TQBR.SBER"

  @Test func aBookOn80x24() throws {
    let lines = shown([try BookMaker.panel(Self.sber)], 80, 24, now: testNow + 300_000_000)
    #expect(
      lines.joined(separator: "\n") == """
        MXSE.TQBR.SBER  live                                                   age 0.3 s
                                   bid lots   price  ask lots
                                             100.10  100   █████████████████████████████
                                             100.09  90    ██████████████████████████
                                             100.08  80    ███████████████████████
                                             100.07  70    ████████████████████▌
                                             100.06  60    █████████████████▌
                                             100.05  50    ██████████████▌
                                             100.04  40    ███████████▌
                                             100.03  30    ████████▌
                                             100.02  20    ██████
                                             100.01  10    ███
        ─────────────────────────── spread 0.02  mid 100.00 ────────────────────────────
                                  ███    10   99.99
                               ██████    20   99.98
                            ▐████████    30   99.97
                         ▐███████████    40   99.96
                      ▐██████████████    50   99.95
                   ▐█████████████████    60   99.94
                ▐████████████████████    70   99.93
              ███████████████████████    80   99.92
           ██████████████████████████    90   99.91
        █████████████████████████████   100   99.90
        connected  7 packets (4/s)
        """)
  }

  @Test func aBookOn200x50() throws {
    let lines = shown([try BookMaker.panel(Self.sber)], 200, 50, depth: 2)
    #expect(
      lines.joined(separator: "\n") == """
        MXSE.TQBR.SBER  live                                                                         age 0.0 s
                                              bid lots   price  ask lots
                                                        100.02  20    ████████████████████████████████████████
                                                        100.01  10    ████████████████████
        ────────────────────────────────────── spread 0.02  mid 100.00 ───────────────────────────────────────
                            ████████████████████    10   99.99
        ████████████████████████████████████████    20   99.98
        connected  7 packets (4/s)
        """)
  }

  @Test func narrowTerminals() throws {
    let panel = try BookMaker.panel(Self.sber)
    #expect(
      shown([panel], 40, 10).joined(separator: "\n") == """
        MXSE.TQBR.SBER  live           age 0.0 s
               bid lots   price  ask lots
                         100.03  30    █████████
                         100.02  20    ██████
                         100.01  10    ███
        ─────── spread 0.02  mid 100.00 ────────
              ███    10   99.99
           ██████    20   99.98
        █████████    30   99.97
        connected  7 packets (4/s)
        """)
    #expect(
      shown([panel], 20, 5).joined(separator: "\n") == """
        …QBR.SBER live 0.0 s
               100.01  10
        ─── spread 0.02 ────
           10   99.99
        connected
        """)
    #expect(
      shown([panel], 16, 6).joined(separator: "\n") == """
        …SBER live 0.0 s
        ask 100.01    10
        ─ spread 0.02 ──
        bid  99.99    10
        connected
        """)
    // Too narrow for a ladder, then for prices: a number is whole or not there.
    #expect(shown([panel], 15, 5) == ["SBER live", "connected"])
    #expect(shown([panel], 17, 3) == ["SBER 99.99/100.01", "connected"])
    #expect(shown([panel], 80, 3) == ["MXSE.TQBR.SBER 99.99/100.01 live", "connected  7 packets (4/s)"])
    #expect(shown([panel], 3, 1) == ["…ER"])
    #expect(shown([panel], 80, 0) == [])
  }

  @Test func severalTickersSideBySideAndBelow() throws {
    let panels = try ["MXSE.TQBR.SBER", "MXSE.TQBR.GAZP", "MXSE.TQBR.LKOH"].map { try BookMaker.panel($0, levels: 2) }
    let wide = shown(panels, 200, 50)
    #expect(wide.count == 24 + 0)
    for (place, name) in ["MXSE.TQBR.SBER", "MXSE.TQBR.GAZP", "MXSE.TQBR.LKOH"].enumerated() {
      #expect(wide[0].dropFirst(place * 67).hasPrefix(name))
      #expect(wide[11].dropFirst(place * 67).drop { $0 == " " }.hasPrefix("100.01  10    █"))
      #expect(wide[12].dropFirst(place * 67).prefix(64).contains(" spread 0.02  mid 100.00 "))
    }
    let narrow = shown(panels, 80, 24)
    #expect(
      narrow.joined(separator: "\n") == """
        MXSE.TQBR.SBER  live         age 0.0 s   MXSE.TQBR.GAZP  live         age 0.0 s
              bid lots   price  ask lots               bid lots   price  ask lots


                        100.02  20    ████████                   100.02  20    ████████
                        100.01  10    ████                       100.01  10    ████
        ────── spread 0.02  mid 100.00 ───────   ────── spread 0.02  mid 100.00 ───────
            ████    10   99.99                       ████    10   99.99
        ████████    20   99.98                   ████████    20   99.98



        MXSE.TQBR.LKOH  live         age 0.0 s
              bid lots   price  ask lots


                        100.02  20    ████████
                        100.01  10    ████
        ────── spread 0.02  mid 100.00 ───────
            ████    10   99.99
        ████████    20   99.98


        connected  7 packets (4/s)
        """)
    let small = shown(panels, 40, 10)
    #expect(
      small.joined(separator: "\n") == """
        …R.SBER live 0.0 s   …R.GAZP live 0.0 s
              100.01 10            100.01 10
        ── spread 0.02 ───   ── spread 0.02 ───
           10  99.99            10  99.99

        …R.LKOH live 0.0 s
              100.01 10
        ── spread 0.02 ───
           10  99.99
        connected  7 packets (4/s)
        """)
    // What does not fit is counted, and named as far as there is room.
    #expect(shown(panels, 50, 5).last == "1 not shown: MXSE.TQBR.LKOH  connected")
    #expect(shown(panels, 20, 5).last == "2 not shown: MXSE.T…")
    #expect(shown(panels, 14, 3) == ["SBER live", "GAZP live", "1 not shown: …"])
  }

  // MARK: States

  private func maker() throws -> BookMaker { try BookMaker(Self.sber) }

  @Test func beforeTheFirstSnapshot() throws {
    #expect(
      shown([try maker().panel], 60, 6, depth: 1) == [
        "MXSE.TQBR.SBER  waiting for the first snapshot", "", "", "", "connected  7 packets (4/s)",
      ])
  }

  @Test func aStaleBook() throws {
    var maker = try maker()
    try maker.apply(bids: [("99.99", 5)], asks: [("100.01", 7)])
    maker.lose(.disconnected)
    let lines = shown([maker.panel], 60, 7, depth: 1, now: testNow + 12_345_000_000)
    #expect(lines[0] == "MXSE.TQBR.SBER  STALE (disconnected)                age 12 s")
    #expect(lines[2].contains("spread 0.02  mid 100.00"))
    #expect(shown([maker.panel], 22, 5, now: testNow + 12_345_000_000)[0] == "….TQBR.SBER STALE 12 s")
    // Nothing of it looks live: no colour but the warning's.
    let styles = screen([maker.panel]).lines(ScreenSize(columns: 60, rows: 7), now: testNow).dropLast()
      .flatMap(\.pieces).map(\.style.tint)
    #expect(Set(styles) == [nil, .yellow])
  }

  @Test func aSubscriptionThatHasEnded() throws {
    var maker = try maker()
    maker.end("SUBSCRIBE MXSE.orderbooks: gateway.invalidrequest")
    #expect(shown([maker.panel], 80, 6)[0] == "MXSE.TQBR.SBER  SUBSCRIBE MXSE.orderbooks: gateway.invalidrequest")
    #expect(shown([maker.panel], 30, 6)[0] == "MXSE.TQBR.SBER  ended")
  }

  @Test func crossedEmptyAndOneSided() throws {
    func middle(_ bids: [(String, Int)], _ asks: [(String, Int)], width: Int = 60) throws -> String {
      var maker = try maker()
      try maker.apply(bids: bids, asks: asks)
      return shown([maker.panel], width, 6, depth: 1)[2].trimmingDashes
    }
    #expect(try middle([("100.02", 1)], [("100.00", 1)]) == "CROSSED  spread -0.02  mid 100.01")
    #expect(try middle([("100.02", 1)], [("100.00", 1)], width: 20) == "CROSSED")
    #expect(try middle([("100.00", 1)], [("100.00", 1)]) == "CROSSED  spread 0.00  mid 100.00")
    #expect(try middle([], []) == "empty")
    #expect(try middle([("100.02", 1)], []) == "no asks")
    #expect(try middle([], [("100.02", 1)]) == "no bids")
    #expect(try middle([("99.99", 1)], [("100.00", 1)]) == "spread 0.01  mid 99.995")
  }

  /// The spread stays in its row when levels come and go.
  @Test func theMiddleStays() throws {
    for levels in [0, 1, 3, 10] {
      let lines = shown([try BookMaker.panel(Self.sber, levels: levels)], 80, 24)
      #expect(lines[12].hasPrefix("────"), "\(levels)")
    }
  }

  // MARK: Marks and bars

  @Test func theLastChangeIsMarked() throws {
    var maker = try maker()
    try maker.apply(bids: [("99.99", 50), ("99.98", 60)], asks: [("100.01", 70), ("100.02", 80)])
    func marked(after milliseconds: Int64) -> [String] {
      shown([maker.panel], 24, 9, depth: 2, now: testNow + milliseconds * 1_000_000).filter {
        $0.contains("▴") || $0.contains("▾")
      }.map { $0.split(separator: " ").joined(separator: " ") }
    }
    // The first book is no change.
    #expect(marked(after: 0) == [])
    try maker.apply("updates", bids: [("99.99", 40)], asks: [("100.02", 90)], at: testNow + 1_000_000_000)
    #expect(marked(after: 1000) == ["100.02▴ 90", "40▾ 99.99"])
    try maker.apply("updates", bids: [("100.00", 5)], at: testNow + 1_400_000_000)
    #expect(marked(after: 1500) == ["100.02▴ 90", "5▴ 100.00", "40▾ 99.99"])
    // The moment is over; the last change stays marked.
    #expect(marked(after: 1700) == ["5▴ 100.00"])
    #expect(marked(after: 100_000) == ["5▴ 100.00"])
    // A packet that changes nothing leaves the mark where it is.
    try maker.apply("updates", bids: [("100.00", 5)], at: testNow + 101_000_000_000)
    #expect(marked(after: 101_000) == ["5▴ 100.00"])
    try maker.apply("removal", bids: [("100.00", 5)], at: testNow + 102_000_000_000)
    #expect(marked(after: 103_000) == [])
  }

  @Test(
    arguments: [
      (0, 100, 10, 0), (1, 100, 10, 1), (4, 100, 10, 1), (50, 100, 10, 10), (100, 100, 10, 20), (-5, 100, 10, 0),
      (Int64.max, .max, 10, 20), (Int64.max / 2, .max, 10, 10), (1, .max, 10, 1), (5, 0, 10, 0),
    ] as [(Int64, Int64, Int, Int)])
  func bars(quantity: Int64, largest: Int64, width: Int, halves: Int) {
    #expect(Bar.halves(quantity, of: largest, width: width) == halves)
    #expect(TextWidth.of(Bar.fromLeft(halves, width: width)) == width)
    #expect(TextWidth.of(Bar.fromRight(halves, width: width)) == width)
  }

  @Test func barsToHalfAColumn() {
    #expect(Bar.fromLeft(5, width: 4) == "██▌ ")
    #expect(Bar.fromRight(5, width: 4) == " ▐██")
    #expect(Bar.fromLeft(0, width: 2) == "  ")
    #expect(Bar.fromRight(4, width: 2) == "██")
  }

  @Test(
    arguments: [
      (0, "0.0 s"), (99, "0.0 s"), (100, "0.1 s"), (9999, "9.9 s"), (10_000, "10 s"), (119_999, "119 s"),
      (120_000, "2 min"), (7_199_999, "119 min"), (7_200_000, "2 h"), (-5000, "0.0 s"),
    ] as [(Int64, String)])
  func ages(milliseconds: Int64, text: String) {
    #expect(Age.text(since: testNow, now: testNow + milliseconds * 1_000_000) == text)
    #expect(Age.text(since: nil, now: testNow) == "")
  }

  // MARK: All sizes

  private static func isLevel(_ line: StyledLine) -> Bool {
    line.text.allSatisfy { $0.isNumber || " .█▌▐▴▾bidask".contains($0) }
  }

  /// Numbers beyond any market, a ticker of wide characters, one side only: no line is too wide, none too many, and what
  /// is shown of a number is all of it.
  @Test func everySize() throws {
    var large = try BookMaker("MXSE.TQBR.中文字株式")
    try large.apply(
      bids: [("92233720368.54775807", 9_223_372_036_854_775_807), ("1.5", 1)], asks: [("92233720369.5", 123_456_789)]
    )
    var stale = try BookMaker("A.B")
    try stale.apply(bids: [("1.00", 7)])
    stale.lose(.disconnected)
    let panels =
      try ["MXSE.TQBR.SBER", "MXSE.TQBR.GAZP"].map { try BookMaker.panel($0) } + [large.panel, stale.panel]
    var numbers: Set<String> = []
    for panel in panels {
      for level in Array(panel.book.bids) + Array(panel.book.asks) {
        numbers.insert(level.price.description)
        numbers.insert(String(level.quantity))
      }
    }
    var faults: [String] = []
    for count in [0, 1, 2, 4] {
      let screen = screen(Array(panels[..<count]))
      for columns in 1...130 {
        for rows in [1, 2, 3, 4, 5, 6, 7, 9, 10, 14, 24, 40] {
          let lines = screen.lines(ScreenSize(columns: columns, rows: rows), now: testNow)
          let words = lines.filter(Self.isLevel).flatMap {
            $0.text.split(whereSeparator: { " █▌▐▴▾".contains($0) }).map(String.init)
          }
          let isRight =
            lines.count <= rows && lines.allSatisfy { $0.width <= columns }
            && words.allSatisfy { $0 == "bid" || $0 == "ask" || numbers.contains($0) }
          if !isRight { faults.append("\(count) tickers on \(columns)x\(rows): \(texts(lines))") }
        }
      }
    }
    #expect(faults.isEmpty, "\(faults.prefix(3).joined(separator: "\n"))")
  }
}

extension String {
  /// Without the line around it.
  fileprivate var trimmingDashes: String {
    let words = split(separator: " ", omittingEmptySubsequences: false).filter { !$0.contains("─") }
    return words.joined(separator: " ").trimmingBlanks
  }

  private var trimmingBlanks: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
