import Foundation
import Testing

@testable import ISSPlusCLI

extension Live {
  /// `book`, `watch` and the status lines on a terminal of a known size.
  @Suite(.serialized, .enabled(if: Tmux.isInstalled, "needs tmux")) struct ScreenTests {
    private static let ticker = "MXSE.TQBR.SBER"
    private static let still = ["--with", "book-cadence=1h"]

    /// The numbers of each row of a ladder, as `price size` or `size price`; `-` for the spread.
    private func ladder(_ rows: [String]) -> [String] {
      rows.compactMap { row in
        if row.contains("─") { return "-" }
        guard !row.isEmpty, row.allSatisfy({ $0.isNumber || " .█▌▐▴▾".contains($0) }) else { return nil }
        return row.split(whereSeparator: { " █▌▐▴▾".contains($0) }).joined(separator: " ")
      }
    }

    /// A book that does not move and is the same for every client: a recording that is served at once.
    private func stillBook(in folder: URL) async throws -> Simulator {
      let market = try await Simulator.start()
      let recording = try await market.run(
        ["record", "MXSE.orderbooks", "--ticker", Self.ticker, "--output", "book.capture", "--duration", "1s"],
        in: folder)
      try #require(recording.status == 0, "\(recording.errors)")
      return try await Simulator.start(["--replay", "book.capture", "--speed", "max"], in: folder)
    }

    /// What a ladder has to show, from the recording.
    private func expected(levels: Int, in folder: URL) async throws -> [String] {
      let table = try PrintedTable(
        try await Running.run(["decode", "--snapshot", "book.capture"], in: folder).output)
      let levelsOf = { (side: String) -> [(price: String, size: String)] in
        table.rows.filter { $0[0] == side }.map { ($0[1] ?? "", $0[2] ?? "") }.sorted {
          (Double($0.price) ?? 0) > (Double($1.price) ?? 0)
        }
      }
      let asks = levelsOf("S").suffix(levels).map { "\($0.price) \($0.size)" }
      let bids = levelsOf("B").prefix(levels).map { "\($0.size) \($0.price)" }
      return asks + ["-"] + bids
    }

    /// The terminal is as it was: cursor, screen, wrapping, echo, a prompt at the beginning of a row.
    private func expectWhole(
      _ tmux: Tmux, after what: String, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
      try await tmux.until("the prompt after \(what)") { $0.last == "$" }
      #expect(try await tmux.modes() == "1 0 1", "\(what)", sourceLocation: sourceLocation)
      try await tmux.type("stty -a | grep -c ' echo '; echo status $?")
      try await tmux.until("echo after \(what)") { $0.suffix(3) == ["1", "status 0", "$"] }
    }

    @Test func theLadderOnTwoSizes() async throws {
      try await inScratch { folder in
        let simulator = try await stillBook(in: folder)
        let all = try await expected(levels: 10, in: folder)
        let middle = try #require(all.firstIndex(of: "-"))
        try #require(middle >= 4 && all.count - middle > 4, "\(all)")
        try await Tmux.with(80, 24, url: simulator.url) { tmux in
          try await tmux.type("clear; issplus book \(Self.ticker)")
          let small = try await tmux.until("the ladder on 80x24") {
            ladder($0) == all && $0.count == 24 && $0[23].hasPrefix("connected  ")
          }
          #expect(small[0].hasPrefix("\(Self.ticker)  live ") && TextWidth.of(small[0]) == 80, "\(small[0])")
          #expect(small[12].contains(" spread ") && TextWidth.of(small[12]) == 80)
          #expect(small.allSatisfy { TextWidth.of($0) <= 80 })
          #expect(try await tmux.isWithoutWraps())
          #expect(try await tmux.modes() == "0 1 0")

          try await tmux.resize(200, 50)
          let large = try await tmux.until("the ladder on 200x50") { ladder($0) == all && TextWidth.of($0[0]) > 90 }
          #expect(large.count == 24 && large[12].contains(" spread "))
          #expect(try await tmux.isWithoutWraps())

          try await tmux.resize(40, 8)
          let two = Array(all[(middle - 2)...(middle + 2)])
          let narrow = try await tmux.until("the ladder on 40x8") { ladder($0) == two }
          #expect(narrow.allSatisfy { TextWidth.of($0) <= 40 })
          #expect(try await tmux.isWithoutWraps())

          try await tmux.resize(20, 5)
          let one = Array(all[(middle - 1)...(middle + 1)])
          try await tmux.until("the ladder on 20x5") { ladder($0) == one && $0.last == "connected" }
          #expect(try await tmux.isWithoutWraps())

          try await tmux.resize(80, 24)
          try await tmux.until("the ladder on 80x24 again") { ladder($0) == all }

          // Keys are not shown, and do not reach the shell.
          try await tmux.press("x", "y", "z")
          try await tmux.press("C-c")
          // The last ladder stays; its first row has made room for the prompt.
          let left = try await tmux.until("the prompt") { $0.last == "$" }
          #expect(left.count == 24 && ladder(left) == all, "\(left)")
          try await expectWhole(tmux, after: "Ctrl-C")
        }
      }
    }

    @Test func severalLaddersThatMove() async throws {
      let simulator = try await Simulator.start(["--with", "book-cadence=20ms"])
      let tickers = ["MXSE.TQBR.SBER", "MXSE.TQBR.GAZP", "MXSE.TQBR.LKOH"]
      try await Tmux.with(80, 24, url: simulator.url) { tmux in
        try await tmux.type("clear; issplus book \(tickers.joined(separator: " ")) --depth 3")
        let two = try await tmux.until("two ladders beside each other, one below") { rows in
          rows.count == 20 && rows[0].hasPrefix(tickers[0]) && rows[0].dropFirst(41).hasPrefix(tickers[1])
            && rows[10].hasPrefix(tickers[2]) && rows.contains { $0.contains("▴") }
            && rows.contains { $0.contains("▾") }
        }
        #expect(two[5].components(separatedBy: " spread ").count == 3)
        #expect(try await tmux.isWithoutWraps())
        try await tmux.resize(40, 6)
        try await tmux.until("what is left out") { $0.last?.hasPrefix("1 not shown: MXSE.TQBR.LKOH") == true }
        #expect(try await tmux.isWithoutWraps())
        try await tmux.resize(200, 50)
        try await tmux.until("three ladders beside each other") { rows in
          rows.count == 10 && tickers.enumerated().allSatisfy { rows[0].dropFirst($0 * 67).hasPrefix($1) }
        }
        try await tmux.press("C-c")
        let left = try await tmux.until("the prompt") { $0.last == "$" }
        // Each ladder once: nothing of the alternate screen is left on the other.
        #expect(left.count { $0.contains(" spread ") } == 1, "\(left)")
        try await expectWhole(tmux, after: "Ctrl-C")
      }
    }

    /// SIGTERM, Ctrl-Z and `fg`, Ctrl-\, an error: each gives the terminal back.
    @Test func everyWayOut() async throws {
      let simulator = try await Simulator.start(Self.still)
      try await Tmux.with(80, 24, url: simulator.url) { tmux in
        func start(_ options: String = "") async throws {
          try await tmux.type("clear; bash -c 'echo $$ >pid; exec issplus book \(Self.ticker) --depth 2 \(options)'")
          try await tmux.until("the ladder") { $0.first?.hasPrefix("\(Self.ticker)  live") == true && $0.count == 8 }
        }
        try await start()
        try await tmux.press("C-z")
        try await tmux.until("the stopped job") { $0.last == "$" && $0.contains { $0.contains("Stopped") } }
        #expect(try await tmux.modes() == "1 0 1")
        try await tmux.type("clear; fg")
        try await tmux.until("the ladder again") {
          $0.first?.hasPrefix("\(Self.ticker)  live") == true && $0.count == 8
        }
        #expect(try await tmux.modes() == "0 1 0")
        // From another place, as `kill` does it.
        _ = try await Running.shell("kill -TERM $(cat \(tmux.file("pid").path))")
        try await expectWhole(tmux, after: "SIGTERM")

        try await start("--no-reconnect")
        try await tmux.press("C-\\")
        try await tmux.until("the prompt") { $0.last == "$" && $0.contains { $0.contains("Quit") } }
        try await expectWhole(tmux, after: "Ctrl-\\")

        try await start("--no-reconnect")
        simulator.running.signal(SIGKILL)
        let rows = try await tmux.until("the end") { $0.last == "$" }
        #expect(rows.contains { $0.hasPrefix("issplus: ") && $0.contains("the line was lost") }, "\(rows)")
        #expect(rows.first?.hasPrefix(Self.ticker) == true, "\(rows)")
        try await expectWhole(tmux, after: "an error")
      }
    }

    @Test func theTableOnTwoSizes() async throws {
      let simulator = try await Simulator.start()
      try await Tmux.with(80, 24, url: simulator.url) { tmux in
        let tickers = ["MXSE.TQBR.SBER", "MXSE.TQBR.GAZP", "MXSE.TQBR.LKOH"].map { "--ticker \($0)" }
        try await tmux.type("clear; issplus watch MXSE.securities \(tickers.joined(separator: " ")) --sort LAST")
        func lasts(_ rows: [String]) -> [Double] {
          guard rows.count == 6, let end = rows[1].range(of: "LAST")?.upperBound else { return [] }
          let column = rows[1].distance(from: rows[1].startIndex, to: end)
          return rows[2..<5].compactMap { row in
            row.prefix(column).split(separator: " ").last.flatMap { Double($0) }
          }
        }
        let small = try await tmux.until("the table on 80x24") { lasts($0).count == 3 }
        #expect(small[0].hasPrefix("MXSE.securities  live  3 rows  age "))
        #expect(lasts(small) == lasts(small).sorted())
        #expect(small[1].hasPrefix("TICKER          CAPTION"))
        #expect(
          Set(small[2..<5].map { String($0.prefix(14)) }) == ["MXSE.TQBR.SBER", "MXSE.TQBR.GAZP", "MXSE.TQBR.LKOH"])
        #expect(small[5].contains(" columns not shown  connected  "), "\(small[5])")
        #expect(try await tmux.isWithoutWraps())
        // Changed cells stand in reverse video for a moment.
        let deadline = ContinuousClock.now + Running.limit
        while try await !tmux.screen("-e").joined().contains("\u{1B}[7m"), ContinuousClock.now < deadline {}
        #expect(ContinuousClock.now < deadline)

        try await tmux.resize(200, 50)
        let large = try await tmux.until("more columns") { lasts($0).count == 3 && $0[1].contains("NUMTRADES") }
        #expect(large.allSatisfy { TextWidth.of($0) <= 200 })
        #expect(try await tmux.isWithoutWraps())
        try await tmux.resize(30, 4)
        try await tmux.until("fewer rows") { $0.count == 4 && $0[3].contains("columns and 2 rows") }
        #expect(try await tmux.isWithoutWraps())
        try await tmux.press("C-c")
        try await expectWhole(tmux, after: "Ctrl-C")
      }
    }

    /// Rows and status on one terminal: the status stands below the rows, in none of them, and goes with the command.
    @Test func rowsAndStatusOnOneTerminal() async throws {
      let simulator = try await Simulator.start()
      try await Tmux.with(120, 24, url: simulator.url) { tmux in
        let dump = "issplus dump MXSE.orderbooks --ticker \(Self.ticker) --columns BUYSELL,PRICE,QUANTITY"
        try await tmux.type("clear; \(dump) --record session.capture")
        let rows = try await tmux.until("rows with the status below") {
          $0.count == 24 && $0[23].contains(" recorded, 1 live, ") && $0[23].contains(" packets (")
        }
        let isRow = { (row: String) in
          row.wholeMatch(of: /20\S+Z,\d+,20\S+Z,(insert|update|remove),MXSE\.TQBR\.SBER,[BS],\d+\.\d\d,\d+/) != nil
        }
        #expect(rows.dropLast().allSatisfy(isRow), "\(rows)")
        try await tmux.press("C-c")
        let left = try await tmux.until("the prompt") { $0.last == "$" }
        #expect(left.dropLast().allSatisfy(isRow), "\(left)")
        try await expectWhole(tmux, after: "Ctrl-C")

        try await tmux.type("clear; issplus record MXSE.orderbooks --ticker \(Self.ticker) --output other.capture")
        try await tmux.until("the status of record") { $0.count == 1 && $0[0].contains("kB recorded, 1 live, ") }
        try await tmux.press("C-c")
        let told = try await tmux.until("the prompt") { $0.last == "$" }
        #expect(told.count == 2 && told[0].hasPrefix("issplus: ") && told[0].hasSuffix(" bytes recorded"), "\(told)")
      }
    }

    @Test func whatIsWaitedFor() async throws {
      let simulator = try await Simulator.start(["--with", "silent=SEARCH.ticker"])
      try await Tmux.with(60, 10, url: simulator.url) { tmux in
        try await tmux.type("clear; issplus request SEARCH.ticker --param pattern=X --timeout 50s")
        // A busy machine may show no status for a second: from two on each is one.
        try await tmux.until("the status") { rows in
          let status =
            rows.count == 1 ? rows[0].wholeMatch(of: /waiting for the reply to SEARCH\.ticker, (\d+) s/) : nil
          return status.flatMap { Int($0.1) }.map { $0 >= 2 } == true
        }
        try await tmux.press("C-c")
        try await tmux.until("the prompt") { $0 == ["issplus: interrupted", "$"] }

        try await tmux.type("clear; issplus simulate --with book-cadence=20ms")
        try await tmux.until("the status of simulate") {
          $0.count == 2 && $0[0].hasPrefix("ws://127.0.0.1:")
            && $0[1].hasPrefix("0 connections, 0 subscriptions, 0 packets")
        }
        try await tmux.press("C-c")
        try await tmux.until("the prompt") { $0.count == 2 && $0[0].hasPrefix("ws://") && $0[1] == "$" }

        // A file that takes its time, whatever the machine; the rows go elsewhere.
        let file = Folders.root.appending(path: UsageTests.book).path
        let slow = "while cat '\(file)'; do sleep 0.1; done"
        let other = "tee >(issplus decode - >other 2>told)"
        try await tmux.type("clear; \(slow) 2>/dev/null | \(other) | issplus decode - | cat >rows")
        try await tmux.until("the progress of decode") { rows in
          rows.last?.wholeMatch(of: /standard input: \d+\.\d kB, \d+\.\d kB\/s/) != nil
        }
        try await tmux.press("C-c")
        try await tmux.until("the prompt") { $0.last == "$" }
        // Elsewhere than on a terminal there is none, for the same input.
        #expect(try !text(tmux.file("other")).isEmpty)
        #expect(try !text(tmux.file("told")).contains("kB/s"))
      }
    }
  }

  /// `watch` into a pipe.
  @Suite struct WatchTests {
    private static let book = ["watch", "MXSE.orderbooks", "--ticker", "MXSE.TQBR.SBER"]

    @Test func aTableInAPipe() async throws {
      let simulator = try await Simulator.start(["--with", "book-cadence=20ms"])
      let watch = try simulator.begin(Self.book + ["--sort", "PRICE", "--columns", "PRICE,QUANTITY,BUYSELL"])
      try await watch.until("two tables") { watch.output.components(separatedBy: "\n\n").count > 2 }
      watch.signal(SIGINT)
      let result = try await watch.end()
      #expect(result.status == 0)
      #expect(result.errors == "")
      #expect(!result.output.contains("\u{1B}"))
      let tables = result.output.components(separatedBy: "\n\n")
      for table in tables.dropLast() {
        let lines = table.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        #expect(lines[0].starts(with: ["MXSE.orderbooks", "live"]), "\(lines[0])")
        #expect(lines[1] == ["PRICE", "QUANTITY", "BUYSELL"])
        let prices = lines.dropFirst(2).compactMap { Double($0[0]) }
        #expect(prices.count >= 20 && prices == prices.sorted())
        #expect(lines.dropFirst(2).allSatisfy { $0.count == 3 && ["B", "S"].contains($0[2]) })
      }
      let head = try await simulator.shell(
        "issplus \(Self.book.joined(separator: " ")) | head -2; echo ${PIPESTATUS[0]}")
      #expect(head.output.split(separator: "\n").count == 3 && head.output.hasSuffix("\n0\n"), "\(head.output)")
    }

    @Test(
      arguments: [
        (["--sort", "VOLUME"], Int32(64), "no column VOLUME; there are BUYSELL, PRICE, QUANTITY, REPOVALUE"),
        (["--columns", "PRICE,VOLUME"], 64, "no column VOLUME; there are BUYSELL, PRICE, QUANTITY, REPOVALUE"),
        (["--ticker", "MXSE.TQBR.NOBODY", "--timeout", "10s"], 76, "gateway.invalidrequest"),
      ])
    func whatCannotBe(options: [String], status: Int32, words: String) async throws {
      let simulator = try await Simulator.start()
      let running = try simulator.begin(Self.book + options)
      if status == 76 {
        try await running.until("the refusal") { running.errors.contains(words) && !running.output.isEmpty }
        running.signal(SIGTERM)
      }
      let result = try await running.end()
      #expect(result.status == status)
      #expect(result.errors.contains(words), "\(result.errors)")
      #expect(result.output.isEmpty == (status == 64))
    }

    @Test func aLineThatIsLost() async throws {
      let simulator = try await Simulator.start()
      let running = try simulator.begin(Self.book + ["--no-reconnect"])
      try await running.until("a table") { running.output.contains("MXSE.orderbooks  live") }
      simulator.running.signal(SIGKILL)
      let result = try await running.end()
      #expect(result.status == 69)
      #expect(result.errors.contains("the line was lost: "), "\(result.errors)")
    }
  }
}
