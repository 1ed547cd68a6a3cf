import MarketData
import NIOConcurrencyHelpers

/// Takes what the driver has for a subscriber, on the event loop.
protocol UpdateSink: Sendable {
  /// Which rows of changes it wants.
  var wantedRows: ChangeSet.KeptRows { get }
  /// Where change sets come back from when their reader is done with them; `nil` when they do not.
  var rooms: ChangeRooms? { get }
  /// Takes a change set and the state of the table after it. A subscriber that waits is woken at once, or by `wakes`.
  ///
  /// - Parameter changes: moved out, an empty one left in its place, where sets come back through ``rooms``; a copy counts
  ///   all its references, which the reader's thread counts as well.
  func offer(_ changes: inout ChangeSet, _ standing: Standing, _ wakes: Wakes?) -> SinkRoom
  /// Takes a change of state alone, and the table as it stands then.
  func offer(_ standing: Standing, schema: Schema, table: () -> KeyedTable?) -> SinkRoom
  /// Ends the updates; the table is the last one.
  func finish(_ error: ISSPlusError?, table: KeyedTable?)
}

/// What an offer comes to.
enum SinkRoom {
  /// There is room for more.
  case taken
  /// There is room for more, because the changes were merged with others that wait.
  case merged
  /// The queue is full now: stop reading.
  case full
}

/// What waits between the event loop and the one consumer of a subscription; bounded in either mode.
///
/// A pure state behind one lock; continuations are resumed after the lock is released.
final class DeliveryQueue: UpdateSink {
  let wantedRows = ChangeSet.KeptRows.both
  // A subscriber's rows are its own for as long as it likes.
  let rooms: ChangeRooms? = nil

  /// How many updates wait at most before the connection stops reading.
  static let losslessLimit = 1024

  private struct State {
    var waiting: [TableUpdate] = []
    /// The state of the table after the last of `waiting`; `nil` when nothing waits.
    var lastWaiting: Standing?
    /// Changes merged by key: all that wait under `conflate`; under `lossless` what stands before `waiting`.
    var conflator: Conflator?
    /// The state of the table after everything in the conflator.
    var merged = Standing.initial
    /// The state of the table after everything offered.
    var current = Standing.initial
    /// The state after everything given to the consumer.
    var told = Standing.initial
    var isFull = false
    var isFinished = false
    var error: ISSPlusError?
    var hasConsumer = false
    /// The one consumer has gone: nobody will ever read again.
    var isAbandoned = false
    var waiter: Waiter<[TableUpdate], any Error>?
  }

  private let mode: DeliveryMode
  private let looseRowLimit: Int
  private let onRoom: @Sendable () -> Void
  private let state = NIOLockedValueBox(State())

  /// A queue; `onRoom` is called when a full one has been emptied.
  init(_ mode: DeliveryMode, looseRowLimit: Int, onRoom: @escaping @Sendable () -> Void) {
    self.mode = mode
    self.looseRowLimit = looseRowLimit
    self.onRoom = onRoom
  }

  // MARK: The event loop's side

  func offer(_ changes: inout ChangeSet, _ standing: Standing, _ wakes: Wakes?) -> SinkRoom {
    let (waiter, batch, room) = state.withLockedValue { state -> Added in
      state.current = standing
      return add(changes, isStateOnly: false, &state)
    }
    if let waiter {
      if let wakes {
        wakes.add { waiter.resume(returning: batch) }
      } else {
        waiter.resume(returning: batch)
      }
    }
    return room
  }

  func offer(_ standing: Standing, schema: Schema, table: () -> KeyedTable?) -> SinkRoom {
    let (waiter, batch, room) = state.withLockedValue { state -> Added in
      if state.current == standing { return (nil, [], state.isFull ? .full : .taken) }
      state.current = standing
      return add(ChangeSet(schema: schema), isStateOnly: true, &state)
    }
    waiter?.resume(returning: batch)
    return room
  }

  /// Who is to be resumed, with what, and whether there is room for more.
  private typealias Added = (Waiter<[TableUpdate], any Error>?, [TableUpdate], SinkRoom)

  private func add(_ changes: ChangeSet, isStateOnly: Bool, _ state: inout State) -> Added {
    if state.isFinished || state.isAbandoned { return (nil, [], .taken) }
    if let waiter = state.waiter {
      state.waiter = nil
      let update = TableUpdate(
        changes: changes, standing: state.current, isStateChange: state.current != state.told)
      state.told = state.current
      return (waiter, [update], .taken)
    }
    var isMerged = false
    switch mode {
    case .lossless:
      let isMerging = state.conflator != nil && !state.hasConsumer
      if isMerging {
        isMerged = merge(changes, isStateOnly: isStateOnly, &state)
      } else {
        let before = state.lastWaiting ?? (state.conflator == nil ? state.told : state.merged)
        state.waiting.append(
          TableUpdate(changes: changes, standing: state.current, isStateChange: state.current != before))
        state.lastWaiting = state.current
        if state.waiting.count >= Self.losslessLimit { overflow(&state) }
      }
    case .conflate: isMerged = merge(changes, isStateOnly: isStateOnly, &state)
    }
    return (nil, [], state.isFull ? .full : isMerged ? .merged : .taken)
  }

  /// So many wait: the connection stops reading for a reader that there is. One that comes late gets the table as
  /// inserts in any case, so that nobody has to wait for a reader that may never come.
  private func overflow(_ state: inout State) {
    if state.hasConsumer {
      state.isFull = true
      return
    }
    for update in state.waiting { _ = merge(update.changes, isStateOnly: false, &state) }
    state.waiting = []
    state.lastWaiting = nil
  }

  /// Merges changes with those that wait; says whether there were any.
  private func merge(_ changes: ChangeSet, isStateOnly: Bool, _ state: inout State) -> Bool {
    if state.conflator == nil { state.conflator = Conflator(schema: changes.schema, looseRowLimit: looseRowLimit) }
    let wasEmpty = state.conflator?.isEmpty == true
    if !isStateOnly || wasEmpty { state.conflator?.merge(changes) }
    state.merged = state.current
    return !isStateOnly && !wasEmpty
  }

  /// Ends the changes: nothing is taken any more; what waits is still given, then the error or the end.
  func finish(_ error: ISSPlusError?, table: KeyedTable?) {
    let waiter = state.withLockedValue { state -> Waiter<[TableUpdate], any Error>? in
      if state.isFinished { return nil }
      state.isFinished = true
      // Told once: to the one who waits, else to the next who asks.
      if state.waiter == nil { state.error = error }
      defer { state.waiter = nil }
      return state.waiter
    }
    if let error { waiter?.resume(throwing: error) } else { waiter?.resume(returning: []) }
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
    if !isFirst { throw Self.secondConsumer }
  }

  private static let secondConsumer = ISSPlusError(
    .secondConsumer, "the changes of a subscription have one consumer, and there is one already")

  /// The consumer has gone, or its task was cancelled: what waits is given up, and nothing waits for it any more.
  func abandon() {
    let (waiter, wasFull) = state.withLockedValue { state in
      let found = (state.waiter, state.isFull)
      state.isAbandoned = true
      state.waiter = nil
      state.waiting = []
      state.lastWaiting = nil
      state.conflator = nil
      state.isFull = false
      return found
    }
    waiter?.resume(returning: [])
    if wasFull { onRoom() }
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
      abandon()
    }
  }

  /// The updates that wait, which may be none.
  func poll() throws(ISSPlusError) -> [TableUpdate] {
    let (result, hasRoom) = state.withLockedValue { takeWaiting(&$0) }
    if hasRoom { onRoom() }
    return try result?.get() ?? []
  }

  private func take(
    _ continuation: CheckedContinuation<[TableUpdate], any Error>, _ state: inout State
  ) -> (Result<[TableUpdate], ISSPlusError>?, Bool) {
    // Two copies of one iterator would steal each other's updates.
    if state.waiter != nil { return (.failure(Self.secondConsumer), false) }
    let taken = takeWaiting(&state)
    if taken.0 == nil { state.waiter = Waiter(continuation) }
    return taken
  }

  /// What waits, the error or the end; nothing when the consumer has to wait. And whether a full queue was emptied.
  private func takeWaiting(_ state: inout State) -> (Result<[TableUpdate], ISSPlusError>?, Bool) {
    if state.isAbandoned { return (.success([]), false) }
    var batch: [TableUpdate] = []
    if let merged = state.conflator?.take() {
      batch.append(
        TableUpdate(changes: merged, standing: state.merged, isStateChange: state.merged != state.told))
      state.told = state.merged
    }
    if mode == .lossless { state.conflator = nil }
    batch += state.waiting
    state.waiting = []
    if let last = state.lastWaiting.take() { state.told = last }
    if !batch.isEmpty {
      defer { state.isFull = false }
      return (.success(batch), state.isFull)
    }
    if state.isFinished {
      let error = state.error
      state.error = nil
      return (error.map { .failure($0) } ?? .success([]), false)
    }
    return (nil, false)
  }
}
