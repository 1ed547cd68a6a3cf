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
  /// Whether the state is another than in the update before.
  public let isStateChange: Bool

  init(changes: ChangeSet, state: TableState, isStateChange: Bool) {
    self.changes = changes
    self.state = state
    self.isStateChange = isStateChange
  }
}
