package import MarketData
import NIOConcurrencyHelpers

/// Change sets whose reader is done with them, on their way back to the event loop, which fills them again.
///
/// Made anew for each packet and freed by the reader's thread, they made both threads wait for the allocator's lock: a
/// fifth of the processor time of `dump` went there. A row that somebody still holds keeps its cells: the set then gets
/// others when it is filled, as any value does.
package final class ChangeRooms: Sendable {
  private struct Returned {
    var sets: [ChangeSet] = []
    var bytes = 0
  }

  private let returned = NIOLockedValueBox(Returned())

  /// How many bytes of cells and texts the sets that wait here have room for at most: what is more is freed.
  private static let byteLimit = 1 << 22
  private static let setLimit = 2048

  package init() {}

  /// Takes sets that were read; `sets` is empty afterwards.
  package func give(back sets: inout [ChangeSet]) {
    returned.withLockedValue { returned in
      while returned.sets.count < Self.setLimit, let room = sets.last?.room,
        returned.bytes + room <= Self.byteLimit, let set = sets.popLast()
      {
        returned.bytes += room
        returned.sets.append(set)
      }
    }
    // What is left over is freed here, behind the lock.
    sets.removeAll(keepingCapacity: true)
  }

  /// Gives out some of them.
  func take(_ most: Int, into sets: inout [ChangeSet]) {
    returned.withLockedValue { returned in
      for _ in 0..<min(most, returned.sets.count) {
        guard let set = returned.sets.popLast() else { break }
        returned.bytes -= set.room
        sets.append(set)
      }
    }
  }
}

/// The change sets that the event loop fills for the tables of one reader on one connection. On the event loop only.
final class RoomSupply {
  let rooms: ChangeRooms
  private var sets: [ChangeSet] = []

  /// So many are fetched at a time: one lock for as many packets.
  private static let portion = 16

  init(_ rooms: ChangeRooms) { self.rooms = rooms }

  /// A set of that schema to be filled; a new one when none has come back.
  func next(_ schema: Schema) -> ChangeSet {
    if sets.isEmpty { rooms.take(Self.portion, into: &sets) }
    // Sets of other destinations of the same reader fit nothing here.
    while let set = sets.popLast() {
      if set.schema === schema { return set }
    }
    return ChangeSet(schema: schema)
  }
}
