import Testing

@testable import MarketData

/// The names of packet members are constants; this is what they stand for.
struct MemberNameTests {
  @Test func constantsAreTheWords() {
    #expect(PacketDecoder.Member.properties == PackedCell(shortText: "properties".utf8))
    #expect(PacketDecoder.Member.columns == PackedCell(shortText: "columns".utf8))
    #expect(PacketDecoder.Member.data == PackedCell(shortText: "data".utf8))
    #expect(PacketDecoder.Member.type == PackedCell(shortText: "type".utf8))
    #expect(PacketDecoder.Member.seqnum == PackedCell(shortText: "seqnum".utf8))
    #expect(PacketDecoder.Member.timestamp == PackedCell(shortText: "timestamp".utf8))
    #expect(PacketDecoder.Member.published == PackedCell(shortText: "published".utf8))
    #expect(PacketDecoder.Member.snapshot == PackedCell(shortText: "snapshot".utf8))
    #expect(PacketDecoder.Member.updates == PackedCell(shortText: "updates".utf8))
    #expect(PacketDecoder.Member.removal == PackedCell(shortText: "removal".utf8))
  }
}
