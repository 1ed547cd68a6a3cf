/// Counts of a client since it was made, over all its connections; for status lines and tests.
public struct SessionCounters: Sendable, Hashable {
  /// WebSocket messages received.
  public var messages = 0
  /// Bytes of them.
  public var bytes = 0
  /// STOMP frames in them.
  public var frames = 0
  /// Packets applied.
  public var packets = 0
  /// Rows changed.
  public var changes = 0
  /// Packets that were merged with others because their reader was away.
  public var conflatedPackets = 0
  /// Packets refused.
  public var refusedPackets = 0
  /// Packets whose seqnum did not grow (`OrderCheck`).
  public var outOfOrderPackets = 0
  /// Replies to requests.
  public var replies = 0
  /// MESSAGE frames for subscriptions that are not open any more.
  public var lateFrames = 0
  /// Frames with an unknown command.
  public var unknownFrames = 0
  /// ERROR frames that belong to nothing asked for.
  public var unattributedErrors = 0
  /// Times that CONNECTED came.
  public var connections = 0
  /// Times that CONNECTED came on a line made anew.
  public var reconnects = 0
  /// Subscriptions made again on a line that holds: after a refused packet, or a silence.
  public var resubscriptions = 0
  /// How long tables were stale, added up.
  public var stale: Duration = .zero
  /// Tables that wait for their first snapshot, now.
  public var awaitingTables = 0
  /// Tables that are live, now.
  public var liveTables = 0
  /// Tables that are stale, now.
  public var staleTables = 0
  /// Since when the one of them that is stale longest is so, in nanoseconds since 1970-01-01 UTC; `nil` when none is.
  public var staleSince: Int64?
  /// From the gateway's `X-gateway-stamp` to the arrival here, of the newest packet measured (one a read of the socket).
  ///
  /// The gateway's clock and this machine's are compared, so their difference is in it, and it may be negative; a change
  /// of it says more than its size. The stamp has a resolution of 1 ms.
  public var lastLatency: Duration?

  /// Counts at zero.
  public init() {}

  /// Adds the counts of another connection.
  mutating func add(_ other: SessionCounters) {
    messages += other.messages
    bytes += other.bytes
    frames += other.frames
    packets += other.packets
    changes += other.changes
    conflatedPackets += other.conflatedPackets
    refusedPackets += other.refusedPackets
    outOfOrderPackets += other.outOfOrderPackets
    replies += other.replies
    lateFrames += other.lateFrames
    unknownFrames += other.unknownFrames
    unattributedErrors += other.unattributedErrors
    connections += other.connections
    reconnects += other.reconnects
    resubscriptions += other.resubscriptions
    stale += other.stale
    awaitingTables += other.awaitingTables
    liveTables += other.liveTables
    staleTables += other.staleTables
    staleSince = [staleSince, other.staleSince].compactMap(\.self).min()
    lastLatency = other.lastLatency ?? lastLatency
  }
}
