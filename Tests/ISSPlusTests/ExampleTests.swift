import Foundation
import Testing

/// Every Swift example of README, DocC and the doc comments is a part of a snippet; snippets are compiled with the tests.
@Suite struct ExampleTests {
  static let parts = Set(Examples.files(below: "Snippets", endings: [".swift"]).flatMap { Examples.parts(of: $0.text) })

  static let blocks: [Examples.Block] = {
    var files = Examples.files(below: "Sources", endings: [".swift", ".md", ".tutorial"])
    if let readme = try? String(contentsOf: Examples.package.appending(path: "README.md"), encoding: .utf8) {
      files.append(("README.md", readme))
    }
    return files.flatMap { Examples.blocks(in: $0.text, file: $0.path) }
  }()

  @Test("a Swift block stands in Snippets, line by line", arguments: blocks)
  func block(_ block: Examples.Block) {
    let stands = Self.parts.contains(block.lines)
    #expect(stands, "\(block) is no part of a snippet:\n\(block.lines.joined(separator: "\n"))")
  }

  @Test("there are blocks in README, in DocC and in doc comments")
  func places() {
    let files = Set(Self.blocks.map(\.file))
    #expect(files.contains("README.md"))
    #expect(files.contains("Sources/ISSPlus/ISSPlus.docc/ISSPlus.md"))
    #expect(files.contains("Sources/ISSPlus/Client/ISSPlusClient.swift"))
    #expect(files.contains("Sources/MarketData/Rows/TableRow.swift"))
  }

  @Test("code files of tutorials stand in Snippets too")
  func tutorials() {
    let files = Examples.files(below: "Sources", endings: [".swift"]).filter { $0.path.contains(".docc/") }
    #expect(files.count == 3)
    for file in files {
      let lines = file.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      #expect(lines.last == "" && Self.parts.contains(lines.dropLast()), "\(file.path) is no part of a snippet")
    }
  }

  @Test("the spread monitor over three tickers has less than 30 lines")
  func spreadMonitor() throws {
    let file = Examples.package.appending(path: "Snippets/SpreadMonitor.swift")
    let part = try #require(Examples.parts(of: String(contentsOf: file, encoding: .utf8)).first)
    #expect(part.count < 30 && part.first == "import ISSPlus" && part.contains { $0.contains("for ticker in tickers") })
  }

  @Test("blocks and parts are found as they stand")
  func reading() {
    let text = """
      Words.

      ```swift
      let a = 1
      if a > 0 {

        print(a)
      }
      ```

        ```swift
        print(2)
        ```
      ```sh
      echo
      ```
      """
    let blocks = Examples.blocks(in: text, file: "x.md")
    #expect(blocks.map(\.lines) == [["let a = 1", "if a > 0 {", "", "  print(a)", "}"], ["print(2)"]])
    #expect(blocks.map(\.line) == [3, 11])
    let source = "/// Words.\n  /// ```swift\n  /// print(3)\n  ///   print(4)\n  /// ```\nlet b = 1\n"
    #expect(Examples.blocks(in: source, file: "x.swift").map(\.lines) == [["print(3)", "  print(4)"]])
    let snippet =
      "import A\n// snippet.one\nlet a = 1\n// snippet.end\nf {\n  // snippet.two\n  g {\n\n    h\n  }\n  // snippet.end\n}\n"
    #expect(Examples.parts(of: snippet) == [["let a = 1"], ["g {", "", "  h", "}"]])
  }
}
