import Foundation

/// Measures, prints the tables, and writes them beside the package: `Bench <folder> <python> <issplus>`; or
/// one piece for a profile: `Bench capture <kind> <megabytes> <file>`, `Bench serve <kind> <pause> <chain> <key>`,
/// `Bench apply <kind>`, `Bench latency <chain> <key>`.
@main
enum Bench {
  static func main() async throws {
    signal(SIGPIPE, SIG_IGN)
    if try await Single.run(Array(CommandLine.arguments.dropFirst())) { return }
    let folder = URL(fileURLWithPath: CommandLine.arguments.count > 1 ? CommandLine.arguments[1] : ".")
    let python = CommandLine.arguments.count > 2 ? CommandLine.arguments[2] : "/usr/bin/python3"
    var results = Results()
    var generators = Generators()
    let sets = generators.all()
    let script = folder.appendingPathComponent("Peers/peers.py").path
    func say(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }

    // Before the others have filled what the allocator keeps.
    let memory = LargeAndMany.memory(sets[3])
    say("stages and decoders")
    let measure = Measure()
    let stages = Stages(sets, measure, python: python, script: script)
    results.missing += stages.missing
    let bars = stages.decoders
    say("tables")
    let large = LargeAndMany(measure: measure)
    let curve = large.curve(generators.books(20...20, 20).bodies)
    results.tables += [
      bars, stages.ratios, stages.spaced, stages.applying, stages.otherStages,
      large.deepBook(generators.books(200...200, 200)), LargeAndMany.table(of: curve), memory, stages.limits,
    ]
    say("processes")
    let program = CommandLine.arguments.count > 3 ? CommandLine.arguments[3] : ""
    if FileManager.default.isExecutableFile(atPath: program) {
      let scratch = FileManager.default.temporaryDirectory.appendingPathComponent("issplus-bench-files-\(getpid())")
      try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(at: scratch) }
      let processes = Processes(
        commands: Commands(program: program), measure: measure, folder: scratch, python: python, script: script)
      results.tables += processes.decoding(megabytes: [.books: 200, .updates: 200, .mix: 500])
      if let certificate = Certificate.make(in: scratch) {
        say("lines")
        results.tables += processes.dumping(certificate, seconds: 3)
        say("latency")
        results.tables.append(await Latency.table(certificate))
      } else {
        results.missing.append("openssl (the command), for wss://")
      }
      say("subscriptions")
      results.tables.append(processes.spreading(seconds: 5))
    } else {
      results.missing.append("issplus as a process")
    }

    results.quiet = measure.quiet
    print(results.markdown)
    try results.markdown.write(
      to: folder.appendingPathComponent("RESULTS.md"), atomically: true, encoding: .utf8)
    try results.plot(bars: bars, curve: curve).write(
      to: folder.appendingPathComponent("results.svg"), atomically: true, encoding: .utf8)
  }
}
