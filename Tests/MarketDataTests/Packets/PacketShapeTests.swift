import NIOCore
import Testing

@testable import MarketData

/// What a packet is made of (tables.md, Packets): its members, their order and forms.
@Suite struct PacketShapeTests {
  private func decoded(
    _ body: String, _ columns: String? = "A string key,B fixed", reply: Bool = false
  ) throws -> PacketDecoder {
    let decoder = PacketDecoder(schema: columns.map(schema))
    if reply {
      try decoder.decodeReply(ByteBuffer(string: body))
    } else {
      try decoder.decodeMessage(ByteBuffer(string: body))
    }
    return decoder
  }

  @Test func membersComeInAnyOrder() throws {
    let members = [
      "\"properties\":{\"type\":\"updates\",\"seqnum\":7}", "\"columns\":[\"A\",\"B\"]",
      "\"data\":[[\"a long text of more than fourteen\",[1.5,2]],[\"\\u0430 long text with escapes\",null]]",
      "\"more\":{\"deep\":[1,2,{\"x\":\"long text with an \\n escape in it\"}]}",
    ]
    var orders = 0
    for one in 0..<4 {
      for two in 0..<4 where two != one {
        for three in 0..<4 where three != one && three != two {
          let order = [one, two, three, 6 - one - two - three]
          var feed = Feed("A string key,B fixed")
          let lines = try feed.apply("{" + order.map { members[$0] }.joined(separator: ",") + "}")
          #expect(lines == ["+a long text of more than fourteen,1.50", "+а long text with escapes,-"], "\(order)")
          #expect(feed.decoder.properties == PacketProperties(kind: .updates, seqnum: 7))
          orders += 1
        }
      }
    }
    #expect(orders == 24)
  }

  @Test func escapedSpellingsAreTheMember() throws {
    let body = """
      {"\\u0070roperties":{"t\\u0079pe":"upd\\u0061tes","seq\\u006eum":3,"timest\\u0061mp":4,"publishe\\u0064":5},
      "colum\\u006Es":["\\u0041","B"],"d\\u0061ta":[["x",[1,0]]]}
      """
    let decoder = try decoded(body)
    #expect(decoder.properties == PacketProperties(kind: .updates, seqnum: 3, timestamp: 4, published: 5))
    #expect(decoder.columnNames == ["A", "B"])
    #expect(decoder.rowCount == 1)
    #expect(
      refusal(packet("updates", "A", "").replacing("\"data\"", with: "\"data\":[],\"d\\u0061ta\""))?.code == .shape)
    #expect(refusal(packet("updates", "A,\\u0041", ""))?.code == .repeatedColumn)
  }

  @Test func unknownMembersAreValidatedAndSkipped() throws {
    let good = packet("snapshot", "A", "[\"x\"]")
    for value in ["1", "-0.5e+3", "null", "[]", "{}", "[[],{\"a\":[true,false]}]", "\"\\ud83d\\ude00\"", "1e999"] {
      let body = "{\"x\":\(value)," + good.dropFirst()
      #expect(try decoded(body).rowCount == 1, "\(value)")
      #expect(try decoded(body.replacing("\"type\"", with: "\"x\":\(value),\"type\"")).rowCount == 1, "\(value)")
    }
    for value in [
      "", "01", "1.", "nul", "[1,]", "{\"a\"}", "{a:1}", "\"\\x\"", "\"\\ud800\"", "NaN", "'a'", "[1 2]", "\"\t\"",
    ] {
      #expect(refusal("{\"x\":\(value)," + good.dropFirst())?.code == .syntax, "\(value)")
      let inProperties = good.replacing("\"type\"", with: "\"x\":\(value),\"type\"")
      #expect(refusal(inProperties)?.code == .syntax, "\(value)")
    }
  }

  @Test func propertiesSayNothingWhereNothingStands() throws {
    func properties(_ text: String) throws -> PacketProperties {
      try decoded("{\"properties\":{\(text)},\"columns\":[\"A\"],\"data\":[]}").properties
    }
    #expect(try properties("\"type\":\"snapshot\"") == PacketProperties(kind: .snapshot))
    #expect(
      try properties("\"type\":\"removal\",\"seqnum\":null,\"timestamp\":null,\"published\":null")
        == PacketProperties(kind: .removal))
    let full = "\"seqnum\":18446744073709551615,\"type\":\"updates\",\"timestamp\":-1,\"published\":9223372036854775807"
    #expect(
      try properties(full) == PacketProperties(kind: .updates, seqnum: .max, timestamp: -1, published: .max))
    #expect(try properties("\"type\":\"snapshot\",\"seqnum\":0").seqnum == 0)
    #expect(try properties("\"type\":\"snapshot\",\"timestamp\":-9223372036854775808").timestamp == .min)
  }

  static let badProperties: [(String, PacketError.Code)] = [
    ("", .shape), ("\"seqnum\":1", .shape), ("\"type\":null", .shape), ("\"type\":1", .shape),
    ("\"type\":\"\"", .shape),
    ("\"type\":\"Snapshot\"", .shape), ("\"type\":[\"snapshot\"]", .shape), ("\"type\":\"snapshot \"", .shape),
    ("\"type\":\"snapshot\",\"type\":\"snapshot\"", .shape),
    ("\"type\":\"snapshot\",\"seqnum\":1,\"seqnum\":1", .shape),
    ("\"type\":\"snapshot\",\"timestamp\":null,\"timestamp\":1", .shape),
    ("\"type\":\"snapshot\",\"published\":2,\"published\":2", .shape),
    ("\"type\":\"snapshot\",\"seqnum\":18446744073709551616", .range), ("\"type\":\"snapshot\",\"seqnum\":-1", .range),
    ("\"type\":\"snapshot\",\"seqnum\":1.0", .range), ("\"type\":\"snapshot\",\"seqnum\":1e3", .range),
    ("\"type\":\"snapshot\",\"seqnum\":\"1\"", .shape), ("\"type\":\"snapshot\",\"seqnum\":01", .syntax),
    ("\"type\":\"snapshot\",\"timestamp\":9223372036854775808", .range),
    ("\"type\":\"snapshot\",\"timestamp\":\"2024\"", .shape), ("\"type\":\"snapshot\",\"published\":true", .shape),
    ("\"type\":\"snapshot\",\"published\":-9223372036854775809", .range), ("\"type\":\"snapshot\",", .syntax),
    ("\"type\" \"snapshot\"", .syntax), ("\"type\":\"snapshot\" \"a\":1", .syntax),
  ]

  @Test(arguments: badProperties) func refusesProperties(text: String, code: PacketError.Code) {
    #expect(refusal("{\"properties\":{\(text)},\"columns\":[\"A\"],\"data\":[]}")?.code == code)
  }

  static let badShapes: [(String, PacketError.Code)] = [
    ("", .syntax), (" ", .syntax), ("[]", .shape), ("null", .shape), ("{}", .shape), ("{", .syntax),
    ("{}{}", .syntax),
    ("{\"properties\":[],\"columns\":[],\"data\":[]}", .shape),
    ("{\"properties\":null,\"columns\":[],\"data\":[]}", .shape),
    ("{\"columns\":[\"A\"],\"data\":[]}", .shape),
    ("{\"properties\":{\"type\":\"snapshot\"},\"data\":[]}", .shape),
    ("{\"properties\":{\"type\":\"snapshot\"},\"columns\":[\"A\"]}", .shape),
    ("{\"properties\":{\"type\":\"snapshot\"},\"columns\":[\"A\"],\"data\":null}", .shape),
    ("{\"properties\":{\"type\":\"snapshot\"},\"columns\":[\"A\"],\"data\":{}}", .shape),
    ("{\"properties\":{\"type\":\"snapshot\"},\"columns\":[\"A\"],\"data\":[1]}", .shape),
    ("{\"properties\":{\"type\":\"snapshot\"},\"columns\":[\"A\"],\"data\":[[\"x\"],null]}", .shape),
    ("{\"properties\":{\"type\":\"snapshot\"},\"columns\":[\"A\"],\"data\":[{}]}", .shape),
    ("{\"properties\":{\"type\":\"snapshot\"},\"columns\":{},\"data\":[]}", .shape),
    ("{\"properties\":{\"type\":\"snapshot\"},\"columns\":null,\"data\":[]}", .shape),
    ("{\"properties\":{\"type\":\"snapshot\"},\"columns\":[1],\"data\":[]}", .shape),
    ("{\"properties\":{\"type\":\"snapshot\"},\"columns\":[\"A\",null],\"data\":[]}", .shape),
    ("{\"properties\":{\"type\":\"snapshot\"},\"columns\":[\"A\",],\"data\":[]}", .syntax),
    ("{\"properties\":{\"type\":\"snapshot\"},\"columns\":[\"A\" \"B\"],\"data\":[]}", .syntax),
    ("{\"properties\":{\"type\":\"snapshot\"},\"columns\":[\"A\"],\"data\":[],}", .syntax),
    ("{\"properties\":{\"type\":\"snapshot\"},\"columns\":[\"A\"],\"data\":[]}]", .syntax),
    ("{\"properties\":{\"type\":\"snapshot\"},\"columns\":[\"A\"],\"data\":[[\"x\"],]}", .syntax),
    ("{\"properties\":{\"type\":\"snapshot\"},\"columns\":[\"A\"],\"data\":[[\"x\"] [\"y\"]]}", .syntax),
    ("{\"properties\":{\"type\":\"snapshot\"},\"columns\":[\"A\"],\"data\":[[\"x\"],[\"y\"]}", .syntax),
    ("{\"properties\":{\"type\":\"snapshot\"},\"columns\":[\"A\"],\"columns\":[\"A\"],\"data\":[]}", .shape),
    ("{\"properties\":{\"type\":\"snapshot\"},\"columns\":[\"A\"],\"data\":[],\"data\":[]}", .shape),
    ("{\"properties\":{\"type\":\"snapshot\"},\"data\":[],\"columns\":[\"A\"],\"data\":[]}", .shape),
    ("{\"properties\":{\"type\":\"snapshot\"},\"properties\":{},\"columns\":[\"A\"],\"data\":[]}", .shape),
    ("\u{FEFF}{\"properties\":{\"type\":\"snapshot\"},\"columns\":[\"A\"],\"data\":[]}", .syntax),
    ("{\"properties\":{\"type\":\"snapshot\"},\"columns\":[\"B\"],\"data\":[]}", .key),
    ("{\"properties\":{\"type\":\"snapshot\"},\"columns\":[\"a\"],\"data\":[]}", .key),
    ("{\"properties\":{\"type\":\"snapshot\"},\"columns\":[\"A\",\"B\",\"A\"],\"data\":[]}", .repeatedColumn),
    ("{\"properties\":{\"type\":\"snapshot\"},\"columns\":[\"A\",\"x\",\"x\"],\"data\":[]}", .repeatedColumn),
  ]

  @Test(arguments: badShapes) func refusesShapes(body: String, code: PacketError.Code) {
    #expect(refusal(body, columns: "A string key,B fixed")?.code == code)
  }

  @Test func aReplyMayLackProperties() throws {
    let body = "{\"columns\":[\"A\",\"B\"],\"data\":[[\"x\",[1,2]]]}"
    for text in [body, "{\"properties\":{}," + body.dropFirst(), "{\"properties\":{\"seqnum\":5}," + body.dropFirst()] {
      let decoder = try decoded(text, reply: true)
      #expect(decoder.properties.kind == nil)
      var table = KeyedTable(schema: schema("A string key,B fixed"))
      #expect(csv(table.apply(decoder)) == ["+x,1.00"])
    }
    #expect(refusal(body)?.code == .shape)
    #expect(throws: PacketError.self) { try decoded("{\"data\":[]}", reply: true) }
    #expect(throws: PacketError.self) { try decoded("{\"columns\":[\"A\"]}", reply: true) }
    #expect(throws: PacketError.self) {
      try decoded("{\"properties\":{\"type\":\"other\"}," + body.dropFirst(), reply: true)
    }
  }

  @Test func blanksMayStandEverywhere() throws {
    let tokens = [
      "{", "\"properties\"", ":", "{", "\"type\"", ":", "\"updates\"", ",", "\"seqnum\"", ":", "12", ",", "\"x\"", ":",
      "[", "1", ",", "{", "\"a\"", ":", "null", "}", "]", "}", ",", "\"columns\"", ":", "[", "\"A\"", ",", "\"B\"", ",",
      "\"C\"", "]", ",", "\"data\"", ":", "[", "[", "\"x\"", ",", "[", "1.5", ",", "2", "]", ",", "-7", "]", ",", "[",
      "\"y\"", ",", "null", ",", "null", "]", ",", "[", "\"z\"", ",", "[", "null", ",", "2", "]", ",", "0", "]", "]",
      "}",
    ]
    let expected = ["+x,1.50,-7", "+y,-,-", "+z,-,0"]
    for blank in ["", " ", "\n", "\r", "\t", " \r\n\t "] {
      var feed = Feed("A string key,B fixed,C integer")
      #expect(try feed.apply(blank + tokens.joined(separator: blank) + blank) == expected)
      #expect(feed.decoder.properties.seqnum == 12)
    }
    for place in 0...tokens.count {
      var feed = Feed("A string key,B fixed,C integer")
      var copy = tokens
      copy.insert("\n\t", at: place)
      #expect(try feed.apply(copy.joined()) == expected, "\(place)")
      copy[place] = "\u{0C}"
      #expect(refusal(copy.joined(), columns: "A string key,B fixed,C integer")?.code == .syntax, "\(place)")
      copy[place] = "\u{A0}"
      #expect(refusal(copy.joined(), columns: "A string key,B fixed,C integer")?.code == .syntax, "\(place)")
    }
  }

  @Test func depthIsCountedFromTheBody() throws {
    func nested(_ levels: Int) -> String {
      String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
    }
    func objects(_ levels: Int) -> String {
      String(repeating: "{\"a\":", count: levels) + "1" + String(repeating: "}", count: levels)
    }
    let good = packet("snapshot", "A,D", "[\"x\",1]")
    // The body is level 1, properties and data 2, a row 3, a cell 4.
    for value in [nested, objects] {
      #expect(try decoded("{\"x\":\(value(63))," + good.dropFirst()).rowCount == 1)
      #expect(refusal("{\"x\":\(value(64))," + good.dropFirst())?.code == .depth)
      #expect(try decoded(good.replacing("\"type\"", with: "\"x\":\(value(62)),\"type\"")).rowCount == 1)
      #expect(refusal(good.replacing("\"type\"", with: "\"x\":\(value(63)),\"type\""))?.code == .depth)
      let dropped = packet("snapshot", "A,D", "[\"x\",\(value(61))]")
      #expect(try decoded(dropped).rowCount == 1)
      #expect(refusal(packet("snapshot", "A,D", "[\"x\",\(value(62))]"))?.code == .depth)
    }
    #expect(refusal("{\"x\":" + String(repeating: "[", count: 1_000_000))?.code == .depth)
    #expect(refusal(String(repeating: "{\"a\":", count: 100_000))?.code == .depth)
  }

  @Test func columnsThatTheSchemaLacksAreDroppedAfterValidation() throws {
    var feed = Feed("A string key,B fixed")
    let body = packet("snapshot", "N,A,X,B", "[[\"deep\",{}],\"x\",\"a\\u0301 long text outside the schema\",[1,1]]")
    #expect(try feed.apply(body) == ["+x,1.0"])
    #expect(feed.decoder.droppedColumns == ["N", "X"])
    #expect(try feed.apply(body.replacing("deep", with: "other")) == [])
    #expect(refusal(body.replacing("{}", with: "{]"))?.code == .syntax)
    #expect(refusal(packet("snapshot", "A,X", "[\"x\"]"))?.code == .rowLength)
  }

  @Test func withoutASchemaThePacketGivesIt() throws {
    let decoder = PacketDecoder(schema: nil)
    #expect(refusal(Array(packet("snapshot", "A,B", "[1]").utf8), decoder)?.code == .rowLength)
    #expect(decoder.schema == nil)
    try decoder.decodeMessage(ByteBuffer(string: packet("snapshot", "BUYSELL,PRICE", "[\"B\",[1.5,2]]")))
    let taken = try #require(decoder.schema)
    #expect(taken.isProvisional && taken.keys == [0, 1])
    #expect(taken.columns.map(\.name) == ["BUYSELL", "PRICE"] && taken.columns.allSatisfy { $0.type == nil })
    try decoder.decodeMessage(ByteBuffer(string: packet("snapshot", "PRICE,BUYSELL,NEW", "[[2,2],\"S\",7]")))
    #expect(decoder.schema === taken)
    #expect(decoder.droppedColumns == ["NEW"])
  }

  @Test func manyListsOfColumnsAreToldApart() throws {
    var feed = Feed("K integer key," + (0..<80).map { "C\($0) integer" }.joined(separator: ","))
    for round in 0..<2 {
      for column in 0..<80 {
        let before = round == 0 ? "-" : "\(column)"
        let lines = try feed.apply(packet("updates", "K,C\(column)", "[1,\(column + round)]"))
        if round == 0, column == 0 { continue }
        #expect(lines.count == 1 && lines[0].split(separator: ">")[0].split(separator: ",")[column + 1] == before)
      }
    }
    #expect(feed.lines == ["1," + (1...80).map(String.init).joined(separator: ",")])
  }

  @Test func aRefusalLeavesNoPacket() throws {
    var feed = Feed("A string key,B fixed")
    let good = packet("snapshot", "A,B", "[\"x\",[1,0]]", properties: ",\"seqnum\":9")
    _ = try feed.apply(good)
    for bad in ["", "{", good + "]", packet("snapshot", "A,B", "[\"y\",[2,0]],[\"z\",1]"), packet("updates", "B", "")] {
      #expect(refusal(Array(bad.utf8), feed.decoder) != nil)
      #expect(feed.decoder.rowCount == 0)
      #expect(feed.decoder.properties == PacketProperties())
      // Whoever applies all the same changes nothing.
      #expect(feed.table.apply(feed.decoder).isEmpty, "\(bad)")
      #expect(feed.lines == ["x,1"], "\(bad)")
      #expect(try feed.apply(good) == [])
    }
  }
}
