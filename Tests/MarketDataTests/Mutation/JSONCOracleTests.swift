import CISSPlusJSONC
import NIOCore
import Testing

@testable import MarketData

/// Values of accepted packets against json-c, which is no judge of what to accept: it takes more than JSON.
@Suite struct JSONCOracleTests {
  @Test func printsWhatJSONCReads() throws {
    var accepted = 0
    var compared = 0
    var seed = MutationTests.firstSeed &+ 2_000_000
    let count = max(800, MutationTests.packetCount / 4)
    while accepted < count {
      var generator = PacketGenerator(seed: seed)
      let schema = Schema(columns: generator.columns)
      let decoder = PacketDecoder(schema: schema)
      for _ in 0..<15 {
        let body = generator.next()
        // json-c ends member names at U+0000.
        let isReadable = !String(decoding: body, as: UTF8.self).contains("\\u0000")
        guard isReadable, refusal(body, decoder) == nil else { continue }
        accepted += 1
        compared += compare(body, decoder, schema, seed)
      }
      seed += 1
    }
    #expect(compared > accepted * 4, "\(compared) cells of \(accepted) packets")
  }

  /// Compares every cell and returns how many there were.
  private func compare(_ body: [UInt8], _ decoder: PacketDecoder, _ schema: Schema, _ seed: UInt64) -> Int {
    let note = "seed \(seed): \(String(decoding: body, as: UTF8.self))"
    guard let tokener = json_tokener_new_ex(70) else { return 0 }
    defer { json_tokener_free(tokener) }
    let tree = body.withUnsafeBytes { bytes in
      json_tokener_parse_ex(tokener, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), CInt(bytes.count))
    }
    defer { json_object_put(tree) }
    #expect(json_tokener_get_error(tokener) == json_tokener_success, "\(note)")
    let names = elements(member(tree, "columns")).map(text)
    #expect(names == decoder.columnNames, "\(note)")
    if let seqnum = member(member(tree, "properties"), "seqnum") {
      #expect(json_object_get_uint64(seqnum) == decoder.properties.seqnum, "\(note)")
    }
    let rows = elements(member(tree, "data"))
    #expect(rows.count == decoder.rowCount, "\(note)")
    let store = cells(of: decoder, schema)
    var count = 0
    for (row, values) in zip(rows, store) {
      for (name, value) in zip(names, elements(row)) {
        guard let place = schema.place(of: name), schema.columns[place].name == name else { continue }
        count += 1
        check(values[place], value, schema.columns[place].type, "\(name): \(note)")
      }
    }
    return count
  }

  /// All rows of the packet, each of which stands for itself.
  private func cells(of decoder: PacketDecoder, _ schema: Schema) -> [[Cell]] {
    var store = RowStore(width: schema.columns.count)
    decoder.withRows { packet in
      for row in 0..<packet.rowCount { store.append(packet, row: row, hash: 1) }
    }
    return (0..<store.slotCount).map { slot in
      Row(schema: schema, cells: store.cells, start: slot * store.width, area: store.area).values
    }
  }

  private func check(_ cell: Cell, _ value: OpaquePointer?, _ type: ColumnType?, _ note: String) {
    switch json_object_get_type(value) {
    case json_type_null: #expect(cell == .null, "\(note)")
    case json_type_string: #expect(cell == .text(text(value)), "\(note)")
    case json_type_boolean: #expect(cell == .bool(json_object_get_boolean(value) != 0), "\(note)")
    case json_type_array:
      let parts = elements(value)
      #expect(parts.count == 2, "\(note)")
      guard parts.count == 2, let literal = parts[0] else {
        #expect(cell == .null, "\(note)")
        return
      }
      let decimals = Int(json_object_get_int64(parts[1]))
      #expect(cell.description == BigNumber(literal: text(literal)).printed(decimals: decimals), "\(note)")
      #expect(cell.decimal != nil && cell.integer == nil, "\(note)")
    case json_type_int, json_type_double: number(cell, value, type, note)
    default: Issue.record("\(note)")
    }
  }

  private func number(_ cell: Cell, _ value: OpaquePointer?, _ type: ColumnType?, _ note: String) {
    let isWhole = json_object_get_type(value) == json_type_int
    switch (type, cell) {
    case (.bool, .bool(let truth)): #expect(json_object_get_int64(value) == (truth ? 1 : 0), "\(note)")
    case (.float, .float(let double)):
      // Whole numbers beyond 64 bits are cut by json-c.
      if isWhole, double.magnitude > 9e18 { return }
      #expect(json_object_get_double(value) == double, "\(note)")
      #expect(cell.description == ReferenceFloat.printed(double), "\(note)")
    case (_, .integer(let integer)): #expect(isWhole && json_object_get_int64(value) == integer, "\(note)")
    case (nil, .decimal): #expect(!isWhole && cell.description == BigNumber(literal: text(value)).printed(), "\(note)")
    default: Issue.record("\(cell) as \(String(describing: type)): \(note)")
    }
  }

  // MARK: json-c

  private func member(_ object: OpaquePointer?, _ name: String) -> OpaquePointer? {
    var value: OpaquePointer?
    return json_object_object_get_ex(object, name, &value) != 0 ? value : nil
  }

  private func elements(_ array: OpaquePointer?) -> [OpaquePointer?] {
    guard let array, json_object_get_type(array) == json_type_array else { return [] }
    return (0..<json_object_array_length(array)).map { json_object_array_get_idx(array, $0) }
  }

  /// The text of a string, or the literal of a number: json-c keeps it for doubles.
  private func text(_ value: OpaquePointer?) -> String {
    guard let start = json_object_get_string(value) else { return "" }
    let isText = json_object_get_type(value) == json_type_string
    let count = isText ? Int(json_object_get_string_len(value)) : nil
    guard let count else { return String(cString: start) }
    return String(decoding: UnsafeRawBufferPointer(start: start, count: count), as: UTF8.self)
  }
}
