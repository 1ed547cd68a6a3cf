import NIOCore
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

  @Test func wordsAreTheNames() {
    typealias Word = PacketName.Word
    func number(_ text: String) -> UInt64 { text.utf8.reversed().reduce(0) { $0 << 8 | UInt64($1) } }
    func parts(_ text: String) -> [UInt64] { [number(String(text.prefix(8))), number(String(text.dropFirst(8)))] }
    #expect([Word.properties.0, UInt64(Word.properties.1)] == parts("\"properties\""))
    #expect([Word.columns.0, UInt64(Word.columns.1)] == parts("\"columns\":"))
    #expect([Word.data, 0] == parts("\"data\":"))
    #expect([Word.type, 0] == parts("\"type\":"))
    #expect([Word.seqnum, 0] == parts("\"seqnum\""))
    #expect([Word.published.0, UInt64(Word.published.1)] == parts("\"published\":"))
    #expect([Word.timestamp.0, UInt64(Word.timestamp.1)] == parts("\"timestamp\":"))
    #expect([Word.updates, Word.removal, Word.snapshot] == ["\"updates", "\"removal", "\"snapsho"].map(number))
  }

  /// Every byte in every place of what stands above the rows, against the slow reference.
  @Test(arguments: [
    "{\"properties\":{\"type\":\"updates\",\"seqnum\":569811206658952028,\"published\":1719825533789,\"timestamp\":17},",
    "{ \"properties\" : {\"timestamp\": 1719825533789, \"seqnum\" :12345678, \"type\": \"snapshot\"}, ",
    "{\"properties\":{\"type\":\"removal\",\"x\":[1],\"seqnum\":0,\"timestamp\":-5},\"y\":{},",
  ])
  func eachByteInEachPlace(head: String) throws {
    let columns = schema("A string key,B integer")
    let bytes = Array((head + "\"columns\":[\"A\",\"B\"],\n\"data\":[[\"x\",1]]}").utf8)
    var accepted = 0
    for place in bytes.indices {
      for byte in UInt8.min...UInt8.max {
        var broken = bytes
        broken[place] = byte
        let decoder = PacketDecoder(schema: columns)
        let isGood = (try? decoder.decodeMessage(ByteBuffer(bytes: broken))) != nil
        let expected = try? ReferencePacket(broken, columns: columns.columns)
        #expect(isGood == (expected != nil), "byte \(byte) at \(place) of \(head)")
        guard isGood, let expected else { continue }
        accepted += 1
        #expect(decoder.properties.kind?.rawValue == expected.kind, "byte \(byte) at \(place) of \(head)")
        #expect(decoder.properties.seqnum.map(String.init) == expected.seqnum, "byte \(byte) at \(place) of \(head)")
        #expect(
          decoder.properties.timestamp.map(String.init) == expected.timestamp, "byte \(byte) at \(place) of \(head)")
        #expect(decoder.columnNames == expected.names && decoder.rowCount == expected.rows.count)
      }
    }
    #expect(accepted > bytes.count && accepted < bytes.count * 200)
  }
}
