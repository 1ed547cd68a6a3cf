import Foundation

/// The Swift examples of the documentation, and the parts of `Snippets` that they have to be: those are compiled with the
/// tests.
enum Examples {
  static let package: URL = {
    var folder = URL(filePath: #filePath).deletingLastPathComponent()
    while folder.path != "/", !FileManager.default.fileExists(atPath: folder.appending(path: "Package.swift").path) {
      folder.deleteLastPathComponent()
    }
    return folder
  }()

  /// A Swift block of a text.
  struct Block: Sendable, Hashable, CustomStringConvertible {
    let file: String
    /// The line of its fence, from 1.
    let line: Int
    let lines: [String]

    var description: String { "\(file):\(line)" }
  }

  /// The blocks between ```` ```swift ```` and ```` ``` ````, also in doc comments, without their indentation.
  static func blocks(in text: String, file: String) -> [Block] {
    var blocks: [Block] = []
    var open: (line: Int, lines: [String])?
    for (number, raw) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      var line = String(raw)
      if file.hasSuffix(".swift") {
        let bare = line.drop { $0 == " " }
        guard bare.hasPrefix("///") else { continue }
        line = String(bare.dropFirst(bare.hasPrefix("/// ") ? 4 : 3))
      }
      let fence = line.trimmingCharacters(in: .whitespaces)
      if let block = open {
        if fence == "```" {
          blocks.append(Block(file: file, line: block.line, lines: dedented(block.lines)))
          open = nil
        } else {
          open?.lines.append(line)
        }
      } else if fence == "```swift" {
        open = (number + 1, [])
      }
    }
    return blocks
  }

  /// The parts of a snippet between `// snippet.NAME` and `// snippet.end`, without their indentation.
  static func parts(of snippet: String) -> [[String]] {
    var parts: [[String]] = []
    var open: [String]?
    for line in snippet.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
      let mark = line.trimmingCharacters(in: .whitespaces)
      if mark == "// snippet.end" {
        if let open { parts.append(dedented(open)) }
        open = nil
      } else if mark.hasPrefix("// snippet.") {
        open = []
      } else {
        open?.append(line)
      }
    }
    return parts
  }

  private static func dedented(_ lines: [String]) -> [String] {
    let margin = lines.filter { !$0.isEmpty }.map { $0.prefix { $0 == " " }.count }.min() ?? 0
    return lines.map { String($0.dropFirst(margin)) }
  }

  /// The files below a folder of the package with one of these endings, by their paths from the package.
  static func files(below folder: String, endings: [String]) -> [(path: String, text: String)] {
    let root = package.appending(path: folder)
    let names = (try? FileManager.default.subpathsOfDirectory(atPath: root.path)) ?? []
    return names.sorted().filter { name in endings.contains { name.hasSuffix($0) } }.compactMap { name in
      (try? String(contentsOf: root.appending(path: name), encoding: .utf8)).map { ("\(folder)/\(name)", $0) }
    }
  }
}
