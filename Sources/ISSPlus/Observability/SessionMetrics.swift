import CoreMetrics
import NIOCore

/// What a connection tells swift-metrics, under the labels of `Instruments`. Counted by plain numbers and handed over once
/// a read of the socket, so that a packet costs no call.
final class SessionMetrics {
  /// The instruments of a client; its connections share them.
  struct Instruments: Sendable {
    let frames: Counter
    let bytes: Counter
    let packets: Counter
    let changes: Counter
    let conflated: Counter
    let refused: Counter
    let outOfOrder: Counter
    let reconnects: Counter
    let resubscriptions: Counter
    /// Table-seconds: two tables that are stale for a second count two.
    let staleSeconds: FloatingPointCounter
    /// From `X-gateway-stamp` to the arrival; holds the difference of both clocks. Below zero counts as zero.
    let latency: CoreMetrics.Timer
    /// From sending a REQUEST to its REPLY.
    let requestLatency: CoreMetrics.Timer

    init(factory: any MetricsFactory) {
      func counter(_ name: String) -> Counter { Counter(label: "issplus." + name, factory: factory) }
      frames = counter("frames")
      bytes = counter("bytes")
      packets = counter("packets")
      changes = counter("changes")
      conflated = counter("conflated")
      refused = counter("refused")
      outOfOrder = counter("out_of_order")
      reconnects = counter("reconnects")
      resubscriptions = counter("resubscriptions")
      staleSeconds = FloatingPointCounter(label: "issplus.stale_seconds", factory: factory)
      latency = CoreMetrics.Timer(label: "issplus.latency", factory: factory)
      requestLatency = CoreMetrics.Timer(label: "issplus.request_latency", factory: factory)
    }
  }

  private let instruments: Instruments
  /// What was handed over.
  private var told = SessionCounters()

  init(_ instruments: Instruments) { self.instruments = instruments }

  /// Hands over what has been counted since the last time.
  func report(_ now: SessionCounters) {
    tell(instruments.frames, now.frames - told.frames)
    tell(instruments.bytes, now.bytes - told.bytes)
    tell(instruments.packets, now.packets - told.packets)
    tell(instruments.changes, now.changes - told.changes)
    tell(instruments.conflated, now.conflatedPackets - told.conflatedPackets)
    tell(instruments.refused, now.refusedPackets - told.refusedPackets)
    tell(instruments.outOfOrder, now.outOfOrderPackets - told.outOfOrderPackets)
    tell(instruments.reconnects, now.reconnects - told.reconnects)
    tell(instruments.resubscriptions, now.resubscriptions - told.resubscriptions)
    if now.stale > told.stale { instruments.staleSeconds.increment(by: (now.stale - told.stale) / .seconds(1)) }
    told = now
  }

  private func tell(_ counter: Counter, _ count: Int) {
    if count > 0 { counter.increment(by: Int64(count)) }
  }

  /// A packet came that long after the gateway's stamp.
  func packetTook(_ latency: Duration) {
    instruments.latency.recordNanoseconds(max(0, latency.timeAmount.nanoseconds))
  }

  /// A request was answered.
  func requestTook(_ latency: TimeAmount) { instruments.requestLatency.recordNanoseconds(latency.nanoseconds) }
}
