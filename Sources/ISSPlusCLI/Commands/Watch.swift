import ArgumentParser
import ISSPlus

/// A table on a terminal.
struct Watch: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show a table, redrawn in place on a terminal, with the cells that have changed marked.",
    discussion: """
      issplus watch MXSE.securities --ticker MXSE.TQBR.SBER --ticker MXSE.TQBR.GAZP --columns LAST,BID,OFFER

      What the terminal has no room for is left out and counted. Without a terminal the whole table is printed as text \
      whenever it has changed, at most once a second, with an empty line between.
      """)

  @OptionGroup var selection: SelectionOptions

  @Option(
    help: ArgumentHelp(
      "Sort the rows by this column: numbers by their value, empty cells last.", valueName: "column"))
  var sort: String?

  @Option(help: "Show these columns only, in this order.")
  var columns: String?

  @OptionGroup var connection: ConnectionOptions

  private var columnNames: [String]? {
    columns.map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
  }

  func validate() throws {
    guard let names = columnNames else { return }
    if names.contains("") { throw ValidationError("--columns takes names separated by commas, none of them empty") }
    if Set(names).count != names.count { throw ValidationError("--columns names a column twice") }
  }

  func run() async throws {
    try await reportingFailures {
      let asked = try selection.asked()
      let configuration = try connection.configuration()
      let form = LiveClient.Form(isVerbose: try connection.isVerbose())
      try await LiveClient.run(configuration, form) { live in
        try await WatchRun(selection.destination, asked, sort: sort, columns: columnNames).run(live)
      }
    }
  }
}
