import ISSPlus
import MarketData

/// A table as lines of plain text: its state, the names of the columns, all rows, in columns.
struct PlainTable {
  let destination: String
  /// The names after `--columns`.
  let chosen: [String]?

  /// The lines of a table.
  func lines(_ table: inout WatchTable) -> [String] {
    var head = [destination, table.words.text]
    if let received = table.received {
      var time = TextBuffer()
      time.append(utcNanoseconds: received)
      head.append(time.string)
    }
    var lines = [head.joined(separator: "  ")]
    guard let schema = table.schema else { return lines }
    let columns = WatchColumns.possible(
      schema, chosen: chosen, hasTicker: table.parts.count > 1 && !WatchColumns.namesTicker(schema))
    var texts = [columns.map { TextWidth.shown($0.name) }]
    for line in table.arranged() {
      texts.append(
        columns.map { column in
          column.place == nil ? table.parts[line.part].ticker : line.row[column.name]?.description ?? ""
        }.map(TextWidth.shown))
    }
    let widths = columns.indices.map { place in texts.map { TextWidth.of($0[place]) }.max() ?? 0 }
    for cells in texts {
      var line = StyledLine()
      for (place, column) in columns.enumerated() {
        if place > 0 { line.append(blanks: WatchColumns.gap) }
        if column.isNumber {
          line.append(right: cells[place], widths[place])
        } else {
          line.append(left: cells[place], widths[place])
        }
      }
      lines.append(line.trimmed.text)
    }
    return lines
  }
}
