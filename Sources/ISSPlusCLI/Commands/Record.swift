import ArgumentParser
import ISSPlus
import NIOCore

/// Writes a capture.
struct Record: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Record a session as a capture, for `decode` and `simulate --replay`.",
    discussion: "issplus record MXSE.orderbooks --ticker MXSE.TQBR.SBER --output day.capture --duration 10m")

  @OptionGroup var selection: SelectionOptions

  @Option(help: ArgumentHelp("The capture; - for standard output.", valueName: "file"))
  var output: String

  @Option(help: "End after that time from CONNECTED, for example 10s or 5m.")
  var duration: DurationArgument?

  @Option(
    help: ArgumentHelp(
      "Go on in another file after that size or time: day-0001.capture, day-0002.capture.",
      valueName: "100MB|1h"))
  var rotate: Rotation?

  @OptionGroup var connection: ConnectionOptions

  func validate() throws {
    if rotate != nil, output == "-" { throw ValidationError("--rotate needs a file, not standard output") }
  }

  func run() async throws {
    try await reportingFailures {
      let asked = try selection.asked()
      var configuration = try connection.configuration()
      let file = try RecordingFile(path: output, rotation: rotate)
      defer { file.finish() }
      configuration.recording = { try file.write($0) }
      var failure: Failure?
      let form = LiveClient.Form(
        usesStandardOutput: output == "-", isVerbose: try connection.isVerbose(), details: file.details)
      do {
        try await LiveClient.run(configuration, form) { live in
          await warnIfUnlisted(selection.destination, live.client)
          failure = try await Self.follow(live.client, asked, duration?.duration, file)
        }
      } catch {
        throw file.isReaderGone ? OutputClosed() : error
      }
      if file.isReaderGone { throw OutputClosed() }
      if let failure { throw failure }
    }
  }

  private static func follow(
    _ client: ISSPlusClient, _ asked: [SelectionOptions.Asked], _ duration: Duration?, _ file: RecordingFile
  ) async throws -> Failure? {
    let queue = MergedQueue(rows: .none)
    for one in asked { _ = try client.subscribe(one.destination, selectorText: one.selector, into: queue) }
    var complaints = Complaints()
    await withThrowingTaskGroup(of: Void.self) { group in
      defer { group.cancelAll() }
      if let duration {
        group.addTask {
          try await Task.sleep(for: duration)
          await client.shutdown()
        }
      }
      var open = asked.count
      while open > 0 {
        for item in await queue.next() {
          guard case .finished(_, let error, _) = item else { continue }
          open -= 1
          if let error, !file.isReaderGone { complaints.take(Failure(error)) }
        }
      }
    }
    if file.isReaderGone { return nil }
    let packets = await client.counters().packets
    StandardError.say("\(packets) packets, \(file.size) bytes recorded")
    return complaints.first
  }
}
