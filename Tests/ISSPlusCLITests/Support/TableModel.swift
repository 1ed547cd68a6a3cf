import ISSPlus
import MarketData

/// Tables built from nothing but changes, as plain dictionaries: the oracle for `KeyedTable` and its change sets.
struct TableModel {
  /// How often each row is there, by table; a row is the printed cells.
  private var rows: [String: [[String]: Int]] = [:]
  /// What did not fit together.
  private(set) var faults: [String] = []

  /// Takes what a frame brought.
  mutating func take(_ item: Recording.Item) {
    guard case .changes(let identity, let set) = item.event else { return }
    let table = "\(item.connection)/\(identity.number)"
    for change in set {
      switch (change.kind, change.before, change.after) {
      case (.insert, nil, let after?): add(after, to: table)
      case (.remove, let before?, nil): remove(before, from: table)
      case (.update, let before?, let after?):
        remove(before, from: table)
        add(after, to: table)
        let changed = change.changedColumns
        if changed.isEmpty { faults.append("\(table): an update without a changed column") }
        let own = before.schema.columns.indices.filter { Self.cell(before, $0) != Self.cell(after, $0) }
        if own != changed { faults.append("\(table): changed columns \(changed), not \(own)") }
      default: faults.append("\(table): a change of another form")
      }
    }
  }

  /// Compares with the tables of a recording. Two connections may have tables of one number: they are told apart by
  /// their rows.
  mutating func compare(_ recording: Recording) {
    var tables: [String] = []
    for table in recording.tables {
      let number = table.identity.number
      let rows = table.table?.rows ?? []
      if !rows.isEmpty { tables.append(Self.text("\(number)", rows.map(Self.cells))) }
      guard let schema = table.schema, schema.isKeyed else { continue }
      let keys = rows.map { row in schema.keys.map { Self.key(row[$0]) } }
      if Set(keys).count != keys.count { faults.append("\(number): a key twice") }
    }
    let built = rows.filter { !$0.value.isEmpty }.map { name, counts in
      Self.text(String(name.split(separator: "/")[1]), counts.flatMap { Array(repeating: $0.key, count: $0.value) })
    }
    if built.sorted() != tables.sorted() { faults.append("\(tables.sorted()) is not \(built.sorted())") }
  }

  private static func text(_ number: String, _ rows: [[String]]) -> String {
    "\(number): \(rows.map { $0.joined(separator: "|") }.sorted())"
  }

  private mutating func add(_ row: Row, to table: String) {
    rows[table, default: [:]][Self.cells(row), default: 0] += 1
  }

  private mutating func remove(_ row: Row, from table: String) {
    let cells = Self.cells(row)
    guard let count = rows[table]?[cells], count > 0 else {
      return faults.append("\(table): a row before that is not there: \(cells)")
    }
    rows[table]?[cells] = count == 1 ? nil : count - 1
  }

  private static func cells(_ row: Row) -> [String] { row.schema.columns.indices.map { cell(row, $0) } }

  private static func cell(_ row: Row, _ place: Int) -> String { row[place].isNull ? "null" : "=\(row[place])" }

  /// A decimal without the zeros at its end: keys compare by value.
  private static func key(_ cell: Cell) -> String {
    guard case .decimal(let decimal) = cell else { return "\(cell)" }
    var text = "\(decimal)"
    if text.contains(".") {
      while text.hasSuffix("0") { text.removeLast() }
      if text.hasSuffix(".") { text.removeLast() }
    }
    return text
  }
}
