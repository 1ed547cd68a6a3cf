import MarketData

/// How far a table can be taken for the market's state, and since when.
struct Standing: Sendable, Hashable {
  let state: TableState
  /// Nanoseconds since 1970-01-01 UTC; `nil` before the first snapshot.
  let since: Int64?

  /// Before anything came.
  static let initial = Standing(state: .awaitingSnapshot, since: nil)
}
