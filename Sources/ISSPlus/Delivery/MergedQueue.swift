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
    /// The subscription became live; its table as it stood then.
    case live(Int, KeyedTable?)
    /// The subscription has ended; its last table.
    case finished(Int, ISSPlusError?, KeyedTable?)
  }

  private struct State {
    var waiting: [Item] = []
    var isFull = false
    var continuation: CheckedContinuation<[Item], Never>?
    var standings: [Standing] = []
    /// Of each subscription, how to say that there is room, and whether it has been told that there is none.
    var onRoom: [@Sendable () -> Void] = []
    var full: Set<Int> = []
  }

  private let limit: Int
  private let state = NIOLockedValueBox(State())

  /// A queue in which `limit` items wait before the connection stops reading.
  package init(limit: Int = 1024) { self.limit = limit }

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
          state.continuation = continuation
          return (nil, [])
        }
        let batch = state.waiting
        state.waiting = []
        let rooms = state.full.map { state.onRoom[$0] }
        state.full = []
        state.isFull = false
        return (batch, rooms)
      }
      if let batch { continuation.resume(returning: batch) }
      for room in rooms { room() }
    }
  }

  private func add(_ items: [Item], _ state: inout State) -> (CheckedContinuation<[Item], Never>?, SinkRoom) {
    if let continuation = state.continuation {
      state.continuation = nil
      return (continuation, .taken)
    }
    state.waiting += items
    if state.waiting.count >= limit { state.isFull = true }
    return (nil, state.isFull ? .full : .taken)
  }

  /// One subscription's way in.
  final class Port: UpdateSink {
    private let queue: MergedQueue
    private let number: Int

    init(queue: MergedQueue, number: Int) {
      self.queue = queue
      self.number = number
    }

    func offer(_ changes: ChangeSet, _ standing: Standing) -> SinkRoom {
      put { standings in
        let isNew = standings[number] != standing
        standings[number] = standing
        return [.update(number, TableUpdate(changes: changes, standing: standing, isStateChange: isNew))]
      }
    }

    func offer(_ standing: Standing, schema: Schema, table: () -> KeyedTable?) -> SinkRoom {
      put { standings in
        var items: [Item] = []
        if standings[number] != standing {
          standings[number] = standing
          items.append(
            .update(number, TableUpdate(changes: ChangeSet(schema: schema), standing: standing, isStateChange: true)))
        }
        if standing.state == .live { items.append(.live(number, table())) }
        return items
      }
    }

    func finish(_ error: ISSPlusError?, table: KeyedTable?) {
      _ = put { _ in [.finished(number, error, table)] }
    }

    private func put(_ make: (inout [Standing]) -> [Item]) -> SinkRoom {
      let (continuation, items, room) = queue.state.withLockedValue { state in
        let items = make(&state.standings)
        if items.isEmpty {
          if state.isFull { state.full.insert(number) }
          return (CheckedContinuation<[Item], Never>?.none, items, state.isFull ? SinkRoom.full : .taken)
        }
        let (continuation, room) = queue.add(items, &state)
        if case .full = room { state.full.insert(number) }
        return (continuation, items, room)
      }
      continuation?.resume(returning: items)
      return room
    }
  }
}
