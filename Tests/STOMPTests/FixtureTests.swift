import STOMP
import Testing

/// `Fixtures/frames`: two new files are a new case.
@Suite struct FixtureTests {
  static let folder = Files.root + "/Fixtures/frames"
  static let valid: [String] = names(in: "valid")
  static let invalid: [String] = names(in: "invalid")

  @Test func foldersHoldCases() {
    #expect(Self.valid.count >= 15)
    #expect(Self.invalid.count >= 20)
  }

  @Test(arguments: valid) func readsValid(name: String) throws {
    let input = try #require(Files.bytes(of: "\(Self.folder)/valid/\(name).stomp"))
    let expected = try Expectation("\(Self.folder)/valid/\(name).frames")
    for cut in Self.cuts {
      let outcome = parse(input, cut, dialect: expected.dialect, limits: expected.limits)
      #expect(outcome.error == nil, "\(cut)")
      #expect(outcome.frames.map(\.dump) == expected.lines, "\(cut)")
      if let heartbeats = expected.heartbeats { #expect(outcome.heartbeats == heartbeats, "\(cut)") }
    }
  }

  @Test(arguments: invalid) func refusesInvalid(name: String) throws {
    let input = try #require(Files.bytes(of: "\(Self.folder)/invalid/\(name).stomp"))
    let expected = try Expectation("\(Self.folder)/invalid/\(name).error")
    for cut in Self.cuts {
      let outcome = parse(input, cut, dialect: expected.dialect, limits: expected.limits)
      #expect(outcome.error.map { [$0.description] } == expected.lines, "\(cut)")
    }
  }

  private static let cuts: [Cut] = [.whole, .every(1)] + (1...20).map { .random(seed: $0) }

  private static func names(in kind: String) -> [String] {
    Files.names(in: "\(folder)/\(kind)", ending: ".stomp").map { String($0.dropLast(6)) }
  }
}

/// The text beside a `.stomp` fixture: directive lines, then what is expected.
private struct Expectation {
  var dialect = Dialect.issPlus
  var limits = FrameLimits.default
  var heartbeats: Int?
  var lines: [String] = []

  init(_ path: String) throws {
    let bytes = try #require(Files.bytes(of: path), "\(path) is missing")
    var numbers: [Substring: Int] = [:]
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
      let words = line.split(separator: " ")
      if line.hasPrefix("#") { continue }
      if line == "dialect stomp12" {
        dialect = .stomp12
      } else if words.count == 2, let number = Int(words[1]) {
        numbers[words[0]] = number
      } else {
        lines.append(String(line))
      }
    }
    heartbeats = numbers.removeValue(forKey: "heartbeats")
    limits = FrameLimits(
      maxHeaderCount: numbers.removeValue(forKey: "maxHeaderCount") ?? limits.maxHeaderCount,
      maxLineLength: numbers.removeValue(forKey: "maxLineLength") ?? limits.maxLineLength,
      maxBodySize: numbers.removeValue(forKey: "maxBodySize") ?? limits.maxBodySize)
    #expect(numbers.isEmpty, "unknown directives in \(path)")
  }
}
