import Foundation
import Testing

extension Live {
  /// A passcode is in nothing that a session writes: output, log at trace, errors, captures, command lines.
  @Suite struct SecretTests {
    private static let passcode = "S3cr3t-Pass:w%rd"
    private static let dump = [
      "dump", "MXSE.orderbooks", "--ticker", "MXSE.TQBR.SBER", "--count", "25", "--verbose", "--log-level", "trace",
      "--record", "session.capture", "--live", "live.csv",
    ]

    private static func account(_ passcode: String) -> [String: String] {
      ["ISSPLUS_DOMAIN": "passport", "ISSPLUS_LOGIN": "me@example.org", "ISSPLUS_PASSCODE": passcode]
    }

    /// Looks through a result and all files of a folder.
    private func expectNoSecret(_ result: Program.Result, in folder: URL, _ what: Comment) throws {
      #expect(!result.output.contains("S3cr3t") && !result.errors.contains("S3cr3t"), what)
      for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) where name != "passcode" {
        let content = try Data(contentsOf: folder.appending(path: name))
        #expect(content.range(of: Data("S3cr3t".utf8)) == nil, "\(what): \(name)")
      }
    }

    @Test func nothingWrittenHoldsThePasscode() async throws {
      // The peer's own command line has it, as cli.md asks; ours never.
      let simulator = try await Simulator.start([
        "--account", "passport:me@example.org:\(Self.passcode)", "--with", "book-cadence=20ms",
      ])
      try await inScratch { folder in
        let good = try await simulator.run(Self.dump, environment: Self.account(Self.passcode), in: folder)
        #expect(good.status == 0, "\(good.errors)")
        #expect(try text(folder.appending(path: "session.capture")).contains("passcode:***"))
        try expectNoSecret(good, in: folder, "accepted")
        let refused = try await simulator.run(Self.dump, environment: Self.account("S3cr3t-wrong"), in: folder)
        #expect(refused.status == 77)
        try expectNoSecret(refused, in: folder, "refused")
        let nobody = try await Running.run(
          Self.dump + ["--url", "ws://127.0.0.1:1/"], environment: Self.account(Self.passcode), in: folder)
        #expect(nobody.status == 69)
        try expectNoSecret(nobody, in: folder, "unreachable")
        let proxied = try await simulator.run(
          Self.dump + ["--proxy", "http://127.0.0.1:1"],
          environment: Self.account(Self.passcode).merging(
            ["http_proxy": "http://me:S3cr3t@127.0.0.1:1", "HTTPS_PROXY": "http://me:S3cr3t@127.0.0.1:1"]
          ) { $1 }, in: folder)
        #expect(proxied.status == 69)
        try expectNoSecret(proxied, in: folder, "proxy")
        let again = try await Running.run(["decode", "session.capture", "--summary"], in: folder)
        try expectNoSecret(again, in: folder, "decode")
      }
    }

    @Test func commandLineAndDescriptionsOfTheProcessDoNotHoldIt() async throws {
      let simulator = try await Simulator.start(["--account", "passport:me@example.org:\(Self.passcode)"])
      try await inScratch { folder in
        let file = folder.appending(path: "passcode")
        try Data("\(Self.passcode)\n".utf8).write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
        let command =
          "$ISSPLUS_PROGRAM dump MXSE.orderbooks --ticker MXSE.TQBR.SBER --domain passport --login me@example.org "
          + "--passcode-file passcode > out.csv 2> err.txt & "
          + "until [ -s out.csv ] || ! kill -0 $!; do sleep 0.02; done; tr '\\0' ' ' < /proc/$!/cmdline > cmdline.txt; tr '\\0' ' ' < /proc/$!/environ > environ.txt; "
          + "kill -INT $!; wait %1"
        let result = try await simulator.shell(command, in: folder)
        let errors = try text(folder.appending(path: "err.txt"))
        #expect(result.status == 0, "\(errors)")
        #expect(try text(folder.appending(path: "cmdline.txt")).contains("--passcode-file passcode"))
        try expectNoSecret(result, in: folder, "from a file")
      }
    }
  }
}
