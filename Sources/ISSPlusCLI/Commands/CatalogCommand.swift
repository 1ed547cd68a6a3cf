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

  @OptionGroup var connection: ConnectionOptions

  func run() async throws {
    try await reportingFailures {
      var output = Output()
      var catalogue = Catalogue.builtIn
      if !offline {
        var received: Catalogue?
        let form = LiveClient.Form(
          isWholeOnlyAtEnd: true, isVerbose: try connection.isVerbose(),
          details: StatusLine.Details(waitingFor: "the structure"))
        try await LiveClient.run(try connection.configuration(), form) { live in
          received = await live.client.structure()?.catalogue
        }
        guard let received else { throw Failure(.refused, "the gateway sent no structure with CONNECTED") }
        catalogue = received
      }
      try CatalogPrinter(catalogue).write(destination, to: &output.text)
      try output.flush()
    }
  }
}
