import NIOCore
import Testing

@testable import MarketData

@Suite struct ChangeSetTests {
  @Test func everyPacketGivesOne() throws {
    var feed = Feed("K string key,V integer")
    let body = packet("snapshot", "K,V", "[\"a\",1]", properties: ",\"seqnum\":5,\"timestamp\":6,\"published\":7")
    try feed.decoder.decodeMessage(ByteBuffer(string: body))
    var changes = feed.table.apply(feed.decoder, received: 42)
    #expect(changes.properties == PacketProperties(kind: .snapshot, seqnum: 5, timestamp: 6, published: 7))
    #expect(changes.received == 42 && changes.count == 1)
    try feed.decoder.decodeMessage(ByteBuffer(string: packet("updates", "K,V", "[\"a\",1]")))
    let kept = changes
    feed.table.apply(feed.decoder, received: nil, into: &changes)
    #expect(changes.isEmpty && changes.received == nil)
    #expect(changes.properties == PacketProperties(kind: .updates))
    #expect(kept.count == 1 && kept.received == 42 && csv(kept) == ["+a,1"])
  }

  /// Found by the soak: readers that kept rows of small packets held the room of the largest snapshot with each.
  @Test func aKeptRowDoesNotHoldTheRoomOfALargePacket() throws {
    var feed = Feed("K integer key,V integer,T string")
    let text = String(repeating: "long ", count: 20)
    let rows = (0..<1000).map { "[\($0),1,\"\(text)\"]" }.joined(separator: ",")
    try feed.decoder.decodeMessage(ByteBuffer(string: packet("snapshot", "K,V,T", rows)))
    var changes = feed.table.apply(feed.decoder, received: nil)
    #expect(changes.cells.capacity >= 3000 && changes.area.capacity >= 100_000)
    var kept: [Row] = []
    for number in 0..<100 {
      try feed.decoder.decodeMessage(ByteBuffer(string: packet("updates", "K,V", "[7,\(number)]")))
      feed.table.apply(feed.decoder, received: nil, into: &changes)
      kept += changes.compactMap(\.after)
    }
    #expect(kept.count == 100)
    #expect(kept.suffix(80).allSatisfy { $0.cells.capacity < 64 && $0.area.capacity < 1000 })
    #expect(kept.last?["V"] == .integer(99) && kept.last?["T"] == .text(text))
  }

  @Test func changesSayWhichColumns() throws {
    var feed = Feed("K string key,V integer,T string,F fixed")
    let insert = try feed.changes(packet("snapshot", "K,V,T", "[\"a\",1,\"a text longer than a cell\"]"))[0]
    #expect(insert.kind == .insert && insert.before == nil && insert.changedColumns == [0, 1, 2, 3])
    #expect(insert.row?.values == [.text("a"), .integer(1), .text("a text longer than a cell"), .null])
    let update = try feed.changes(packet("updates", "K,T,V,F", "[\"a\",\"another text longer than a cell\",1,[1,2]]"))[
      0]
    #expect(update.kind == .update && update.changedColumns == [2, 3])
    #expect(update.before == insert.after && update.row == update.after)
    #expect(update.after?["F"] == .decimal(ExactDecimal(mantissa: 100, scale: 2)))
    let remove = try feed.changes(packet("removal", "K", "[\"a\"]"))[0]
    #expect(remove.kind == .remove && remove.after == nil && remove.before == update.after)
    #expect(remove.changedColumns == [0, 1, 2, 3] && remove.row == remove.before)
    #expect(Set([insert, update, remove, insert]).count == 3)
  }

  @Test func aChangeIsACollectionElement() throws {
    var feed = Feed("K integer key")
    let changes = try feed.changes(packet("snapshot", "K", "[1],[2],[3]"))
    #expect(changes.map { $0.row?[0].integer } == [1, 2, 3])
    #expect(changes.reversed().map { $0.row?[0].integer } == [3, 2, 1])
    #expect(changes[1...].first?.row?["K"] == .integer(2))
  }
}
