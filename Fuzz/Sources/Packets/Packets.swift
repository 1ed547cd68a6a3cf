// The packet decoder against a strict JSON reader and packet checker in C (what is accepted) and json-c (the values).
// Input: a byte of choices, then the body.

import CFuzz
import CISSPlusJSONC
import FuzzSupport
import NIOCore

@testable import MarketData

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@main enum Packets {
  static func main() {
    runFuzzer { start, count in
      Packets.fuzzer.one(Input(start, count))
      return 0
    }
  }

  // libFuzzer has one thread.
  nonisolated(unsafe) static var fuzzer = PacketFuzzer()
}

/// Columns for both sides.
struct Declared {
  let schema: Schema?
  let columns: [PacketColumn]
  let types: [String: ColumnType]

  init(_ columns: [Column]?) {
    schema = columns.map { Schema(columns: $0) }
    types = Dictionary(
      uniqueKeysWithValues: (columns ?? []).compactMap { column in column.type.map { (column.name, $0) } })
    // The names live as long as the process.
    self.columns = (columns ?? []).map {
      PacketColumn(name: strdup($0.name), form: Self.form($0.type), isKey: $0.isKey ? 1 : 0)
    }
  }

  private static func form(_ type: ColumnType?) -> CellForm {
    switch type {
    case .integer: FORM_INTEGER
    case .fixed: FORM_FIXED
    case .float: FORM_FLOAT
    case .bool: FORM_BOOL
    case nil: FORM_UNTYPED
    case .string, .date, .time, .datetime, .enumeration: FORM_TEXT
    }
  }
}

struct PacketFuzzer {
  private let declared: [Declared] = [
    Declared(nil),
    Declared([
      Column("K", .string, key: true), Column("F", .fixed), Column("V", .integer), Column("D", .float),
      Column("B", .bool), Column("T", .time), Column("U"),
    ]),
    Declared([
      Column("BUYSELL", .enumeration, key: true), Column("PRICE", .fixed, key: true), Column("QUANTITY", .integer),
      Column("REPOVALUE", .fixed),
    ]),
    Declared([Column("A"), Column("B", .fixed), Column("S", .string), Column("имя", .datetime)]),
  ]
  private let decoders: [PacketDecoder]
  private let tokener = json_tokener_new_ex(70)
  private var buffer = ByteBufferAllocator().buffer(capacity: 8192)
  private var scratch: [UInt8] = []
  private var printed = [CChar](repeating: 0, count: 600)

  init() { decoders = declared.map { PacketDecoder(schema: $0.schema) } }

  mutating func one(_ input: Input) {
    var input = input
    let choices = Int(input.byte())
    let body = input.rest()
    let columns = declared[choices & 3]
    let decoder = decoders[choices & 3]
    let isReply = choices & 4 != 0
    if choices & 3 == 0 { decoder.forgetProvisionalSchema() }

    buffer.clear()
    buffer.writeBytes(body)
    if choices & 8 != 0 {
      // As a frame has it: NUL, and what comes after it looks as if the body went on.
      buffer.writeInteger(UInt8(0))
      buffer.writeString("\"\"]]}}\\,0:9}]\"}]}]}]}]}]}]}]}]}]}\"")
      buffer.moveWriterIndex(to: body.count)
    }
    var error: PacketError?
    do throws(PacketError) {
      if isReply { try decoder.decodeReply(buffer) } else { try decoder.decodeMessage(buffer) }
    } catch let thrown { error = thrown }

    let tree = json_read(body.baseAddress, body.count, 64)
    let isGood = columns.columns.withUnsafeBufferPointer { list in
      packet_is_good(tree, columns.schema == nil ? nil : list.baseAddress, list.count, isReply ? 1 : 0) != 0
    }
    expect(
      isGood == (error == nil), "acceptance (refused here: one)", error as Any, String(decoding: body, as: UTF8.self))
    if let error {
      expect(error.offset >= 0 && error.offset <= body.count, "the place of the error", error, body.count)
      expect(error.code != .syntax || tree == nil, "no JSON, it says, but it is", error)
      expect(decoder.rowCount == 0 && Self.rows(of: decoder) == nil, "rows of a refused packet")
      return
    }
    guard let tree else { return }
    values(tree, body, decoder, columns)
  }

  /// A copy of what the decoder lends: here it is asked other things meanwhile.
  private static func rows(of decoder: PacketDecoder) -> PacketRows? {
    var rows: PacketRows?
    decoder.withRows { rows = $0 }
    return rows
  }

  private mutating func values(
    _ tree: UnsafePointer<JSONValue>, _ body: UnsafeBufferPointer<UInt8>, _ decoder: PacketDecoder, _ columns: Declared
  ) {
    guard let packet = Self.rows(of: decoder), let schema = decoder.schema else {
      difference("no rows of a good packet")
    }
    // json-c ends member names at U+0000.
    let isReadable = !String(decoding: body, as: UTF8.self).contains("\\u0000")
    json_tokener_reset(tokener)
    let other =
      isReadable
      ? json_tokener_parse_ex(
        tokener, UnsafeRawPointer(body.baseAddress)?.assumingMemoryBound(to: CChar.self), CInt(body.count)) : nil
    defer { json_object_put(other) }
    if isReadable {
      expect(
        json_tokener_get_error(tokener) == json_tokener_success, "json-c refuses what is accepted",
        String(decoding: body, as: UTF8.self))
    }
    properties(tree, other, decoder)

    let names = Self.items(Self.member(tree, "columns"))
    expect(names.count == decoder.columnNames.count, "the number of columns", names.count, decoder.columnNames)
    for (name, own) in zip(names, decoder.columnNames) {
      expect(Self.text(name).elementsEqual(own.utf8), "a column's name", own)
    }
    var data: OpaquePointer?
    if other != nil { _ = json_object_object_get_ex(other, "data", &data) }
    var row = 0
    var item = Self.member(tree, "data")?.pointee.first
    while let current = item {
      expect(row < decoder.rowCount, "rows", row, decoder.rowCount)
      let rowData = other == nil ? nil : json_object_array_get_idx(data, row)
      var column = 0
      var place = 0
      var value = current.pointee.first
      while let one = value {
        let name = decoder.columnNames[column]
        if let target = schema.place(of: name) {
          let cell = packet.cells[row * packet.stored + place]
          expect(packet.targets[place] == target, "where a cell belongs", name)
          check(cell, UnsafePointer(one), packet, schema.columns[target].type)
          if other != nil { check(cell, json_object_array_get_idx(rowData, column), packet, UnsafePointer(one)) }
          place += 1
        }
        column += 1
        value = one.pointee.next
      }
      expect(place == packet.stored, "cells of a row", place, packet.stored)
      row += 1
      item = current.pointee.next
    }
    expect(row == decoder.rowCount, "rows", row, decoder.rowCount)
  }

  private func properties(_ tree: UnsafePointer<JSONValue>, _ other: OpaquePointer?, _ decoder: PacketDecoder) {
    let properties = Self.member(tree, "properties")
    let kind = Self.member(properties, "type").map { String(decoding: Self.text($0), as: UTF8.self) }
    expect(kind == decoder.properties.kind?.rawValue, "the kind", kind as Any, decoder.properties)
    func number(_ name: String) -> String? {
      guard let value = Self.member(properties, name), value.pointee.kind == ROW_NUMBER else { return nil }
      let literal = String(decoding: Self.text(value), as: UTF8.self)
      return literal == "-0" ? "0" : literal
    }
    expect(number("seqnum") == decoder.properties.seqnum.map(String.init), "seqnum", decoder.properties)
    expect(number("timestamp") == decoder.properties.timestamp.map(String.init), "timestamp", decoder.properties)
    expect(number("published") == decoder.properties.published.map(String.init), "published", decoder.properties)
    var object: OpaquePointer?
    var seqnum: OpaquePointer?
    guard other != nil, json_object_object_get_ex(other, "properties", &object) != 0,
      json_object_object_get_ex(object, "seqnum", &seqnum) != 0, seqnum != nil
    else { return }
    expect(json_object_get_uint64(seqnum) == decoder.properties.seqnum, "seqnum by json-c", decoder.properties)
  }

  // MARK: Cells

  /// Against the tree of the model in C.
  private mutating func check(
    _ cell: PackedCell, _ value: UnsafePointer<JSONValue>, _ packet: PacketRows, _ type: ColumnType?
  ) {
    switch value.pointee.kind {
    case ROW_NULL: expect(cell.isNull, "a null")
    case ROW_TRUE: expect(cell.tag == PackedCell.Tag.bool && cell.bool, "a true")
    case ROW_FALSE: expect(cell.tag == PackedCell.Tag.bool && !cell.bool, "a false")
    case ROW_STRING:
      expect(cell.tag >= PackedCell.Tag.shortText, "a text")
      expect(Self.text(value).elementsEqual(bytes(of: cell, packet)), "a text", bytes(of: cell, packet))
      let isShort = value.pointee.count <= PackedCell.shortTextLimit
      expect(isShort == (cell.tag == PackedCell.Tag.shortText), "one form for each text")
    case ROW_ARRAY:
      guard let literal = value.pointee.first, let decimals = literal.pointee.next else { difference("a pair") }
      if literal.pointee.kind == ROW_NULL { return expect(cell.isNull, "a null of a pair") }
      let places = Int(String(decoding: Self.text(UnsafePointer(decimals)), as: UTF8.self)) ?? 0
      check(decimal: cell, UnsafePointer(literal), places)
    case ROW_NUMBER: number(cell, value, type)
    default: difference("a cell that is an object")
    }
  }

  private mutating func number(_ cell: PackedCell, _ value: UnsafePointer<JSONValue>, _ type: ColumnType?) {
    let literal = String(decoding: Self.text(value), as: UTF8.self)
    switch type {
    case .float: expect(cell.float == strtod(literal, nil) && cell.tag == PackedCell.Tag.float, "a float", literal)
    case .bool: expect(cell.tag == PackedCell.Tag.bool && cell.bool == (literal == "1"), "a truth value", literal)
    default:
      if literal.utf8.contains(where: { $0 == 0x2E || $0 | 0x20 == 0x65 }) {
        return check(decimal: cell, value, 0)
      }
      expect(cell.tag == PackedCell.Tag.integer, "an integer", literal)
      expect(String(cell.integer) == (literal == "-0" ? "0" : literal), "an integer", literal, cell.integer)
    }
  }

  private mutating func check(decimal cell: PackedCell, _ literal: UnsafePointer<JSONValue>, _ places: Int) {
    let count = decimal_print(literal.pointee.text, literal.pointee.count, CInt(places), &printed)
    expect(count >= 0 && cell.tag == PackedCell.Tag.decimal, "a decimal")
    let own = cell.decimal.description.utf8
    expect(
      own.count == Int(count) && zip(own, printed).allSatisfy { $0 == UInt8(bitPattern: $1) }, "a decimal",
      cell.decimal, String(decoding: Self.text(literal), as: UTF8.self))
    // One form for each printed form.
    let again = ExactDecimal(cell.decimal.description)
    expect(again.map { $0.isIdentical(to: cell.decimal) } ?? true, "the form of a decimal", cell.decimal)
  }

  /// Against json-c, of whose numbers only those are asked that it keeps whole.
  private mutating func check(
    _ cell: PackedCell, _ value: OpaquePointer?, _ packet: PacketRows, _ model: UnsafePointer<JSONValue>
  ) {
    switch json_object_get_type(value) {
    case json_type_null: expect(cell.isNull, "json-c: a null")
    case json_type_boolean: expect(cell.bool == (json_object_get_boolean(value) != 0), "json-c: a truth value")
    case json_type_string:
      let text = UnsafeRawBufferPointer(
        start: json_object_get_string(value), count: Int(json_object_get_string_len(value)))
      let own = bytes(of: cell, packet)
      // json-c replaces escaped characters whose lower half looks like a surrogate; the reader in C has compared them.
      let isReplaced = String(decoding: own, as: UTF8.self).unicodeScalars.contains {
        $0.value > 0xFFFF && $0.value & 0xF800 == 0xD800
      }
      expect(isReplaced || text.elementsEqual(own), "json-c: a text", own)
    case json_type_int:
      switch cell.tag {
      case PackedCell.Tag.integer: expect(json_object_get_int64(value) == cell.integer, "json-c: an integer")
      case PackedCell.Tag.bool: expect(json_object_get_int64(value) == (cell.bool ? 1 : 0), "json-c: a 0 or 1")
      case PackedCell.Tag.float:
        // Whole numbers beyond 64 bits are cut by json-c.
        if cell.float.magnitude < 9e18 {
          expect(Double(json_object_get_int64(value)) == cell.float, "json-c: a whole float", cell.float)
        }
      default: difference("json-c has an integer")
      }
    case json_type_double:
      switch cell.tag {
      case PackedCell.Tag.float: expect(json_object_get_double(value) == cell.float, "json-c: a float", cell.float)
      case PackedCell.Tag.decimal:
        // Both are the nearest double; json-c reads by strtod.
        expect(json_object_get_double(value) == cell.decimal.doubleValue, "json-c: a decimal", cell.decimal)
      default: difference("json-c has a double")
      }
    case json_type_array: if !cell.isNull { check(cell, json_object_array_get_idx(value, 0), fixed: model) }
    default: difference("json-c has an object")
    }
  }

  private func check(_ cell: PackedCell, _ literal: OpaquePointer?, fixed model: UnsafePointer<JSONValue>) {
    switch json_object_get_type(literal) {
    case json_type_int:
      let value = cell.decimal.numericKey
      expect(
        value.scale == 0 && value.mantissa == json_object_get_int64(literal), "json-c: a whole decimal", cell.decimal)
    case json_type_double:
      expect(json_object_get_double(literal) == cell.decimal.doubleValue, "json-c: a decimal", cell.decimal)
    default: difference("json-c has no number in a pair")
    }
  }

  private mutating func bytes(of cell: PackedCell, _ packet: PacketRows) -> [UInt8] {
    scratch.removeAll(keepingCapacity: true)
    if cell.isLongText {
      packet.appendText(of: cell, to: &scratch)
    } else {
      for index in 0..<cell.textCount { scratch.append(cell.shortTextByte(index)) }
    }
    return scratch
  }

  // MARK: The model's tree

  private static func text(_ value: UnsafePointer<JSONValue>) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: value.pointee.text, count: value.pointee.count)
  }

  private static func member(_ object: UnsafePointer<JSONValue>?, _ name: String) -> UnsafePointer<JSONValue>? {
    var item = object?.pointee.first
    while let one = item {
      if UnsafeBufferPointer(start: one.pointee.name, count: one.pointee.nameCount).elementsEqual(name.utf8) {
        return UnsafePointer(one)
      }
      item = one.pointee.next
    }
    return nil
  }

  private static func items(_ array: UnsafePointer<JSONValue>?) -> [UnsafePointer<JSONValue>] {
    var items: [UnsafePointer<JSONValue>] = []
    var item = array?.pointee.first
    while let one = item {
      items.append(UnsafePointer(one))
      item = one.pointee.next
    }
    return items
  }
}
