import Foundation
import Testing

/// The tests that the threat model names are there.
@Suite struct ThreatModelTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  @Test func namedTestsAreThere() throws {
    let page = Self.root.appendingPathComponent("Sources/ISSPlus/ISSPlus.docc/ThreatModel.md")
    let text = try String(contentsOf: page, encoding: .utf8)
    let names = text.matches(of: /`(\w+Tests)\.(\w+)`/).map { (file: String($0.1), function: String($0.2)) }
    #expect(names.count > 60)
    let tests = Self.root.appendingPathComponent("Tests")
    var files: [String: String] = [:]
    let all = try #require(FileManager.default.enumerator(at: tests, includingPropertiesForKeys: nil))
    for case let file as URL in all where file.pathExtension == "swift" {
      files[file.deletingPathExtension().lastPathComponent, default: ""] += try String(
        contentsOf: file, encoding: .utf8)
    }
    for match in text.matches(of: /`(\w+Tests)`/) {
      #expect(files[String(match.1)]?.contains("@Test") == true, "no tests in \(match.1).swift")
    }
    for (file, function) in names {
      let source = try #require(files[file], "no file \(file).swift")
      let place = source.range(of: "func \(function)(")
      let isTest = place.map { source[..<$0.lowerBound].contains("@Test") } ?? false
      #expect(isTest, "no test \(function) in \(file).swift")
    }
  }

  @Test func rowsNameATest() throws {
    let page = Self.root.appendingPathComponent("Sources/ISSPlus/ISSPlus.docc/ThreatModel.md")
    let text = try String(contentsOf: page, encoding: .utf8)
    let tables = text.components(separatedBy: "\n## ").dropFirst(3)
    var rows = 0
    for table in tables {
      for line in table.split(separator: "\n") where line.hasPrefix("|") && !line.hasPrefix("|---") {
        if line.hasPrefix("| Threat") { continue }
        rows += 1
        #expect(line.contains(/`\w+Tests(\.\w+)?`/), "no test in: \(line)")
      }
    }
    #expect(rows > 40)
  }
}
