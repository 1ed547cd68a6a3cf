import Foundation
import Testing

extension Live {
  /// `dump` against `simulate`: what is printed, kept and recorded.
  @Suite struct DumpTests {
    static let book = ["MXSE.orderbooks", "--ticker", "MXSE.TQBR.SBER"]
    static let books = book + ["--ticker", "MXSE.TQBR.GAZP", "--ticker", "MXSE.TQBR.LKOH"]
    static let lead = "_received,_seqnum,_timestamp,_change,_ticker"
    static let bookColumns = "BUYSELL,PRICE,QUANTITY,REPOVALUE"

    @Test(
      arguments: [
        (book, ["BUYSELL", "PRICE"], 20), (books, ["BUYSELL", "PRICE"], 60),
        (["MXSE.securities", "--ticker", "MXSE.TQBR.SBER", "--ticker", "MXSE.TQBR.GAZP"], ["TICKER"], 2),
        (["MXSE.candles", "--ticker", "MXSE.TQBR.SBER", "--param", "INTERVAL=M1"], ["FROM"], 256),
      ])
    func theRowsRebuiltEqualTheLiveFile(asked: [String], keys: [String], count: Int) async throws {
      let simulator = try await Simulator.start(["--with", "book-cadence=20ms", "--with", "candle-cadence=100ms"])
      try await inScratch { folder in
        let result = try await simulator.run(
          ["dump"] + asked + ["--duration", "2s", "--live", "live.csv", "--record", "session.capture"], in: folder)
        #expect(result.status == 0)
        #expect(result.errors == "")
        let changes = try PrintedTable(result.output)
        let live = try text(folder.appending(path: "live.csv"))
        let table = try PrintedTable(live)
        let isSeveral = asked.count(where: { $0 == "--ticker" }) > 1
        #expect((table.header.first == "_ticker") == isSeveral)
        #expect(table.rows.count == count)
        #expect(changes.rows.count > count, "nothing has changed")
        #expect(try changes.rebuilt(keys: keys, withTicker: isSeveral) == table.set)
        #expect(Array(changes.header.dropFirst(isSeveral ? 4 : 5)) == table.header)
        // The same through `decode`: the lines byte by byte, and the tables.
        let decoded = try await Running.run(["decode", "session.capture"], in: folder)
        #expect(decoded.output == result.output)
        #expect(decoded.errors == "")
        #expect(decoded.status == 0)
        let snapshot = try await Running.run(["decode", "--snapshot", "session.capture"], in: folder)
        #expect(try PrintedTable(snapshot.output).set == table.set)
        #expect(
          try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["live.csv", "session.capture"])
      }
    }

    @Test func columnsInTheOrderAskedFor() async throws {
      let simulator = try await Simulator.start(["--with", "book-cadence=20ms"])
      try await inScratch { folder in
        let result = try await simulator.run(
          ["dump"] + Self.book + [
            "--columns", "PRICE,BUYSELL", "--duration", "1s", "--live", "live.csv", "--record", "session.capture",
          ], in: folder)
        #expect(result.status == 0)
        let changes = try PrintedTable(result.output)
        #expect(changes.header.joined(separator: ",") == "\(Self.lead),PRICE,BUYSELL")
        // PRICE and BUYSELL are the key: a change of QUANTITY gives no line.
        #expect(!changes["_change"].contains("update"))
        let live = try PrintedTable(try text(folder.appending(path: "live.csv")))
        #expect(live.header == ["PRICE", "BUYSELL"])
        #expect(live.rows.count == 20)
        #expect(try changes.rebuilt(keys: ["BUYSELL", "PRICE"], withTicker: false) == live.set)
        let all = try await Running.run(["decode", "session.capture"], in: folder)
        #expect(try PrintedTable(all.output)["_change"].contains("update"))
        let decoded = try await Running.run(["decode", "--columns", "PRICE,BUYSELL", "session.capture"], in: folder)
        #expect(decoded.output == result.output)
      }
      let unknown = try await simulator.run(["dump"] + Self.book + ["--columns", "VOLUME"])
      #expect(unknown.status == 64)
      #expect(unknown.output == "")
      #expect(unknown.errors == "issplus: no column VOLUME; there are BUYSELL, PRICE, QUANTITY, REPOVALUE\n")
    }

    @Test func jsonLines() async throws {
      let simulator = try await Simulator.start()
      try await inScratch { folder in
        let result = try await simulator.run(
          ["dump"] + Self.book + ["--format", "jsonl", "--duration", "1s", "--record", "session.capture"], in: folder)
        #expect(result.status == 0)
        let lines = result.output.split(separator: "\n")
        #expect(lines.count > 20)
        for line in lines {
          let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
          #expect(
            Set(object.keys) == Set((Self.lead + "," + Self.bookColumns).split(separator: ",").map(String.init)))
          #expect(line.hasPrefix("{\"_received\":\"20"))
          #expect(object["_ticker"] as? String == "MXSE.TQBR.SBER")
          #expect(object["REPOVALUE"] is NSNull)
        }
        let decoded = try await Running.run(["decode", "--format", "jsonl", "session.capture"], in: folder)
        #expect(decoded.output == result.output)
      }
    }

    @Test(arguments: [1, 7, 20, 33])
    func exactlySoManyLines(count: Int) async throws {
      let simulator = try await Simulator.start(["--with", "book-cadence=20ms"])
      let result = try await simulator.run(["dump"] + Self.books + ["--count", "\(count)"])
      #expect(result.status == 0)
      #expect(result.errors == "")
      #expect(try PrintedTable(result.output).rows.count == count)
      let lines = try await simulator.run(["dump"] + Self.book + ["--count", "\(count)", "--format", "jsonl"])
      #expect(lines.output.split(separator: "\n").count == count)
    }

    @Test func snapshots() async throws {
      let simulator = try await Simulator.start(["--with", "book-cadence=1h"])
      let one = try await simulator.run(["dump"] + Self.book + ["--snapshot"])
      #expect(one.status == 0)
      #expect(one.errors == "")
      let table = try PrintedTable(one.output)
      #expect(table.header.joined(separator: ",") == Self.bookColumns)
      #expect(table.rows.count == 20)
      #expect(table["BUYSELL"] == Array(repeating: "B", count: 10) + Array(repeating: "S", count: 10))
      let several = try await simulator.run(["dump"] + Self.books + ["--snapshot"])
      let tables = try PrintedTable(several.output)
      #expect(tables.header.joined(separator: ",") == "_ticker," + Self.bookColumns)
      #expect(
        tables["_ticker"]
          == ["SBER", "GAZP", "LKOH"].flatMap { Array(repeating: "MXSE.TQBR.\($0)", count: 20) })
      let json = try await simulator.run(["dump"] + Self.books + ["--snapshot", "--format", "jsonl"])
      let lines = json.output.split(separator: "\n")
      #expect(lines.count == 60)
      #expect(lines.allSatisfy { $0.hasPrefix("{\"_ticker\":\"MXSE.TQBR.") && $0.contains("\",\"BUYSELL\":\"") })
      let columns = try await simulator.run(["dump"] + Self.book + ["--snapshot", "--columns", "PRICE,BUYSELL"])
      #expect(columns.output.hasPrefix("PRICE,BUYSELL\n") && columns.output.split(separator: "\n").count == 21)
      let nothing = try await Simulator.start(["--with", "book-depth=0"]).run(["dump"] + Self.book + ["--snapshot"])
      #expect(nothing.output == Self.bookColumns + "\n")
      #expect(nothing.status == 0)
    }

    @Test func quietSummaryAndOutput() async throws {
      let simulator = try await Simulator.start(["--with", "book-cadence=20ms"])
      try await inScratch { folder in
        let quiet = try await simulator.run(
          ["dump"] + Self.book + [
            "--live", "live.csv", "--every", "50ms", "--fsync", "--quiet", "--duration", "500ms",
          ],
          in: folder)
        #expect(quiet.status == 0)
        #expect(quiet.output == "")
        #expect(try PrintedTable(try text(folder.appending(path: "live.csv"))).rows.count == 20)
        let summary = try await simulator.run(
          ["dump"] + Self.book + ["--summary", "--duration", "500ms", "--record", "session.capture"], in: folder)
        #expect(summary.status == 0)
        let figures = summary.output.split(separator: "\n").map { $0.split(separator: "\t").map(String.init) }
        #expect(
          figures.map(\.first) == [
            "packets", "changes", "bytes", "refused", "seconds", "packets_per_second", "megabytes_per_second",
          ])
        let decoded = try await Running.run(["decode", "--summary", "session.capture"], in: folder)
        #expect(summary.output.split(separator: "\n").prefix(4) == decoded.output.split(separator: "\n").prefix(4))
        let seconds = try #require(Double(figures[4][1]))
        #expect(seconds >= 0.5)
        let output = try await simulator.run(
          ["dump"] + Self.book + ["--count", "5", "--output", "rows.csv"], in: folder)
        #expect(output.output == "")
        #expect(try PrintedTable(try text(folder.appending(path: "rows.csv"))).rows.count == 5)
      }
    }

    /// The file is whole at any moment, and it moves while the dump runs.
    @Test func theLiveFileIsAlwaysWhole() async throws {
      let simulator = try await Simulator.start(["--with", "book-cadence=10ms"])
      try await inScratch { folder in
        let file = folder.appending(path: "live.csv")
        let dump = try simulator.begin(
          ["dump"] + Self.books + ["--live", file.path, "--every", "10ms", "--quiet"], in: folder)
        try await dump.until("the live file with all tables") {
          guard let text = try? text(file), !text.isEmpty else { return false }
          return try PrintedTable(text).rows.count == 60
        }
        var seen: Set<String> = []
        try await dump.until("twenty versions of the live file") {
          let version = try text(file)
          #expect(try PrintedTable(version).rows.count == 60)
          seen.insert(version)
          return seen.count >= 20
        }
        dump.signal(SIGTERM)
        let result = try await dump.end()
        #expect(result.status == 0)
        #expect(result.errors == "")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["live.csv"])
      }
    }

    /// No listener is needed: it is said before anything is connected.
    @Test(arguments: ["--live", "--output", "--record"])
    func whatCannotBeWritten(option: String) async throws {
      let nowhere = ["--url", "ws://127.0.0.1:1/infocx/v3/websocket"]
      let missing = try await Running.run(["dump"] + Self.book + nowhere + [option, "nowhere/file"])
      #expect(missing.status == 73)
      #expect(missing.output == "")
      #expect(missing.errors == "issplus: nowhere/file: cannot be written: No such file or directory\n")
      let folder = try await Running.run(["dump"] + Self.book + nowhere + [option, "Fixtures"])
      #expect(folder.status == 73)
      #expect(folder.errors.hasPrefix("issplus: Fixtures: cannot be written: "))
    }

    @Test func aFullDisk() async throws {
      let simulator = try await Simulator.start()
      let record = try await simulator.run(["dump"] + Self.book + ["--record", "/dev/full"])
      #expect(record.status == 73)
      #expect(record.errors.contains("/dev/full: cannot be written: No space left on device"), "\(record.errors)")
      let output = try await simulator.run(["dump"] + Self.book + ["--output", "/dev/full"])
      #expect(output.status == 73)
      #expect(output.errors == "issplus: /dev/full: cannot be written: No space left on device\n")
      let standard = try await simulator.shell("issplus dump \(Self.book.joined(separator: " ")) >/dev/full")
      #expect(standard.status == 73)
      #expect(standard.errors == "issplus: standard output: cannot be written: No space left on device\n")
      let capture = try await simulator.run(["record"] + Self.book + ["--output", "/dev/full"])
      #expect(capture.status == 73)
      #expect(capture.errors.contains("/dev/full: cannot be written: No space left on device"), "\(capture.errors)")
    }

    /// Also for a stream that says nothing more for an hour, and for a command that is waiting for its first row.
    @Test(arguments: ["book-cadence=20ms", "book-cadence=1h", "silent=MXSE.orderbooks"])
    func aClosedPipeEndsAtOnceAndQuietly(setting: String) async throws {
      let simulator = try await Simulator.start(["--with", setting])
      let asked = Self.book.joined(separator: " ")
      for (command, lines) in [
        ("dump \(asked)", setting.hasPrefix("silent") ? 1 : 3), ("book MXSE.TQBR.SBER", 3),
        ("record \(asked) --output -", 2),
      ] where lines == 1 || !setting.hasPrefix("silent") {
        let result = try await simulator.shell(
          "issplus \(command) --timeout 50s | head -\(lines) >/dev/null; echo ${PIPESTATUS[0]}")
        #expect(result.output == "0\n", "\(command)")
        #expect(result.errors == "", "\(command)")
      }
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func aSignalInMidFlow(number: Int32) async throws {
      let simulator = try await Simulator.start(["--rate", "500", "--with", "book-cadence=1ms"])
      try await inScratch { folder in
        let dump = try simulator.begin(
          ["dump"] + Self.books + ["--live", "live.csv", "--record", "session.capture"], in: folder)
        try await dump.until("some lines") { dump.output.count > 20_000 }
        dump.signal(number)
        let result = try await dump.end()
        #expect(result.status == 0)
        #expect(result.errors == "")
        let table = try PrintedTable(try text(folder.appending(path: "live.csv")))
        let changes = try PrintedTable(result.output)
        #expect(try changes.rebuilt(keys: ["BUYSELL", "PRICE"], withTicker: true) == table.set)
        let decoded = try await Running.run(["decode", "session.capture"], in: folder)
        #expect(decoded.output == result.output)
        #expect(decoded.errors == "")
      }
    }

    @Test(arguments: [
      ["dump"] + book + ["--snapshot"], ["request", "SEARCH.ticker", "--param", "pattern=SBER"],
      ["book", "MXSE.TQBR.SBER", "--once"],
    ])
    func anInterruptedSnapshotIsNone(arguments: [String]) async throws {
      let simulator = try await Simulator.start(["--with", "silent=MXSE.orderbooks", "--with", "silent=SEARCH.ticker"])
      let running = try simulator.begin(arguments + ["--timeout", "50s", "--verbose"])
      try await running.until("connected") { running.errors.contains("issplus: connected\n") }
      running.signal(SIGINT)
      let result = try await running.end()
      #expect(result.status == 130)
      #expect(result.output == "")
      #expect(result.errors.hasSuffix("issplus: interrupted\n"), "\(result.errors)")
      #expect(!result.errors.contains("in time"), "\(result.errors)")
    }

    /// The reader has stopped, so the graceful end cannot come to its end; also where there is one processor.
    @Test(arguments: ["", "taskset -c 0"])
    func aSecondSignalEndsAtOnce(prefix: String) async throws {
      let simulator = try await Simulator.start(["--rate", "2000", "--with", "book-cadence=1ms"])
      let script = """
        mkfifo pipe
        exec 3<>pipe
        \(prefix) $ISSPLUS_PROGRAM dump \(Self.books.joined(separator: " ")) --url \(simulator.url) --log-level info >pipe &
        pid=$!
        sleep 3
        kill -INT $pid
        sleep 1
        kill -0 $pid && echo waits
        kill -INT $pid
        wait $pid
        echo "status $?"
        """
      try await inScratch { folder in
        let result = try await Running.shell("set -m\n" + script, in: folder)
        #expect(result.output == "waits\nstatus 130\n")
      }
    }

    /// `timeout` sends its signal twice: to the process and to its group.
    @Test func twoSignalsAtOnceAreOne() async throws {
      let simulator = try await Simulator.start(["--with", "book-cadence=20ms"])
      let result = try await simulator.shell(
        "timeout -s INT 2 $ISSPLUS_PROGRAM dump \(Self.book.joined(separator: " ")) --url \(simulator.url); echo end $?"
      )
      // 124 is what `timeout` makes of any end.
      #expect(result.output.hasSuffix("\nend 124\n"))
      let rows = result.output.split(separator: "\n").dropLast()
      #expect(rows.count > 20 && rows.last?.split(separator: ",", omittingEmptySubsequences: false).count == 9)
    }

    @Test func aSlowReaderLosesNothing() async throws {
      let simulator = try await Simulator.start(["--rate", "1000", "--with", "book-cadence=1ms"])
      try await inScratch { folder in
        let command =
          "issplus dump \(Self.books.joined(separator: " ")) --duration 4s --record session.capture --live live.csv"
        let result = try await simulator.shell("\(command) | (sleep 3; cat); echo ${PIPESTATUS[0]} >status", in: folder)
        #expect(try text(folder.appending(path: "status")) == "0\n")
        #expect(result.errors == "")
        #expect(result.output.utf8.count > 100_000)
        let decoded = try await Running.run(["decode", "session.capture"], in: folder)
        #expect(decoded.output == result.output)
        let table = try PrintedTable(try text(folder.appending(path: "live.csv")))
        #expect(
          try PrintedTable(result.output).rebuilt(keys: ["BUYSELL", "PRICE"], withTicker: true) == table.set)
      }
    }

    @Test func recordThenDecode() async throws {
      let simulator = try await Simulator.start(["--with", "book-cadence=20ms"])
      try await inScratch { folder in
        let result = try await simulator.run(
          ["record"] + Self.books + ["--output", "session.capture", "--duration", "1s"], in: folder)
        #expect(result.status == 0)
        #expect(result.output == "")
        let size = try Data(contentsOf: folder.appending(path: "session.capture")).count
        #expect(result.errors.hasSuffix(" packets, \(size) bytes recorded\n"), "\(result.errors) but \(size)")
        let changes = try await Running.run(["decode", "session.capture"], in: folder)
        let tables = try await Running.run(["decode", "--snapshot", "session.capture"], in: folder)
        #expect(changes.errors == "" && tables.errors == "")
        let table = try PrintedTable(tables.output)
        #expect(table.rows.count == 60)
        #expect(try PrintedTable(changes.output).rebuilt(keys: ["BUYSELL", "PRICE"], withTicker: true) == table.set)
        let piped = try await simulator.shell(
          "issplus record \(Self.book.joined(separator: " ")) --output - --duration 500ms 2>/dev/null | issplus decode -",
          in: folder)
        #expect(try PrintedTable(piped.output).rows.count >= 20)
      }
    }
  }
}
