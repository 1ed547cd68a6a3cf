import MarketData
import NIOConcurrencyHelpers

/// Takes what the driver has for a subscriber, on the event loop.
protocol UpdateSink: Sendable {
  /// Takes a change set and the state of the table after it.
  func offer(_ changes: ChangeSet, state: TableState) -> SinkRoom
  /// Takes a change of state alone, and the table as it stands then.
  func offer(_ state: TableState, schema: Schema, table: () -> KeyedTable?) -> SinkRoom
  /// Ends the updates; the table is the last one.
  func finish(_ error: ISSPlusError?, table: KeyedTable?)
}

/// What an offer comes to.
enum SinkRoom {
  /// There is room for more.
  case taken
  /// The queue is full now: stop reading.
  case full
}

/// What waits between the event loop and the one consumer of a subscription; bounded in either mode.
///
/// A pure state behind one lock; continuations are resumed after the lock is released.
final class DeliveryQueue: UpdateSink {
  /// How many updates wait at most before the connection stops reading.
  static let losslessLimit = 1024

  private struct State {
    var waiting: [TableUpdate] = []
    var conflator: Conflator?
    /// The state of the table after everything offered.
    var tableState: TableState = .awaitingSnapshot
    /// The state after everything given to the consumer.
    var toldState: TableState = .awaitingSnapshot
    var isFull = false
    var isFinished = false
    var error: ISSPlusError?
    var hasConsumer = false
    var continuation: CheckedContinuation<[TableUpdate], any Error>?
    var wasCancelled = false
  }

  private let mode: DeliveryMode
  private let looseRowLimit: Int
  private let onRoom: @Sendable () -> Void
  private let state = NIOLockedValueBox(State())

  /// A queue; `onRoom` is called when a full one has been read down to a half.
  init(_ mode: DeliveryMode, looseRowLimit: Int, onRoom: @escaping @Sendable () -> Void) {
    self.mode = mode
    self.looseRowLimit = looseRowLimit
    self.onRoom = onRoom
  }

  // MARK: The event loop's side

  func offer(_ changes: ChangeSet, state tableState: TableState) -> SinkRoom {
    let (continuation, batch, room) = state.withLockedValue { state -> Added in
      state.tableState = tableState
      return add(changes, isStateOnly: false, &state)
    }
    continuation?.resume(returning: batch)
    return room
  }

  func offer(_ tableState: TableState, schema: Schema, table: () -> KeyedTable?) -> SinkRoom {
    let (continuation, batch, room) = state.withLockedValue { state -> Added in
      if state.tableState == tableState { return (nil, [], state.isFull ? .full : .taken) }
      state.tableState = tableState
      return add(ChangeSet(schema: schema), isStateOnly: true, &state)
    }
    continuation?.resume(returning: batch)
    return room
  }

  /// Who is to be resumed, with what, and whether there is room for more.
  private typealias Added = (CheckedContinuation<[TableUpdate], any Error>?, [TableUpdate], SinkRoom)

  private func add(_ changes: ChangeSet, isStateOnly: Bool, _ state: inout State) -> Added {
    if state.isFinished { return (nil, [], .taken) }
    if let continuation = state.continuation {
      state.continuation = nil
      let update = TableUpdate(
        changes: changes, state: state.tableState, isStateChange: state.tableState != state.toldState)
      state.toldState = state.tableState
      return (continuation, [update], .taken)
    }
    switch mode {
    case .lossless:
      let before = state.waiting.last?.state ?? state.toldState
      state.waiting.append(
        TableUpdate(changes: changes, state: state.tableState, isStateChange: state.tableState != before))
      if state.waiting.count >= Self.losslessLimit { state.isFull = true }
      return (nil, [], state.isFull ? .full : .taken)
    case .conflate:
      if state.conflator == nil { state.conflator = Conflator(schema: changes.schema, looseRowLimit: looseRowLimit) }
      if !isStateOnly || state.conflator?.isEmpty == true { state.conflator?.merge(changes) }
      return (nil, [], .taken)
    }
  }

  /// Ends the changes: nothing is taken any more; what waits is still given, then the error or the end.
  func finish(_ error: ISSPlusError?, table: KeyedTable?) {
    let continuation = state.withLockedValue { state -> CheckedContinuation<[TableUpdate], any Error>? in
      if state.isFinished { return nil }
      state.isFinished = true
      state.error = error
      defer { state.continuation = nil }
      return state.continuation
    }
    if let error { continuation?.resume(throwing: error) } else { continuation?.resume(returning: []) }
  }

  // MARK: The consumer's side

  /// Registers the one consumer.
  ///
  /// - Throws: `ISSPlusError` with code `secondConsumer`.
  func attach() throws(ISSPlusError) {
    let isFirst = state.withLockedValue { state in
      defer { state.hasConsumer = true }
      return !state.hasConsumer
    }
    if !isFirst {
      throw ISSPlusError(.secondConsumer, "the changes of a subscription have one consumer, and there is one already")
    }
  }

  /// The updates that wait, or the next one; none at the end, or when the task is cancelled.
  func next() async throws -> [TableUpdate] {
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let (result, hasRoom) = state.withLockedValue { take(continuation, &$0) }
        switch result {
        case .success(let batch)?: continuation.resume(returning: batch)
        case .failure(let error)?: continuation.resume(throwing: error)
        case nil: break
        }
        if hasRoom { onRoom() }
      }
    } onCancel: {
      let continuation = state.withLockedValue { state -> CheckedContinuation<[TableUpdate], any Error>? in
        state.wasCancelled = true
        defer { state.continuation = nil }
        return state.continuation
      }
      continuation?.resume(returning: [])
    }
  }

  private func take(
    _ continuation: CheckedContinuation<[TableUpdate], any Error>, _ state: inout State
  ) -> (Result<[TableUpdate], ISSPlusError>?, Bool) {
    if state.wasCancelled { return (.success([]), false) }
    if !state.waiting.isEmpty {
      let batch = state.waiting
      state.waiting = []
      state.toldState = batch.last?.state ?? state.toldState
      defer { state.isFull = false }
      return (.success(batch), state.isFull)
    }
    if let merged = state.conflator?.take() {
      let update = TableUpdate(
        changes: merged, state: state.tableState, isStateChange: state.tableState != state.toldState)
      state.toldState = state.tableState
      return (.success([update]), false)
    }
    if state.isFinished {
      let error = state.error
      // The error is told once; then the sequence has ended.
      state.error = nil
      return (error.map { .failure($0) } ?? .success([]), false)
    }
    state.continuation = continuation
    return (nil, false)
  }
}
