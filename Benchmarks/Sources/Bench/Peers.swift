import CPeers
import Foundation

/// Other decoders on the same bytes, in this process or, for Python, right after it.
enum Peers {
  typealias Decoder = (UnsafePointer<UInt8>, Int) -> Int

  private static func subject(_ set: PacketSet, _ decode: @escaping Decoder) -> Subject {
    let bodies = set.bodies.map { Array($0.utf8) + [UInt8](repeating: 0, count: 64) }
    return Subject(packets: bodies.count, bytes: set.byteCount) {
      for body in bodies {
        let count = body.withUnsafeBufferPointer { $0.baseAddress.map { decode($0, body.count - 64) } ?? -1 }
        Subjects.expect(count >= 0, "a peer refuses a packet of \(set.name)")
      }
    }
  }

  static func simdjson(_ set: PacketSet) -> Subject? {
    peer_has_simdjson() == 0 ? nil : subject(set) { peer_simdjson($0, $1) }
  }

  static func simdjsonStage1(_ set: PacketSet) -> Subject? {
    peer_has_simdjson() == 0 ? nil : subject(set) { peer_simdjson_stage1($0, $1) }
  }

  static func jsonC(_ set: PacketSet) -> Subject? {
    peer_has_jsonc() == 0 ? nil : subject(set) { peer_jsonc($0, $1) }
  }

  static func foundation(_ set: PacketSet) -> Subject {
    subject(set) { bytes, count in
      let data = Data(bytes: bytes, count: count)
      guard let packet = try? JSONSerialization.jsonObject(with: data) as? [String: Any],
        let rows = packet["data"] as? [[Any]]
      else { return -1 }
      return rows.reduce(1) { sum, row in
        row.reduce(sum) { $0 + (($1 as? [Any])?.count ?? ($1 is String || $1 is NSNumber || $1 is NSNull ? 1 : 0)) }
      }
    }
  }
}

/// The decoders of Python, in a process of their own that does a round whenever it is told to.
final class PythonPeers {
  private let process = Process()
  private let questions = Pipe()
  private let answers = Pipe()
  private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("issplus-bench-\(getpid())")
  /// Nanoseconds a packet by decoder and kind, the least so far; a decoder that is not installed has none.
  private(set) var least: [String: [String: Double]] = [:]

  /// Starts it with these packets; nil when there is no such program.
  init?(_ sets: [PacketSet], _ program: String, _ script: String) {
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
      process.executableURL = URL(fileURLWithPath: program)
      process.arguments = [script, folder.path]
      process.standardInput = questions
      process.standardOutput = answers
      try process.run()
    } catch {
      return nil
    }
  }

  /// Ends it: it reads to the end of its input.
  func stop() {
    try? questions.fileHandleForWriting.close()
    process.waitUntilExit()
    try? FileManager.default.removeItem(at: folder)
  }

  /// One round of all decoders over the packets of a kind.
  func round(_ kind: String) {
    do { try questions.fileHandleForWriting.write(contentsOf: Data("\(kind)\n".utf8)) } catch { return }
    var text = Data()
    // The last line of an answer is empty.
    while !text.starts(with: Data("\n".utf8)), text.suffix(2) != Data("\n\n".utf8) {
      let more = answers.fileHandleForReading.availableData
      if more.isEmpty { return }
      text.append(more)
    }
    for line in String(decoding: text, as: UTF8.self).split(separator: "\n") {
      let words = line.split(separator: "\t").map(String.init)
      guard words.count == 2, let time = Double(words[1]) else { continue }
      least[words[0], default: [:]][kind] = min(least[words[0]]?[kind] ?? .infinity, time)
    }
  }
}
