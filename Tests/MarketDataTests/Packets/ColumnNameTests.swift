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
}
