/// Counts of a session, for status lines.
public struct SessionCounters: Sendable, Hashable {
  /// WebSocket messages received.
  public var messages = 0
  /// Bytes of them.
  public var bytes = 0
  /// Packets applied.
  public var packets = 0
  /// Rows changed.
  public var changes = 0
  /// Packets refused.
  public var refusedPackets = 0
  /// MESSAGE frames for subscriptions that are not open any more.
  public var lateFrames = 0
  /// Frames with an unknown command.
  public var unknownFrames = 0
  /// ERROR frames that belong to nothing asked for.
  public var unattributedErrors = 0
  /// Times that CONNECTED came.
  public var connections = 0

  /// Counts at zero.
  public init() {}
}
