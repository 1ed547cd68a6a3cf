import ISSPlus
import MarketData

/// A table on a screen: its state, the names of its columns, the rows and columns that fit, and what does not in numbers.
struct WatchScreen: Sendable {
  let destination: String
  /// The names after `--columns`.
  let chosen: [String]?
  var table: WatchTable
  var line = LineWords()
  /// The last message, for a while.
  var note: String?
  private var columns = WatchColumns()

  init(_ destination: String, table: WatchTable, chosen: [String]? = nil) {
    self.destination = destination
    self.table = table
    self.chosen = chosen
  }

  /// The lines for a screen of that size: never more, and none wider.
  ///
  /// - Parameter now: nanoseconds since 1970-01-01 UTC.
  mutating func lines(_ size: ScreenSize, now: Int64) -> [StyledLine] {
    let all = table.arranged()
    // Title, names and foot, as far as there are rows for them.
    let hasFoot = size.rows > 1
    let hasNames = size.rows > 3
    let room = max(0, size.rows - 1 - (hasFoot ? 1 : 0) - (hasNames ? 1 : 0))
    let seen = Array(table.growsAtEnd ? all.suffix(room) : all.prefix(room))
    var lines = [title(all.count, size.columns, now: now)]
    var left: [String] = []
    if let schema = table.schema {
      let possible = WatchColumns.possible(schema, chosen: chosen, hasTicker: hasTicker(schema))
      let first = Set(schema.keys.map { schema.columns[$0].name } + [table.sort].compactMap(\.self))
      var columns = columns
      let (shown, count) = columns.choose(possible, width: size.columns, first: first) { column in
        seen.map { text($0, column) }
      }
      self.columns = columns
      if count > 0 { left.append(Warnings.count(count, "column")) }
      if hasNames { lines.append(Self.names(shown)) }
      lines += seen.map { row($0, shown, now: now) }
    }
    if all.count > seen.count {
      left.append(Warnings.count(all.count - seen.count, table.growsAtEnd ? "older row" : "row"))
    }
    if hasFoot {
      let warning = left.isEmpty ? nil : "\(left.joined(separator: " and ")) not shown"
      lines.append(line.foot(size.columns, warning: warning, note: note))
    }
    return lines.prefix(max(0, size.rows)).map { $0.clipped(to: size.columns) }
  }

  private func title(_ count: Int, _ width: Int, now: Int64) -> StyledLine {
    let (words, isLive) = table.words
    let name = TextWidth.shown(destination)
    // Whether it can be trusted comes before its name.
    let room = max(1, width - 1 - TextWidth.of(TextWidth.shown(words)))
    var line = StyledLine(TextWidth.clippedInFront(name, to: room), .bold)
    line.append(TextWidth.of(name) < room ? "  " : " ")
    line.append(words, isLive ? Style(tint: .green) : .warning)
    let age = Age.text(since: table.received, now: now)
    let rests = [
      [Warnings.count(count, "row"), "age \(age)"], [Warnings.count(count, "row"), age], [age],
    ]
    for rest in rests where !age.isEmpty {
      let text = rest.joined(separator: "  ")
      if line.width + 2 + text.count > width { continue }
      line.append("  ")
      line.append(text, isLive ? .dim : .warning)
      return line
    }
    return line
  }

  /// Whether the subscription of a row has to be told.
  private func hasTicker(_ schema: Schema) -> Bool { table.parts.count > 1 && !WatchColumns.namesTicker(schema) }

  private static func names(_ columns: [WatchColumns.Shown]) -> StyledLine {
    var line = StyledLine()
    for (place, column) in columns.enumerated() {
      if place > 0 { line.append(blanks: WatchColumns.gap) }
      let name = TextWidth.clipped(TextWidth.shown(column.name), to: column.width)
      if column.isNumber {
        line.append(right: name, column.width, .dim)
      } else {
        line.append(left: name, column.width, .dim)
      }
    }
    return line.trimmed
  }

  // MARK: Cells

  private func text(_ line: WatchTable.Line, _ column: WatchColumns.Shown) -> String {
    guard let place = place(line, column) else { return TextWidth.shown(table.parts[line.part].ticker) }
    return place < 0 ? "" : TextWidth.shown(line.row[place].description)
  }

  /// The place of a column in the row, -1 when it has none; `nil` for the ticker. Subscriptions to a stream that nothing
  /// declares may have different columns.
  private func place(_ line: WatchTable.Line, _ column: WatchColumns.Shown) -> Int? {
    guard let place = column.place else { return nil }
    let schema = line.row.schema
    if place < schema.columns.count, schema.columns[place].name == column.name { return place }
    return schema.place(of: column.name) ?? -1
  }

  private func row(_ shown: WatchTable.Line, _ columns: [WatchColumns.Shown], now: Int64) -> StyledLine {
    let isLive = table.parts[shown.part].isLive
    let movements = table.movements(shown, now: now)
    var line = StyledLine()
    for (number, column) in columns.enumerated() {
      if number > 0 { line.append(blanks: WatchColumns.gap) }
      let text = TextWidth.clipped(text(shown, column), to: column.width)
      let movement = place(shown, column).flatMap { movements[$0] }
      let style = Self.style(isLive, movement)
      // An emptied cell is marked too.
      let cell = text.isEmpty && movement != nil ? " " : text
      if column.isNumber {
        line.append(right: cell, column.width, style)
      } else {
        line.append(left: cell, column.width, style)
      }
    }
    return line.trimmed
  }

  private static func style(_ isLive: Bool, _ movement: WatchTable.Movement?) -> Style {
    switch movement {
    case .up: Style(tint: .green, isReverse: true)
    case .down: Style(tint: .red, isReverse: true)
    case .other: Style(isReverse: true)
    case nil: isLive ? .plain : .dim
    }
  }
}
