import ArgumentParser
import ISSPlus

/// Order books as ladders.
struct Book: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show order books as ladders, redrawn in place on a terminal.",
    discussion: """
      issplus book MXSE.TQBR.SBER MXSE.TQBR.GAZP --depth 5

      A small triangle marks the levels that the last change has made larger or smaller. Ctrl-C ends it and leaves the \
      last ladders. Without a terminal each changed ladder is printed as text, at most twenty times a second.
      """)

  @Argument(help: "Full tickers, for example MXSE.TQBR.SBER.")
  var ticker: [String]

  @Option(help: ArgumentHelp("Levels a side.", valueName: "n"))
  var depth = 10

  @Flag(help: "Show each book once and end.")
  var once = false

  @OptionGroup var connection: ConnectionOptions

  func validate() throws {
    if ticker.isEmpty { throw ValidationError("name a ticker, for example MXSE.TQBR.SBER") }
    if !(1...1000).contains(depth) { throw ValidationError("--depth takes a number from 1 to 1000") }
  }

  func run() async throws {
    try await reportingFailures {
      // Given twice it is shown once.
      var tickers: [String] = []
      for one in ticker where !tickers.contains(one) { tickers.append(one) }
      _ = try BookRun.asked(tickers)
      let configuration = try connection.configuration()
      let form = LiveClient.Form(isWholeOnlyAtEnd: once, isVerbose: try connection.isVerbose())
      try await LiveClient.run(configuration, form) { live in
        try await BookRun(tickers, depth: depth, once: once).run(live, limit: configuration.timeout)
      }
    }
  }
}
