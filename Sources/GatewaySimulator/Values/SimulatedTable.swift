/// The truth of one subscription: its table as the packets sent so far leave it, with every cell as it prints.
public struct SimulatedTable: Sendable, Hashable {
  /// The declared columns in their order.
  public let columns: [String]
  /// The rows, each with a text for every column; nil is null.
  public let rows: [[String?]]
  /// The seqnum of the last packet.
  public let seqnum: UInt64

  init(columns: [String], cells: [WireValue], seqnum: UInt64) {
    self.columns = columns
    self.seqnum = seqnum
    rows = stride(from: 0, to: cells.count, by: max(1, columns.count)).map { start in
      cells[start..<start + columns.count].map(\.printed)
    }
  }

  /// The rows by column name; a null has no entry.
  public var dictionaries: [[String: String]] {
    rows.map { row in
      var dictionary: [String: String] = [:]
      for (column, cell) in zip(columns, row) { dictionary[column] = cell }
      return dictionary
    }
  }

  /// Header line and rows as CSV: a field is quoted when it holds comma, quote, CR or LF, or is empty; null is nothing.
  public var csv: String {
    let lines = [columns.map { SimulatedTable.field($0) }] + rows.map { $0.map { SimulatedTable.field($0) } }
    return lines.map { $0.joined(separator: ",") + "\n" }.joined()
  }

  private static func field(_ text: String?) -> String {
    guard let text else { return "" }
    let isPlain = !text.utf8.contains { $0 == 0x2C || $0 == 0x22 || $0 == 0x0A || $0 == 0x0D }
    if isPlain, !text.isEmpty { return text }
    var quoted = "\""
    for character in text.unicodeScalars {
      if character == "\"" { quoted.unicodeScalars.append(character) }
      quoted.unicodeScalars.append(character)
    }
    return quoted + "\""
  }
}
