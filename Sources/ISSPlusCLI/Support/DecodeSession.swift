import Capture
import ISSPlus
import MarketData
import NIOCore

/// One run of `decode`: the recording, what is printed of it, and the figures.
struct DecodeSession {
  private let options: Decode
  private var recording: Recording
  private var output = Output()
  private var printer: ChangePrinter
  private let start = ContinuousClock.now

  init(_ options: Decode, _ configuration: Feed.Configuration) {
    self.options = options
    recording = Recording(configuration)
    printer = ChangePrinter(
      destination: options.destination, tickers: options.ticker, printing: options.printing,
      printsRows: !options.snapshot && !options.summary, acceptsSeveral: options.summary)
  }

  static func severalDestinations(_ names: [String]) -> Failure {
    Failure(.usage, "several destinations: choose one with --destination: \(names.joined(separator: ", "))")
  }

  /// Reads a file to its end.
  mutating func read(_ path: String) throws {
    let input = try Input(path: path)
    recording.begin(file: input.name)
    let isFollowed = path == "-"
    try input.read { piece, isShort in
      do {
        try recording.append(piece) { printer.take($0, &output) }
      } catch {
        throw Failure(.brokenFile, "\(error)")
      }
      try printer.check()
      if isFollowed && isShort { try output.flush() } else { try output.flushIfLarge() }
    }
    do {
      let torn = try recording.end { printer.take($0, &output) }
      if let torn {
        StandardError.say(
          "\(input.name): torn tail: the last record is incomplete, "
            + "\(torn.byteCount) bytes from byte \(torn.offset) on are skipped")
      }
    } catch {
      throw Failure(.brokenFile, "\(error)")
    }
    try printer.check()
  }

  /// Prints what is printed at the end.
  ///
  /// - Parameter isComplete: whether all files were read; half a session has no tables at its end.
  mutating func finish(isComplete: Bool) throws {
    if isComplete, recording.unfinishedFrames > 0 {
      StandardError.say("the recording ends within a frame, which is skipped")
    }
    printer.finish()
    if options.summary {
      writeSummary()
    } else if options.snapshot {
      if isComplete { try writeTables() }
    } else {
      try printer.writeHeaderIfMissing(&output)
    }
    try output.flush()
  }

  private mutating func writeTables() throws {
    let tables = recording.tables.filter { printer.wants($0.identity) }
    let known = tables.compactMap(\.table)
    let declared = options.destination.flatMap { name in
      recording.resource(name).map { Schema($0) }
    }
    guard let schema = known.first?.schema ?? declared else { return }
    let writer = try options.printing.writer(schema, lead: tables.count > 1 ? .ticker : .none)
    writer.writeHeader(to: &output.text)
    for table in tables {
      guard let rows = table.table else { continue }
      writer.write(rows, ticker: table.identity.ticker, to: &output.text)
      try output.flushIfLarge()
    }
  }

  private mutating func writeSummary() {
    Summary(
      packets: printer.packets, changes: printer.changes, bytes: recording.incomingBytes, refused: printer.refused,
      seconds: start.duration(to: .now) / .seconds(1)
    ).write(to: &output.text)
  }
}
