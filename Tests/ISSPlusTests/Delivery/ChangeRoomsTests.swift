import MarketData
import Testing

@testable import ISSPlus

/// Change sets that go back to the event loop.
@Suite struct ChangeRoomsTests {
  /// A reader that keeps rows of a set which it has given back keeps them: the set gets other cells.
  @Test func aRowThatIsHeldStaysAsItWas() throws {
    let rooms = ChangeRooms()
    let supply = RoomSupply(rooms)
    var source = PacketSource(isKeyed: true)
    let decoder = PacketDecoder(schema: source.schema)
    var table = KeyedTable(schema: source.schema)
    func fill(_ row: String) throws -> ChangeSet {
      _ = try source.apply("updates", [row])
      try decoder.decodeMessage(source.body)
      var set = supply.next(source.schema)
      table.apply(decoder, received: nil, into: &set)
      return set
    }
    let first = try fill("1,\"a text that is too long for a cell\",[1,0]")
    let held = try #require(first.first?.after)
    var done = [first]
    rooms.give(back: &done)
    #expect(done.isEmpty)
    let second = try fill("1,\"another text that is too long for it\",[2,0]")
    #expect(held.values.map(\.description) == ["1", "a text that is too long for a cell", "1"])
    #expect(first.map(\.kind) == [.insert])
    #expect(second.map(\.kind) == [.update])
    #expect(second.first?.before?.values.map(\.description) == held.values.map(\.description))
    #expect(
      second.first?.after?.values.map(\.description) == ["1", "another text that is too long for it", "2"])
  }

  /// What comes back is given out again, the room with it, and only for its own columns.
  @Test func whatComesBackIsUsedAgain() throws {
    let rooms = ChangeRooms()
    let supply = RoomSupply(rooms)
    var source = PacketSource(isKeyed: true)
    let other = PacketSource(isKeyed: true)
    var done = [try source.apply("updates", (1...40).map { "\($0),\"a\",[1,0]" })]
    let room = done[0].room
    #expect(room >= 120 * 16)
    rooms.give(back: &done)
    #expect(supply.next(source.schema).room == room)
    #expect(supply.next(source.schema).room == 0)
    var again = [try source.apply("updates", ["1,\"b\",[1,0]"])]
    rooms.give(back: &again)
    #expect(supply.next(other.schema).room == 0)
  }

  /// Neither many sets nor large ones are kept without a limit.
  @Test func theRoomIsBounded() throws {
    let rooms = ChangeRooms()
    var source = PacketSource(isKeyed: true)
    let large = try source.apply("snapshot", (1...30000).map { "\($0),\"a\",[1,0]" })
    let small = try source.apply("updates", ["1,\"b\",[1,0]"])
    var done = Array(repeating: large, count: 5) + Array(repeating: small, count: 3000)
    rooms.give(back: &done)
    var taken: [ChangeSet] = []
    rooms.take(.max, into: &taken)
    #expect(taken.count == 2048)
    done = Array(repeating: large, count: 5)
    rooms.give(back: &done)
    taken = []
    rooms.take(.max, into: &taken)
    #expect(taken.count < 5)
    #expect(taken.reduce(0) { $0 + $1.room } <= 1 << 22)
  }

  /// A set of few cells may hold much text.
  @Test func textCountsToo() throws {
    let rooms = ChangeRooms()
    var source = PacketSource(isKeyed: true)
    let long = try source.apply("updates", ["1,\"\(String(repeating: "x", count: 1_500_000))\",[1,0]"])
    var done = Array(repeating: long, count: 100)
    rooms.give(back: &done)
    var taken: [ChangeSet] = []
    rooms.take(.max, into: &taken)
    #expect(taken.count <= 2)
  }

  /// Many tables of one reader do not hoard a supply each.
  @Test func tablesOfOneReaderShareTheirSupply() {
    var feed = Feed()
    let (one, other) = (ChangeRooms(), ChangeRooms())
    let numbers = ["1", "2", "3"].map { feed.subscribe(id: $0, destination: "MXCX.orderbooks", selector: nil) }
    feed.keepRows(.both, rooms: one, ofTable: numbers[0])
    feed.keepRows(.both, rooms: one, ofTable: numbers[1])
    feed.keepRows(.both, rooms: other, ofTable: numbers[2])
    #expect(feed.tables[0].supply === feed.tables[1].supply)
    #expect(feed.tables[0].supply !== feed.tables[2].supply)
    feed.releaseTable(numbers[0])
    #expect(feed.tables[0].supply == nil)
  }
}
