import Foundation
import MarketData

/// The built program on recordings and on live lines, as users run it.
struct Processes {
  let commands: Commands
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
      let runs = best { commands.run(["decode", "--summary", file]) }
      summary.append(runs.map { bytes(file) / $0.processorSeconds / 1e6 })
      wall.append(runs.map { bytes(file) / $0.seconds / 1e6 })
      let writing = best { commands.run(["decode", "--destination", one, file], output: path("changes.csv")) }
      let counting = best { commands.run(["decode", "--destination", one, "--summary", file]) }
      csv.append(writing.flatMap { writing in counting.map { writing.processorSeconds / $0.processorSeconds } })
      let bodies = Captures.bodies(kind, megabytes: 20)
      let outside = Peers.python([bodies], python, script)
      func speed(_ nanoseconds: Double?) -> Double? {
        nanoseconds.map { Double(bodies.byteCount) / Double(bodies.bodies.count) / $0 * 1000 }
      }
      peers[0].1.append(Peers.simdjson(bodies)?.megabytesPerSecond)
      peers[1].1.append(Peers.jsonC(bodies)?.megabytesPerSecond)
      peers[2].1.append(speed(outside["orjson"]?[kind.rawValue]))
      peers[3].1.append(speed(outside["orjson+dict"]?[kind.rawValue]))
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

  /// The run of three with the least processor time.
  private func best(_ run: () -> Commands.Run?) -> Commands.Run? {
    (0..<3).compactMap { _ in run() }.min { $0.processorSeconds < $1.processorSeconds }
  }

  // MARK: Live lines

  /// `dump` from a sender of prerecorded messages.
  func dumping(_ certificate: (chain: String, key: String), seconds: Int) -> [Results.Table] {
    let kinds = Traffic.allCases
    var rates: [(String, [Double?])] = []
    for line in [Commands.Line.plain, .secure] {
      var clock: [Double?] = []
      var processor: [Double?] = []
      for kind in kinds {
        let (bodies, destination) = kind.packets
        let run = best { commands.dump(bodies, destination, over: line, certificate: certificate, seconds: seconds) }
        clock.append(run?.summary["packets_per_second"])
        processor.append(run.flatMap { run in run.summary["packets"].map { $0 / run.processorSeconds } })
      }
      rates.append(("\(line.rawValue)://, by the clock", clock))
      rates.append(("\(line.rawValue)://, by processor time", processor))
    }
    // Microseconds of the processor a packet: a line that is written to takes fewer packets in the same time.
    var costs: [(String, [Double?])] = [("--summary", []), ("--summary --record", []), ("CSV into a file", [])]
    for kind in kinds {
      let (bodies, destination) = kind.packets
      func cost(_ more: [String], counts: String?) -> Double? {
        best {
          // Into new files: to empty one of a gigabyte would be counted as well.
          for name in Self.written { try? FileManager.default.removeItem(atPath: path(name)) }
          return commands.dump(
            bodies, destination, over: .secure, certificate: certificate, seconds: seconds, more,
            output: counts == nil ? nil : path("dump.csv"))
        }.flatMap { run in
          let packets = counts == nil ? run.summary["packets"] : Double(Self.packets(path("dump.csv")))
          return packets.map { run.processorSeconds / $0 * 1e6 }
        }
      }
      costs[0].1.append(cost(["--summary"], counts: nil))
      costs[1].1.append(cost(["--summary", "--record", path("dump.capture")], counts: nil))
      costs[2].1.append(cost([], counts: "rows"))
      for name in Self.written { try? FileManager.default.removeItem(atPath: path(name)) }
    }
    let columns = ["updates of one row, 400 bytes", "books of 40 rows"]
    return [
      Results.Table(
        title: "`issplus dump --summary`, packets a second",
        note: "From a sender of prerecorded bytes in another process, which keeps the socket full.",
        columns: columns, lines: rates.map { Results.Line(name: $0.0, values: $0.1) }),
      Results.Table(
        title: "`issplus dump` over wss://, microseconds of the processor a packet", note: "", columns: columns,
        lines: costs.map { Results.Line(name: $0.0, values: $0.1) }, digits: 2),
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
    let lines = [(name: "20,000 packets/s", rate: 20_000), (name: "as many as the simulator sends", rate: 200_000)].map
    {
      line in
      Results.Line(name: line.name, values: ways.map { cost(of: $0.0, over: $0.1, rate: line.rate, seconds: seconds) })
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
