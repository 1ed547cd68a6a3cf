import Foundation
import Testing

extension Live {
  /// The figures of `--summary` when the end is slow.
  @Suite struct SummaryTests {
    /// A gateway that does not answer the close of the line is waited for, two seconds at most; nothing is counted meanwhile, and
    /// the rates must not be divided by that time.
    @Test func waitingForTheFarewellIsNoTimeOfTheSummary() async throws {
      let simulator = try await Simulator.start(["--with", "half-open=1", "--with", "book-cadence=10ms"])
      let clock = ContinuousClock()
      let start = clock.now
      let result = try await simulator.run([
        "dump", "MXSE.orderbooks", "--ticker", "MXSE.TQBR.SBER", "--summary", "--duration", "3s",
      ])
      let whole = start.duration(to: clock.now) / .seconds(1)
      #expect(result.status == 0, "\(result.errors)")
      let figures = Dictionary(
        uniqueKeysWithValues: result.output.split(separator: "\n").map { line in
          let parts = line.split(separator: "\t").map(String.init)
          return (parts[0], parts[1])
        })
      #expect(figures["packets"] == "1")
      let seconds = try #require(figures["seconds"].flatMap(Double.init))
      #expect(seconds >= 3)
      #expect(whole - seconds > 1.5, "\(whole) in all, of them \(seconds) counted")
    }
  }
}
