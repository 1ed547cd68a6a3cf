import ArgumentParser
import ISSPlus
import MarketData
import NIOCore

/// Captures and raw frames through the same code as a live line.
struct Decode: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print what captures and .stomp files hold: changes, or the tables at their end.",
    discussion: """
      Files given to one command are one session, in order; - is standard input. Without --snapshot every changed row \
      gives a line, as dump prints it.

      A time is written as the times are printed, 2024-07-01T09:18:53.789Z, or with an offset, \
      2024-07-01T12:18:53+03:00. --from, --to and --at include what has exactly that time in _received.

      Exit status: 65 when a file is broken; what came before it has been printed.
      """)

  @Argument(help: ArgumentHelp("Captures or .stomp files; - for standard input.", valueName: "file"))
  var files: [String]

  @Flag(help: "Print the tables as they stand at the end.")
  var snapshot = false

  @Option(help: "Only this destination, for example MXSE.orderbooks.")
  var destination: String?

  @Option(help: "Only this ticker (repeatable).")
  var ticker: [String] = []

  @OptionGroup var printing: PrintOptions

  @Flag(help: "Print no rows, but counts and speed at the end.")
  var summary = false

  @Option(help: ArgumentHelp("Take the schema from this body of a CONNECTED frame.", valueName: "file"))
  var marketStructure: String?

  @Option(help: ArgumentHelp("Print the tables as they stood then.", valueName: "time"))
  var at: TimeArgument?

  @Option(help: ArgumentHelp("Print changes from that time on.", valueName: "time"))
  var from: TimeArgument?

  @Option(help: ArgumentHelp("Read up to that time and no further.", valueName: "time"))
  var to: TimeArgument?

  @Option(
    help: ArgumentHelp(
      "Write the recording and what is printed of it as a case of Fixtures/conversations: NAME.capture, NAME.out, ….",
      valueName: "name"))
  var asFixture: String?

  func validate() throws {
    if files.isEmpty { throw ValidationError("name a file, or - for standard input") }
    if files.count(where: { $0 == "-" }) > 1 { throw ValidationError("- can be given once") }
    if summary && snapshot { throw ValidationError("--summary and --snapshot exclude each other") }
    if summary && at != nil { throw ValidationError("--summary and --at exclude each other") }
    if at != nil, from != nil || to != nil { throw ValidationError("--at excludes --from and --to") }
    if from != nil, snapshot { throw ValidationError("--from and --snapshot exclude each other") }
    if let from, let to, to < from { throw ValidationError("--to is before --from") }
    if asFixture != nil {
      if files.count != 1 { throw ValidationError("--as-fixture takes one file") }
      if summary {
        throw ValidationError("--as-fixture and --summary exclude each other: its figures are never the same")
      }
      if marketStructure != nil { throw ValidationError("--as-fixture and --market-structure exclude each other") }
    }
  }

  func run() async throws {
    try await reportingFailures {
      guard let name = asFixture else { return try decode() }
      var fixture = try Fixture(name, arguments: fixtureArguments)
      try fixture.write(files[0]) { file in
        var decoding = self
        decoding.files = [file]
        try decoding.decode()
      }
    }
  }

  private func decode() throws {
    var configuration = Feed.Configuration()
    configuration.keptRows = summary || printsTables ? .none : printing.form.neededRows
    if let path = marketStructure { configuration.catalogue = try Self.structure(path) }
    ReadInterruption.install()
    if destination == nil, !summary { try refuseSeveralDestinations() }
    var session = DecodeSession(self, configuration)
    do {
      for file in files where !session.hasPassedEnd { try session.read(file) }
    } catch let failure as Failure {
      // What came before the fault stands.
      try session.finish(isComplete: false)
      throw failure
    }
    // Half a session has no tables at its end; the rows so far, or the figures, stand.
    let wasInterrupted = ReadInterruption.isRequested
    try session.finish(isComplete: !wasInterrupted)
    if wasInterrupted, printsTables || asFixture != nil { throw Failure(.interrupted, "interrupted") }
  }

  /// The options of this run, as the `.args` of a fixture have them.
  private var fixtureArguments: [String] {
    var words = snapshot ? ["--snapshot"] : []
    if let destination { words += ["--destination", destination] }
    for one in ticker { words += ["--ticker", one] }
    if let columns = printing.columns { words += ["--columns", columns] }
    if printing.format.format != .csv { words += ["--format", printing.format.format.rawValue] }
    for (name, time) in [("--at", at), ("--from", from), ("--to", to)] {
      if let time { words += [name, time.text] }
    }
    return words
  }

  /// Whether tables are printed at the end, and no changes.
  var printsTables: Bool { snapshot || at != nil }

  private static func structure(_ path: String) throws -> Catalogue {
    let body = try Input.whole(path: path, limit: Structure.maximumBodyLength)
    do {
      let structure = try Structure(body: body)
      for note in structure.notes { StandardError.say("\(path): \(note)") }
      return structure.catalogue
    } catch {
      throw Failure(.brokenFile, "\(path): \(error)")
    }
  }

  /// Looks through files that can be read twice, so that nothing is printed before the question is clear. A pipe
  /// (`<(zcat file)` is one) would be empty afterwards.
  private func refuseSeveralDestinations() throws {
    var found: [String] = []
    for file in files where Input.canBeReadTwice(path: file) {
      var survey = DestinationSurvey()
      try survey.read(Input(path: file))
      for destination in survey.destinations where !found.contains(destination) { found.append(destination) }
    }
    if found.count > 1 { throw DecodeSession.severalDestinations(found) }
  }
}
