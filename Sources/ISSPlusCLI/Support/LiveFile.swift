import ISSPlus
import MarketData

/// Keeps a file equal to the tables of some subscriptions while they change.
struct LiveFile: Sendable {
  let file: WholeFile
  let every: Duration
  let ids: [String]
  let names: [String]
  let form: RowForm
  let lead: LineWriter.Lead

  /// Replaces the file again and again until cancelled; the last word, after the end, is the caller's.
  func keep(_ client: ISSPlusClient) async throws {
    while true {
      try await Task.sleep(for: every)
      var tables: [KeyedTable] = []
      for id in ids {
        if let table = await client.table(id) { tables.append(table) }
      }
      if Task.isCancelled || tables.count < ids.count { continue }
      if let text = try Self.text(of: tables, names, form, lead) { try file.replace(with: text) }
    }
  }

  /// The tables with one header; `nil` when there is none yet.
  static func text(
    of tables: [KeyedTable?], _ names: [String], _ form: RowForm, _ lead: LineWriter.Lead
  ) throws -> TextBuffer? {
    guard let schema = tables.compactMap({ $0 }).first?.schema else { return nil }
    let writer = try form.writer(schema, lead: lead)
    var text = TextBuffer()
    writer.writeHeader(to: &text)
    for (table, name) in zip(tables, names) {
      if let table { writer.write(table, ticker: name, to: &text) }
    }
    return text
  }
}
