import CPeers
import Foundation

/// The library's own stages and the other decoders, in this process and in Python, on the four kinds of packets.
struct Stages {
  /// What is timed of each kind.
  private enum Stage: CaseIterable {
    case decode, apply, spaced, parse, encode, csv, conflation, book
    case simdjson, spacedSimdjson, stage1, jsonC, foundation

    func subject(_ set: PacketSet, _ spaced: PacketSet) -> Subject? {
      switch self {
      case .decode: Subjects.decode(set)
      case .apply: Subjects.decodeAndApply(set)
      case .spaced: Subjects.decode(spaced)
      case .parse: Subjects.parse(set)
      case .encode: Subjects.encode(set)
      case .csv: Subjects.csv(set)
      case .conflation: Subjects.conflation(set)
      case .book: set.name == "book" ? Subjects.orderBook(set) : nil
      case .simdjson: Peers.simdjson(set)
      case .spacedSimdjson: Peers.simdjson(spaced)
      case .stage1: Peers.simdjsonStage1(set)
      case .jsonC: Peers.jsonC(set)
      case .foundation: Peers.foundation(set)
      }
    }
  }

  private let names: [String]
  private var figures: [Stage: [Figure?]] = [:]
  /// Nanoseconds a packet by decoder.
  private var python: [String: [Double?]] = [:]

  /// Times all of them, those of a kind by turns.
  init(_ sets: [PacketSet], _ measure: Measure, python program: String, script: String) {
    names = sets.map(\.name)
    for (place, set) in sets.enumerated() {
      let outside = PythonPeers([set], program, script)
      let spaced = set.spaced
      let found = measure.byTurns(Stage.allCases.map { $0.subject(set, spaced) }) { outside?.round(set.name) }
      for (stage, figure) in zip(Stage.allCases, found) { figures[stage, default: []].append(figure) }
      outside?.stop()
      for (name, times) in outside?.least ?? [:] {
        python[name, default: names.map { _ in nil }][place] = times[set.name]
      }
    }
    bytes = sets.map { Double($0.byteCount) / Double($0.bodies.count) }
  }

  /// Bytes of a packet on average, by kind.
  private let bytes: [Double]

  private func nanoseconds(_ stage: Stage) -> [Double?] { (figures[stage] ?? []).map { $0?.nanoseconds } }

  private func speeds(_ stage: Stage) -> [Double?] { (figures[stage] ?? []).map { $0?.megabytesPerSecond } }

  private func speeds(_ decoder: String) -> [Double?] {
    zip(bytes, times(decoder)).map { bytes, time in time.map { bytes / $0 * 1000 } }
  }

  private func times(_ decoder: String) -> [Double?] { python[decoder] ?? names.map { _ in nil } }

  /// Speeds of the other decoders, those that are installed.
  private var others: [Results.Line] {
    [
      Results.Line(name: "simdjson On-Demand into cells", values: speeds(.simdjson)),
      Results.Line(name: "json-c DOM and walk", values: speeds(.jsonC)),
      Results.Line(name: "Foundation JSONSerialization", values: speeds(.foundation)),
      Results.Line(name: "orjson (Python)", values: speeds("orjson")),
      Results.Line(name: "json.loads as moexalgo (Python)", values: speeds("moexalgo")),
    ]
  }

  /// Names of the decoders that are not installed.
  var missing: [String] { others.filter { $0.values.allSatisfy { $0 == nil } }.map(\.name) }

  /// The decoders side by side.
  var decoders: Results.Table {
    let own = Results.Line(name: "issplus", values: speeds(.decode))
    return Results.Table(
      title: "Decoding a packet, MB/s", note: "One thread, compact bodies, the same bytes for all.", columns: names,
      lines: [own] + others.filter { $0.values.contains { $0 != nil } })
  }

  /// How much faster this project is.
  var ratios: Results.Table {
    let lines = decoders.lines
    return Results.Table(
      title: "issplus against the others, times as fast", note: "", columns: names,
      lines: lines.dropFirst().map { line in
        Results.Line(name: line.name, values: Results.quotients(lines[0].values, line.values))
      }, digits: 2)
  }

  var spaced: Results.Table {
    Results.Table(
      title: "Spaced bodies, MB/s", note: "A blank behind each comma and colon.", columns: names,
      lines: [
        Results.Line(name: "issplus", values: speeds(.spaced)),
        Results.Line(name: "simdjson On-Demand into cells", values: speeds(.spacedSimdjson)),
      ])
  }

  var applying: Results.Table {
    let own = nanoseconds(.apply)
    return Results.Table(
      title: "Decoding and applying to a keyed table, nanoseconds a packet",
      note: "The table of updates has 3,000 rows of 40 columns; snapshots bring all of them with other values.",
      columns: names,
      lines: [
        Results.Line(name: "issplus, decoding alone", values: nanoseconds(.decode)),
        Results.Line(name: "issplus, decoding and applying", values: own),
        Results.Line(name: "orjson and dict", values: times("orjson+dict")),
        Results.Line(name: "json.loads and dict, as moexalgo decodes", values: times("moexalgo+dict")),
        Results.Line(name: "orjson and dict / issplus", values: Results.quotients(times("orjson+dict"), own)),
      ])
  }

  var otherStages: Results.Table {
    Results.Table(
      title: "The other stages, nanoseconds a packet", note: "", columns: names,
      lines: [
        Results.Line(name: "STOMP parse", values: nanoseconds(.parse)),
        Results.Line(name: "STOMP encode", values: nanoseconds(.encode)),
        Results.Line(name: "CSV of the changes", values: nanoseconds(.csv)),
        Results.Line(name: "conflation of the changes", values: nanoseconds(.conflation)),
        Results.Line(name: "order book", values: nanoseconds(.book)),
      ])
  }

  /// What the machine can do at most.
  var limits: Results.Table {
    // These are least disturbed where they are largest.
    func most(_ speed: () -> Double) -> Double? { (0..<5).map { _ in speed() / 1e6 }.max() }
    return Results.Table(
      title: "Limits of the machine, MB/s", note: "",
      columns: ["memory read", "memory copy", "bare socket read"] + names.map { "simdjson stage 1, \($0)" },
      lines: [
        Results.Line(
          name: "one thread",
          values: [most(memory_read_bandwidth), most(memory_copy_bandwidth), most(socket_read_bandwidth)]
            + speeds(.stage1))
      ])
  }
}

/// What is not measured of each kind of packet.
struct LargeAndMany {
  let measure: Measure

  /// A book beyond the usual depth.
  func deepBook(_ set: PacketSet) -> Results.Table {
    let figures = measure.byTurns([Subjects.decode(set), Subjects.decodeAndApply(set), Subjects.orderBook(set)])
    return Results.Table(
      title: "A book of 100 levels a side, nanoseconds a packet", note: "",
      columns: ["decoding", "decoding and applying", "order book from the changes"],
      lines: [Results.Line(name: "issplus", values: figures.map { $0?.nanoseconds })])
  }

  /// A packet by the number of tables.
  func curve(_ bodies: [String]) -> [(tables: Int, nanoseconds: Double)] {
    let counts = [1, 100, 3000]
    let figures = measure.byTurns(counts.map { Subjects.feed(tables: $0, bodies) })
    return zip(counts, figures).compactMap { count, figure in figure.map { (count, $0.nanoseconds) } }
  }

  static func table(of curve: [(tables: Int, nanoseconds: Double)]) -> Results.Table {
    Results.Table(
      title: "Message to change set, nanoseconds a packet",
      note: "Books of 20 rows through `Feed`, spread over that many tables; the same number of messages for all.",
      columns: curve.map { "\($0.tables) tables" },
      lines: [Results.Line(name: "issplus", values: curve.map(\.nanoseconds))])
  }

  static func memory(_ set: PacketSet) -> Results.Table {
    Results.Table(
      title: "Memory of a table of 3,000 rows and 40 columns", note: "What the allocator gave out for it.",
      columns: ["bytes a row"], lines: [Results.Line(name: "issplus", values: [Subjects.bytesPerRow(set)])])
  }
}
