import ArgumentParser
import ISSPlus
import MarketData

/// Markets, streams and queries.
struct CatalogCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "catalog",
    abstract: "Print markets, streams and queries; with a destination its parameters and columns.")

  @Argument(help: "A stream or query, for example MXSE.orderbooks.")
  var destination: String?

  @Flag(help: "The built-in catalogue, without a connection.")
  var offline = false

  func validate() throws {
    if !offline { throw ValidationError("the catalogue of the server comes with a later version; use --offline") }
  }

  func run() async throws {
    try await reportingFailures {
      var output = Output()
      try CatalogPrinter(Catalogue.builtIn).write(destination, to: &output.text)
      try output.flush()
    }
  }
}
