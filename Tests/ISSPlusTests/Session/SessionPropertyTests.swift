import GatewaySimulator
import MarketData
import NIOCore
import Testing

@testable import ISSPlus

/// Packets × faults × reader speeds on a virtual clock: afterwards the client's table, the gateway's table and the table
/// built from the changes are the same, for every subscription. Nothing is lost, nothing is invented.
@Suite("Session property") struct SessionPropertyTests {
  /// 20 cases of 50 seeds: 1,000 runs.
  @Test("client table = gateway table = table of the changes", arguments: 0..<20)
  func tablesAreEqual(_ part: UInt64) throws {
    for seed in part * 50..<(part + 1) * 50 {
      let run = try SessionRun(seed: seed)
      let faults = try run.run()
      #expect(faults == [], "seed \(seed): \(run.story)")
    }
  }

  /// The runs would prove nothing if their faults did not happen.
  @Test("the runs contain what they are about")
  func runsAreRich() throws {
    var counters = SessionCounters()
    var stories: Set<String> = []
    for seed in 0..<60 as Range<UInt64> {
      let run = try SessionRun(seed: seed)
      _ = try run.run()
      counters.add(run.counters)
      stories.formUnion(run.story)
    }
    #expect(counters.reconnects > 20)
    #expect(counters.refusedPackets > 20)
    #expect(counters.conflatedPackets > 100)
    #expect(counters.outOfOrderPackets > 20)
    #expect(counters.lateFrames > 0)
    #expect(counters.unknownFrames > 20)
    #expect(counters.resubscriptions > 20)
    #expect(counters.changes > 3_000)
    #expect(stories.isSuperset(of: ["cut", "death", "CLOSED", "refused attempt", "deaf attempt", "unsubscribe"]))
  }
}
