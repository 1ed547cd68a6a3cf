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
    let window = Recording.Window(from: options.from?.first, through: (options.at ?? options.to)?.last)
    recording = Recording(configuration, window: window)
    printer = ChangePrinter(
      destination: options.destination, tickers: options.ticker, printing: options.printing,
      printsRows: !options.printsTables && !options.summary, acceptsSeveral: options.summary)
  }

  static func severalDestinations(_ names: [String]) -> Failure {
    Failure(.usage, "several destinations: choose one with --destination: \(names.joined(separator: ", "))")
  }

  /// Reads a file to its end.
  mutating func read(_ path: String) throws {
    let input = try Input(path: path)
    recording.begin(file: input.name)
    try input.read { piece, isShort in
      do {
        try recording.append(piece) { printer.take($0, &output) }
      } catch {
        throw Failure(.brokenFile, "\(error)")
      }
      try printer.check()
      if recording.hasPassedEnd || recording.lacksTimes { return false }
      if isShort && !input.isRegularFile { try output.flush() } else { try output.flushIfLarge() }
      return true
    }
    // The file has more: what its end would say of it is not so.
    if ReadInterruption.isRequested || recording.hasPassedEnd { return }
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
    if recording.lacksTimes {
      throw Failure(.usage, "\(input.name): --at, --from and --to need the times of a capture; a .stomp file has none")
    }
    try printer.check()
  }

  /// Whether what follows lies behind --at or --to.
  var hasPassedEnd: Bool { recording.hasPassedEnd }

  /// Prints what is printed at the end.
  ///
  /// - Parameter isComplete: whether all files were read; half a session has no tables at its end.
  mutating func finish(isComplete: Bool) throws {
    if isComplete, !recording.hasPassedEnd, recording.unfinishedFrames > 0 {
      let count = recording.unfinishedFrames
      StandardError.say(
        "skipped \(Warnings.count(count, "frame")) that the end of the recording or of a connection had cut off")
    }
    printer.finish(isComplete ? recording.tables.map(\.identity) : nil)
    if options.summary {
      writeSummary()
    } else if isComplete {
      if options.printsTables { try writeTables() } else { try printer.writeHeaderIfMissing(schema, &output) }
    }
    try output.flush()
  }

  /// The columns of what was asked for, as far as they are known.
  private var schema: Schema? {
    let tables = recording.tables
    let wanted = tables.filter { printer.wants($0.identity) }
    if let known = wanted.first(where: { $0.table != nil }) { return known.schema }
    if let name = options.destination {
      return wanted.first?.schema ?? recording.resource(name).map { Schema($0) }
    }
    // Subscriptions without a packet, or a ticker that is not there.
    let destinations = Set((wanted.isEmpty ? tables : wanted).map(\.identity.destination))
    return destinations.count == 1 ? tables.first { destinations.contains($0.identity.destination) }?.schema : nil
  }

  private mutating func writeTables() throws {
    guard let schema else { return }
    // Another destination can only have been asked for and have sent nothing.
    let tables = recording.tables.filter { printer.wants($0.identity) && $0.schema === schema }
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
