import Foundation
import Testing

extension Live {
  /// The snippets are programs: run as a reader of the documentation runs them, against the simulator.
  @Suite struct SnippetTests {
    private static func program(_ name: String) -> String {
      URL(filePath: Program.path).deletingLastPathComponent().appending(path: name).path
    }

    @Test("the spread monitor prints a line for each of its three tickers")
    func spreadMonitor() async throws {
      let simulator = try await Simulator.start(["--rate", "2000"])
      let monitor = try Running([simulator.url], executable: Self.program("SpreadMonitor"))
      let tickers = ["MXSE.TQBR.SBER", "MXSE.TQBR.GAZP", "MXSE.TQBR.LKOH"]
      // Standard output is no terminal: lines come when some kilobytes are full.
      try await monitor.until("lines of all tickers") { tickers.allSatisfy { monitor.output.contains("\n\($0) ") } }
      let lines = monitor.output.split(separator: "\n").dropLast()
      for line in lines {
        let words = line.split(separator: " ")
        #expect(words.count == 5 && tickers.contains(String(words[0])) && words[3] == "spread", "\(line)")
        let prices = words.indices.contains(4) ? [1, 2, 4].compactMap { Decimal(string: String(words[$0])) } : []
        #expect(prices.count == 3 && prices[1] - prices[0] == prices[2], "\(line)")
      }
    }

    @Test("the spread of one instrument ends with an error of words when nobody listens")
    func oneSpread() async throws {
      let simulator = try await Simulator.start(["--rate", "2000"])
      let one = try Running([simulator.url], executable: Self.program("OneSpread"))
      try await one.until("spreads") { one.output.contains(" spread 0.0") }
      let nobody = try await Running(["ws://127.0.0.1:1/"], executable: Self.program("OneSpread")).end()
      #expect(nobody.status != 0 && nobody.errors.contains("127.0.0.1:1"), "\(nobody.errors)")
    }

    @Test("the program with a simulator of its own ends by itself")
    func simulation() async throws {
      let result = try await Running([], executable: Self.program("Simulation")).end()
      #expect(result.status == 0, "\(result.errors)")
      let prices = result.output.split(separator: " ").compactMap { Decimal(string: String($0)) }
      #expect(prices.count == 2 && prices[0] < prices[1], "\(result.output)")
    }

    @Test("the tutorial's manifest is one: a program with the product ISSPlus of the clone beside it")
    func manifest() async throws {
      let file = Folders.root.appending(path: "Sources/ISSPlus/ISSPlus.docc/Resources/Package.swift.txt")
      let manifest = try text(file)
      try await inScratch { folder in
        try Data(manifest.utf8).write(to: folder.appending(path: "Package.swift"))
        let result = try await Running.shell("swift package dump-package", in: folder)
        #expect(result.status == 0, "\(result.errors)")
        let package = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
        #expect(package?["name"] as? String == "spreads")
        #expect(result.output.contains("issplus") && result.output.contains("\"ISSPlus\""))
      }
    }
  }
}
