import CoreMetrics
import GatewaySimulator
import NIOConcurrencyHelpers
import NIOCore
import Testing

@testable import ISSPlus

/// What swift-metrics is told is what the client counts.
struct MetricsTests {
  @Test("frames, bytes, packets, changes, refused, reconnects, stale seconds and both latencies")
  func figures() throws {
    let collected = CollectedMetrics()
    let world = try VirtualWorld(market: SimulatedMarket(tickers: 6), seed: 3, metrics: collected) {
      $0.subscriptionPace = .nanoseconds(0)
    }
    world.group.start(1).whenFailure { _ in }
    world.pass(.milliseconds(10))
    let queue = world.subscribe("s", "MXSE.orderbooks", "TICKER=\"MXSE.TQBR.SBER\"", .conflate)
    world.pass(.seconds(5))
    let line = try #require(world.openLines.first)
    line.spoil = { _ in [ByteBuffer(string: "MESSAGE\ndestination:MXSE.orderbooks\nsubscription:s\n\n[]\0")] }
    world.pass(.seconds(1))
    line.spoil = { [$0] }
    line.cut()
    world.pass(.seconds(3))
    world.group.request(SubscriptionRequest(id: "r", destination: "COMMON.engines", selector: nil)).whenFailure { _ in }
    world.pass(.seconds(1))
    _ = try queue.poll()
    world.end()

    let counters = world.group.counters
    let told = collected.values
    #expect(told["issplus.frames"] == Double(counters.frames))
    #expect(told["issplus.bytes"] == Double(counters.bytes))
    #expect(told["issplus.packets"] == Double(counters.packets))
    #expect(told["issplus.changes"] == Double(counters.changes))
    #expect(told["issplus.conflated"] == Double(counters.conflatedPackets))
    #expect(told["issplus.refused"] == Double(counters.refusedPackets) && counters.refusedPackets > 0)
    #expect(told["issplus.reconnects"] == 1)
    #expect(told["issplus.resubscriptions"] == Double(counters.resubscriptions) && counters.resubscriptions > 0)
    #expect(abs((told["issplus.stale_seconds"] ?? 0) - counters.stale / .seconds(1)) < 1e-6)
    #expect(counters.packets > 10 && counters.conflatedPackets > 5 && counters.stale > .zero)
    // The simulator stamps 1 ms after its own time, the line takes 1 ms.
    let latencies = collected.times["issplus.latency"] ?? []
    #expect(latencies.count > 10)
    #expect(latencies.allSatisfy { (0...1_000_000).contains($0) }, "\(latencies)")
    #expect(collected.times["issplus.request_latency"] == [2_000_000])
    #expect(counters.lastLatency != nil)
  }
}

/// Keeps what it is told.
final class CollectedMetrics: MetricsFactory {
  private struct State {
    var values: [String: Double] = [:]
    var times: [String: [Int64]] = [:]
  }

  private let state = NIOLockedValueBox(State())

  var values: [String: Double] { state.withLockedValue(\.values) }
  /// Nanoseconds.
  var times: [String: [Int64]] { state.withLockedValue(\.times) }

  private final class Instrument: CounterHandler, FloatingPointCounterHandler, TimerHandler, RecorderHandler {
    let owner: CollectedMetrics
    let label: String

    init(_ owner: CollectedMetrics, _ label: String) {
      self.owner = owner
      self.label = label
    }

    func increment(by amount: Int64) { increment(by: Double(amount)) }
    func increment(by amount: Double) { owner.state.withLockedValue { $0.values[label, default: 0] += amount } }
    func recordNanoseconds(_ duration: Int64) {
      owner.state.withLockedValue { $0.times[label, default: []].append(duration) }
    }
    func record(_ value: Int64) {}
    func record(_ value: Double) {}
    func reset() {}
  }

  func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler { Instrument(self, label) }
  func makeFloatingPointCounter(label: String, dimensions: [(String, String)]) -> any FloatingPointCounterHandler {
    Instrument(self, label)
  }
  func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
    Instrument(self, label)
  }
  func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler { Instrument(self, label) }
  func destroyCounter(_ handler: any CounterHandler) {}
  func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
  func destroyRecorder(_ handler: any RecorderHandler) {}
  func destroyTimer(_ handler: any TimerHandler) {}
}
