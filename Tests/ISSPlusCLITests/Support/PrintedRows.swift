import Testing

/// CSV as cli.md has it, read without a line of the project's own code.
struct PrintedTable {
  let header: [String]
  /// The fields of each row; null is `nil`, the empty string is itself.
  let rows: [[String?]]

  /// Reads a text; every line must be whole.
  init(_ text: String) throws {
    var records: [[String?]] = []
    var fields: [String?] = []
    var field: String?
    var isQuoted = false
    var scalars = Array(text.unicodeScalars)[...]
    try #require(scalars.last == "\n", "the last line is not whole: \(text.suffix(100))")
    while let next = scalars.popFirst() {
      switch next {
      case "\"" where isQuoted && scalars.first == "\"":
        scalars.removeFirst()
        field = (field ?? "") + "\""
      case "\"":
        isQuoted.toggle()
        field = field ?? ""
      case "," where !isQuoted, "\n" where !isQuoted:
        fields.append(field)
        field = nil
        if next == "\n" {
          records.append(fields)
          fields = []
        }
      default: field = (field ?? "") + String(next)
      }
    }
    try #require(!isQuoted)
    header = try #require(records.first).map { $0 ?? "" }
    rows = Array(records.dropFirst())
    let width = header.count
    #expect(rows.allSatisfy { $0.count == width }, "a row of another length than the header")
  }

  /// The fields of a column.
  subscript(name: String) -> [String?] {
    header.firstIndex(of: name).map { place in rows.map { $0[place] } } ?? []
  }

  /// The rows as a set, without the columns of that prefix.
  var set: Set<[String?]> { Set(rows) }

  /// The table that printed changes come to, with a first column `_ticker` on wish; every change must fit.
  func rebuilt(keys: [String], withTicker: Bool) throws -> Set<[String?]> {
    try #require(Array(header.prefix(5)) == ["_received", "_seqnum", "_timestamp", "_change", "_ticker"])
    let keyPlaces = try (["_ticker"] + keys).map { name in try #require(header.firstIndex(of: name)) }
    var table: [[String?]: [String?]] = [:]
    for row in rows {
      let key = keyPlaces.map { row[$0] }
      let content = Array(row.dropFirst(withTicker ? 4 : 5))
      switch row[3] {
      case "insert":
        #expect(table[key] == nil, "inserted twice: \(row)")
        table[key] = content
      case "update":
        #expect(table[key] != nil && table[key] != content, "updated without a row or a change: \(row)")
        table[key] = content
      case "remove":
        #expect(table[key] == content, "removed what is not there: \(row)")
        table[key] = nil
      default: Issue.record("no kind of change: \(row)")
      }
    }
    return Set(table.values)
  }
}
