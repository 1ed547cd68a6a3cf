import Foundation
import Testing

extension Live {
  /// What is asked for: the selector on the wire, and what is refused before anything is connected.
  @Suite struct SelectionTests {
    /// The selectors of the SUBSCRIBE frames in a capture; `nil` for a frame without one.
    private func selectors(_ capture: URL) throws -> [String?] {
      try text(capture).components(separatedBy: "\nSUBSCRIBE\n").dropFirst().map { frame in
        let head = frame.components(separatedBy: "\n\n")[0]
        return head.split(separator: "\n").first { $0.hasPrefix("selector:") }.map { String($0.dropFirst(9)) }
      }
    }

    @Test(
      arguments: [
        (
          ["MXSE.orderbooks", "--ticker", "A.B.C", "--ticker", "D.E.F", "--ticker", "A.B.C"],
          ["TICKER=\"A.B.C\"", "TICKER=\"D.E.F\""]
        ),
        (
          ["MXSE.candles", "--ticker", "A.B.C", "--param", "INTERVAL=M1", "--param", "Quantity=5"],
          ["ticker=\"A.B.C\" and interval=\"M1\" and quantity=\"5\""]
        ),
        (["MXSE.securities", "--param", "language=en", "--ticker", "A.B.C"], ["TICKER=\"A.B.C\" and LANGUAGE=\"en\""]),
        (["COMMON.turnovers", "--param", "ENGINE=stock"], ["engine=\"stock\""]),
        (["COMMON.news"], [nil]),
        (["MXSE.orderbooks", "--selector", "TICKER = 'A.B.C'  and  X=1"], ["TICKER = 'A.B.C'  and  X=1"]),
        (["MXSE.lasttrades", "--ticker", "A.B.C", "--param", "Depth=3"], ["TICKER=\"A.B.C\" and Depth=\"3\""]),
        (
          ["MXSE.orderbooks", "--tickers-from", "list", "--ticker", "G.H.I"],
          ["TICKER=\"G.H.I\"", "TICKER=\"A.B.C\"", "TICKER=\"D.E.F\""]
        ),
        (["MXSE.securities", "--param", "TICKER=A.B.C", "--param", "XYZ=a b"], ["TICKER=\"A.B.C\" and XYZ=\"a b\""]),
      ] as [([String], [String?])]
    )
    func theSelectorOnTheWire(arguments: [String], expected: [String?]) async throws {
      // Silent destinations: nothing depends on whether the instrument exists.
      let silent = [
        "MXSE.orderbooks", "MXSE.candles", "MXSE.securities", "COMMON.turnovers", "COMMON.news", "MXSE.lasttrades",
      ]
      let simulator = try await Simulator.start(silent.flatMap { ["--with", "silent=\($0)"] })
      try await inScratch { folder in
        try Data("\u{FEFF}A.B.C\r\n\r\n# a comment\r\n  D.E.F  # another\r\nA.B.C".utf8).write(
          to: folder.appending(path: "list"))
        let result = try await simulator.run(
          ["dump"] + arguments + ["--record", "session.capture", "--duration", "1s"], in: folder)
        #expect(result.status == 0)
        #expect(try selectors(folder.appending(path: "session.capture")) == expected)
        let warning = "issplus: the structure does not list MXSE.lasttrades; the gateway decides\n"
        #expect(result.errors == (arguments[0] == "MXSE.lasttrades" ? warning : ""))
      }
    }

    @Test func tickersFromStandardInput() async throws {
      let simulator = try await Simulator.start()
      let result = try await simulator.shell(
        "printf 'MXSE.TQBR.GAZP\\nMXSE.TQBR.SBER\\n' | issplus dump MXSE.orderbooks --tickers-from - --snapshot --columns PRICE"
      )
      #expect(result.status == 0)
      #expect(
        try PrintedTable(result.output)["_ticker"]
          == Array(repeating: "MXSE.TQBR.GAZP", count: 20) + Array(repeating: "MXSE.TQBR.SBER", count: 20))
    }

    @Test func whatTheStructureDoesNotListIsTheGatewaysToDecide() async throws {
      let simulator = try await Simulator.start()
      let result = try await simulator.run(["dump", "MXSE.lasttrades", "--ticker", "MXSE.TQBR.SBER"])
      #expect(result.status == 76)
      #expect(result.output == "")
      let lines = result.errorLines
      #expect(lines.first == "issplus: the structure does not list MXSE.lasttrades; the gateway decides")
      #expect(lines.last?.contains("gateway.invalidrequest") == true)
      #expect(lines.last?.contains("Unknown resource: MXSE.lasttrades") == true)
    }

    static let book = ["MXSE.orderbooks", "--ticker", "MXSE.TQBR.SBER"]

    /// Nobody listens at the URL: these are refused before anything is connected.
    @Test(
      arguments: [
        (["dump"], "Missing expected argument '<destination>'"),
        (["dump"] + book + ["--selector", "x=1"], "--selector is the whole selector"),
        (["dump", "MXSE.orderbooks", "--selector", "a\nb"], "--selector must not hold control characters"),
        (["dump", "MXSE.orderbooks", "--ticker", "A\"B"], "must not hold quotes or control characters"),
        (["dump", "MXSE.orderbooks", "--ticker", "A'B"], "must not hold quotes or control characters"),
        (["dump", "MXSE.orderbooks", "--ticker", "A\tB"], "must not hold quotes or control characters: “A\\u{9}B”"),
        (["dump", "MXSE.orderbooks", "--ticker", "A\u{85}B"], "must not hold quotes or control characters"),
        (["dump", "MXSE.orderbooks", "--ticker", ""], "a ticker must not be empty"),
        (["dump", "MXSE.orderbooks", "--param", "LANGUAGE=\""], "must not hold quotes or control characters"),
        (["dump", "MXSE.orderbooks", "--param", "A B=1"], "a parameter's name must be a word"),
        (["dump", "MXSE.orderbooks", "--param", "LANGUAGE"], "--param takes NAME=VALUE, not LANGUAGE"),
        (["dump", "MXSE.orderbooks", "--param", "=1"], "--param takes NAME=VALUE, not =1"),
        (["dump", "COMMON.news", "--ticker", "A"], "COMMON.news has no parameter named ticker"),
        (["dump", "MXSE\norderbooks"], "a destination is a name such as MXSE.orderbooks"),
        (["dump", "MXSE.orderbooks", "--tickers-from", "/dev/null"], "/dev/null: no ticker in it"),
        (["dump"] + book + ["--duration", "5"], "The value '5' is invalid for '--duration <duration>'"),
        (["dump"] + book + ["--every", "1s"], "--every and --fsync go with --live"),
        (["dump"] + book + ["--live", "x", "--every", "1ms"], "--every must be at least 10ms"),
        (["dump"] + book + ["--count", "0"], "--count takes a number from 1 on"),
        (
          ["dump"] + book + ["--snapshot", "--count", "1"],
          "--snapshot excludes --live, --summary, --count and --duration"
        ),
        (["dump"] + book + ["--summary", "--count", "1"], "--summary prints no lines to count"),
        (["dump"] + book + ["--record", "-"], "--record takes a file"),
        (["dump"] + book + ["--timeout", "10"], "--timeout: a duration is written 250ms, 10s, 5m or 1h, not 10"),
        (["dump"] + book + ["--connect-timeout", "0s"], "--connect-timeout: a duration is written"),
        (["dump"] + book + ["--language", "de"], "--language must be ru or en, not de"),
        (["dump"] + book + ["--dialect", "stomp"], "--dialect must be issplus or stomp12, not stomp"),
        (["dump"] + book + ["--log-level", "loud"], "--log-level must be one of trace, debug"),
        (["dump"] + book + ["--connections", "x"], "--connections takes a number from 1 to 1024, not x"),
        (["dump"] + book + ["--connections", "1025"], "--connections takes a number from 1 to 1024, not 1025"),
        (["dump"] + book + ["--proxy", "socks5://x"], "the proxy's URL must begin with http://"),
        (["dump"] + book + ["--live-dir", "x", "--snapshot"], "--snapshot excludes --live-dir"),
        (["record"] + book + ["--output", "-", "--rotate", "1h"], "--rotate needs a file, not standard output"),
        (["record"] + book + ["--output", "x", "--rotate", "10"], "The value '10' is invalid for '--rotate"),
        (["record"] + book + ["--output", "x", "--rotate", "0MB"], "The value '0MB' is invalid for '--rotate"),
        (["record"] + book, "Missing expected argument '--output"),
        (["simulate", "--speed", "max"], "--speed goes with --replay"),
        (["simulate", "--loop"], "--loop goes with --replay"),
        (["simulate", "--replay", "x", "--speed", "fast"], "--speed takes 1x, 10x, 0.5x or max, not fast"),
        (["simulate", "--replay", "x", "--speed", "0x"], "--speed takes 1x, 10x, 0.5x or max, not 0x"),
        (["simulate", "--replay", "x", "--with", "ping=1s"], "--replay serves what was recorded: it excludes --seed"),
        (["simulate", "--tls-cert", "x"], "--tls-cert and --tls-key go together"),
        (["watch"], "Missing expected argument '<destination>'"),
        (["watch", "MXSE.securities", "--columns", "LAST,"], "--columns takes names separated by commas"),
        (["watch", "MXSE.securities", "--columns", "LAST,LAST"], "--columns names a column twice"),
        (["watch", "MXSE.securities", "--sort", "-LAST"], "Missing value for '--sort <column>'"),
        (["request", "SEARCH.ticker", "--ticker", "A", "--ticker", "B"], "request asks once: give one ticker"),
        (["book", "SBER"], "a ticker has its market in front, for example MXSE.TQBR.SBER, not SBER"),
        (["book", "MXSE.TQBR.\"", "--once"], "must not hold quotes or control characters"),
        (["dump"] + book + ["--quiet", "--count", "2"], "--quiet prints no lines to count"),
        (["book", "MXSE.A", "--depth", "0"], "--depth takes a number from 1 to 1000"),
        (["simulate", "--with", "nothing=1"], "there is no switch \"nothing\"; the switches are "),
        (["simulate", "--with", "book-cadence"], "\"book-cadence\" is not NAME=VALUE"),
        (["simulate", "--with", "book-cadence=fast"], "\"fast\" is no value of book-cadence; allowed: DURATION"),
        (["simulate", "--account", "me"], "--account takes DOMAIN:LOGIN:PASSCODE"),
        (["simulate", "--port", "80000"], "--port takes a number from 0 to 65535"),
        (["simulate", "--tickers", "0"], "--tickers takes a number from 1"),
        (["simulate", "--rate", "0"], "--rate takes a number above 0"),
      ] as [([String], String)]
    )
    func wrongUsage(arguments: [String], message: String) async throws {
      let result = try await Running.run(arguments, environment: ["ISSPLUS_URL": "ws://127.0.0.1:1/nobody"])
      #expect(result.status == 64)
      #expect(result.output == "")
      #expect(result.errors.contains(message), "\(result.errors)")
    }
  }
}
