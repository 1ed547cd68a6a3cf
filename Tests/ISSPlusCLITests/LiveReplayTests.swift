import Foundation
import Testing

extension Live {
  /// `simulate --replay`, and what recordings have to show.
  @Suite struct ReplayTests {
    private static let tickers = ["MXSE.TQBR.SBER", "MXSE.TQBR.GAZP"]
    private static let books = ["MXSE.orderbooks"] + tickers.flatMap { ["--ticker", $0] }

    /// The rows of a change stream without the time of their arrival, which is another one.
    private static func changes(_ output: String) -> [Substring] {
      output.split(separator: "\n").map { $0.drop { $0 != "," } }
    }

    /// Records a session of two books whose line is cut three times; `all.csv` is its table, `session.capture` the rest.
    private static func record(in folder: URL) async throws {
      let simulator = try await Simulator.start(["--rate", "400", "--with", "cut=300", "--with", "faulty-lines=3"])
      let running = try simulator.begin(
        ["dump"] + books + ["--live", "all.csv", "--quiet", "--record", "session.capture"], in: folder)
      let file = folder.appending(path: "session.capture")
      // The fourth line has said something: the structure, its snapshots and packets.
      func lines() -> Int {
        let bytes = (try? Data(contentsOf: file)) ?? Data()
        return bytes.split(separator: UInt8(ascii: "\n")).count { $0.hasSuffix(" open 0") }
      }
      try await running.until("four lines") { lines() == 4 }
      let size = try Data(contentsOf: file).count
      try await running.until("packets of the fourth line") { try Data(contentsOf: file).count > size + 300_000 }
      running.signal(SIGTERM)
      let result = try await running.end()
      #expect(result.status == 0 && result.output == "", "\(result.errors)")
    }

    /// The recording of a session with three reconnects comes to the table that the session kept, byte by byte, and served
    /// again it gives the changes that `decode` gives, in their order.
    @Test func replayIsTheSession() async throws {
      try await inScratch { folder in
        try await Self.record(in: folder)
        let table = try await Running.run(["decode", "--snapshot", "session.capture"], in: folder)
        let live = try String(contentsOf: folder.appending(path: "all.csv"), encoding: .utf8)
        #expect(table.output == live && table.status == 0)
        #expect(table.errors.components(separatedBy: "live again").count == 4, "\(table.errors)")
        let decoded = Self.changes(try await Running.run(["decode", "session.capture"], in: folder).output)
        #expect(decoded.count > 1000)

        let replay = try await Simulator.start(["--replay", "session.capture", "--speed", "max"], in: folder)
        // The line stays open at the end of a recording: the lines are counted, without the header.
        let again = try await replay.run(
          ["dump"] + Self.books + ["--live", "again.csv", "--count", "\(decoded.count - 1)"], in: folder)
        #expect(again.status == 0 && again.errors == "", "\(again.errors)")
        let changes = Self.changes(again.output)
        #expect(changes.count == decoded.count)
        #expect(zip(changes, decoded).first { $0 != $1 } == nil)
        #expect(try String(contentsOf: folder.appending(path: "again.csv"), encoding: .utf8) == live)
      }
    }

    /// What is not in the recording is refused with what is; a broken file is not served at all.
    @Test func replayRefuses() async throws {
      try await inScratch { folder in
        let replay = try await Simulator.start(["--replay", "Fixtures/conversations/capture-of-a-session.capture"])
        let other = try await replay.run(["dump", "MXSE.orderbooks", "--ticker", "MXSE.TQBR.LKOH", "--count", "1"])
        #expect(other.status == 76)
        #expect(
          other.errors.contains("Not in the recording: MXSE.orderbooks TICKER=\"MXSE.TQBR.LKOH\"; it has "),
          "\(other.errors)")
        let missing = try await Running.run(["simulate", "--replay", "missing.capture"], in: folder)
        #expect(missing.status == 66 && missing.output == "")
        try Data("ISSPLUS-CAPTURE 1\n1 0 in x\n".utf8).write(to: folder.appending(path: "broken.capture"))
        let broken = try await Running.run(["simulate", "--replay", "broken.capture"], in: folder)
        #expect(broken.status == 65 && broken.output == "")
        #expect(broken.errors.hasPrefix("issplus: broken.capture: record 1 byte 18: "), "\(broken.errors)")
        try Data().write(to: folder.appending(path: "empty.capture"))
        let empty = try await Running.run(["simulate", "--replay", "empty.capture"], in: folder)
        #expect(
          empty.status == 65
            && empty.errors
              == "issplus: empty.capture: no subscription and no request in it: there is nothing to serve\n"
        )
      }
    }

    /// Over and over: the second round comes as the difference to the first.
    @Test func replayLoops() async throws {
      try await inScratch { folder in
        let fixture = Folders.conversations.appending(path: "capture-of-a-session.capture").path
        let replay = try await Simulator.start(["--replay", fixture, "--speed", "max", "--loop"], in: folder)
        let again = try await replay.run(
          ["dump", "MXCX.orderbooks", "--ticker", "MXCX.CETS.CNYRUB_TOM", "--count", "6"], in: folder)
        #expect(again.status == 0, "\(again.errors)")
        let rows = Self.changes(again.output).dropFirst().map { $0.dropFirst(3) }
        let name = "MXCX.CETS.CNYRUB_TOM,B,11.50"
        let round = ["update,\(name),1", "update,\(name),2"]
        #expect(rows.map(String.init) == ["insert,\(name),1", "update,\(name),2"] + round + round)
      }
    }
  }
}

extension Data {
  fileprivate func hasSuffix(_ text: String) -> Bool { suffix(text.utf8.count).elementsEqual(text.utf8) }
}
