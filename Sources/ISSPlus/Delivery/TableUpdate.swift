public import MarketData

/// How changes reach a subscriber who is slower than the market (tables.md, Change sets).
public enum DeliveryMode: Sendable, Hashable {
  /// Every change set, in order. Up to 1,024 wait; then the connection stops reading until the subscriber has caught
  /// up, which holds up every subscription of that connection.
  case lossless
  /// While the subscriber is away changes merge by key; what it gets leads from what it knows to what is. Memory is
  /// bounded by the table.
  case conflate
}

/// What a subscriber gets: changes, and how far the table can be trusted after them.
///
/// A break of the line is such a value too: no changes, and `state` is stale with its reason. The snapshot after it comes
/// as the difference to the rows of before, then `state` is live again.
public struct TableUpdate: Sendable {
  /// What changed; empty when only the state did.
  public let changes: ChangeSet
  /// The state of the table after the changes.
  public let state: TableState
  /// When the table came into that state, in nanoseconds since 1970-01-01 UTC; `nil` before it has been in another.
  public let stateSince: Int64?
  /// Whether the state is another than in the update before, or the same anew: a table that was live, broke and is live
  /// again while the reader was away says so.
  public let isStateChange: Bool

  /// The changes alone, moved out.
  package consuming func takeChanges() -> ChangeSet { changes }

  init(changes: consuming ChangeSet, standing: Standing, isStateChange: Bool) {
    self.changes = changes
    state = standing.state
    stateSince = standing.since
    self.isStateChange = isStateChange
  }
}
