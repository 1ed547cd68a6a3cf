import MarketData
import NIOCore

extension SessionDriver {
  /// What a subscription needs here.
  final class Delivery {
    let id: String
    /// What was asked for, for messages.
    let name: String
    let sink: any UpdateSink
    /// Whether changes are to be handed over, not states alone.
    let wantsRows: Bool
    /// The standing that the sink was given last.
    var offered = Standing.initial
    var confirmed: EventLoopPromise<Void>?
    /// Whether the SUBSCRIBE that is out has had its answer.
    var isAnswered = false
    var table: Int
    var standing = Standing.initial
    /// Since when the table is stale; `nil` when it is not.
    var staleSince: NIODeadline?
    /// When the last packet came since the SUBSCRIBE that is out; kept only where silence is measured.
    var lastHeard: NIODeadline?

    init(_ request: SubscriptionRequest, sink: any UpdateSink, confirmed: EventLoopPromise<Void>, table: Int) {
      id = request.id
      name = request.description
      self.sink = sink
      wantsRows = sink.wantedRows != .none
      self.confirmed = confirmed
      self.table = table
    }
  }

  /// A table that was stale since then is so no longer.
  func countStale(_ since: NIODeadline) {
    let time = Duration.nanoseconds((loop.now - since).nanoseconds)
    counters.stale = counters.stale + time
  }

  /// Hands over what was counted to swift-metrics.
  func reportMetrics() {
    counters.frames = feed.frames
    counters.outOfOrderPackets = feed.outOfOrderPackets
    let now = counters
    metrics?.report(now)
  }

  /// The counters as they are now: tables that are stale count up to this moment.
  func countersNow() -> SessionCounters {
    var now = counters
    now.frames = feed.frames
    now.outOfOrderPackets = feed.outOfOrderPackets
    for delivery in deliveries.values {
      switch delivery.standing.state {
      case .awaitingSnapshot: now.awaitingTables += 1
      case .live: now.liveTables += 1
      case .stale:
        now.staleTables += 1
        if let since = delivery.standing.since { now.staleSince = min(now.staleSince ?? since, since) }
      }
      if let since = delivery.staleSince { now.stale += .nanoseconds((loop.now - since).nanoseconds) }
    }
    return now
  }
}
