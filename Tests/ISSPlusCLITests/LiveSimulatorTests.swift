import Foundation
import Testing

@testable import ISSPlusCLI

extension Live {
  /// `simulate`, and what needs no more than an answer: `catalog`, `request`, `book`, `demo`.
  @Suite struct SimulatorTests {
    @Test func theURLIsTheFirstLine() async throws {
      let simulator = try await Simulator.start()
      #expect(simulator.url.hasPrefix("ws://127.0.0.1:") && simulator.url.hasSuffix("/infocx/v3/websocket"))
      #expect(simulator.port > 0)
      let taken = try await Running.run(["simulate", "--port", "\(simulator.port)"])
      #expect(taken.status == 69)
      #expect(taken.output == "")
      #expect(taken.errors.contains("cannot listen on 127.0.0.1:\(simulator.port)"), "\(taken.errors)")
      simulator.running.signal(SIGINT)
      let ended = try await simulator.running.end()
      #expect(ended.status == 0)
      #expect(ended.output == simulator.url + "\n")
      #expect(ended.errors == "")
      let short = try await Running.run(["simulate", "--duration", "100ms"])
      #expect(short.status == 0)
      #expect(short.output.split(separator: "\n").count == 1)
    }

    /// The first book of a ticker, from a market that does not move.
    private func market(_ options: [String], _ ticker: String = "MXSE.TQBR.SBER") async throws -> String {
      let simulator = try await Simulator.start(options + ["--with", "book-cadence=1h"])
      return try await simulator.run(["dump", "MXSE.orderbooks", "--ticker", ticker, "--snapshot"]).output
    }

    @Test func theSeedMakesTheMarket() async throws {
      let first = try await market(["--seed", "7"])
      #expect(try PrintedTable(first).rows.count == 20)
      #expect(try await market(["--seed", "7"]) == first)
      #expect(try await market(["--seed", "8"]) != first)
      #expect(try await market([]) == market(["--seed", "1"]))
    }

    @Test func switches() async throws {
      let list = try await Running.run(["simulate", "--list-switches"])
      #expect(list.status == 0)
      #expect(list.errors == "")
      let lines = list.output.split(separator: "\n", omittingEmptySubsequences: false)
      #expect(lines.last == "" && !lines.dropLast().contains(""))
      #expect(lines.contains { $0.hasPrefix("book-cadence=DURATION ") && $0.hasSuffix("(default 250ms)") })
      #expect(lines.contains { $0.hasPrefix("error=CODE@DESTINATION ") })
      #expect(lines.count > 20)
      #expect(try PrintedTable(try await market(["--with", "book-depth=3"])).rows.count == 6)
    }

    @Test func numberOfTickers() async throws {
      for count in [1, 25] {
        let simulator = try await Simulator.start(["--tickers", "\(count)"])
        let result = try await simulator.run(["request", "SEARCH.ticker", "--param", "pattern=*"])
        let markets = try PrintedTable(result.output)["marketplace"]
        #expect(markets.count { $0 == "MXSE" } == count)
      }
    }

    @Test func accounts() async throws {
      let simulator = try await Simulator.start(["--account", "passport:me:a:b", "--account", "passport:you:c"])
      for (domain, login, passcode, status) in [
        ("passport", "me", "a:b", Int32(0)), ("passport", "you", "c", 0), ("DEMO", "me", "a:b", 77),
        ("passport", "you", "a:b", 77), ("DEMO", "guest", "guest", 0), ("passport", "guest", "guest", 77),
      ] {
        let result = try await simulator.run(
          ["catalog", "--domain", domain, "--login", login], environment: ["ISSPLUS_PASSCODE": passcode])
        #expect(result.status == status, "\(domain) \(login)")
      }
    }

    @Test func theStructureIsServedAsItIs() async throws {
      try await inScratch { folder in
        let body =
          #"{"structure":{"TEST":{"enums":{},"streams":{"quotes":{"name":"quotes","caption":"Ä \"q\"","#
          + #""output":[{"name":"ID","type":"integer","primary":true},{"name":"LAST","type":"fixed"}],"#
          + #""params":[{"name":"TICKER","type":"string"}]}},"queries":{}}}}"#
        try Data((body + "\n").utf8).write(to: folder.appending(path: "structure.json"))
        let simulator = try await Simulator.start(["--market-structure", "structure.json"], in: folder)
        _ = try await simulator.run(
          ["dump", "COMMON.news", "--count", "1", "--record", "session.capture"], in: folder)
        #expect(try text(folder.appending(path: "session.capture")).contains("\n\n\(body)\n\0\n"))
      }
      let missing = try await Running.run(["simulate", "--market-structure", "nowhere.json"])
      #expect(missing.status == 66)
    }

    @Test func theCatalogueOfTheServer() async throws {
      let simulator = try await Simulator.start()
      let offline = try await Running.run(["catalog", "--offline"])
      let online = try await simulator.run(["catalog"])
      #expect(online.status == 0)
      #expect(online.errors == "")
      #expect(online.output == offline.output)
      let destinations = offline.output.split(separator: "\n").dropFirst().compactMap {
        $0.split(separator: "\t").first
      }
      #expect(destinations.count == 31)
      for destination in destinations.map(String.init) {
        let mine = try await Running.run(["catalog", destination, "--offline"])
        let theirs = try await simulator.run(["catalog", destination])
        #expect(theirs.status == 0)
        #expect(theirs.output == mine.output)
        #expect(theirs.output.hasPrefix("\(destination)\t"))
      }
      let unknown = try await simulator.run(["catalog", "MXSE.lasttrades"])
      #expect(unknown.status == 64)
      #expect(unknown.output == "")
      #expect(unknown.errors.contains("no stream or query MXSE.lasttrades"))
      let subset = try await Simulator.start(["--with", "connected-body=subset"])
      let few = try await subset.run(["catalog"])
      #expect(few.status == 0)
      #expect(few.output.contains("\nMXSE.orderbooks\t") && !few.output.contains("\nFORTS."))
    }

    @Test(
      arguments: [
        (["SEARCH.ticker", "--param", "pattern=SBER"], "ticker,secid,boardid", 2),
        (["COMMON.boards"], "ID,", 1), (["COMMON.engines"], "ID,", 1), (["COMMON.markets"], "ID,", 1),
        (["COMMON.ticker.card", "--ticker", "MXSE.TQBR.SBER"], "CARDID,", 1),
      ])
    func queries(asked: [String], header: String, count: Int) async throws {
      let simulator = try await Simulator.start()
      let result = try await simulator.run(["request"] + asked)
      #expect(result.status == 0)
      let table = try PrintedTable(result.output)
      #expect(result.output.lowercased().hasPrefix(header.lowercased()), "\(result.output.prefix(80))")
      #expect(table.rows.count >= count)
      #expect(result.errors.hasPrefix("issplus: \(table.rows.count) rows, latency "), "\(result.errors)")
      #expect(result.errors.hasSuffix(" ms\n"))
      let lines = try await simulator.run(["request"] + asked + ["--format", "jsonl"])
      #expect(lines.output.split(separator: "\n").count == table.rows.count)
      let first = table.header[0]
      let column = try await simulator.run(["request"] + asked + ["--columns", first])
      #expect(try PrintedTable(column.output)[first] == table[first])
    }

    @Test func newsByTheirNumber() async throws {
      let simulator = try await Simulator.start()
      let news = try await simulator.run(["dump", "COMMON.news", "--snapshot", "--columns", "ID"])
      let number = try #require(try PrintedTable(news.output)["ID"].first ?? nil)
      let content = try await simulator.run(["request", "COMMON.news.content", "--param", "id=\(number)"])
      #expect(content.status == 0)
      #expect(try PrintedTable(content.output)["ID"] == [number])
    }

    @Test func aBookOnce() async throws {
      let simulator = try await Simulator.start(["--with", "book-cadence=1h"])
      let table = try PrintedTable(
        try await simulator.run(["dump", "MXSE.orderbooks", "--ticker", "MXSE.TQBR.SBER", "--snapshot"]).output)
      let result = try await simulator.run(["book", "MXSE.TQBR.SBER", "--once", "--depth", "3"])
      #expect(result.status == 0)
      #expect(result.errors == "")
      let lines = result.output.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
      #expect(lines.count == 8)
      #expect(lines[0].starts(with: ["MXSE.TQBR.SBER", "live"]))
      // Asks above, the best nearest to the middle; bids below.
      let asks = table.rows[10..<13].reversed().map { [$0[1], $0[2]] }
      let bids = table.rows[7..<10].reversed().map { [$0[2], $0[1]] }
      #expect(lines[2...].map { $0.map { Optional($0) } } == asks + bids)
      #expect(!result.output.contains("\u{1B}"))
      let two = try await simulator.run(["book", "MXSE.TQBR.GAZP", "MXSE.TQBR.SBER", "--once", "--depth", "1"])
      let heads = two.output.split(separator: "\n").filter { $0.hasPrefix("MXSE.") }.map { $0.prefix(14) }
      #expect(heads == ["MXSE.TQBR.GAZP", "MXSE.TQBR.SBER"])
      let empty = try await Simulator.start(["--with", "book-depth=0"]).run(["book", "MXSE.TQBR.SBER", "--once"])
      #expect(empty.status == 0)
      #expect(empty.output.contains("empty"))
    }

    @Test func aBookInAPipe() async throws {
      let simulator = try await Simulator.start(["--with", "book-cadence=20ms"])
      let book = try simulator.begin(["book", "MXSE.TQBR.SBER", "--depth", "2"])
      try await book.until("three ladders") { book.output.components(separatedBy: "MXSE.TQBR.SBER  live").count > 3 }
      book.signal(SIGINT)
      let result = try await book.end()
      #expect(result.status == 0)
      #expect(result.errors == "")
      #expect(!result.output.contains("\u{1B}"))
      let ladders = result.output.components(separatedBy: "\n\n")
      #expect(ladders.allSatisfy { $0.split(separator: "\n").count == 6 })
    }

    @Test func aDemoInAPipe() async throws {
      let result = try await Running.run(
        ["demo", "--duration", "2s"], environment: ["ISSPLUS_URL": "ws://127.0.0.1:1/", "ISSPLUS_LOGIN": "nobody"])
      #expect(result.status == 0)
      let table = try PrintedTable(result.output)
      #expect(table.header.joined(separator: ",") == DumpTests.lead + "," + DumpTests.bookColumns)
      #expect(table.rows.count > 20)
      #expect(table["_change"].prefix(20).allSatisfy { $0 == "insert" })
      #expect(Set(table["_ticker"]) == ["MXSE.TQBR.SBER"])
      #expect(result.errorLines.count == 1 && result.errors.contains("from a simulated gateway at ws://127.0.0.1:"))
      let head = try await Running.shell("issplus demo --duration 50s 2>/dev/null | head -3; echo ${PIPESTATUS[0]}")
      #expect(head.output.hasSuffix("\n0\n"))
    }
  }

  /// What is seen on a terminal.
  @Suite struct TerminalTests {
    private static let hasScript = FileManager.default.isExecutableFile(atPath: "/usr/bin/script")

    /// Runs a line of shell on a terminal of 80 columns and 24 rows; the output is what the terminal gets.
    private func onTerminal(
      _ line: String, answer: String? = nil
    ) async throws -> Program.Result {
      // The input stays open: its end would be Ctrl-D. An answer is typed when it is asked for.
      let typing = answer.map { "until grep -q Passcode typed; do sleep 0.02; done; printf '\($0)' >&3" } ?? ":"
      // `swift test` sets NO_COLOR, and a gate may have no TERM.
      let script = """
        unset NO_COLOR
        export TERM=xterm
        mkfifo keys
        exec 3<>keys
        script -qefc 'stty cols 80 rows 24; \(line)' typed <keys >screen &
        \(typing)
        wait $!
        status=$?
        cat screen
        exit $status
        """
      return try await inScratch { folder in
        try await Running.shell(script, environment: ["SHELL": "/bin/bash"], in: folder)
      }
    }

    @Test(.enabled(if: hasScript, "needs script(1)"))
    func theDemoIsRedrawnInPlace() async throws {
      let result = try await onTerminal("$ISSPLUS_PROGRAM demo --duration 2s")
      #expect(result.status == 0)
      // The alternate screen, and back; the last ladder stays as text.
      let parts = result.output.components(separatedBy: "\u{1B}[?1049l")
      #expect(parts.count == 2)
      #expect(parts[0].hasPrefix("\u{1B}[?1049h\u{1B}[?25l\u{1B}[?7l\u{1B}[H\u{1B}[2J"), "\(result.output.prefix(200))")
      #expect(parts[0].hasSuffix("\u{1B}[0m\u{1B}[H\u{1B}[2J\u{1B}[?7h\u{1B}[?25h"), "\(parts[0].suffix(200))")
      #expect(parts[0].components(separatedBy: "MXSE.TQBR.SBER").count > 2)
      let lines = Self.plain(parts.last ?? "").components(separatedBy: "\r\n")
      #expect(lines.count == 25 && lines.last == "")
      #expect(lines[0].hasPrefix("MXSE.TQBR.SBER  live "))
      #expect(lines[12].contains(" spread "))
      #expect(lines.allSatisfy { TextWidth.of($0) <= 80 })
    }

    /// Without the escape sequences that set looks.
    private static func plain(_ text: String) -> String {
      text.replacing(/\u{1B}\[[0-9;]*m/, with: "")
    }

    @Test(.enabled(if: hasScript, "needs script(1)"))
    func oneBookOnATerminalIsPrintedAndLeft() async throws {
      let simulator = try await Simulator.start(["--with", "book-cadence=1h"])
      let once = "$ISSPLUS_PROGRAM book MXSE.TQBR.SBER --depth 2 --once --url \(simulator.url)"
      let result = try await onTerminal(once)
      #expect(result.status == 0)
      // Nothing is taken of the terminal.
      #expect(!result.output.contains("\u{1B}[?"))
      let lines = Self.plain(result.output).components(separatedBy: "\r\n")
      #expect(lines.count == 8 && lines[0].hasPrefix("MXSE.TQBR.SBER  live ") && lines[2].contains("█"), "\(lines)")
      #expect(result.output.contains("\u{1B}[32m"))
      let colorless = try await onTerminal("NO_COLOR=1 \(once)")
      #expect(!colorless.output.contains("\u{1B}[32m"))
      let dumb = try await onTerminal("TERM=dumb \(once)")
      #expect(!dumb.output.contains("\u{1B}"))
    }

    @Test(.enabled(if: hasScript, "needs script(1)"))
    func thePasscodeIsAskedForWithoutEcho() async throws {
      let simulator = try await Simulator.start(["--account", "passport:me:s3cr-et"])
      let command =
        "$ISSPLUS_PROGRAM request SEARCH.ticker --param pattern=SBER --columns secid --domain passport --login me"
      let result = try await onTerminal("\(command) --url \(simulator.url); stty -a", answer: "s3cr-et\\n")
      #expect(result.output.hasPrefix("Passcode for me: \r\n"), "\(result.output)")
      #expect(result.output.contains("\r\nsecid\r\nSBER\r\n"), "\(result.output)")
      #expect(!result.output.contains("s3cr"))
      #expect(result.output.contains(" echo "), "the terminal has its echo back")
    }

    @Test(.enabled(if: hasScript, "needs script(1)"))
    func anInterruptedQuestionLeavesTheTerminalWithEcho() async throws {
      let result = try await onTerminal(
        "$ISSPLUS_PROGRAM catalog --login me --url ws://127.0.0.1:1/; echo status $?; stty -a",
        answer: "\\003")
      #expect(result.output.contains("issplus: interrupted\r\n"), "\(result.output)")
      #expect(result.output.contains("status 130"), "\(result.output)")
      #expect(result.output.contains(" echo "), "\(result.output)")
    }
  }
}
