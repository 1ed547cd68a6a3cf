/// How far a table can be taken for the market's state.
public enum TableState: Sendable, Hashable {
  /// No snapshot has come yet.
  case awaitingSnapshot
  /// A snapshot and all that came after it are in.
  case live
  /// The line or a packet broke: the rows are those of before, until the next snapshot.
  case stale(StaleReason)
}

/// Why a table is stale. New reasons may come; compare with the ones you know.
public struct StaleReason: Sendable, Hashable, CustomStringConvertible {
  /// The reason in a few words, as the command line prints it.
  public let description: String

  /// A reason of the caller's own.
  public init(_ description: String) { self.description = description }

  /// The connection was lost or closed.
  public static let disconnected = StaleReason("disconnected")
  /// A packet was refused.
  public static let badPacket = StaleReason("badPacket")
  /// The subscription was given up and made again.
  public static let resubscribed = StaleReason("resubscribed")
  /// Nothing came for longer than the configured time.
  public static let silent = StaleReason("silent")
}
