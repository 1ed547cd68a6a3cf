import Foundation
import Testing

extension Live {
  /// The lines for other programs that README shows, as they stand there, against the simulator.
  @Suite struct ReadmeTests {
    /// The commands of the block under "Into other programs": what stands between empty lines, comments left out.
    private static let commands: [String] = {
      guard let text = try? String(contentsOf: Folders.root.appending(path: "README.md"), encoding: .utf8),
        let heading = text.range(of: "### Into other programs\n"),
        let start = text[heading.upperBound...].range(of: "```sh\n"),
        let end = text[start.upperBound...].range(of: "\n```")
      else { return [] }
      return text[start.upperBound..<end.lowerBound].components(separatedBy: "\n\n").map { block in
        block.split(separator: "\n").filter { !$0.hasPrefix("#") }.joined(separator: "\n")
      }
    }()

    /// Runs the command of README that has the word; it must end well and print something.
    private func run(_ word: String) async throws -> String {
      let command = try #require(Self.commands.first { $0.contains(word) }, "README shows no \(word)")
      return try await inScratchWithResult { folder in
        let simulator = try await Simulator.start(["--rate", "300"])
        let result = try await Running.shell(
          "set -euo pipefail\n\(command)", environment: ["ISSPLUS_URL": simulator.url], in: folder)
        #expect(result.status == 0, "\(command)\n\(result.errors)")
        return result.output
      }
    }

    private func inScratchWithResult(_ body: (URL) async throws -> String) async throws -> String {
      var output = ""
      try await inScratch { output = try await body($0) }
      return output
    }

    @Test(.enabled("python3 cannot import pandas") { await ReaderTests.canImport("pandas") }) func pandas() async throws
    {
      let output = try await run("pandas")
      #expect(output.contains("count") && output.contains("max"), "\(output)")
    }

    @Test(.enabled("python3 cannot import duckdb") { await ReaderTests.canImport("duckdb") }) func duckDB() async throws
    {
      let output = try await run("duckdb")
      #expect(output.contains("BUYSELL") && output.contains("B"), "\(output)")
    }

    @Test(.enabled(if: Program.isInstalled("jq"), "jq is not there")) func jq() async throws {
      let lines = try await run("jq").split(separator: "\n")
      #expect(!lines.isEmpty)
      for line in lines {
        let cells = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [Any]
        #expect(cells?.count == 3 && cells?[1] is NSNumber, "\(line)")
      }
    }

    @Test func eachProgramHasItsLine() { #expect(Self.commands.count == 3) }
  }
}
