import Foundation
import NIOCore
import Testing

/// `Fixtures/conversations`: two new files are a new case.
@Suite struct ConversationTests {
  static let cases: [String] = {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: Folders.conversations.path)) ?? []
    return names.filter { $0.hasSuffix(".out") }.map { String($0.dropLast(4)) }.sorted()
  }()

  @Test func folderHoldsCases() {
    #expect(Self.cases.count >= 60)
  }

  @Test(arguments: cases) func decodes(name: String) async throws {
    let scratch = try Folders.scratch()
    defer { try? FileManager.default.removeItem(at: scratch) }
    var words = try Self.text("\(name).args").map { $0.split(whereSeparator: \.isWhitespace).map(String.init) } ?? []
    // A case without an input of its own names the files of others.
    let input = try Self.input(of: name, scratch)
    let takesStandardInput = words.contains("-")
    if input != nil, !takesStandardInput, !words.contains("{}") { words.append("{}") }
    let arguments = try words.flatMap { word -> [String] in
      if word == "{}" { return [try #require(input)] }
      guard word.hasPrefix("{"), word.hasSuffix("}") else { return [word] }
      return [try #require(try Self.input(of: String(word.dropFirst().dropLast()), scratch), "\(word)")]
    }
    let result = try await Program.run(
      ["decode"] + arguments, input: takesStandardInput ? input : nil, in: Folders.conversations)

    let expected = try #require(try Self.text("\(name).out"))
    let errors = result.errors.replacing(scratch.path + "/", with: "")
    #expect(Self.lines(result.output, like: expected) == Self.lines(expected, like: expected))
    #expect(errors == (try Self.text("\(name).err")) ?? "")
    let status = try Self.text("\(name).status").flatMap { Int32($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
    #expect(result.status == status ?? 0)
  }

  /// The path of a case's input as the program gets it; `nil` when it has none.
  private static func input(of name: String, _ scratch: URL) throws -> String? {
    for ending in ["capture", "stomp"] {
      if Folders.exists(Folders.conversations.appending(path: "\(name).\(ending)")) { return "\(name).\(ending)" }
    }
    guard let text = try text("\(name).conversation") else { return nil }
    let file = scratch.appending(path: "\(name).capture")
    try Data(Conversation(text).capture.readableBytesView).write(to: file)
    return file.path
  }

  private static func text(_ name: String) throws -> String? {
    let file = Folders.conversations.appending(path: name)
    return Folders.exists(file) ? String(decoding: try Data(contentsOf: file), as: UTF8.self) : nil
  }

  /// The lines of an output; where `expected` has `name<TAB>*`, any value will do.
  private static func lines(_ output: String, like expected: String) -> [String] {
    let lines = output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let open = expected.split(separator: "\n").filter { $0.hasSuffix("\t*") }.map { $0.dropLast() }
    return lines.map { line in open.first { line.hasPrefix($0) }.map { "\($0)*" } ?? line }
  }
}
