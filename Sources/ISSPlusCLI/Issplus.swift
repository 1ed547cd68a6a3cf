import ArgumentParser

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The command line (cli.md).
@main
struct Issplus: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "issplus",
    abstract: "Live market data of the Moscow Exchange (ISS+) for programs and pipes.",
    discussion: """
      Results go to standard output, everything else to standard error.

      Exit status: 0 done; 64 wrong usage; 65 a file is broken; 66 a file cannot be read; 69 the gateway cannot be \
      reached; 73 output cannot be written; 75 a time limit passed; 76 the gateway refused a request; 77 access \
      denied; 130 interrupted before there was a result.

      Try: issplus demo
      """,
    version: "0.1.0",
    subcommands: [
      Dump.self, Request.self, CatalogCommand.self, Book.self, Watch.self, Record.self, Decode.self, Simulate.self,
      Demo.self,
    ]
  )

  static func main() async {
    // A closed pipe is seen as an error of write and ends the command quietly.
    signal(SIGPIPE, SIG_IGN)
    do {
      var command = try parseAsRoot()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch {
      exit(withError: error)
    }
  }
}
