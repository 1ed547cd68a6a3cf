import Capture
import Foundation
import ISSPlus
import MarketData
import NIOCore
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

extension Live {
  /// Commands that write several files.
  @Suite struct FilesTests {
    /// The files together are the session, none alone is more than its share, and a second run goes on behind them.
    @Test func rotatedRecording() async throws {
      let simulator = try await Simulator.start(["--rate", "300"])
      try await inScratch { folder in
        let record = ["record"] + DumpTests.book + ["--output", "day.capture", "--rotate", "20KB", "--duration", "1s"]
        let first = try await simulator.run(record, in: folder)
        #expect(first.status == 0, "\(first.errors)")
        func names() throws -> [String] {
          try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasPrefix("day") }.sorted()
        }
        let files = try names()
        #expect(files.count >= 3)
        #expect(files == (1...files.count).map { "day-\($0 < 10 ? "000" : "00")\($0).capture" })
        // The first holds CONNECTED with the structure, which is larger than the limit.
        for file in files.dropFirst().dropLast() {
          let size = try Data(contentsOf: folder.appending(path: file)).count
          #expect((20_000..<40_000).contains(size), "\(file): \(size)")
        }
        // The same bytes in one file.
        let whole = try await Running.shell(
          "cat \(files.joined(separator: " ")) | grep -av '^ISSPLUS-CAPTURE' > body; (head -1 \(files[0]); cat body) > whole.capture",
          in: folder)
        #expect(whole.status == 0)
        let parts = try await Running.run(["decode"] + files, in: folder)
        #expect(parts.status == 0 && parts.errors == "", "\(parts.errors)")
        #expect(parts.output == (try await Running.run(["decode", "whole.capture"], in: folder)).output)
        #expect(try PrintedTable(parts.output).rows.count > 100)
        let contents = try files.map { try Data(contentsOf: folder.appending(path: $0)) }
        _ = try await simulator.run(record, in: folder)
        #expect(try names().count > files.count)
        #expect(try files.map { try Data(contentsOf: folder.appending(path: $0)) } == contents)
      }
    }

    /// One file a subscription; each is the table that the recording of the same run comes to.
    @Test(arguments: ["csv", "jsonl"]) func liveFolder(format: String) async throws {
      let simulator = try await Simulator.start(["--with", "book-cadence=20ms"])
      try await inScratch { folder in
        let tickers = ["MXSE.TQBR.SBER", "MXSE.TQBR.GAZP"]
        let result = try await simulator.run(
          ["dump", "MXSE.orderbooks"] + tickers.flatMap { ["--ticker", $0] } + [
            "--live-dir", "books", "--live", "all", "--every", "20ms", "--quiet", "--duration", "700ms", "--format",
            format, "--record", "session.capture",
          ],
          in: folder)
        #expect(result.status == 0 && result.output == "", "\(result.errors)")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "books").path)
        #expect(names.sorted() == tickers.map { "MXSE.orderbooks-\($0).\(format)" }.sorted())
        for ticker in tickers {
          let decoded = try await Running.run(
            ["decode", "--snapshot", "--format", format, "--ticker", ticker, "session.capture"], in: folder)
          let file = try text(folder.appending(path: "books/MXSE.orderbooks-\(ticker).\(format)"))
          #expect(file == decoded.output)
          #expect(file.split(separator: "\n").count >= 20)
        }
        let all = try await Running.run(
          ["decode", "--snapshot", "--format", format, "session.capture"], in: folder)
        #expect(try text(folder.appending(path: "all")) == all.output)
        let taken = try await simulator.run(
          ["dump"] + DumpTests.book + ["--live-dir", "all", "--duration", "100ms"], in: folder)
        #expect(taken.status == 73)
        #expect(taken.errors.hasPrefix("issplus: all/MXSE.orderbooks-"), "\(taken.errors)")
      }
    }

    // MARK: Killed recorders

    /// The changes of a recording, a line each, and where it is torn.
    private static func read(_ bytes: Data) throws -> (lines: [String], torn: TornTail?) {
      var recording = Recording()
      var lines: [String] = []
      func take(_ item: Recording.Item) {
        guard case .changes(_, let changes) = item.event else { return }
        for change in changes {
          lines.append("\(item.time ?? 0) \(changes.properties.seqnum ?? 0) \(change.kind) \(change.row?.values ?? [])")
        }
      }
      recording.begin(file: "f")
      try recording.append(ByteBuffer(bytes: bytes), take)
      return (lines, try recording.end(take))
    }

    /// Where the records of a whole capture begin, and where it ends.
    private static func places(_ bytes: Data) throws -> [Int] {
      var reader = CaptureReader()
      reader.append(ByteBuffer(bytes: bytes))
      var ends = [CaptureFormat.firstLine.utf8.count + 1]
      while try reader.next() != nil { ends.append(Int(reader.recordOffset)) }
      return ends + [bytes.count]
    }

    /// Cut at 200 places: all complete records are read, and nothing that was not recorded.
    @Test func recordingCutAnywhere() async throws {
      let simulator = try await Simulator.start(["--rate", "200"])
      try await inScratch { folder in
        let record = ["record"] + DumpTests.book + ["--output", "whole.capture", "--duration", "1s"]
        #expect(try await simulator.run(record, in: folder).status == 0)
        let whole = try Data(contentsOf: folder.appending(path: "whole.capture"))
        let all = try Self.read(whole)
        #expect(all.torn == nil && all.lines.count > 100)
        let places = try Self.places(whole)
        var random = SeededGenerator(seed: 20_261_121)
        // Many cuts are in one record: what is before it is read once.
        var wholeRecords: [Int: [String]] = [:]
        for _ in 0..<200 {
          let cut = Int.random(in: 20..<whole.count, using: &random)
          let part = try Self.read(whole.prefix(cut))
          #expect(part.lines[...] == all.lines.prefix(part.lines.count), "cut at \(cut)")
          let start = try #require(places.last { $0 <= cut }, "cut at \(cut)")
          #expect(part.torn.map { Int($0.offset) } == (start == cut ? nil : start), "cut at \(cut)")
          let own = try wholeRecords[start] ?? Self.read(whole.prefix(start)).lines
          wholeRecords[start] = own
          #expect(part.lines == own, "cut at \(cut)")
        }
      }
    }

    /// kill -9 while it writes: what is there is read, and leads to a table without a wrong row.
    @Test(arguments: [30_000, 60_000, 100_000, 200_000]) func killedRecorder(size: Int) async throws {
      let simulator = try await Simulator.start(["--rate", "500"])
      try await inScratch { folder in
        let recorder = try simulator.begin(["record"] + DumpTests.book + ["--output", "day.capture"], in: folder)
        let file = folder.appending(path: "day.capture")
        func written() -> Int { (try? Data(contentsOf: file).count) ?? 0 }
        try await recorder.until("the structure and packets") { written() > 110_000 + size }
        recorder.signal(SIGKILL)
        #expect(try await recorder.end().status == 128 + SIGKILL)
        let decoded = try await Running.run(["decode", "day.capture"], in: folder)
        #expect(decoded.status == 0)
        #expect(decoded.errors.isEmpty || decoded.errors.contains("torn tail"), "\(decoded.errors)")
        let table = try PrintedTable(decoded.output).rebuilt(keys: ["BUYSELL", "PRICE"], withTicker: false)
        let snapshot = try await Running.run(["decode", "--snapshot", "day.capture"], in: folder)
        #expect(try PrintedTable(snapshot.output).set == table)
      }
    }
  }
}
