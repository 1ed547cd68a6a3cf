import Foundation
import Testing

extension Live {
  /// Exit statuses of what the gateway does, and what is said about it.
  @Suite struct StatusTests {
    static let codes = [
      "gateway.exception", "gateway.timeout", "gateway.transport", "gateway.access-denied", "gateway.invalidrequest",
      "gateway.notimplemented", "gateway.not-connected",
    ]
    static let texts = [
      "Unexpected failure", "Operation timed out", "Connection to the message broker is lost", "Access denied",
      "Invalid request", "Not implemented", "Not connected",
    ]
    /// What stands before the words of the gateway.
    private static func says(_ code: String, _ place: String) -> String { place == "text" ? "\(code): " : "" }

    static let book = ["MXSE.orderbooks", "--ticker", "MXSE.TQBR.SBER"]

    @Test(arguments: ["body", "header", "text", "none", "recorded"])
    func everyCodeOfTheGateway(place: String) async throws {
      for (code, words) in zip(Self.codes, Self.texts) {
        let errors = ["MXSE.orderbooks", "SEARCH.ticker"].flatMap { ["--with", "error=\(code)@\($0)"] }
        let simulator = try await Simulator.start(["--with", "error-code=\(place)"] + errors)
        for command in [
          ["dump"] + Self.book, ["dump"] + Self.book + ["--snapshot"], ["book", "MXSE.TQBR.SBER"],
          ["request", "SEARCH.ticker", "--param", "pattern=SBER"],
        ] {
          let result = try await simulator.run(command)
          #expect(result.status == 76, "\(code) \(place) \(command)")
          #expect(result.errorLines.count == 1, "\(result.errors)")
          #expect(result.errors.contains("\(code): "), "\(place) \(result.errors)")
          #expect(
            result.errors.contains(" — the gateway says: \(Self.says(code, place))\(words)"),
            "\(place) \(result.errors)")
          let asked = command[0] == "request" ? "REQUEST SEARCH.ticker pattern=\"SBER\"" : "SUBSCRIBE MXSE.orderbooks "
          #expect(result.errors.contains(asked), "\(result.errors)")
          // No row, and no table that would look like an empty one.
          #expect(result.output.isEmpty == (command != ["dump"] + Self.book), "\(command): \(result.output)")
        }
      }
    }

    @Test(arguments: ["body", "header", "text", "none", "recorded"])
    func everyCodeAtConnect(place: String) async throws {
      for (code, words) in zip(Self.codes, Self.texts) {
        let simulator = try await Simulator.start(["--with", "error-code=\(place)", "--with", "error=\(code)@CONNECT"])
        let result = try await simulator.run(["catalog"])
        #expect(result.status == (code == "gateway.access-denied" ? 77 : 76), "\(code) \(place)")
        #expect(result.output == "")
        #expect(result.errorLines.count == 1)
        #expect(result.errors.contains("CONNECT: \(code): "), "\(place) \(result.errors)")
        #expect(
          result.errors.contains(" — the gateway says: \(Self.says(code, place))\(words)"), "\(place) \(result.errors)")
      }
    }

    @Test(arguments: ["close", "stay"])
    func accessDenied(after: String) async throws {
      let simulator = try await Simulator.start(["--with", "after-refused-connect=\(after)"])
      for command in [["dump"] + Self.book, ["book", "MXSE.TQBR.SBER"], ["request", "SEARCH.ticker"], ["catalog"]] {
        let result = try await simulator.run(
          command + ["--login", "me"], environment: ["ISSPLUS_PASSCODE": "wrong-s3cr"])
        #expect(result.status == 77)
        #expect(result.output == "")
        #expect(
          result.errors == "issplus: CONNECT: gateway.access-denied: access denied — the gateway says: Access denied\n")
      }
    }

    /// One is refused: the others go on, and 76 is the status at the end.
    @Test func theOthersGoOn() async throws {
      let simulator = try await Simulator.start(["--with", "book-cadence=20ms"])
      let asked = Self.book + ["--ticker", "MXSE.TQBR.NOBODY", "--ticker", "MXSE.TQBR.GAZP"]
      try await inScratch { folder in
        let result = try await simulator.run(["dump"] + asked + ["--duration", "2s", "--live", "live.csv"], in: folder)
        #expect(result.status == 76)
        #expect(result.errorLines.count == 1)
        #expect(result.errors.contains("SUBSCRIBE MXSE.orderbooks TICKER=\"MXSE.TQBR.NOBODY\": gateway.invalidrequest"))
        let changes = try PrintedTable(result.output)
        #expect(Set(changes["_ticker"]) == ["MXSE.TQBR.SBER", "MXSE.TQBR.GAZP"])
        #expect(changes["_change"].contains("update"))
        let live = try PrintedTable(try text(folder.appending(path: "live.csv")))
        #expect(try changes.rebuilt(keys: ["BUYSELL", "PRICE"], withTicker: true) == live.set)
      }
      let snapshot = try await simulator.run(["dump"] + asked + ["--snapshot"])
      #expect(snapshot.status == 76)
      #expect(try PrintedTable(snapshot.output).rows.count == 40)
      let book = try await simulator.run(["book", "MXSE.TQBR.SBER", "MXSE.TQBR.NOBODY", "--once"])
      #expect(book.status == 76)
      #expect(book.output.contains("MXSE.TQBR.SBER  live"))
      let record = try await simulator.run(["record"] + asked + ["--output", "/dev/null", "--duration", "1s"])
      #expect(record.status == 76)
    }

    @Test func timeLimits() async throws {
      let silent = ["CONNECT", "MXSE.orderbooks", "SEARCH.ticker"].map { "silent=\($0)" }
      let mute = try await Simulator.start(["--with", silent[0]])
      // The limit is one for TCP and the upgrade too, which a busy machine takes its time for.
      let connect = try await mute.run(["dump"] + Self.book + ["--connect-timeout", "1500ms"])
      #expect(connect.status == 75)
      #expect(connect.errors.contains("no CONNECTED within 1500 ms"), "\(connect.errors)")
      #expect(connect.output == "")
      let simulator = try await Simulator.start(["--with", silent[1], "--with", silent[2]])
      for (command, words) in [
        (["dump"] + Self.book, "SUBSCRIBE MXSE.orderbooks TICKER=\"MXSE.TQBR.SBER\": neither RECEIPT nor MESSAGE"),
        (["dump"] + Self.book + ["--snapshot"], "SUBSCRIBE MXSE.orderbooks TICKER=\"MXSE.TQBR.SBER\": neither RECEIPT"),
        (["book", "MXSE.TQBR.SBER", "--once"], "SUBSCRIBE MXSE.orderbooks TICKER=\"MXSE.TQBR.SBER\": neither RECEIPT"),
        (["request", "SEARCH.ticker", "--param", "pattern=X"], "REQUEST SEARCH.ticker pattern=\"X\": no REPLY"),
        (
          ["record"] + Self.book + ["--output", "/dev/null"], "SUBSCRIBE MXSE.orderbooks TICKER=\"MXSE.TQBR.SBER\": nei"
        ),
      ] {
        let result = try await simulator.run(command + ["--timeout", "300ms"])
        #expect(result.status == 75, "\(command)")
        #expect(result.errors.contains(words) && result.errors.contains("within 300 ms"), "\(result.errors)")
        #expect(command[0] == "dump" && !command.contains("--snapshot") || result.output == "", "\(result.output)")
      }
      // gateway.timeout is the gateway's, not ours.
      let late = try await Simulator.start(["--with", "error=gateway.timeout@SEARCH.ticker"])
      #expect(try await late.run(["request", "SEARCH.ticker"]).status == 76)
    }

    /// A port that takes the connection and says nothing.
    @Test func aHangingUpgrade() async throws {
      let script = """
        mkfifo hold
        python3 -c 'import socket, sys
        s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen()
        print(s.getsockname()[1], flush=True); sys.stdin.read()' <hold >port &
        exec 3>hold
        until [ -s port ]; do sleep 0.02; done
        issplus catalog --url ws://127.0.0.1:$(cat port)/ --connect-timeout 300ms
        echo "status $?"
        exec 3>&-
        wait
        """
      try await inScratch { folder in
        let result = try await Running.shell(script, in: folder)
        #expect(result.output == "status 75\n", "\(result.errors)")
      }
    }
  }

  /// Breaks of the line.
  @Suite struct BreakTests {
    /// What stands before the words of the gateway.
    private static func says(_ code: String, _ place: String) -> String { place == "text" ? "\(code): " : "" }

    static let book = ["MXSE.orderbooks", "--ticker", "MXSE.TQBR.SBER", "--ticker", "MXSE.TQBR.GAZP"]

    @Test(arguments: ["dump", "book"])
    func aLostLineWithoutReconnect(command: String) async throws {
      let simulator = try await Simulator.start()
      let asked = command == "dump" ? Self.book : ["MXSE.TQBR.SBER", "MXSE.TQBR.GAZP"]
      let running = try simulator.begin([command] + asked + ["--no-reconnect"])
      try await running.until("both books") {
        running.output.components(separatedBy: "MXSE.TQBR.GAZP").count > 1
      }
      simulator.running.signal(SIGKILL)
      let result = try await running.end()
      #expect(result.status == 69)
      #expect(result.output.hasSuffix("\n"))
      // Two subscriptions, one line: it is said once.
      #expect(result.errors.components(separatedBy: "the line was lost: ").count == 2, "\(result.errors)")
    }

    @Test(arguments: ["csv", "jsonl"])
    func aLineThatComesBack(format: String) async throws {
      let first = try await Simulator.startWhereItCanComeBack(["--seed", "1", "--with", "book-cadence=20ms"])
      let port = "\(first.port)"
      try await inScratch { folder in
        let dump = try first.begin(
          ["dump"] + Self.book + [
            "--live", "live.csv", "--record", "session.capture", "--verbose", "--format", format,
          ],
          in: folder)
        try await dump.until("both books") { dump.output.contains("MXSE.TQBR.GAZP") }
        first.running.signal(SIGKILL)
        _ = try await first.running.end()
        try await dump.until("stale") { dump.errors.contains("issplus: stale at ") }
        // Another market: the books differ.
        let second = try await Simulator.start(["--seed", "2", "--port", port, "--with", "book-cadence=20ms"])
        try await dump.until("live again") { dump.errors.contains("issplus: live again at ") }
        let count = dump.output.count
        try await dump.until("more rows") { dump.output.count > count + 1000 }
        dump.signal(SIGINT)
        let result = try await dump.end()
        #expect(second.running.isRunning)
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.errorLines.count { $0.hasPrefix("issplus: stale at 20") } == 1, "\(result.errors)")
        #expect(result.errorLines.count { $0.hasPrefix("issplus: live again at 20") } == 1, "\(result.errors)")
        #expect(result.errorLines.count { $0 == "issplus: connected" } == 2, "\(result.errors)")
        let decoded = try await Running.run(["decode", "session.capture", "--format", format], in: folder)
        #expect(decoded.output == result.output)
        #expect(decoded.status == 0)
        if format == "csv" {
          let live = try PrintedTable(try text(folder.appending(path: "live.csv")))
          #expect(live.rows.count == 40)
          let changes = try PrintedTable(result.output)
          #expect(try changes.rebuilt(keys: ["BUYSELL", "PRICE"], withTicker: true) == live.set)
          #expect(changes["_change"].contains("remove"))
        } else {
          let marks = result.output.split(separator: "\n").filter { $0.hasPrefix("{\"_state\"") }
          #expect(marks.count == 2, "\(marks)")
          #expect(marks.first?.hasPrefix("{\"_state\":\"stale\",\"_reason\":\"") == true)
          #expect(marks.last == "{\"_state\":\"live\"}")
        }
      }
    }

    @Test func aSignalWhileWaiting() async throws {
      let simulator = try await Simulator.start()
      let dump = try simulator.begin(["dump"] + Self.book + ["--verbose"])
      try await dump.until("both books") { dump.output.contains("MXSE.TQBR.GAZP") }
      simulator.running.signal(SIGKILL)
      try await dump.until("a wait") { dump.errors.contains("the line was lost; next attempt in ") }
      dump.signal(SIGTERM)
      let result = try await dump.end(within: .seconds(30))
      #expect(result.status == 0)
      #expect(result.output.hasSuffix("\n"))
    }
  }
}
