/// The form of printed lines.
public enum LineFormat: String, Sendable, Hashable, CaseIterable {
  /// Comma-separated values with a header line.
  case csv
  /// One JSON object a line.
  case jsonl
}

/// Prints rows and changes as lines of CSV or JSON (cli.md, CSV).
///
/// CSV: UTF-8, comma, LF; a field is quoted when it holds comma, quote, CR or LF or is the empty string; null is nothing
/// at all. JSON: the same names in the same order, decimals as numbers with their digits.
public struct LineWriter: Sendable {
  /// What stands before the columns of the schema.
  public enum Lead: Sendable, Hashable {
    /// Nothing: a table of one subscription.
    case none
    /// `_ticker`: tables of several subscriptions.
    case ticker
    /// `_received,_seqnum,_timestamp,_change,_ticker`: changes.
    case change
  }

  /// CSV or JSON lines.
  public let format: LineFormat
  /// What stands before the columns.
  public let lead: Lead
  /// Places of the printed columns in the schema, in printed order.
  public let columns: [Int]

  private let schema: Schema
  private let isSelection: Bool
  /// `"NAME":` of each printed column, ready for JSON.
  private let names: [[UInt8]]

  /// A writer for rows of that schema.
  ///
  /// - Parameters:
  ///   - format: CSV or JSON lines.
  ///   - schema: of the rows to come.
  ///   - lead: what stands before the columns.
  ///   - selection: names of the columns to print, in that order; `nil` for all of them.
  /// - Throws: `UnknownColumn` when the schema does not have one.
  public init(
    _ format: LineFormat, schema: Schema, lead: Lead, columns selection: [String]? = nil
  ) throws(UnknownColumn) {
    self.format = format
    self.lead = lead
    self.schema = schema
    isSelection = selection != nil
    var places: [Int] = []
    for name in selection ?? [] {
      guard let place = schema.place(of: name) else {
        throw UnknownColumn(name: name, known: schema.columns.map(\.name))
      }
      places.append(place)
    }
    columns = selection == nil ? Array(schema.columns.indices) : places
    names = columns.map { place in
      var text = TextBuffer()
      text.append(json: schema.columns[place].name)
      text.append(UInt8(ascii: ":"))
      return Array(text.bytes)
    }
  }

  /// A column that was asked for and is not there.
  public struct UnknownColumn: Error, Sendable, Hashable, CustomStringConvertible {
    /// The name as asked for.
    public let name: String
    /// The names that there are.
    public let known: [String]
    /// `no column X; there are A, B`
    public var description: String { "no column \(name); there are \(known.joined(separator: ", "))" }
  }

  /// Appends the header line; JSON lines have none.
  public func writeHeader(to text: inout TextBuffer) {
    guard format == .csv else { return }
    var fields: [String]
    switch lead {
    case .none: fields = []
    case .ticker: fields = ["_ticker"]
    case .change: fields = ["_received", "_seqnum", "_timestamp", "_change", "_ticker"]
    }
    fields += columns.map { schema.columns[$0].name }
    for (place, field) in fields.enumerated() {
      if place > 0 { text.append(UInt8(ascii: ",")) }
      text.append(csv: field)
    }
    text.append(UInt8(ascii: "\n"))
  }

  /// Appends the lines of a change set and returns how many there were.
  ///
  /// A row without a change in the printed columns gives no line.
  ///
  /// - Parameters:
  ///   - changes: of the writer's schema.
  ///   - ticker: the instrument, for the column `_ticker`.
  ///   - limit: the most lines to append.
  ///   - text: gets the lines.
  @discardableResult
  public func write(_ changes: ChangeSet, ticker: String, limit: Int = .max, to text: inout TextBuffer) -> Int {
    var count = 0
    // Where the first line's times and number stand, and its ticker: all lines of a packet have the same.
    var lead = 0..<0
    var tail = 0..<0
    for record in changes.records {
      if count == limit { break }
      if isSelection, record.kind == .update, !hasChange(record, changes) { continue }
      if format == .csv {
        if lead.isEmpty {
          let start = text.count
          writePacket(changes, to: &text)
          lead = start..<text.count
          text.append(record.kind.rawValue)
          let end = text.count
          writeTicker(ticker, to: &text)
          tail = end..<text.count
        } else {
          text.append(again: lead)
          text.append(record.kind.rawValue)
          text.append(again: tail)
        }
      } else {
        writeJSONLead(changes, record.kind, ticker: ticker, to: &text)
      }
      writeCells(changes.cells, at: record.after < 0 ? record.before : record.after, area: changes.area, to: &text)
      count += 1
    }
    return count
  }

  /// Appends the line of a row of a table.
  public func write(_ row: Row, ticker: String, to text: inout TextBuffer) {
    switch (format, lead) {
    case (.csv, .none), (.csv, .change): break
    case (.csv, .ticker):
      if !ticker.isEmpty { text.append(csv: ticker) }
      if !columns.isEmpty { text.append(UInt8(ascii: ",")) }
    case (.jsonl, .none), (.jsonl, .change): text.append(UInt8(ascii: "{"))
    case (.jsonl, .ticker):
      text.append(UInt8(ascii: "{"))
      writeJSONTicker(ticker, to: &text)
      if !columns.isEmpty { text.append(UInt8(ascii: ",")) }
    }
    writeCells(row.cells, at: row.start, area: row.area, to: &text)
  }

  /// Appends all rows of a table.
  public func write(_ table: KeyedTable, ticker: String, to text: inout TextBuffer) {
    for row in table.rows { write(row, ticker: ticker, to: &text) }
  }

  /// Appends a JSON line for a break of the line or its end; nothing in CSV, where it shows as the difference.
  public func write(_ state: TableState, to text: inout TextBuffer) {
    guard format == .jsonl else { return }
    switch state {
    case .awaitingSnapshot: break
    case .live: text.append("{\"_state\":\"live\"}\n")
    case .stale(let reason):
      text.append("{\"_state\":\"stale\",\"_reason\":")
      text.append(json: reason.description)
      text.append("}\n")
    }
  }

  private func hasChange(_ record: ChangeSet.Record, _ changes: ChangeSet) -> Bool {
    // Without the row before, every column may have changed.
    if record.before < 0 { return true }
    return columns.contains { column in
      let before = changes.cells[record.before + column]
      let after = changes.cells[record.after + column]
      if !before.isLongText || !after.isLongText { return before != after }
      return changes.area[before.textOffset..<before.textOffset + before.textCount]
        != changes.area[after.textOffset..<after.textOffset + after.textCount]
    }
  }

  /// Appends what all lines of a packet begin with: `_received,_seqnum,_timestamp,`.
  private func writePacket(_ changes: ChangeSet, to text: inout TextBuffer) {
    let properties = changes.properties
    if let received = changes.received { text.append(utcNanoseconds: received) }
    text.append(UInt8(ascii: ","))
    if let seqnum = properties.seqnum { text.append(unsigned: seqnum) }
    text.append(UInt8(ascii: ","))
    if let timestamp = properties.timestamp { text.append(utcMilliseconds: timestamp) }
    text.append(UInt8(ascii: ","))
  }

  /// Appends what stands between the kind of a change and the row: `,_ticker,`.
  private func writeTicker(_ ticker: String, to text: inout TextBuffer) {
    text.append(UInt8(ascii: ","))
    if !ticker.isEmpty { text.append(csv: ticker) }
    if !columns.isEmpty { text.append(UInt8(ascii: ",")) }
  }

  private func writeJSONLead(_ changes: ChangeSet, _ kind: Change.Kind, ticker: String, to text: inout TextBuffer) {
    let properties = changes.properties
    text.append("{\"_received\":")
    if let received = changes.received {
      text.append(UInt8(ascii: "\""))
      text.append(utcNanoseconds: received)
      text.append(UInt8(ascii: "\""))
    } else {
      text.append("null")
    }
    text.append(",\"_seqnum\":")
    if let seqnum = properties.seqnum { text.append(unsigned: seqnum) } else { text.append("null") }
    text.append(",\"_timestamp\":")
    if let timestamp = properties.timestamp {
      text.append(UInt8(ascii: "\""))
      text.append(utcMilliseconds: timestamp)
      text.append(UInt8(ascii: "\""))
    } else {
      text.append("null")
    }
    text.append(",\"_change\":\"")
    text.append(kind.rawValue)
    text.append("\",")
    writeJSONTicker(ticker, to: &text)
    if !columns.isEmpty { text.append(UInt8(ascii: ",")) }
  }

  private func writeJSONTicker(_ ticker: String, to text: inout TextBuffer) {
    text.append("\"_ticker\":")
    if ticker.isEmpty { text.append("null") } else { text.append(json: ticker) }
  }

  private func writeCells(_ cells: [PackedCell], at start: Int, area: [UInt8], to text: inout TextBuffer) {
    if format == .csv {
      text.append(csv: cells, at: start, columns, area: area)
    } else {
      for (place, column) in columns.enumerated() {
        if place > 0 { text.append(UInt8(ascii: ",")) }
        text.append(names[place][...])
        text.append(json: cells[start + column], area: area)
      }
      text.append(UInt8(ascii: "}"))
    }
    text.append(UInt8(ascii: "\n"))
  }
}
