// Tables, change sets and their merging against dictionaries. Input: a byte of choices, then operations: kinds, columns and
// rows of few keys and few values, which become packets.

import FuzzSupport
import NIOCore

@testable import MarketData

@main enum Tables {
  static func main() {
    runFuzzer { start, count in
      var run = TableRun(Input(start, count))
      run.all()
      return 0
    }
  }
}

/// Five cells, each the index of what it prints in `TableRun.printed`; a null is 0 in the columns that have nulls.
struct Cells: Hashable {
  /// A byte for each cell, the first column in the lowest one.
  private var bytes: UInt64 = 0

  subscript(column: Int) -> UInt8 {
    get { UInt8(truncatingIfNeeded: bytes >> (column * 8)) }
    set { bytes = bytes & ~(0xFF << (column * 8)) | UInt64(newValue) << (column * 8) }
  }

  /// The first two, by value: 1.50 is the key 1.5.
  var key: UInt8 { self[0] << 4 | (self[1] == 2 ? 1 : self[1]) }
}

extension Cells: CustomStringConvertible {
  var description: String { "\((0..<5).map { TableRun.printed[$0][Int(self[$0])] })" }
}

/// Rows by key as dictionaries hold them.
struct TableModel {
  var order: [UInt8] = []
  var rows: [UInt8: Cells] = [:]
  var loose: [Cells] = []
  var evicted = 0
  let limit: Int

  var all: [Cells] { order.isEmpty ? loose : order.compactMap { rows[$0] } }
}

struct TableRun {
  private var input: Input
  private let isKeyed: Bool
  private let schema: Schema
  private let decoder: PacketDecoder
  private var table: KeyedTable
  private var model: TableModel
  private var conflator: Conflator
  /// What readers build from changes: of each packet, and of merged ones.
  private var reader: [UInt8: Cells] = [:]
  private var late: [UInt8: Cells] = [:]
  private var looseReader: [Cells: Int] = [:]
  private var looseLate: [Cells: Int] = [:]
  private var changes: ChangeSet
  private var body = ByteBuffer()
  private var made: [MadeRow] = []

  private static let names: [StaticString] = ["\"K\"", "\"L\"", "\"F\"", "\"V\"", "\"S\""]
  private static let keyed = Schema(columns: [
    Column("K", .string, key: true), Column("L", .fixed, key: true), Column("F", .fixed), Column("V", .integer),
    Column("S", .string),
  ])
  private static let plain = Schema(columns: [
    Column("K", .string), Column("L", .fixed), Column("F", .fixed), Column("V", .integer), Column("S", .string),
  ])
  /// Values as they are sent. The long ones stand outside of their cells; one has an escape.
  private static let sent: [[StaticString]] = [
    ["\"a\"", "\"b\"", "\"a long key of a table\"", "\"\""],
    ["[1,0]", "[1.5,1]", "[1.50,2]", "[-3,2]"],
    ["null", "[1.5,1]", "[1.50,1]", "[null,2]"],
    ["null", "1", "-9223372036854775808", "7"],
    ["null", "\"x\"", "\"a text too long for its cell\"", "\"another \\u0074ext too long\""],
  ]
  /// The same values as they print.
  fileprivate static let printed = [
    ["a", "b", "a long key of a table", ""],
    ["1", "1.5", "1.50", "-3.00"],
    ["(null)", "1.5", "1.50", "(null)"],
    ["(null)", "1", "-9223372036854775808", "7"],
    ["(null)", "x", "a text too long for its cell", "another text too long"],
  ]

  init(_ input: Input) {
    var input = input
    let choices = input.byte()
    self.input = input
    isKeyed = choices & 1 == 0
    schema = isKeyed ? Self.keyed : Self.plain
    decoder = PacketDecoder(schema: schema)
    let limit = choices & 2 == 0 ? 100_000 : 3
    table = KeyedTable(schema: schema, looseRowLimit: limit)
    model = TableModel(limit: limit)
    conflator = Conflator(schema: schema)
    changes = ChangeSet(schema: schema)
  }

  mutating func all() {
    var steps = 0
    while !input.isAtEnd, steps < 40 {
      steps += 1
      step(looks: steps % 4 == 0)
    }
    look()
    merge()
  }

  /// The rows against the model; not after each step, for that is most of the time.
  private func look() {
    let rows = table.rows.map(Self.cells)
    expect(rows == model.all, "the rows", rows, model.all)
    expect(table.evictedRows == model.evicted, "rows that left", table.evictedRows, model.evicted)
    expect(table.count == rows.count, "the count", table.count)
    if isKeyed {
      expect(reader == model.rows, "what a reader has", reader, model.rows)
    } else if table.evictedRows == 0 {
      expect(looseReader == counted, "what a reader has", looseReader, counted)
    }
  }

  /// A row of a packet: its cells, and which of them the packet has.
  private struct MadeRow {
    var cells = Cells()
    var given: UInt8 = 0

    /// The cells that the packet does not have are the old row's, or null.
    func over(_ old: Cells?) -> Cells {
      guard let old else { return cells }
      var result = cells
      for column in 2..<5 where given >> column & 1 == 0 { result[column] = old[column] }
      return result
    }
  }

  private mutating func step(looks: Bool) {
    let choice = input.byte()
    let kind = ["snapshot", "updates", "updates", "removal"][Int(choice & 3)]
    // Which columns the packet has; the keys always.
    var columns = [0, 1]
    if choice & 4 == 0 { columns.append(2) }
    if choice & 8 == 0 { columns.append(3) }
    if choice & 16 == 0 { columns.append(4) }
    if choice & 32 != 0 { columns.reverse() }
    body.clear()
    body.writeString("{\"properties\":{\"type\":\"")
    body.writeString(kind)
    body.writeString("\"},\"columns\":[")
    for (place, column) in columns.enumerated() {
      if place > 0 { body.writeInteger(0x2C as UInt8) }
      body.writeStaticString(Self.names[column])
    }
    body.writeString("],\"data\":[")
    made.removeAll(keepingCapacity: true)
    for place in 0..<Int(choice >> 6) * 2 + 1 {
      if place > 0 { body.writeInteger(0x2C as UInt8) }
      row(columns)
    }
    body.writeString("]}")
    do { try decoder.decodeMessage(body) } catch { difference("refused: \(error)", String(buffer: body)) }
    table.apply(decoder, received: nil, into: &changes)
    apply(kind)
    read()
    if looks { look() }
    conflator.merge(changes)
    if choice & 0x44 == 0x44 { merge() }
  }

  /// Writes a row, and notes it.
  private mutating func row(_ columns: [Int]) {
    var row = MadeRow()
    let one = input.byte()
    let two = input.byte()
    let values = [one & 3, one >> 2 & 3, two & 3, two >> 2 & 3, two >> 4 & 3]
    var separator = 0x5B as UInt8
    for column in columns {
      body.writeInteger(separator)
      separator = 0x2C
      body.writeStaticString(Self.sent[column][Int(values[column])])
      // Both of the null prices are one.
      row.cells[column] = column == 2 && values[column] == 3 ? 0 : values[column]
      row.given |= 1 << column
    }
    body.writeInteger(0x5D as UInt8)
    made.append(row)
  }

  private static func cells(_ row: Row) -> Cells {
    var result = Cells()
    for (column, value) in row.values.enumerated() {
      if value.isNull {
        expect(column >= 2, "a key that is null", row)
        continue
      }
      let text = value.description
      guard let index = printed[column].firstIndex(of: text) else { difference("a value that nobody sent", text, row) }
      result[column] = UInt8(index)
    }
    return result
  }

  // MARK: The model

  private mutating func apply(_ kind: String) {
    guard isKeyed else {
      if kind == "removal" { return }
      if kind == "snapshot" { model.loose = [] }
      for row in made { model.loose.append(row.cells) }
      let tooMany = max(0, model.loose.count - model.limit)
      model.loose.removeFirst(tooMany)
      model.evicted += tooMany
      return
    }
    if kind == "snapshot" {
      model.order = []
      model.rows = [:]
    }
    for row in made {
      let key = row.cells.key
      if kind == "removal" {
        if model.rows.removeValue(forKey: key) != nil { model.order.removeAll { $0 == key } }
      } else if let old = model.rows[key] {
        model.rows[key] = row.over(kind == "snapshot" ? nil : old)
      } else {
        model.order.append(key)
        model.rows[key] = row.cells
      }
    }
  }

  // MARK: Readers of changes

  private static func take(_ changes: ChangeSet, into rows: inout [UInt8: Cells]) {
    var sawOther = false
    for change in changes {
      let before = change.before.map(cells)
      let after = change.after.map(cells)
      if change.kind == .remove {
        expect(!sawOther || changes.properties.kind != .snapshot, "a removal after others")
      } else {
        sawOther = true
      }
      if let before {
        expect(rows.removeValue(forKey: before.key) == before, "a row before that is not there", before)
      }
      if let after { expect(rows.updateValue(after, forKey: after.key) == nil, "a row that was there", after) }
      expect(before != after, "no change", before as Any)
      expect((before == nil) == (change.kind == .insert) && (after == nil) == (change.kind == .remove), "the kind")
    }
  }

  private static func take(_ changes: ChangeSet, into rows: inout [Cells: Int]) {
    for change in changes {
      let row = cells(change.row ?? changes[0].row!)
      expect(change.kind != .update, "an update without a key")
      let count = (rows[row] ?? 0) + (change.kind == .insert ? 1 : -1)
      expect(count >= 0, "a row removed that is not there", row)
      rows[row] = count == 0 ? nil : count
    }
  }

  private mutating func read() {
    // Rows that left by the limit leave without a change: then a reader has more.
    if isKeyed {
      Self.take(changes, into: &reader)
    } else if table.evictedRows == 0 {
      Self.take(changes, into: &looseReader)
    }
  }

  private var counted: [Cells: Int] { Dictionary(model.loose.map { ($0, 1) }, uniquingKeysWith: +) }

  private mutating func merge() {
    guard let merged = conflator.take() else { return }
    if isKeyed {
      Self.take(merged, into: &late)
      expect(late == model.rows, "what a late reader has", late, model.rows)
    } else if table.evictedRows == 0 {
      Self.take(merged, into: &looseLate)
      expect(looseLate == counted, "what a late reader has", looseLate, counted)
    }
  }
}
