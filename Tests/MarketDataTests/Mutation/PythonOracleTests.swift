import Foundation
import NIOCore
import Testing

@testable import MarketData

/// Acceptance against Python's json and the rules of a packet (`Tests/Oracles/python_json_oracle.py`).
@Suite struct PythonOracleTests {
  static let python = ["/usr/bin/python3", "/usr/local/bin/python3", "/opt/homebrew/bin/python3"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  @Test(.enabled(if: python != nil, "python3 is not there: acceptance is not compared with its json"))
  func acceptsWhatPythonAccepts() throws {
    let count = max(2000, MutationTests.packetCount / 4)
    var cases: [(body: [UInt8], columns: [Column]?)] = []
    var seed = MutationTests.firstSeed &+ 1_000_000
    while cases.count < count {
      var generator = PacketGenerator(seed: seed)
      for _ in 0..<15 { cases.append((generator.next(), generator.isDeclared ? generator.columns : nil)) }
      seed += 1
    }
    for folder in [FixtureTests.packets, FixtureTests.refused] {
      for name in Files.names(in: folder, ending: ".packets") {
        // Whole files are no JSON; their lines are something between.
        let bytes = try #require(Files.bytes(of: "\(folder)/\(name).packets"))
        cases.append((bytes, nil))
        for part in bytes.split(separator: 0x0A) { cases.append((Array(part), nil)) }
      }
    }
    let path = FileManager.default.temporaryDirectory.path + "/issplus-oracle-\(getpid()).jsonl"
    defer { try? FileManager.default.removeItem(atPath: path) }
    #expect(Files.write(Array(cases.map(line).joined().utf8), to: path))
    let answers = try run(path)
    #expect(answers.count == cases.count)
    var accepted = 0
    for (answer, (body, columns)) in zip(answers, cases) {
      let error = refusal(body, PacketDecoder(schema: columns.map { Schema(columns: $0) }))
      if error == nil { accepted += 1 }
      #expect(
        (error == nil) == (answer == "1"),
        "Python: \(answer), here: \(error.map(\.description) ?? "accepted"): \(String(decoding: body, as: UTF8.self))")
    }
    #expect(accepted > cases.count / 5 && accepted < cases.count * 4 / 5, "\(accepted) of \(cases.count)")
  }

  private func line(_ body: [UInt8], _ columns: [Column]?) -> String {
    let digits = Array("0123456789abcdef")
    let hex = String(body.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    let list = columns.map { columns in
      columns.map { column in
        var text = TextBuffer()
        text.append(json: column.name)
        // The file is ASCII.
        let name = text.string.unicodeScalars.map { scalar in
          scalar.isASCII ? String(scalar) : "\\u" + String(format: "%04x", scalar.value)
        }
        return "[\(name.joined()),\(column.type.map { "\"\($0.rawValue)\"" } ?? "null"),\(column.isKey)]"
      }
    }
    return "{\"columns\":\(list.map { "[\($0.joined(separator: ","))]" } ?? "null"),\"body\":\"\(hex)\"}\n"
  }

  private func run(_ path: String) throws -> [Substring] {
    let process = Process()
    process.executableURL = URL(filePath: try #require(Self.python))
    process.arguments = [Files.root + "/Tests/Oracles/python_json_oracle.py", path]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return String(decoding: data, as: UTF8.self).split(separator: "\n")
  }
}
