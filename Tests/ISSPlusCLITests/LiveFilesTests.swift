import Foundation
import Testing

extension Live {
  /// Commands that write several files.
  @Suite(.serialized) struct FilesTests {
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
  }
}
