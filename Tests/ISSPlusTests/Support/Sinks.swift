import MarketData

@testable import ISSPlus

extension UpdateSink {
  /// Changes with a state that has no time.
  @discardableResult
  func offer(_ changes: ChangeSet, state: TableState) -> SinkRoom {
    var changes = changes
    return offer(&changes, Standing(state: state, since: nil), nil)
  }

  /// A state that has no time.
  @discardableResult
  func offer(_ state: TableState, schema: Schema, table: () -> KeyedTable?) -> SinkRoom {
    offer(Standing(state: state, since: nil), schema: schema, table: table)
  }
}
