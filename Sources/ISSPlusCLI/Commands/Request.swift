import ArgumentParser
import ISSPlus
import MarketData
import NIOCore

/// One REQUEST, printed as a table.
struct Request: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Ask once and print the reply as a table.",
    discussion: "issplus request SEARCH.ticker --param pattern='SBER*'")

  @OptionGroup var selection: SelectionOptions
  @OptionGroup var printing: PrintOptions
  @OptionGroup var connection: ConnectionOptions

  func run() async throws {
    try await reportingFailures {
      let asked = try selection.asked()
      guard asked.count == 1, let asked = asked.first else {
        throw Failure(.usage, "request asks once: give one ticker")
      }
      var output = Output()
      let form = LiveClient.Form(
        isWholeOnlyAtEnd: true, isVerbose: try connection.isVerbose(),
        details: StatusLine.Details(waitingFor: "the reply to \(asked.destination)"))
      try await LiveClient.run(try connection.configuration(), form) { live in
        await warnIfUnlisted(asked.destination, live.client)
        let reply = try await live.client.request(asked.destination, selectorText: asked.selector)
        let writer = try printing.writer(reply.table.schema, lead: .none)
        writer.writeHeader(to: &output.text)
        writer.write(reply.table, ticker: "", to: &output.text)
        let milliseconds = reply.latency / .milliseconds(1)
        StandardError.say("\(reply.table.count) rows, latency \(Summary.fixed(milliseconds, 3)) ms")
        try output.flush()
      }
    }
  }
}
