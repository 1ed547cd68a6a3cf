import MarketData

/// The columns of a table on a terminal: which are shown, and how wide.
struct WatchColumns: Sendable {
  /// One column that is shown.
  struct Shown: Hashable, Sendable {
    let name: String
    /// `nil` for the ticker of the subscription.
    let place: Int?
    let isNumber: Bool
    var width: Int
  }

  /// The widest that a text is shown; a number is shown whole or not at all.
  static let widestText = 28
  /// Columns between two columns.
  static let gap = 2

  /// The widest cells so far, by the name of their column: columns do not move to and fro.
  private var widths: [String: Int] = [:]

  /// Whether cells of that type stand at the right.
  static func isNumber(_ column: Column) -> Bool {
    switch column.type {
    case .integer, .fixed, .float: true
    case .string, .bool, .date, .time, .datetime, .enumeration, nil: false
    }
  }

  /// The columns that could be shown, in their order: those that were chosen, or all.
  static func possible(_ schema: Schema, chosen: [String]?, hasTicker: Bool) -> [Shown] {
    let places = chosen.map { $0.compactMap { schema.place(of: $0) } } ?? Array(schema.columns.indices)
    let lead = hasTicker ? [Shown(name: "_ticker", place: nil, isNumber: false, width: 0)] : []
    return lead
      + places.map { place in
        let column = schema.columns[place]
        return Shown(name: column.name, place: place, isNumber: isNumber(column), width: 0)
      }
  }

  /// Whether the rows tell their ticker themselves.
  static func namesTicker(_ schema: Schema) -> Bool {
    schema.keys.contains { schema.columns[$0].name.lowercased() == "ticker" }
  }

  /// Chooses the columns that fit: first those that say which row it is and how it is sorted, then one after the other.
  /// Room that is left goes to texts that were cut.
  ///
  /// - Parameters:
  ///   - cells: the cells of a column that are seen, as text.
  ///   - first: names of columns that come before others.
  mutating func choose(
    _ possible: [Shown], width: Int, first: Set<String>, cells: (Shown) -> [String]
  ) -> (shown: [Shown], left: Int) {
    var chosen: [Int: (width: Int, whole: Int)] = [:]
    var room = width + Self.gap
    let order = possible.indices.filter { possible[$0].place == nil || first.contains(possible[$0].name) }
    let rest = possible.indices.filter { !order.contains($0) }
    for index in order + rest {
      let column = possible[index]
      let name = TextWidth.of(TextWidth.shown(column.name))
      let whole = cells(column).map { TextWidth.of($0) }.reduce(max(name, widths[column.name] ?? 0), max)
      widths[column.name] = whole
      var wanted = column.isNumber ? whole : min(whole, max(Self.widestText, name))
      // A text that is alone too wide for the screen is cut.
      if !column.isNumber, chosen.isEmpty { wanted = min(wanted, max(1, width)) }
      if wanted + Self.gap > room { break }
      room -= wanted + Self.gap
      chosen[index] = (wanted, whole)
    }
    let shown = possible.indices.compactMap { index -> Shown? in
      guard let (wanted, whole) = chosen[index] else { return nil }
      var column = possible[index]
      let more = min(room, whole - wanted)
      room -= more
      column.width = wanted + more
      return column
    }
    return (shown, possible.count - shown.count)
  }
}
