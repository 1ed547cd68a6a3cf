import Foundation
import MarketData

/// The built program on recordings and on live lines, as users run it.
struct Processes {
  let commands: Commands
  let measure: Measure
  let folder: URL
  let python: String
  let script: String

  private func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

  // MARK: Recordings

  /// `decode --summary` on recordings, in MB of a recording a second of processor time, and what decoders that know
  /// nothing but JSON make of the same bodies, which they find in memory.
  func decoding(megabytes: [Captures.Kind: Int]) -> [Results.Table] {
    let kinds = Captures.Kind.allCases
    var summary: [Double?] = []
    var wall: [Double?] = []
    var csv: [Double?] = []
    var peers: [(String, [Double?])] = [
      ("simdjson On-Demand into cells", []), ("json-c DOM and walk", []), ("orjson (Python)", []),
      ("orjson and dict (Python)", []),
    ]
    for kind in kinds {
      let size = megabytes[kind] ?? 100
      let file = path("\(kind.rawValue).capture")
      defer { try? FileManager.default.removeItem(atPath: file) }
      guard (try? Captures.write(kind, megabytes: size, to: file)) != nil else { continue }
      // The destination whose rows are written, for a file has one set of columns.
      let one = kind == .books ? "MXSE.orderbooks" : "MXSE.securities"
      let bodies = Captures.bodies(kind, megabytes: 20)
      let python = PythonPeers([bodies], python, script)
      var (runs, writing, counting) = (Best(), Best(), Best())
      let figures = measure.byTurns([Peers.simdjson(bodies), Peers.jsonC(bodies)]) {
        python?.round(kind.rawValue)
        runs.take(commands.run(["decode", "--summary", file]))
        writing.take(commands.run(["decode", "--destination", one, file], output: path("changes.csv")))
        counting.take(commands.run(["decode", "--destination", one, "--summary", file]))
      }
      python?.stop()
      summary.append(runs.least.map { bytes(file) / $0.processorSeconds / 1e6 })
      wall.append(runs.least.map { bytes(file) / $0.seconds / 1e6 })
      csv += Results.quotients([writing.least?.processorSeconds], [counting.least?.processorSeconds])
      func speed(_ decoder: String) -> Double? {
        python?.least[decoder]?[kind.rawValue].map {
          Double(bodies.byteCount) / Double(bodies.bodies.count) / $0 * 1000
        }
      }
      peers[0].1.append(figures[0]?.megabytesPerSecond)
      peers[1].1.append(figures[1]?.megabytesPerSecond)
      peers[2].1.append(speed("orjson"))
      peers[3].1.append(speed("orjson+dict"))
    }
    let columns = kinds.map { "\($0.rawValue), \(megabytes[$0] ?? 100) MB" }
    return [
      Results.Table(
        title: "`issplus decode --summary` as a process, MB/s",
        note:
          "Reading, frames, decoding, tables and changes, by processor time, user and system. The peers only decode "
          + "the bodies, which lie in memory.",
        columns: columns,
        lines: [
          Results.Line(name: "issplus decode --summary", values: summary),
          Results.Line(name: "the same by the clock", values: wall),
        ] + peers.map { Results.Line(name: $0.0, values: $0.1) }),
      Results.Table(
        title: "`issplus decode` writing CSV, times the processor time of `--summary`",
        note: "Into a file; of the mix the securities.", columns: columns,
        lines: [Results.Line(name: "CSV / summary", values: csv)], digits: 2),
    ]
  }

  private func bytes(_ path: String) -> Double {
    (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Double) ?? 0
  }

  /// How often each program runs.
  private static let rounds = 5

  /// The run with the least processor time.
  private struct Best {
    var least: Commands.Run?

    mutating func take(_ run: Commands.Run?) {
      if let run, run.processorSeconds < least?.processorSeconds ?? .infinity { least = run }
    }
  }

  // MARK: Live lines

  /// What is run against a sender.
  private enum Live: CaseIterable {
    case plain, secure, recording, lines
  }

  /// `dump` from a sender of prerecorded messages, the ways of each kind by turns.
  func dumping(_ certificate: (chain: String, key: String), seconds: Int) -> [Results.Table] {
    /// By kind and way: packets a second by the clock, and seconds of the processor a packet.
    var rates: [[Double?]] = []
    var costs: [[Double?]] = []
    for kind in Traffic.allCases {
      let (bodies, destination) = kind.packets
      var rate = Live.allCases.map { _ in Double?.none }
      var cost = rate
      for _ in 0..<Self.rounds {
        for (place, way) in Live.allCases.enumerated() {
          // Into new files: to empty one of a gigabyte would be counted as well.
          defer { for name in Self.written { try? FileManager.default.removeItem(atPath: path(name)) } }
          let more =
            switch way {
            case .plain, .secure: ["--summary"]
            case .recording: ["--summary", "--record", path("dump.capture")]
            case .lines: [String]()
            }
          guard
            let run = commands.dump(
              bodies, destination, over: way == .plain ? .plain : .secure, certificate: certificate,
              seconds: seconds, more, output: way == .lines ? path("dump.csv") : nil)
          else { continue }
          let packets = way == .lines ? Double(Self.packets(path("dump.csv"))) : run.summary["packets"] ?? 0
          guard packets > 0 else { continue }
          cost[place] = min(cost[place] ?? .infinity, run.processorSeconds / packets)
          if let packetsPerSecond = run.summary["packets_per_second"] {
            rate[place] = max(rate[place] ?? 0, packetsPerSecond)
          }
        }
      }
      rates.append(rate)
      costs.append(cost)
    }
    func place(_ way: Live) -> Int { Live.allCases.firstIndex(of: way) ?? 0 }
    func clock(_ way: Live) -> [Double?] { rates.map { $0[place(way)] } }
    func microseconds(_ way: Live) -> [Double?] { costs.map { $0[place(way)].map { $0 * 1e6 } } }
    func perSecond(_ way: Live) -> [Double?] { costs.map { $0[place(way)].map { 1 / $0 } } }
    let columns = ["updates of one row, 400 bytes", "books of 40 rows"]
    return [
      Results.Table(
        title: "`issplus dump --summary`, packets a second",
        note: "From a sender of prerecorded bytes in another process, which keeps the socket full.",
        columns: columns,
        lines: [
          Results.Line(name: "ws://, by the clock", values: clock(.plain)),
          Results.Line(name: "ws://, by processor time", values: perSecond(.plain)),
          Results.Line(name: "wss://, by the clock", values: clock(.secure)),
          Results.Line(name: "wss://, by processor time", values: perSecond(.secure)),
        ]),
      Results.Table(
        title: "`issplus dump` over wss://, microseconds of the processor a packet", note: "", columns: columns,
        lines: [
          Results.Line(name: "--summary", values: microseconds(.secure)),
          Results.Line(name: "--summary --record", values: microseconds(.recording)),
          Results.Line(name: "CSV into a file", values: microseconds(.lines)),
          Results.Line(
            name: "recording / summary", values: Results.quotients(microseconds(.recording), microseconds(.secure))),
          Results.Line(name: "CSV / summary", values: Results.quotients(microseconds(.lines), microseconds(.secure))),
        ], digits: 2),
    ]
  }

  /// The files that are written to.
  private static let written = ["dump.csv", "dump.capture"]

  /// How many packets have brought the changes in a file: they differ in their seqnum.
  private static func packets(_ path: String) -> Int {
    guard let data = try? Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe) else { return 0 }
    return data.withUnsafeBytes { bytes in
      var count = 0
      var field = 0
      var hash: UInt64 = 0
      var last: UInt64 = 0
      for byte in bytes {
        switch byte {
        case UInt8(ascii: "\n"):
          field = 0
          if hash != last { count += 1 }
          last = hash
          hash = 0
        case UInt8(ascii: ","): field += 1
        default: if field == 1 { hash = hash &* 31 &+ UInt64(byte) }
        }
      }
      // The header is one of them.
      return max(0, count - 1)
    }
  }

  /// What a packet costs by the number of subscriptions and connections, with the same packets in all.
  func spreading(seconds: Int) -> Results.Table {
    let ways = [(1, 1), (30, 1), (100, 1), (100, 10), (300, 30), (1500, 30)]
    // The second is more than the simulator makes: each read then finds several packets, as on a busy machine.
    // The second is more than the simulator makes: each read then finds several packets, as on a busy machine.
    let rates = [(name: "20,000 packets/s", rate: 20_000), (name: "as many as the simulator sends", rate: 200_000)]
    let lines = rates.map { name, rate in
      var least = ways.map { _ in Double?.none }
      for _ in 0..<2 {
        for (place, way) in ways.enumerated() {
          guard let cost = cost(of: way.0, over: way.1, rate: rate, seconds: seconds) else { continue }
          least[place] = min(least[place] ?? .infinity, cost)
        }
      }
      return Results.Line(name: name, values: least)
    }
    return Results.Table(
      title: "The cost of a packet by subscriptions and connections, microseconds of the processor",
      note:
        "`issplus dump --summary` of the simulator's order books, the start with a SUBSCRIBE each 100 ms included.",
      columns: ways.map { "\($0.0) over \($0.1)" }, lines: lines, digits: 1)
  }

  private func cost(of subscriptions: Int, over connections: Int, rate: Int, seconds: Int) -> Double? {
    let simulator = Process()
    simulator.executableURL = URL(fileURLWithPath: commands.program)
    simulator.arguments = ["simulate", "--tickers", "1700", "--rate", "\(rate)"]
    let pipe = Pipe()
    simulator.standardOutput = pipe
    simulator.standardError = FileHandle.nullDevice
    guard (try? simulator.run()) != nil else { return nil }
    defer {
      simulator.terminate()
      simulator.waitUntilExit()
    }
    guard let url = Self.firstLine(pipe.fileHandleForReading) else { return nil }
    let tickers = (101..<101 + subscriptions).flatMap { ["--ticker", "MXSE.TQBR.SIM" + String(format: "%05d", $0)] }
    let run = commands.run(
      [
        "dump", "MXSE.orderbooks", "--summary", "--url", url, "--connections", "\(connections)", "--duration",
        // A simulator that sends as much as it can is slow to answer.
        "\(seconds + subscriptions / connections / 10)s", "--timeout", "60s",
      ] + tickers)
    return run.flatMap { run in
      run.summary["packets"].flatMap { $0 > 0 ? run.processorSeconds / $0 * 1e6 : nil }
    }
  }

  private static func firstLine(_ handle: FileHandle) -> String? {
    var text = Data()
    while !text.contains(UInt8(ascii: "\n")) {
      let more = handle.availableData
      if more.isEmpty { return nil }
      text.append(more)
    }
    return String(decoding: text, as: UTF8.self).split(separator: "\n").first.map(String.init)
  }
}
