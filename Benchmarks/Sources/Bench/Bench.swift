import CPeers
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
    let spaced = sets.map(\.spaced)
    let script = folder.appendingPathComponent("Peers/peers.py").path
    let names = sets.map(\.name)

    func say(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
    func speeds(_ name: String, _ figures: [Figure?]) -> Results.Line {
      Results.Line(name: name, values: figures.map { $0?.megabytesPerSecond })
    }

    say("decoding")
    let own = sets.map { Subjects.decode($0) }
    let simd = sets.map { Peers.simdjson($0) }
    let stage = sets.map { Peers.simdjsonStage1($0) }
    let jsonC = sets.map { Peers.jsonC($0) }
    let foundation = sets.map { Peers.foundation($0) }
    say("Python")
    let outside = Peers.python(sets, python, script)
    func outsideSpeeds(_ name: String) -> [Figure?] {
      sets.map { set in
        outside[name]?[set.name].map {
          Figure(nanoseconds: $0, bytes: Double(set.byteCount) / Double(set.bodies.count))
        }
      }
    }
    var decoders = [speeds("issplus", own)]
    let peers: [(String, [Figure?])] = [
      ("simdjson On-Demand into cells", simd), ("json-c DOM and walk", jsonC),
      ("Foundation JSONSerialization", foundation), ("orjson (Python)", outsideSpeeds("orjson")),
      ("json.loads as moexalgo (Python)", outsideSpeeds("moexalgo")),
    ]
    for (name, figures) in peers {
      if figures.allSatisfy({ $0 == nil }) {
        results.missing.append(name)
      } else {
        decoders.append(speeds(name, figures))
      }
    }
    let bars = Results.Table(
      title: "Decoding a packet, MB/s", note: "One thread, compact bodies, the same bytes for all.", columns: names,
      lines: decoders)
    results.tables.append(bars)
    results.tables.append(
      Results.Table(
        title: "issplus against the others, times as fast", note: "", columns: names,
        lines: decoders.dropFirst().map { line in
          Results.Line(
            name: line.name,
            values: zip(decoders[0].values, line.values).map { own, other in
              if let own, let other { own / other } else { nil }
            })
        }, digits: 2))
    results.tables.append(
      Results.Table(
        title: "Spaced bodies, MB/s", note: "A blank behind each comma and colon.", columns: names,
        lines: [
          speeds("issplus", spaced.map { Subjects.decode($0) }),
          speeds("simdjson On-Demand into cells", spaced.map { Peers.simdjson($0) }),
        ]))

    say("applying")
    let applied = sets.map { Subjects.decodeAndApply($0) }
    func times(_ name: String, _ values: [Double?]) -> Results.Line { Results.Line(name: name, values: values) }
    func outsideTimes(_ name: String) -> [Double?] { sets.map { outside[name]?[$0.name] } }
    let orjson = outsideTimes("orjson+dict")
    let moexalgo = outsideTimes("moexalgo+dict")
    results.tables.append(
      Results.Table(
        title: "Decoding and applying to a keyed table, nanoseconds a packet",
        note: "The table of updates has 3,000 rows of 40 columns; snapshots bring all of them with other values.",
        columns: names,
        lines: [
          times("issplus, decoding alone", own.map(\.nanoseconds)),
          times("issplus, decoding and applying", applied.map(\.nanoseconds)),
          times("orjson and dict", orjson), times("json.loads and dict, as moexalgo decodes", moexalgo),
          times(
            "orjson and dict / issplus", zip(orjson, applied).map { other, own in other.map { $0 / own.nanoseconds } }),
        ]))

    say("the other stages")
    results.tables.append(
      Results.Table(
        title: "The other stages, nanoseconds a packet", note: "", columns: names,
        lines: [
          times("STOMP parse", sets.map { Subjects.parse($0).nanoseconds }),
          times("STOMP encode", sets.map { Subjects.encode($0).nanoseconds }),
          times("CSV of the changes", sets.map { Subjects.csv($0).nanoseconds }),
          times("conflation of the changes", sets.map { Subjects.conflation($0).nanoseconds }),
          times("order book", sets.map { $0.name == "book" ? Subjects.orderBook($0).nanoseconds : nil }),
        ]))

    let deep = generators.books(200...200, 200)
    results.tables.append(
      Results.Table(
        title: "A book of 100 levels a side, nanoseconds a packet", note: "",
        columns: ["decoding", "decoding and applying", "order book from the changes"],
        lines: [
          times(
            "issplus",
            [
              Subjects.decode(deep).nanoseconds, Subjects.decodeAndApply(deep).nanoseconds,
              Subjects.orderBook(deep).nanoseconds,
            ])
        ]))

    say("tables")
    let book = generators.books(20...20, 20).bodies
    let curve = [1, 100, 3000].map { (tables: $0, nanoseconds: Subjects.feed(tables: $0, book).nanoseconds) }
    results.tables.append(
      Results.Table(
        title: "Message to change set, nanoseconds a packet",
        note: "Books of 20 rows through `Feed`, spread over that many tables.",
        columns: curve.map { "\($0.tables) tables" },
        lines: [times("issplus", curve.map(\.nanoseconds))]))
    results.tables.append(
      Results.Table(
        title: "Memory of a table of 3,000 rows and 40 columns", note: "What the allocator gave out for it.",
        columns: ["bytes a row"], lines: [times("issplus", [Subjects.bytesPerRow(sets[3])])]))
    results.tables.append(
      Results.Table(
        title: "Limits of the machine, MB/s", note: "",
        columns: ["memory read", "memory copy", "bare socket read"] + names.map { "simdjson stage 1, \($0)" },
        lines: [
          times(
            "one thread",
            [memory_read_bandwidth() / 1e6, memory_copy_bandwidth() / 1e6, socket_read_bandwidth() / 1e6]
              + stage.map { $0?.megabytesPerSecond })
        ]))
    say("processes")
    let program = CommandLine.arguments.count > 3 ? CommandLine.arguments[3] : ""
    if FileManager.default.isExecutableFile(atPath: program) {
      let scratch = FileManager.default.temporaryDirectory.appendingPathComponent("issplus-bench-files-\(getpid())")
      try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(at: scratch) }
      let processes = Processes(
        commands: Commands(program: program), folder: scratch, python: python, script: script)
      results.tables += processes.decoding(megabytes: [.books: 200, .updates: 200, .mix: 500])
      if let certificate = Certificate.make(in: scratch) {
        say("lines")
        results.tables += processes.dumping(certificate, seconds: 3)
        var latency: [(String, [Double?])] = []
        for line in [Commands.Line.plain, .secure] {
          let figures = await Latency.socketToChange(line, certificate, onTheLoop: false)
          let first = await Latency.connectToFirstRow(line, certificate)
          latency.append(("\(line.rawValue)://", [figures?.median, figures?.p99, first.map { $0 * 1000 }]))
          let near = await Latency.socketToChange(line, certificate, onTheLoop: true)
          latency.append(("\(line.rawValue)://, on `client.executor`", [near?.median, near?.p99, nil]))
          let bare = Latency.socketToRead(line, certificate)
          latency.append(("\(line.rawValue)://, epoll and read alone, in C", [bare?.median, bare?.p99, nil]))
        }
        results.tables.append(
          Results.Table(
            title: "Latency of the library, microseconds",
            note:
              "From the sender's write to the change in a subscriber's hands, at 1,000 messages a second of 250 bytes, "
              + "sender in the same process; and from `connect()` to the first row of a book.",
            columns: ["median", "p99", "connect to first row"],
            lines: latency.map { Results.Line(name: $0.0, values: $0.1) }))
      } else {
        results.missing.append("openssl (the command), for wss://")
      }
      say("subscriptions")
      results.tables.append(processes.spreading(seconds: 5))
    } else {
      results.missing.append("issplus as a process")
    }
    if outside["orjson"] == nil { results.missing.append("orjson and dict") }

    print(results.markdown)
    try results.markdown.write(
      to: folder.appendingPathComponent("RESULTS.md"), atomically: true, encoding: .utf8)
    try results.plot(bars: bars, curve: curve).write(
      to: folder.appendingPathComponent("results.svg"), atomically: true, encoding: .utf8)
  }
}
