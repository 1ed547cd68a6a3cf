import Foundation
import Testing

extension Live {
  /// Where and as whom: options, environment, passcodes.
  @Suite struct ConnectionTests {
    static let path = "/infocx/v3/websocket"

    /// What a run sent in its CONNECT frame.
    private func connectFrame(_ capture: URL) throws -> [String] {
      let frame = try text(capture).components(separatedBy: "\nCONNECT\n")
      return try #require(frame.dropFirst().first).components(separatedBy: "\n\n")[0].split(separator: "\n").map(
        String.init)
    }

    private func account(_ options: [String] = []) async throws -> Simulator {
      try await Simulator.start(["--account", "passport:me@example.org:s3cr:et"] + options)
    }

    private static let asked = ["dump", "COMMON.news", "--count", "1", "--record", "session.capture"]

    @Test func optionsAndEnvironment() async throws {
      let simulator = try await account()
      try await inScratch { folder in
        let capture = folder.appending(path: "session.capture")
        let guest = try await Running.run(Self.asked + ["--url", simulator.url], in: folder)
        #expect(guest.status == 0)
        #expect(try connectFrame(capture) == ["domain:DEMO", "login:guest", "passcode:***"])
        let passcode = folder.appending(path: "passcode")
        try Data("s3cr:et\n".utf8).write(to: passcode)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: passcode.path)
        // Options win over the environment.
        let options = try await Running.run(
          Self.asked + [
            "--url", simulator.url, "--domain", "passport", "--login", "me@example.org", "--passcode-file", "passcode",
            "--language", "ru",
          ],
          environment: [
            "ISSPLUS_URL": "ws://127.0.0.1:1/", "ISSPLUS_DOMAIN": "DEMO", "ISSPLUS_LOGIN": "you",
            "ISSPLUS_LANGUAGE": "en",
            "ISSPLUS_PASSCODE": "wrong",
          ], in: folder)
        #expect(options.status == 0, "\(options.errors)")
        let expected = ["domain:passport", "login:me@example.org", "passcode:***", "language:ru"]
        #expect(try connectFrame(capture) == expected)
        let environment = try await Running.run(
          Self.asked,
          environment: [
            "ISSPLUS_URL": simulator.url, "ISSPLUS_DOMAIN": "passport", "ISSPLUS_LOGIN": "me@example.org",
            "ISSPLUS_LANGUAGE": "ru", "ISSPLUS_PASSCODE": "s3cr:et", "ISSPLUS_TIMEOUT": "20s",
            "ISSPLUS_CONNECT_TIMEOUT": "1m", "ISSPLUS_NO_RECONNECT": "1", "ISSPLUS_CONNECTIONS": "2",
          ], in: folder)
        #expect(environment.status == 0, "\(environment.errors)")
        #expect(try connectFrame(capture) == expected)
        for result in [options, environment] {
          #expect(!result.output.contains("s3cr") && !result.errors.contains("s3cr"))
        }
        #expect(try !text(capture).contains("s3cr"))
      }
    }

    @Test(arguments: [
      ("ISSPLUS_TIMEOUT", "5", "ISSPLUS_TIMEOUT: a duration is written 250ms, 10s, 5m or 1h, not 5"),
      ("ISSPLUS_LANGUAGE", "de", "ISSPLUS_LANGUAGE must be ru or en, not de"),
      ("ISSPLUS_NO_RECONNECT", "maybe", "ISSPLUS_NO_RECONNECT must be 1 or 0"),
      ("ISSPLUS_CONNECTIONS", "0", "ISSPLUS_CONNECTIONS takes a number from 1 to 1024, not 0"),
      ("ISSPLUS_PROXY", "http://proxy:x", "the proxy's URL has a port that is no number from 1 to 65535"),
    ])
    func wrongEnvironment(name: String, value: String, message: String) async throws {
      let result = try await Running.run(
        ["request", "SEARCH.ticker"], environment: [name: value, "ISSPLUS_URL": "ws://127.0.0.1:1/"])
      #expect(result.status == 64)
      #expect(result.errors == "issplus: \(message)\n")
    }

    @Test func severalConnections() async throws {
      let simulator = try await Simulator.start(["--rate", "200"])
      try await inScratch { folder in
        let tickers = ["MXSE.TQBR.SBER", "MXSE.TQBR.GAZP", "MXSE.TQBR.LKOH"].flatMap { ["--ticker", $0] }
        let result = try await simulator.run(
          ["dump", "MXSE.orderbooks", "--connections", "2", "--record", "two.capture", "--count", "300", "--verbose"]
            + tickers, in: folder)
        #expect(result.status == 0, "\(result.errors)")
        let capture = try text(folder.appending(path: "two.capture"))
        for connection in 0..<2 { #expect(capture.contains(" \(connection) open 0\n")) }
        #expect(!capture.contains(" 2 open 0\n"))
        // The records of all connections have one order: that in which the changes were printed.
        let decoded = try await Program.run(["decode", "two.capture"], in: folder)
        #expect(decoded.output.hasPrefix(result.output))
        #expect(result.output.split(separator: "\n").count == 301)
      }
    }

    @Test func theDialectOfSTOMP12() async throws {
      let simulator = try await Simulator.start()
      try await inScratch { folder in
        // The simulated gateway wants its own domain header; what counts is what is sent.
        _ = try await simulator.run(Self.asked + ["--dialect", "stomp12"], in: folder)
        #expect(
          try connectFrame(folder.appending(path: "session.capture"))
            == ["accept-version:1.2", "host:127.0.0.1", "login:guest", "passcode:***"])
      }
    }

    @Test func aPasscodeFileIsForNobodyElse() async throws {
      let simulator = try await account()
      try await inScratch { folder in
        let file = folder.appending(path: "passcode")
        let options = ["--domain", "passport", "--login", "me@example.org", "--passcode-file", "passcode"]
        func run(_ content: String, _ mode: Int) async throws -> Program.Result {
          try Data(content.utf8).write(to: file)
          try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file.path)
          return try await simulator.run(["request", "SEARCH.ticker", "--param", "pattern=SBER"] + options, in: folder)
        }
        #expect(try await run("s3cr:et", 0o600).status == 0)
        #expect(try await run("s3cr:et\r\n", 0o400).status == 0)
        for mode in [0o644, 0o640, 0o604] {
          let refused = try await run("s3cr:et", mode)
          #expect(refused.status == 66)
          #expect(refused.errors == "issplus: passcode: others can read the passcode; `chmod 600 passcode` first\n")
        }
        let wrong = try await run("another", 0o600)
        #expect(wrong.status == 77)
        #expect(wrong.errors.contains("gateway.access-denied") && wrong.errors.contains("Access denied"))
        #expect(!wrong.errors.contains("another"))
        #expect(try await run("", 0o600).status == 64)
        #expect(try await run("two\nlines", 0o600).status == 64)
        try FileManager.default.removeItem(at: file)
        let missing = try await simulator.run(["request", "SEARCH.ticker"] + options, in: folder)
        #expect(missing.status == 66)
        #expect(missing.errors == "issplus: passcode: cannot be read: No such file or directory\n")
      }
    }

    /// No passcode in an argument: there is no such option.
    @Test func noPasscodeInArguments() async throws {
      let result = try await Running.run(["request", "SEARCH.ticker", "--passcode", "s3cr"])
      #expect(result.status == 64)
      #expect(result.errors.contains("Unknown option '--passcode'"))
      let none = try await Running.shell(
        "setsid -w $ISSPLUS_PROGRAM request SEARCH.ticker --login me --url ws://127.0.0.1:1/")
      #expect(none.status == 64)
      #expect(
        none.errors
          == "issplus: no passcode for me: set ISSPLUS_PASSCODE, or give --passcode-file, or run on a terminal\n")
    }

    @Test(arguments: ["book MXSE.TQBR.SBER", "dump COMMON.news", "request SEARCH.ticker", "catalog"])
    func noPasscodeInPlainTextToOthers(command: String) async throws {
      let arguments = command.split(separator: " ").map(String.init) + ["--url", "ws://192.0.2.1/x", "--login", "me"]
      let result = try await Running.run(arguments, environment: ["ISSPLUS_PASSCODE": "s3cr"])
      #expect(result.status == 64)
      #expect(result.output == "")
      #expect(result.errors.contains("plain text over ws:// to 192.0.2.1"))
      #expect(!result.errors.contains("s3cr"))
    }

    @Test func whatCannotBeReached() async throws {
      for (url, status, word) in [
        ("ws://127.0.0.1:1/", Int32(69), "Connection refused"),
        ("ws://no-such-host.invalid/", 69, "no-such-host.invalid has no address"),
        ("wss://127.0.0.1:1/", 69, "Connection refused"),
        ("http://127.0.0.1/", 64, "must begin with ws:// or wss://"),
        ("wss://no-such-host.invalid/", 69, "no-such-host.invalid has no address"),
      ] {
        for command in [["dump", "COMMON.news"], ["catalog"], ["book", "MXSE.TQBR.SBER"]] {
          let result = try await Running.run(command, environment: ["ISSPLUS_URL": url])
          #expect(result.status == status, "\(url): \(result.errors)")
          #expect(result.output == "")
          #expect(result.errors.contains(word), "\(url): \(result.errors)")
          #expect(result.errorLines.count == 1)
        }
      }
      let simulator = try await Simulator.start()
      let other = try await Running.run(["catalog", "--url", simulator.url.replacing(Self.path, with: "/other")])
      #expect(other.status == 69)
      #expect(other.errors.contains("404"), "\(other.errors)")
    }
  }
}
