package import MarketData
import NIOConcurrencyHelpers

/// What waits between the event loop and one consumer of several subscriptions, in the order of arrival; lossless.
///
/// The command line prints many tables as one stream of lines; a queue a subscription would lose their order.
package final class MergedQueue: Sendable {
  /// One thing that came.
  package enum Item: Sendable {
    /// Changes or a new state of the subscription with that number.
    case update(Int, TableUpdate)
    /// The subscription became live; its table as it stood then. Indirect, because a table would make every item three
    /// times as large to move.
    indirect case live(Int, KeyedTable?)
    /// The subscription has ended; its last table.
    indirect case finished(Int, ISSPlusError?, KeyedTable?)
    /// What a reader leaves in the place of an item that it has moved out; no queue gives it.
    case taken
  }

  private struct State {
    var waiting: [Item] = []
    /// The room of a batch that was read.
    var spare: [Item] = []
    var isFull = false
    var waiter: Waiter<[Item], Never>?
    var standings: [Standing] = []
    /// Of each subscription, how to say that there is room, and whether it has been told that there is none.
    var onRoom: [@Sendable () -> Void] = []
    var full: Set<Int> = []
  }

  private let limit: Int
  private let rows: ChangeSet.KeptRows
  /// Where the reader gives back the change sets that it is done with.
  package let rooms = ChangeRooms()
  private let state = NIOLockedValueBox(State())

  /// A queue in which `limit` items wait before the connection stops reading.
  ///
  /// - Parameter rows: the rows that the consumer wants; without any only changes of state come, and the event loop
  ///   neither keeps nor hands over what nobody looks at.
  package init(limit: Int = 1024, rows: ChangeSet.KeptRows = .both) {
    self.limit = limit
    self.rows = rows
  }

  /// A place for one more subscription.
  func port(onRoom: @escaping @Sendable () -> Void) -> Port {
    let number = state.withLockedValue { state in
      state.standings.append(.initial)
      state.onRoom.append(onRoom)
      return state.standings.count - 1
    }
    return Port(queue: self, number: number)
  }

  /// What waits, or what comes next; for one consumer.
  package func next() async -> [Item] {
    await withCheckedContinuation { continuation in
      let (batch, rooms) = state.withLockedValue { state -> ([Item]?, [@Sendable () -> Void]) in
        if state.waiting.isEmpty {
          state.waiter = Waiter(continuation)
          return (nil, [])
        }
        let batch = state.waiting
        state.waiting = []
        swap(&state.waiting, &state.spare)
        let rooms = state.full.map { state.onRoom[$0] }
        state.full = []
        state.isFull = false
        return (batch, rooms)
      }
      if let batch { continuation.resume(returning: batch) }
      for room in rooms { room() }
    }
  }

  /// Takes back what ``next()`` gave, for its room.
  package func reuse(_ batch: inout [Item]) {
    batch.removeAll(keepingCapacity: true)
    if batch.capacity > 4 * limit { batch = [] }
    state.withLockedValue { state in
      if state.spare.capacity < batch.capacity { swap(&state.spare, &batch) }
    }
  }

  private func add(_ item: consuming Item, _ state: inout State) -> SinkRoom {
    // A batch leaves with its room, which comes back only from some readers: the next one is mostly as large.
    if state.waiting.capacity == 0 { state.waiting.reserveCapacity(min(limit, 64)) }
    state.waiting.append(consume item)
    if state.waiting.count >= limit { state.isFull = true }
    return state.isFull ? .full : .taken
  }

  /// One subscription's way in.
  final class Port: UpdateSink {
    private let queue: MergedQueue
    private let number: Int
    var wantedRows: ChangeSet.KeptRows { queue.rows }
    var rooms: ChangeRooms? { queue.rows == .none ? nil : queue.rooms }

    init(queue: MergedQueue, number: Int) {
      self.queue = queue
      self.number = number
    }

    func offer(_ changes: inout ChangeSet, _ standing: Standing, _ wakes: Wakes?) -> SinkRoom {
      put(wakes) { standings in
        let isNew = standings[number] != standing
        standings[number] = standing
        if queue.rows == .none {
          if !isNew { return nil }
          let none = ChangeSet(schema: changes.schema)
          return .update(number, TableUpdate(changes: none, standing: standing, isStateChange: true))
        }
        var moved = ChangeSet(schema: changes.schema)
        swap(&moved, &changes)
        return .update(number, TableUpdate(changes: consume moved, standing: standing, isStateChange: isNew))
      }
    }

    func offer(_ standing: Standing, schema: Schema, table: () -> KeyedTable?) -> SinkRoom {
      let room = put(nil) { standings in
        if standings[number] == standing { return nil }
        standings[number] = standing
        return .update(
          number, TableUpdate(changes: ChangeSet(schema: schema), standing: standing, isStateChange: true))
      }
      if standing.state != .live { return room }
      return put(nil) { _ in .live(number, table()) }
    }

    func finish(_ error: ISSPlusError?, table: KeyedTable?) {
      _ = put(nil) { _ in .finished(number, error, table) }
    }

    private func put(_ wakes: Wakes?, _ make: (inout [Standing]) -> Item?) -> SinkRoom {
      // An item leaves the lock only for a reader who waits for it: else it is moved to the others, not copied.
      let (waiting, room) = queue.state.withLockedValue {
        state -> ((waiter: Waiter<[Item], Never>, item: Item)?, SinkRoom) in
        guard let item = make(&state.standings) else {
          if state.isFull { state.full.insert(number) }
          return (nil, state.isFull ? .full : .taken)
        }
        if let waiter = state.waiter {
          state.waiter = nil
          return ((waiter, consume item), .taken)
        }
        let room = queue.add(consume item, &state)
        if case .full = room { state.full.insert(number) }
        return (nil, room)
      }
      if let (waiter, item) = waiting {
        if let wakes {
          wakes.add { waiter.resume(returning: [item]) }
        } else {
          waiter.resume(returning: [item])
        }
      }
      return room
    }
  }
}
