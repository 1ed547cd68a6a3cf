import Testing

@testable import MarketData

@Suite struct CellTests {
  @Test func theMarkOfLongTextsIsTheirTag() {
    for tag in UInt8(0)...7 {
      for rest in [UInt64(0), .max] {
        let cell = PackedCell(low: rest, high: UInt64(tag) | rest << 8)
        #expect((cell.longTextMark != 0) == cell.isLongText, "tag \(tag)")
      }
    }
  }

  @Test func cellsAreEqualWhenTheyPrintAlike() throws {
    let short = try #require(ExactDecimal("1.5"))
    let long = try #require(ExactDecimal("1.50"))
    #expect(Cell.decimal(short) != .decimal(long))
    #expect(Cell.decimal(try #require(ExactDecimal("1.5", decimals: 2))) == .decimal(long))
    #expect(Cell.null != .text(""))
    #expect(Cell.integer(1) != .bool(true))
    #expect(Cell.integer(1) != .text("1"))
    // Canonically equal, of other bytes.
    #expect(Cell.text("\u{E9}") != .text("e\u{301}"))
    #expect(Cell.float(0.0) == .float(-0.0))
    #expect(Set([Cell.null, .null, .text(""), .text("a"), .text("a"), .float(1), .bool(true)]).count == 5)
  }

  @Test func cellsGiveTheirValues() throws {
    let decimal = try #require(ExactDecimal("1.50"))
    #expect(Cell.text("x").text == "x")
    #expect(Cell.integer(7).integer == 7)
    #expect(Cell.integer(7).decimal?.description == "7")
    #expect(Cell.decimal(decimal).decimal?.description == "1.50")
    #expect(Cell.float(1.5).float == 1.5)
    #expect(Cell.bool(false).bool == false)
    #expect(Cell.null.isNull && Cell.null.text == nil && Cell.null.decimal == nil)
    #expect(Cell.text("7").integer == nil && Cell.integer(1).bool == nil && Cell.decimal(decimal).float == nil)
  }

  @Test func cellsPrint() throws {
    let cells: [Cell] = [
      .null, .text("a,b"), .integer(-3), .decimal(try #require(ExactDecimal("-0.37", decimals: 3))), .float(1e-6),
      .bool(true), .bool(false),
    ]
    #expect(cells.map(\.description) == ["", "a,b", "-3", "-0.370", "0.000001", "true", "false"])
  }

  @Test(arguments: 0...20) func textsOfEveryLengthPackAndUnpack(length: Int) throws {
    let text = String("абвгдежзийклмно".prefix(length / 2)) + (length % 2 == 1 ? "z" : "")
    let size = text.utf8.count
    #expect(size == length)
    let values = try cells("string,string", "\"\(text)\",\"\(text.unicodeScalars.map(escaped).joined())\"")
    #expect(values[0] == .text(text))
    #expect(values[1] == .text(text))
    if length <= PackedCell.shortTextLimit {
      let packed = PackedCell(shortText: text.utf8)
      #expect(packed.textCount == length && !packed.isLongText)
      #expect((0..<length).map { packed.shortTextByte($0) } == Array(text.utf8))
      #expect(packed.cell(in: []) == .text(text))
    }
  }

  private func escaped(_ scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16)
    return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
  }

  @Test func packedCellsAreSixteenBytes() {
    #expect(MemoryLayout<PackedCell>.size == 16)
    #expect(PackedCell(float: -0.0) == PackedCell(float: 0.0))
  }

  @Test func keyFormsCompareByValue() throws {
    func key(_ text: String, _ decimals: UInt8 = 0) throws -> PackedCell {
      PackedCell(decimal: try #require(ExactDecimal(text, decimals: decimals))).keyForm
    }
    #expect(try key("1.5") == key("1.50"))
    #expect(try key("328.00") == PackedCell(integer: 328).keyForm)
    #expect(try key("0.00") == PackedCell(integer: 0).keyForm)
    #expect(try key("1.5", 30) == key("1.5"))
    #expect(try key("-1.5") != key("1.5"))
  }

  @Test func schemasFindTheirKeys() {
    #expect(schema("A string,B fixed key,C key").keys == [1, 2])
    #expect(schema("PRICE fixed,BUYSELL enum,QUANTITY integer").keys == [1, 0])
    #expect(schema("PRICE fixed,BUYSELL enum,ID integer key").keys == [2])
    #expect(schema("PRICE fixed,SIDE enum").keys == [])
    #expect(schema("price fixed,buysell enum").keys == [])
    #expect(!schema("A").isKeyed)
    #expect(schema("A,B").place(of: "B") == 1)
    #expect(schema("A,B").place(of: "b") == nil)
    for market in Catalogue.builtIn.markets {
      for stream in market.streams where stream.name == "orderbooks" {
        let names = Schema(stream).keys.map { stream.columns[$0].name }
        #expect(names == ["BUYSELL", "PRICE"], "\(stream.destination)")
      }
    }
  }
}
