import NIOCore
import Testing

@testable import MarketData

/// What a cell may look like (tables.md, Cells), by declared type.
@Suite struct PacketCellTests {
  /// Type (`-` for none), JSON, printed form.
  static let good: [(String, String, String)] = [
    ("fixed", "[328,2]", "328.00"), ("fixed", "[1.505,2]", "1.505"), ("fixed", "[-0.00,2]", "0.00"),
    ("fixed", "[3,0]", "3"), ("fixed", "[0.70,2]", "0.70"), ("fixed", "[1.5e-1,0]", "0.15"),
    ("fixed", "[ 1 , 2 ]", "1.00"),
    ("fixed", "[1E2,1]", "100.0"), ("fixed", "[123456789012345678,0]", "123456789012345678"),
    ("fixed", "[9223372036854775807,0]", "9223372036854775807"),
    ("fixed", "[-9223372036854775808,0]", "-9223372036854775808"),
    ("fixed", "[12345678901234567,1]", "12345678901234567.0"),
    ("fixed", "[1234567890123456789,9]", "1234567890123456789.000000000"),
    ("fixed", "[0,9]", "0.000000000"), ("fixed", "[1,10]", "1.0000000000"),
    ("fixed", "[1,255]", "1." + String(repeating: "0", count: 255)),
    ("fixed", "[0.000000000000000001,0]", "0.000000000000000001"), ("fixed", "[-0.5,0]", "-0.5"),
    ("fixed", "[0,0]", "0"),
    ("fixed", "[-1,2]", "-1.00"), ("fixed", "[null,2]", "NULL"), ("fixed", "[ null , 0 ]", "NULL"),
    ("fixed", "null", "NULL"),
    ("integer", "0", "0"), ("integer", "-0", "0"), ("integer", "21586948000", "21586948000"),
    ("integer", "null", "NULL"),
    ("integer", "9223372036854775807", "9223372036854775807"),
    ("integer", "-9223372036854775808", "-9223372036854775808"),
    ("integer", "999999999999999999", "999999999999999999"), ("integer", "1000000000000000000", "1000000000000000000"),
    ("float", "1", "1"), ("float", "1.0", "1"), ("float", "1.50", "1.5"), ("float", "-0", "0"), ("float", "-0.0", "0"),
    ("float", "1e-6", "0.000001"), ("float", "1E3", "1000"), ("float", "0.1", "0.1"),
    ("float", "1e15", "1000000000000000"),
    ("float", "123456789012345678901234567890", "1.2345678901234568e+29"), ("float", "1e-400", "0"),
    ("float", "null", "NULL"),
    ("float", "0.30000000000000004", "0.30000000000000004"), ("float", "9007199254740993", "9007199254740992"),
    ("float", "2.2250738585072011e-308", "2.225073858507201e-308"),
    ("float", "1.7976931348623157e308", "1.7976931348623157e+308"),
    ("bool", "true", "true"), ("bool", "false", "false"), ("bool", "1", "true"), ("bool", "0", "false"),
    ("bool", "null", "NULL"),
    ("string", "\"\"", ""), ("string", "\"SUR\"", "SUR"), ("string", "null", "NULL"), ("string", "\"null\"", "null"),
    ("string", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\u{8}\u{C}\n\r\t"),
    ("string", "\"\\u0416\\uD83D\\uDE00x\"", "Ж😀x"),
    ("string", "\"Сбербанк России ПАО ао\"", "Сбербанк России ПАО ао"), ("string", "\"\u{7F}\"", "\u{7F}"),
    ("string", "\"\\u0000\"", "\u{0}"),
    ("string", "\"\\uffff\u{10FFFF}\u{E000}\u{7FF}\u{800}\"", "\u{FFFF}\u{10FFFF}\u{E000}\u{7FF}\u{800}"),
    ("enum", "\"B\"", "B"), ("enum", "\"no such id\"", "no such id"), ("date", "\"2026-01-23\"", "2026-01-23"),
    ("date", "\"never\"", "never"), ("time", "\"09:51:20\"", "09:51:20"),
    ("datetime", "\"2026-01-22 09:58:47\"", "2026-01-22 09:58:47"),
    ("-", "\"x\"", "x"), ("-", "5", "5"), ("-", "5.50", "5.50"), ("-", "5e-1", "0.5"), ("-", "true", "true"),
    ("-", "false", "false"), ("-", "null", "NULL"), ("-", "[1.5,2]", "1.50"), ("-", "[null,2]", "NULL"),
    ("-", "-0.0", "0.0"),
  ]

  @Test(arguments: good) func reads(type: String, json: String, printed: String) throws {
    // Last in its row, first in its row, and after texts that need the side area.
    let one = try cells(type, json)
    #expect(one.map { $0.isNull ? "NULL" : $0.description } == [printed])
    let many = try cells(
      "string,\(type),\(type),string", "\"\\u0041 long text with an escape\",\(json),\(json),\"end\"")
    #expect(many[1] == one[0] && many[2] == one[0])
    #expect(many[0] == .text("A long text with an escape") && many[3] == .text("end"))
  }

  static let bad: [(String, String, PacketError.Code)] = [
    ("fixed", "1.5", .cell), ("fixed", "\"1.5\"", .cell), ("fixed", "[]", .cell), ("fixed", "[1]", .cell),
    ("fixed", "[1,2,3]", .cell),
    ("fixed", "[1,null]", .cell), ("fixed", "[\"1\",2]", .cell), ("fixed", "[1,\"2\"]", .cell),
    ("fixed", "[true,2]", .cell),
    ("fixed", "{}", .cell), ("fixed", "true", .cell), ("fixed", "[1,-1]", .range), ("fixed", "[1,256]", .range),
    ("fixed", "[1,1.0]", .range), ("fixed", "[null,-1]", .range), ("fixed", "[9223372036854775808,0]", .range),
    ("fixed", "[1.0000000000000000000,0]", .range), ("fixed", "[1e19,0]", .range), ("fixed", "[1e-256,0]", .range),
    ("fixed", "[01,2]", .syntax), ("fixed", "[1.,2]", .syntax), ("fixed", "[.5,2]", .syntax),
    ("fixed", "[1,02]", .syntax),
    ("fixed", "[1 2]", .syntax), ("fixed", "[1,2", .syntax), ("fixed", "[-,2]", .syntax), ("fixed", "[1,]", .syntax),
    ("fixed", "[1e,2]", .syntax), ("fixed", "[+1,2]", .syntax), ("fixed", "[nul,2]", .syntax),
    ("fixed", "[NaN,2]", .syntax),
    ("integer", "1.0", .cell), ("integer", "1e3", .cell), ("integer", "\"1\"", .cell), ("integer", "[1,0]", .cell),
    ("integer", "true", .cell), ("integer", "9223372036854775808", .range), ("integer", "-9223372036854775809", .range),
    ("integer", "01", .syntax), ("integer", "-", .syntax), ("integer", "+1", .syntax), ("integer", "1x", .syntax),
    ("integer", "1.", .syntax),
    ("float", "[1,2]", .cell), ("float", "\"1\"", .cell), ("float", "true", .cell), ("float", "1e400", .range),
    ("float", "NaN", .syntax),
    ("float", "Infinity", .syntax), ("float", "-Infinity", .syntax), ("float", "1.e5", .syntax),
    ("float", "00", .syntax),
    ("bool", "2", .cell), ("bool", "-1", .cell), ("bool", "1.0", .cell), ("bool", "\"true\"", .cell),
    ("bool", "[1,0]", .cell),
    ("bool", "True", .syntax), ("bool", "tru", .syntax), ("bool", "truex", .syntax),
    ("string", "1", .cell), ("string", "true", .cell), ("string", "[]", .cell), ("string", "{\"a\":1}", .cell),
    ("string", "'x'", .syntax), ("string", "\"x", .syntax), ("string", "\"\\x\"", .syntax),
    ("string", "\"\\u12\"", .syntax),
    ("string", "\"\\u12g4\"", .syntax), ("string", "\"\\uD800\"", .syntax), ("string", "\"\\uDC00\"", .syntax),
    ("string", "\"\\uD800\\uD800\"", .syntax), ("string", "\"\\uD800x\"", .syntax),
    ("string", "\"\\uD800\\n\"", .syntax),
    ("string", "\"\\uDC00\\uD800\"", .syntax), ("string", "\"a\nb\"", .syntax), ("string", "\"a\u{1F}b\"", .syntax),
    ("string", "\"a\u{0}b\"", .syntax), ("date", "20260123", .cell), ("time", "0", .cell), ("datetime", "0", .cell),
    ("enum", "1", .cell),
    ("-", "[]", .cell), ("-", "{}", .cell), ("-", "[\"a\",2]", .cell), ("-", "9223372036854775808", .range),
    ("-", "1e999", .range),
    ("-", "0.00000000000000000001234567890123456789012", .range), ("-", "nulll", .syntax),
  ]

  @Test(arguments: bad) func refuses(type: String, json: String, code: PacketError.Code) {
    let name = type == "-" ? "C" : "C \(type)"
    let body = packet("snapshot", "K,C", "[1,null],[2,\(json)]")
    let error = refusal(body, columns: "K integer key,\(name)")
    #expect(error?.code == code)
    if code != .syntax {
      #expect(error?.row == 2 && error?.column == "C")
      #expect(error.map { body.utf8.count - $0.offset >= 3 } == true)
    }
    // The same cell in front of another, and in data before columns.
    #expect(refusal(packet("snapshot", "C,K", "[\(json),1]"), columns: "K integer key,\(name)") != nil)
    let turned = "{\"data\":[[1,\(json)]],\"columns\":[\"K\",\"C\"],\"properties\":{\"type\":\"updates\"}}"
    #expect(refusal(turned, columns: "K integer key,\(name)")?.code == code)
  }

  @Test func rowsHaveAsManyCellsAsThereAreColumns() throws {
    func code(_ row: String, _ names: String = "A,B") -> PacketError? {
      refusal(packet("updates", names, "[\"a\",null],\(row)"))
    }
    for row in ["[]", "[ ]", "[\"x\"]", "[\"x\" ]", "[\"x\",null,1]", "[\"x\",[1,2],[1,2]]", "[\"x\",null,\"y\",2]"] {
      #expect(code(row)?.code == .rowLength, "\(row)")
      #expect(code(row)?.row == 2, "\(row)")
    }
    #expect(refusal(packet("updates", "", "[1]"), columns: "A,B")?.code == .rowLength)
    #expect(code("[\"x\",]")?.code == .syntax)
    #expect(code("[,null]")?.code == .syntax)
    var feed = Feed("A,B")
    #expect(try feed.apply(packet("updates", "", "[],[ ]")) == ["+-,-", "+-,-"])
    #expect(try feed.apply(packet("updates", "B,A", "")) == [])
  }

  @Test func keysMustBeThere() {
    func error(_ columns: String, _ row: String) -> PacketError? {
      refusal(packet("updates", columns, row), columns: "A string key,B fixed key,C integer")
    }
    #expect(error("A,C", "[\"x\",1]")?.code == .key)
    #expect(error("A,C", "")?.description.contains("the key column B is missing") == true)
    #expect(error("A,B,C", "[\"x\",null,1]")?.code == .key)
    #expect(error("A,B,C", "[\"x\",[null,2],1]")?.code == .key)
    #expect(error("C,B,A", "[1,[1,2],null]")?.column == "A")
    #expect(error("N,C,B,A", "[0,1,null,\"x\"]")?.column == "B")
    #expect(error("A,B", "[\"\",[0,0]]") == nil)
    for kind in ["snapshot", "removal"] {
      #expect(refusal(packet(kind, "C", ""), columns: "A string key,C integer")?.code == .key)
    }
  }

  static let badUTF8: [[UInt8]] = [
    [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC2], [0xC2, 0x20], [0xC2, 0xC2], [0xE0, 0x80, 0x80],
    [0xE0, 0x9F, 0xBF],
    [0xE1, 0x80], [0xE1, 0x80, 0x20], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xEF, 0xBF], [0xF0, 0x80, 0x80, 0x80],
    [0xF0, 0x8F, 0xBF, 0xBF], [0xF0, 0x90, 0x80], [0xF1, 0x80, 0x20, 0x80], [0xF4, 0x90, 0x80, 0x80],
    [0xF5, 0x80, 0x80, 0x80],
    [0xF8, 0x88, 0x80, 0x80, 0x80], [0xFE], [0xFF], [0xD0], [0xD0, 0x22],
  ]

  @Test(arguments: badUTF8) func refusesInvalidUTF8(bytes: [UInt8]) {
    // In a cell, a name, an unknown member and a dropped column; at every place of an eight-byte word.
    for pad in 0..<9 {
      let text = String(repeating: "x", count: pad) + "@"
      for body in [
        packet("updates", "A", "[\"\(text)\"]"), packet("updates", "A,\(text)", "[\"x\",1]"),
        packet("updates", "A,D", "[\"x\",\"\(text)\"]"),
        packet("updates", "A", "").replacing("\"type\"", with: "\"\(text)\":1,\"type\""),
        packet("updates", "A", "[\"\\n\(text)\"]"),
      ] {
        let raw = Array(body.utf8).split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        #expect(
          refusal(Array(raw.joined(separator: bytes)), PacketDecoder(schema: schema("A string")))?.code == .syntax)
      }
    }
  }

  @Test func controlCharactersAreRefusedEverywhereInTexts() {
    for byte in 0..<0x20 as Range<UInt8> {
      for pad in 0..<18 {
        let body = Array(packet("updates", "A", "[\"" + String(repeating: "x", count: pad) + "@\"]").utf8)
          .map { $0 == UInt8(ascii: "@") ? byte : $0 }
        let error = refusal(body, PacketDecoder(schema: schema("A string")))
        #expect(error?.code == .syntax && error?.offset == body.count - 5)
      }
    }
  }
}
