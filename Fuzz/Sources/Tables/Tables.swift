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

/// Rows by key as dictionaries hold them; cells are texts as they print, with `-` for null.
struct TableModel {
  var order: [String] = []
  var rows: [String: [String]] = [:]
  var loose: [[String]] = []
  var evicted = 0
  let limit: Int

  var all: [[String]] { order.isEmpty ? loose : order.compactMap { rows[$0] } }
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
  private var reader: [String: [String]] = [:]
  private var late: [String: [String]] = [:]
  private var looseReader: [[String]: Int] = [:]
  private var looseLate: [[String]: Int] = [:]
  private var changes: ChangeSet

  private static let names = ["K", "L", "F", "V", "S"]
  private static let keyed = Schema(columns: [
    Column("K", .string, key: true), Column("L", .fixed, key: true), Column("F", .fixed), Column("V", .integer),
    Column("S", .string),
  ])
  private static let plain = Schema(columns: [
    Column("K", .string), Column("L", .fixed), Column("F", .fixed), Column("V", .integer), Column("S", .string),
  ])
  /// Values as they are sent and as they print. The long ones stand outside of their cells; one has an escape.
  private static let keys = [
    ("\"a\"", "a"), ("\"b\"", "b"), ("\"a long key of a table\"", "a long key of a table"), ("\"\"", ""),
  ]
  /// Keys compare by value: the third is the second, written otherwise.
  private static let prices = [
    ("[1,0]", "1", "1"), ("[1.5,1]", "1.5", "1.5"), ("[1.50,2]", "1.50", "1.5"), ("[-3,2]", "-3.00", "-3"),
  ]
  private static let fixed = [("null", "-"), ("[1.5,1]", "1.5"), ("[1.50,1]", "1.50"), ("[null,2]", "-")]
  private static let integers = [
    ("null", "-"), ("1", "1"), ("-9223372036854775808", "-9223372036854775808"), ("7", "7"),
  ]
  private static let texts = [
    ("null", "-"), ("\"x\"", "x"), ("\"a text too long for its cell\"", "a text too long for its cell"),
    ("\"another \\u0074ext too long\"", "another text too long"),
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

  /// A row as it is sent, as it prints, and its key.
  private struct MadeRow {
    var sent: [String] = []
    var printed: [String?] = [nil, nil, nil, nil, nil]
    var key = ""
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
    let rows = (0..<Int(choice >> 6) * 2 + 1).map { _ in row(columns) }
    let names = columns.map { "\"\(Self.names[$0])\"" }.joined(separator: ",")
    let data = rows.map { "[\($0.sent.joined(separator: ","))]" }.joined(separator: ",")
    let body = "{\"properties\":{\"type\":\"\(kind)\"},\"columns\":[\(names)],\"data\":[\(data)]}"
    do { try decoder.decodeMessage(ByteBuffer(string: body)) } catch { difference("refused: \(error)", body) }
    table.apply(decoder, received: nil, into: &changes)
    apply(kind, rows)
    read()
    if looks { look() }
    conflator.merge(changes)
    if choice & 0x44 == 0x44 { merge() }
  }

  private mutating func row(_ columns: [Int]) -> MadeRow {
    var made = MadeRow()
    let one = input.byte()
    let two = input.byte()
    for column in columns {
      let sent: String
      switch column {
      case 0:
        let value = Self.keys[Int(one & 3)]
        (sent, made.printed[0]) = (value.0, value.1)
      case 1:
        let value = Self.prices[Int(one >> 2 & 3)]
        (sent, made.printed[1]) = (value.0, value.1)
      case 2:
        let value = Self.fixed[Int(two & 3)]
        (sent, made.printed[2]) = (value.0, value.1)
      case 3:
        let value = Self.integers[Int(two >> 2 & 3)]
        (sent, made.printed[3]) = (value.0, value.1)
      default:
        let value = Self.texts[Int(two >> 4 & 3)]
        (sent, made.printed[4]) = (value.0, value.1)
      }
      made.sent.append(sent)
    }
    made.key = Self.keys[Int(one & 3)].1 + "\u{1}" + Self.prices[Int(one >> 2 & 3)].2
    return made
  }

  private static func cells(_ row: Row) -> [String] { row.values.map { $0.isNull ? "-" : $0.description } }

  // MARK: The model

  private mutating func apply(_ kind: String, _ rows: [MadeRow]) {
    guard isKeyed else {
      if kind == "removal" { return }
      if kind == "snapshot" { model.loose = [] }
      model.loose += rows.map { $0.printed.map { $0 ?? "-" } }
      let tooMany = max(0, model.loose.count - model.limit)
      model.loose.removeFirst(tooMany)
      model.evicted += tooMany
      return
    }
    if kind == "snapshot" {
      model.order = []
      model.rows = [:]
    }
    for row in rows {
      if kind == "removal" {
        if model.rows.removeValue(forKey: row.key) != nil { model.order.removeAll { $0 == row.key } }
      } else if let old = model.rows[row.key] {
        model.rows[row.key] = zip(row.printed, old).map { kind == "snapshot" ? $0 ?? "-" : $0 ?? $1 }
      } else {
        model.order.append(row.key)
        model.rows[row.key] = row.printed.map { $0 ?? "-" }
      }
    }
  }

  // MARK: Readers of changes

  private static func key(_ row: [String]) -> String {
    // By value: what prints 1.50 is the key 1.5, and -3.00 is -3.
    let price = prices.first { $0.1 == row[1] }?.2 ?? row[1]
    return row[0] + "\u{1}" + price
  }

  private static func take(_ changes: ChangeSet, into rows: inout [String: [String]]) {
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
        expect(rows.removeValue(forKey: key(before)) == before, "a row before that is not there", before)
      }
      if let after { expect(rows.updateValue(after, forKey: key(after)) == nil, "a row that was there", after) }
      expect(before != after, "no change", before as Any)
      expect((before == nil) == (change.kind == .insert) && (after == nil) == (change.kind == .remove), "the kind")
    }
  }

  private static func take(_ changes: ChangeSet, into rows: inout [[String]: Int]) {
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

  private var counted: [[String]: Int] { Dictionary(model.loose.map { ($0, 1) }, uniquingKeysWith: +) }

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
