import ArgumentParser
import ISSPlus
import MarketData
import NIOCore

/// Follows tables and prints a line a changed row.
struct Dump: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Follow tables: a line a changed row, or whole tables into a file.",
    discussion: """
      issplus dump MXSE.orderbooks --ticker MXSE.TQBR.SBER
      issplus dump MXSE.securities --ticker MXSE.TQBR.SBER --live quotes.csv --quiet

      Ctrl-C ends it gracefully, with a whole last line and status 0.
      """)

  @OptionGroup var selection: SelectionOptions
  @OptionGroup var printing: PrintOptions

  @Flag(help: "Print the first snapshot of each subscription as a table and end.")
  var snapshot = false

  @Option(help: ArgumentHelp("Keep this file equal to the whole table.", valueName: "file"))
  var live: String?

  @Option(help: ArgumentHelp("How often a --live file is replaced; default 1s.", valueName: "duration"))
  var every: DurationArgument?

  @Flag(help: "Let the disk have a --live file each time.")
  var fsync = false

  @Flag(help: "Print no lines beside --live.")
  var quiet = false

  @Option(help: ArgumentHelp("Keep a file for each subscription in this folder.", valueName: "folder"))
  var liveDir: String?

  @Option(help: "End after that time from CONNECTED, for example 10s or 5m.")
  var duration: DurationArgument?

  @Option(help: ArgumentHelp("End after exactly that many lines.", valueName: "n"))
  var count: Int?

  @Option(help: ArgumentHelp("Write to this file in place of standard output.", valueName: "file"))
  var output: String?

  @Flag(help: "Print no rows, but counts and speed at the end.")
  var summary = false

  @Option(help: ArgumentHelp("Record the session as a capture too.", valueName: "file"))
  var record: String?

  @OptionGroup var connection: ConnectionOptions

  func validate() throws {
    if let count, count < 1 { throw ValidationError("--count takes a number from 1 on") }
    let keepsFiles = live != nil || liveDir != nil
    if !keepsFiles && (every != nil || fsync) { throw ValidationError("--every and --fsync go with --live") }
    if record == "-" { throw ValidationError("--record takes a file; `record --output -` writes to standard output") }
    if let every, every.amount < .milliseconds(10) { throw ValidationError("--every must be at least 10ms") }
    if snapshot && liveDir != nil { throw ValidationError("--snapshot excludes --live-dir") }
    if snapshot && (live != nil || summary || count != nil || duration != nil) {
      throw ValidationError("--snapshot excludes --live, --summary, --count and --duration")
    }
    if quiet && count != nil { throw ValidationError("--quiet prints no lines to count: no --count") }
    if summary && count != nil { throw ValidationError("--summary prints no lines to count: no --count") }
  }

  func run() async throws {
    try await reportingFailures {
      let asked = try selection.asked()
      var configuration = try connection.configuration()
      let follow = try Follow(self, asked)
      let file = try record.map { try RecordingFile(path: $0) }
      defer { file?.finish() }
      if let file { configuration.recording = { try file.write($0) } }
      let form = LiveClient.Form(
        isWholeOnlyAtEnd: snapshot, usesStandardOutput: output == nil && !quiet, isVerbose: try connection.isVerbose(),
        details: file?.details ?? StatusLine.Details())
      let limit = configuration.timeout
      try await LiveClient.run(configuration, form) { live in try await follow.run(live, limit: limit) }
    }
  }
}
