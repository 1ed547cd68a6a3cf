import ArgumentParser
import MarketData

/// `csv` or `jsonl` on the command line.
enum FormatArgument: String, ExpressibleByArgument, CaseIterable {
  case csv
  case jsonl

  var format: LineFormat { self == .csv ? .csv : .jsonl }
}

/// What lines look like, for every command that prints rows.
struct PrintOptions: ParsableArguments {
  @Option(help: "Print these columns only, in this order; a row without a change in them gives no line.")
  var columns: String?

  @Option(help: "csv or jsonl.")
  var format: FormatArgument = .csv

  /// The names after `--columns`.
  var columnNames: [String]? {
    columns.map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
  }

  func validate() throws {
    guard let names = columnNames else { return }
    if names.contains("") { throw ValidationError("--columns takes names separated by commas, none of them empty") }
    if Set(names).count != names.count { throw ValidationError("--columns names a column twice") }
  }

  /// What was asked for, as a value that tasks can share.
  var form: RowForm { RowForm(format: format.format, columns: columnNames) }

  /// A writer for that schema.
  ///
  /// - Throws: a `Failure` with status 64 when it does not have a column that was asked for.
  func writer(_ schema: Schema, lead: LineWriter.Lead) throws -> LineWriter {
    try form.writer(schema, lead: lead)
  }
}

/// The form of printed rows.
struct RowForm: Sendable {
  let format: LineFormat
  let columns: [String]?

  /// The rows of changes that lines in this form are made of.
  var neededRows: ChangeSet.KeptRows { columns == nil ? .last : .both }

  /// The usual ending of a file in this form.
  var ending: String { format.rawValue }

  /// A writer for that schema.
  ///
  /// - Throws: a `Failure` with status 64 when it does not have a column that was asked for.
  func writer(_ schema: Schema, lead: LineWriter.Lead) throws -> LineWriter {
    do {
      return try LineWriter(format, schema: schema, lead: lead, columns: columns)
    } catch {
      throw Failure(.usage, error.description)
    }
  }
}
