import CPeers
import Foundation

/// Other decoders on the same bytes, in this process or, for Python, right after it.
enum Peers {
  typealias Decoder = (UnsafePointer<UInt8>, Int) -> Int

  private static func measure(_ set: PacketSet, _ decode: Decoder) -> Figure {
    let bodies = set.bodies.map { Array($0.utf8) + [UInt8](repeating: 0, count: 64) }
    return Measure.run(packets: bodies.count, bytes: set.byteCount) {
      for body in bodies {
        let count = body.withUnsafeBufferPointer { $0.baseAddress.map { decode($0, body.count - 64) } ?? -1 }
        Subjects.expect(count >= 0, "a peer refuses a packet of \(set.name)")
      }
    }
  }

  static func simdjson(_ set: PacketSet) -> Figure? {
    peer_has_simdjson() == 0 ? nil : measure(set) { peer_simdjson($0, $1) }
  }

  static func simdjsonStage1(_ set: PacketSet) -> Figure? {
    peer_has_simdjson() == 0 ? nil : measure(set) { peer_simdjson_stage1($0, $1) }
  }

  static func jsonC(_ set: PacketSet) -> Figure? {
    peer_has_jsonc() == 0 ? nil : measure(set) { peer_jsonc($0, $1) }
  }

  static func foundation(_ set: PacketSet) -> Figure? {
    measure(set) { bytes, count in
      let data = Data(bytes: bytes, count: count)
      guard let packet = try? JSONSerialization.jsonObject(with: data) as? [String: Any],
        let rows = packet["data"] as? [[Any]]
      else { return -1 }
      return rows.reduce(1) { sum, row in
        row.reduce(sum) { $0 + (($1 as? [Any])?.count ?? ($1 is String || $1 is NSNumber || $1 is NSNull ? 1 : 0)) }
      }
    }
  }

  /// Nanoseconds a packet by decoder and kind; a decoder that is not installed has none.
  static func python(_ sets: [PacketSet], _ program: String, _ script: String) -> [String: [String: Double]] {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("issplus-bench-\(getpid())")
    defer { try? FileManager.default.removeItem(at: folder) }
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      for set in sets {
        var data = Data()
        for body in set.bodies {
          withUnsafeBytes(of: UInt64(body.utf8.count).littleEndian) { data.append(contentsOf: $0) }
          data.append(contentsOf: body.utf8)
        }
        // Fills the table, and is not timed, as here.
        try Data((set.first ?? "").utf8).write(to: folder.appendingPathComponent("\(set.name).first"))
        try data.write(to: folder.appendingPathComponent("\(set.name).bodies"))
      }
      let process = Process()
      process.executableURL = URL(fileURLWithPath: program)
      process.arguments = [script, folder.path]
      let pipe = Pipe()
      process.standardOutput = pipe
      try process.run()
      let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      var found: [String: [String: Double]] = [:]
      for line in output.split(separator: "\n") {
        let words = line.split(separator: "\t").map(String.init)
        if words.count == 3, let time = Double(words[2]) { found[words[0], default: [:]][words[1]] = time }
      }
      return found
    } catch {
      return [:]
    }
  }
}
