import NIOCore
import Testing

@testable import MarketData

/// Names are compared byte by byte, also where Swift's strings are equal by their characters.
struct ColumnNameTests {
  @Test func composedAndDecomposedNamesAreTwoColumns() throws {
    let composed = "\u{E9}"
    let decomposed = "e\u{301}"
    #expect(composed == decomposed)
    let decoder = PacketDecoder(schema: nil)
    let body = #"{"properties":{"type":"snapshot"},"columns":["\#(composed)","\#(decomposed)"],"data":[[1,2]]}"#
    try decoder.decodeMessage(ByteBuffer(string: body))
    let schema = try #require(decoder.schema)
    var table = KeyedTable(schema: schema)
    _ = table.apply(decoder)
    #expect(decoder.droppedColumns == [])
    #expect(table.rows.first?.values == [.integer(1), .integer(2)])
    #expect(table.rows.first?[decomposed] == .integer(2))
  }

  /// More lists of columns than a decoder remembers, met twice: none is taken for another.
  @Test func manyListsOfColumns() throws {
    let names = (0..<12).map { "C\($0)" }
    let schema = Schema(columns: [Column("K", .string, key: true)] + names.map { Column($0, .integer) })
    let decoder = PacketDecoder(schema: schema)
    var table = KeyedTable(schema: schema)
    for _ in 0..<2 {
      for mask in 1..<1500 {
        let chosen = names.indices.filter { mask >> $0 & 1 == 1 }
        let columns = (["\"K\""] + chosen.map { "\"\(names[$0])\"" }).joined(separator: ",")
        let cells = (["\"a\""] + chosen.map { "\(mask * 100 + $0)" }).joined(separator: ",")
        let body = "{\"properties\":{\"type\":\"updates\"},\"columns\":[\(columns)],\"data\":[[\(cells)]]}"
        try decoder.decodeMessage(ByteBuffer(string: body))
        let changes = table.apply(decoder)
        #expect(changes.count == 1)
        let row = try #require(table.rows.first)
        for index in chosen where row[names[index]] != .integer(Int64(mask * 100 + index)) {
          Issue.record("mask \(mask) column \(index)")
        }
      }
    }
  }

  /// Lists are recognised by a hash up to their first `]`, which may stand in a name.
  @Test func bracketsInNames() throws {
    let decoder = PacketDecoder(
      schema: Schema(columns: [Column("A]", .integer), Column("A],B", .integer), Column("B", .integer)]))
    for (columns, wanted) in [
      (#"["A]","B"]"#, ["A]", "B"]), (#"["A]"]"#, ["A]"]), (#"["A],B"]"#, ["A],B"]), (#"["A]","B"]"#, ["A]", "B"]),
    ] {
      let cells = wanted.map { _ in "1" }.joined(separator: ",")
      let body = #"{"properties":{"type":"snapshot"},"columns":\#(columns),"data":[[\#(cells)]]}"#
      try decoder.decodeMessage(ByteBuffer(string: body))
      #expect(decoder.columnNames == wanted)
    }
    #expect(throws: PacketError.self) {
      try decoder.decodeMessage(ByteBuffer(string: #"{"properties":{"type":"snapshot"},"columns":["A"#))
    }
  }
}
