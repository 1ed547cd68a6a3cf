import Testing

@testable import MarketData

/// What a reader builds from changes alone: plain dictionaries, checking each change against what it holds.
struct ChangeReader {
  private(set) var rows: [[String]: [String]] = [:]
  private(set) var loose: [[String]: Int] = [:]
  private let schema: Schema

  init(_ schema: Schema) { self.schema = schema }

  /// A row with the kind of each cell, so that `1` and `"1"` differ.
  static func cells(_ row: Row) -> [String] { row.values.map(tagged) }

  static func tagged(_ cell: Cell) -> String {
    switch cell {
    case .null: "null"
    case .text: "text \(cell)"
    case .integer: "integer \(cell)"
    case .decimal: "decimal \(cell)"
    case .float: "float \(cell)"
    case .bool: "bool \(cell)"
    }
  }

  /// Keys by value: numbers without trailing zeros behind the point.
  static func key(_ row: [String], _ schema: Schema) -> [String] { key(row, places: schema.keys) }

  static func key(_ row: [String], places: [Int]) -> [String] {
    places.map { place in
      let cell = row[place]
      guard cell.hasPrefix("decimal ") || cell.hasPrefix("integer ") else { return cell }
      var digits = cell.dropFirst(8)
      if digits.contains(".") {
        while digits.last == "0" { digits.removeLast() }
        if digits.last == "." { digits.removeLast() }
      }
      return "number " + digits
    }
  }

  mutating func apply(_ changes: ChangeSet, _ note: @autoclosure () -> String) {
    var sawOther = false
    for change in changes {
      if change.kind == .remove {
        #expect(!sawOther || changes.properties.kind != .snapshot, "a removal after others: \(note())")
      } else {
        sawOther = true
      }
      let before = change.before.map(Self.cells)
      let after = change.after.map(Self.cells)
      if schema.isKeyed {
        applyKeyed(change.kind, before, after, note())
      } else {
        applyLoose(change.kind, before, after, note())
      }
    }
  }

  private mutating func applyKeyed(_ kind: Change.Kind, _ before: [String]?, _ after: [String]?, _ note: String) {
    #expect((before == nil) == (kind == .insert) && (after == nil) == (kind == .remove), "\(note)")
    if let before {
      #expect(rows.removeValue(forKey: Self.key(before, schema)) == before, "a row before that is not there: \(note)")
    }
    if let after {
      #expect(rows.updateValue(after, forKey: Self.key(after, schema)) == nil, "a row that was there: \(note)")
    }
    #expect(before != after, "no change: \(note)")
    if let before, let after { #expect(Self.key(before, schema) == Self.key(after, schema), "\(note)") }
  }

  private mutating func applyLoose(_ kind: Change.Kind, _ before: [String]?, _ after: [String]?, _ note: String) {
    #expect(kind != .update, "\(note)")
    if let before {
      let count = (loose[before] ?? 0) - 1
      #expect(count >= 0, "a row removed that is not there: \(note)")
      loose[before] = count == 0 ? nil : count
    }
    if let after { loose[after, default: 0] += 1 }
  }

  /// Whether it holds just the rows of the table.
  func holds(_ table: KeyedTable) -> Bool {
    let all = table.rows.map(Self.cells)
    if schema.isKeyed {
      return rows.count == all.count && all.allSatisfy { rows[Self.key($0, schema)] == $0 }
    }
    return loose == Dictionary(all.map { ($0, 1) }, uniquingKeysWith: +)
  }
}
