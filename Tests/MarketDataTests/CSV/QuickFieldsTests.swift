import Testing

@testable import MarketData

/// Fields written in one go against the same fields written one by one.
@Suite struct QuickFieldsTests {
  private static func quick(_ cells: [PackedCell], area: [UInt8] = []) -> String {
    var text = TextBuffer()
    text.append(csv: cells, at: 0, Array(cells.indices), area: area)
    return text.string
  }

  private static func oneByOne(_ cells: [PackedCell], area: [UInt8] = []) -> String {
    cells.map { cell in
      var text = TextBuffer()
      text.append(csv: cell, area: area)
      return text.string
    }.joined(separator: ",")
  }

  /// Around each power of ten, of both signs, with each scale and up to two more fraction digits.
  @Test func numbersOfEachLength() {
    var magnitudes: [Int64] = [0, 1, 7, 10_500, 99_999_999, 100_000_000, .max]
    var power: Int64 = 1
    for digit in 0..<19 as Range<Int64> {
      magnitudes += [power - 1, power, power + 1, power + digit]
      if digit < 18 { power *= 10 }
    }
    for magnitude in magnitudes {
      for value in [magnitude, -magnitude] {
        let cells = [PackedCell(integer: value), PackedCell(integer: value)]
        #expect(Self.quick(cells) == "\(value),\(value)")
        for scale in 0...20 as ClosedRange<UInt8> {
          for more in 0...2 as ClosedRange<UInt8> {
            let cell = PackedCell(canonicalMantissa: value, scale: scale, fractionDigits: scale + more)
            let cells = [cell, .null, cell, PackedCell(integer: 5)]
            #expect(Self.quick(cells) == Self.oneByOne(cells), "\(value) with \(scale) and \(scale + more) digits")
          }
        }
      }
    }
    #expect(Self.quick([PackedCell(canonicalMantissa: 32_810, scale: 2, fractionDigits: 2)]) == "328.10")
    #expect(Self.quick([PackedCell(canonicalMantissa: -7, scale: 3, fractionDigits: 3)]) == "-0.007")
  }

  /// Each byte at each place of texts of each length.
  @Test(arguments: 0...14) func textsOfEachLength(count: Int) {
    for place in 0..<max(1, count) {
      for byte in UInt8.min...UInt8.max {
        var bytes = [UInt8](repeating: UInt8(ascii: "x"), count: count)
        if count > 0 { bytes[place] = byte }
        let cell = PackedCell(shortText: bytes)
        let cells = [cell, PackedCell(integer: 1), cell]
        let field = Self.field(bytes)
        var text = TextBuffer()
        text.append(csv: cells, at: 0, [0, 1, 2], area: [])
        #expect(Array(text.bytes) == field + Array(",1,".utf8) + field, "byte \(byte) at \(place) of \(count)")
      }
    }
  }

  private static func field(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.isEmpty || bytes.contains(where: { Array(",\"\r\n".utf8).contains($0) }) else { return bytes }
    let quote = UInt8(ascii: "\"")
    return [quote] + bytes.flatMap { $0 == quote ? [quote, quote] : [$0] } + [quote]
  }

  @Test func unusualCellsStandAmongUsualOnes() {
    let area = Array("a long text, with a comma".utf8)
    let long = PackedCell(textAt: 0, count: area.count, tag: PackedCell.Tag.longText)
    let cells = [
      long, .null, PackedCell(float: 1.5), PackedCell(bool: true), PackedCell(shortText: "B".utf8), long, long, .null,
    ]
    #expect(
      Self.quick(cells, area: area)
        == "\"a long text, with a comma\",,1.5,true,B,\"a long text, with a comma\",\"a long text, with a comma\",")
    #expect(Self.quick([]) == "")
    #expect(Self.quick([.null]) == "")
    #expect(Self.quick([.null, .null]) == ",")
  }

  /// A selection of columns, in another order, of a row that does not stand first.
  @Test func columnsAreTakenInTheirOrder() {
    let cells = (0..<12).map { PackedCell(integer: $0) }
    var text = TextBuffer()
    text.append("before ")
    text.append(csv: cells, at: 4, [3, 0, 0, 7], area: [])
    #expect(text.string == "before 7,4,4,11")
  }

  @Test func allLinesOfAPacketBeginAlike() throws {
    var feed = Feed("K string key,F fixed")
    let body = packet(
      "snapshot", "K,F", "[\"a\",[1.5,1]],[\"b\",null],[\"c\",[2,0]]", properties: ",\"seqnum\":7,\"timestamp\":0")
    let changes = try feed.changes(body)
    let writer = try LineWriter(.csv, schema: feed.table.schema, lead: .change)
    var text = TextBuffer()
    #expect(writer.write(changes, ticker: "T,1", to: &text) == 3)
    let start = ",7,1970-01-01T00:00:00.000Z,insert,\"T,1\""
    #expect(text.string == "\(start),a,1.5\n\(start),b,\n\(start),c,2\n")
  }
}
