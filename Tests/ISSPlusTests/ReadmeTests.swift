import Foundation
import Testing

/// The first example of the README is code that compiles.
struct ReadmeTests {
  @Test("the lines of the README's first swift block stand in ReadmeExample.swift")
  func firstExample() throws {
    let here = URL(filePath: #filePath).deletingLastPathComponent()
    let package = here.deletingLastPathComponent().deletingLastPathComponent()
    guard let readme = try? String(contentsOf: package.appending(path: "README.md"), encoding: .utf8),
      let start = readme.range(of: "```swift\n"),
      let end = readme.range(of: "\n```", range: start.upperBound..<readme.endIndex)
    else { return }
    let example = try String(contentsOf: here.appending(path: "ReadmeExample.swift"), encoding: .utf8)
    let compiled = example.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
    for line in readme[start.upperBound..<end.lowerBound].split(separator: "\n") {
      let line = line.trimmingCharacters(in: .whitespaces)
      #expect(compiled.contains(line), "\(line)")
    }
  }
}
