import NIOCore
import Testing

@testable import MarketData

/// The decoder against the ends of its memory: cut bodies, bodies with and without padding, bodies among other bytes.
@Suite struct PacketMemoryTests {
  static let columns = "T string key,E enum,F fixed,I integer,D float,B bool,W datetime,U"

  static let bodies: [String] = [
    packet("snapshot", "BUYSELL,PRICE,QUANTITY,REPOVALUE", "[\"B\",[327.95,2],1044,null],[\"S\",[328.15,2],145,null]"),
    packet(
      "updates", "T,E,F,I,D,B,W,U",
      "[\"MXSE.TQBR.SBER\",\"B\",[-1.5,2],-12,1.5e3,true,\"2026-01-22 09:58:47\",[1e1,2]],"
        + "[\"длинный текст по-русски\",null,[null,0],null,0,0,\"\\u0041\\n\\ud83d\\ude00 a long escaped text\",-0.5]",
      properties: ",\"seqnum\":569811206658952028,\"published\":1719825533789,\"timestamp\":1719825533789"),
    " { \"data\" : [ [ \"x\" , [ 1 , 2 ] ] ] , \"columns\" : [ \"T\" , \"F\" ] , \"x\" : [ { \"y\" : null } ] , "
      + "\"properties\" : { \"type\" : \"removal\" } } ",
    "{\"d\\u0061ta\":[[\"x\",12345678901234567890]],\"columns\":[\"T\",\"lost\"],\"properties\":{\"type\":\"updates\"}}",
  ]

  private func schemas(_ body: String) -> Schema? { body.contains("BUYSELL") ? nil : schema(Self.columns) }

  private func outcome(_ body: ByteBuffer, _ decoder: PacketDecoder) -> String {
    do throws(PacketError) {
      try decoder.decodeMessage(body)
      guard let schema = decoder.schema else { return "no schema" }
      var table = KeyedTable(schema: schema)
      return "\(decoder.properties) \(decoder.droppedColumns) \(csv(table.apply(decoder)))"
    } catch {
      return "\(error.code) \(error)"
    }
  }

  /// What an escaped text leaves is gone with the next packet, whatever comes between: the room does not grow.
  @Test(arguments: ["plain", "escaped", "refused"])
  func escapedTextsDoNotGather(between: String) throws {
    let decoder = PacketDecoder(schema: schema("T string key,U string"))
    let text = "a text longer than a cell\\n"
    var table = KeyedTable(schema: schema("T string key,U string"))
    for round in 0..<50 {
      for kind in ["escaped", between, between] {
        let value = kind == "escaped" ? text : kind == "refused" ? text + "\\q" : "plain, but also longer than a cell"
        let body = packet("updates", "T,U", "[\"k\",\"\(value)\"]")
        let error = refusal(Array(body.utf8), decoder)
        #expect((error == nil) == (kind != "refused"))
        var side = 0
        decoder.withRows { side = $0.side.count }
        // A refused packet is none, so nothing is lent.
        #expect(side == (kind == "escaped" ? 26 : 0), "round \(round), \(kind)")
        _ = table.apply(decoder)
        if kind == "escaped" {
          #expect(table.rows.first?["U"] == .text("a text longer than a cell\n"))
        }
      }
    }
  }

  @Test(arguments: bodies) func everyCutIsRefusedAndTheDecoderGoesOn(body: String) {
    let bytes = Array(body.utf8)
    let whole = outcome(ByteBuffer(bytes: bytes), PacketDecoder(schema: schemas(body)))
    #expect(!whole.contains("byte"), "\(whole)")
    let decoder = PacketDecoder(schema: schemas(body))
    for count in 0..<bytes.count {
      let error = refusal(Array(bytes[..<count]), decoder)
      let isOnlyBlanksShort = bytes[count...].allSatisfy { $0 == 0x20 }
      #expect((error == nil) == isOnlyBlanksShort, "\(count)")
      if let error, !isOnlyBlanksShort { #expect(error.code == .syntax && error.offset <= count, "\(count): \(error)") }
      #expect(outcome(ByteBuffer(bytes: bytes), decoder) == whole, "\(count)")
    }
  }

  @Test(arguments: bodies) func noNULPasses(body: String) {
    let bytes = Array(body.utf8)
    let decoder = PacketDecoder(schema: schemas(body))
    for place in 0...bytes.count {
      let error = refusal(Array(bytes[..<place] + [0] + bytes[place...]), decoder)
      #expect(error?.code == .syntax && error.map { $0.offset <= place } == true, "\(place)")
      var replaced = bytes
      if place < bytes.count { replaced[place] = 0 } else { replaced.append(0) }
      #expect(refusal(replaced, decoder)?.code == .syntax, "\(place)")
    }
  }

  /// The body as a slice of a larger buffer, with these bytes behind it that belong to the same storage.
  private func slice(_ body: [UInt8], before: Int, behind: [UInt8]) -> ByteBuffer {
    var buffer = ByteBuffer(bytes: Array(repeating: UInt8(ascii: "9"), count: before) + body + behind)
    buffer.moveReaderIndex(to: before)
    buffer.moveWriterIndex(to: before + body.count)
    return buffer
  }

  static let tails: [[UInt8]] = [
    [], [0], Array(repeating: 0, count: 31), Array(repeating: 0, count: 32), Array(repeating: 0, count: 100),
    [0] + Array(repeating: UInt8(ascii: "9"), count: 64), [0] + Array(repeating: UInt8(ascii: "\""), count: 64),
    [0] + Array("]]}".utf8) + Array(repeating: UInt8(ascii: "}"), count: 64),
    Array("0123456789]]}\"\"\",2]]]}".utf8) + Array(repeating: 0x20, count: 64),
    Array(repeating: UInt8(ascii: "\""), count: 64), [0] + Array(",2]]]}".utf8) + Array(repeating: 0xFF, count: 64),
  ]

  @Test(arguments: bodies) func whatStandsBehindTheBodyIsNoContent(body: String) {
    let bytes = Array(body.utf8)
    // Cuts in the middle of numbers, texts and brackets would read on into digits, quotes and brackets.
    for count in 0...bytes.count {
      let cut = Array(bytes[..<count])
      let expected = outcome(ByteBuffer(bytes: cut), PacketDecoder(schema: schemas(body)))
      let decoder = PacketDecoder(schema: schemas(body))
      for before in [0, 3] {
        for tail in Self.tails {
          #expect(outcome(slice(cut, before: before, behind: tail), decoder) == expected, "\(count) \(before) \(tail)")
        }
      }
      // The rest of the body itself stands behind it.
      #expect(
        outcome(slice(cut, before: 1, behind: Array(bytes[count...]) + Array(repeating: 0, count: 40)), decoder)
          == expected)
      #expect(
        outcome(slice(cut, before: 1, behind: [0] + Array(bytes[count...]) + Array(repeating: 0, count: 40)), decoder)
          == expected)
    }
  }

  @Test func aPacketStaysGoodWhenItsBufferIsWrittenTo() throws {
    let text = packet(
      "snapshot", "T", "[\"a text that does not fit in a cell\"],[\"another \\u0041 such text in the side area\"]")
    var buffer = slice(Array(text.utf8), before: 0, behind: Array(repeating: 0, count: 64))
    let decoder = PacketDecoder(schema: schema("T string"))
    try decoder.decodeMessage(buffer)
    buffer.setBytes(Array(repeating: UInt8(ascii: "!"), count: text.utf8.count), at: 0)
    var table = KeyedTable(schema: schema("T string"))
    #expect(
      csv(table.apply(decoder)) == ["+a text that does not fit in a cell", "+another A such text in the side area"])
  }

  @Test func manyRowsOutgrowTheRoomAndALaterPacketDoesNotSeeThem() throws {
    var feed = Feed("K integer key,F fixed")
    let many = (0..<5000).map { "[\($0),[\($0),1]]" }.joined(separator: ",")
    #expect(try feed.apply(packet("snapshot", "K,F", many)).count == 5000)
    #expect(feed.lines[4999] == "4999,4999.0")
    #expect(try feed.apply(packet("updates", "K", "[7]")) == [])
    #expect(try feed.apply(packet("updates", "K,F", "[5000,null]")) == ["+5000,-"])
    #expect(try feed.apply(packet("snapshot", "F,K", "[[3,1],3]")).count == 5000)
    #expect(feed.lines == ["3,3.0"])
  }

  @Test func moreListsOfColumnsThanAreRemembered() throws {
    var feed = Feed("K string key,V integer")
    // Each list is another one, and each comes again when it may be forgotten.
    for round in 0..<2 {
      for number in 0..<1100 {
        let lines = try feed.apply(packet("updates", "K,V,X\(number)", "[\"k\",\(round * 1100 + number),1]"))
        #expect(lines.count == 1 && lines[0].hasSuffix("k,\(round * 1100 + number)"), "\(lines)")
        #expect(feed.decoder.droppedColumns == ["X\(number)"])
      }
    }
  }
}
