import CPeers
import Foundation

/// Measures, prints the tables, and writes them beside the package: `Bench <folder> <python>`.
@main
enum Bench {
  static func main() throws {
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
        columns: ["memory read", "memory copy"] + names.map { "simdjson stage 1, \($0)" },
        lines: [
          times(
            "one thread",
            [memory_read_bandwidth() / 1e6, memory_copy_bandwidth() / 1e6] + stage.map { $0?.megabytesPerSecond })
        ]))
    if outside["orjson"] == nil { results.missing.append("orjson and dict") }

    print(results.markdown)
    try results.markdown.write(
      to: folder.appendingPathComponent("RESULTS.md"), atomically: true, encoding: .utf8)
    try results.plot(bars: bars, curve: curve).write(
      to: folder.appendingPathComponent("results.svg"), atomically: true, encoding: .utf8)
  }
}
