import Foundation
import Testing

/// `decode --as-fixture`: a recording becomes a case of `Fixtures/conversations` in one command.
@Suite struct AsFixtureTests {
  private static func text(_ file: String, _ folder: URL) -> String? {
    (try? Data(contentsOf: folder.appending(path: file))).map { String(decoding: $0, as: UTF8.self) }
  }

  private static func names(_ folder: URL) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
  }

  /// Whatever a case of the folder is made of, the command makes the same of it.
  @Test(arguments: [
    "capture-of-a-session", "capture-cut-short", "capture-of-version-2", "capture-torn-first-line", "capture-with-crlf",
    "capture-first-line-only", "recorded-2024-07-01",
  ])
  func makesTheCaseAgain(name: String) async throws {
    let scratch = try Folders.scratch()
    defer { try? FileManager.default.removeItem(at: scratch) }
    let ending = Folders.exists(Folders.conversations.appending(path: "\(name).capture")) ? "capture" : "stomp"
    let input = Folders.conversations.appending(path: "\(name).\(ending)")
    let result = try await Program.run(["decode", input.path, "--as-fixture", name], in: scratch)
    #expect(result.status == 0 && result.output.isEmpty, "\(result.errors)")
    #expect(result.errors.hasPrefix("issplus: wrote ./\(name).\(ending), ./\(name).out"))
    for kind in ["out", "err", "status", "args"] {
      // With *** for the login, what is behind it stands 11 bytes earlier.
      let there = Self.text("\(name).\(kind)", Folders.conversations)?.replacing("from byte 437", with: "from byte 426")
      #expect(Self.text("\(name).\(kind)", scratch) == there, "\(kind)")
    }
  }

  /// The account's name is in no fixture; everything else is, byte by byte.
  @Test func hidesTheLogin() async throws {
    let scratch = try Folders.scratch()
    defer { try? FileManager.default.removeItem(at: scratch) }
    let input = Folders.conversations.appending(path: "capture-of-a-session.capture")
    _ = try await Program.run(["decode", input.path, "--as-fixture", "x"], in: scratch)
    let before = String(decoding: try Data(contentsOf: input), as: UTF8.self)
    let expected = before.replacing("0 out 60\n", with: "0 out 49\n").replacing(
      "login:me@example.org", with: "login:***")
    #expect(before.contains("login:me@example.org") && expected != before)
    #expect(Self.text("x.capture", scratch) == expected)
    try Data("CONNECT\nlogin:me\npasscode:***\n\n\0".utf8).write(to: scratch.appending(path: "raw"))
    let raw = try await Program.run(["decode", "raw", "--as-fixture", "y"], in: scratch)
    #expect(
      raw.status == 64
        && raw.errors == "issplus: raw: a frame holds the credentials of an account; take them out first\n")
    #expect(try Self.names(scratch) == ["raw", "x.capture", "x.out"])
  }

  /// The options are kept, and the case plays as `ConversationTests` plays it.
  @Test func keepsTheOptions() async throws {
    let scratch = try Folders.scratch()
    defer { try? FileManager.default.removeItem(at: scratch) }
    try FileManager.default.createDirectory(at: scratch.appending(path: "cases"), withIntermediateDirectories: true)
    let options = [
      "--snapshot", "--destination", "MXCX.orderbooks", "--ticker", "MXCX.CETS.CNYRUB_TOM", "--columns",
      "PRICE,QUANTITY",
      "--format", "jsonl", "--to", "2024-07-01T09:00:00.003Z",
    ]
    let input = Folders.conversations.appending(path: "capture-of-a-session.capture")
    let result = try await Program.run(
      ["decode", "-", "--as-fixture", "cases/one"] + options, input: input.path, in: scratch)
    #expect(result.status == 0, "\(result.errors)")
    let folder = scratch.appending(path: "cases")
    #expect(try Self.names(folder) == ["one.args", "one.capture", "one.out"])
    #expect(Self.text("one.args", folder) == options.joined(separator: " ") + "\n")
    #expect(Self.text("one.out", folder) == #"{"PRICE":11.50,"QUANTITY":1}"# + "\n")
    let played = try await Program.run(["decode"] + options + ["one.capture"], in: folder)
    #expect(played.output == Self.text("one.out", folder) && played.errors.isEmpty)
  }

  /// What is there stays, and what fails leaves nothing.
  @Test func overwritesNothing() async throws {
    let scratch = try Folders.scratch()
    defer { try? FileManager.default.removeItem(at: scratch) }
    try Data("mine".utf8).write(to: scratch.appending(path: "x.err"))
    let input = Folders.conversations.appending(path: "capture-of-a-session.capture").path
    let there = try await Program.run(["decode", input, "--as-fixture", "x"], in: scratch)
    #expect(there.status == 73 && there.errors == "issplus: ./x.err is there already\n")
    let wrong = try await Program.run(["decode", input, "--as-fixture", "y", "--columns", "VOLUME"], in: scratch)
    #expect(wrong.status == 64)
    #expect(wrong.errors == "issplus: no column VOLUME; there are BUYSELL, PRICE, QUANTITY\n", "\(wrong.errors)")
    let missing = try await Program.run(["decode", "nothing", "--as-fixture", "z"], in: scratch)
    #expect(missing.status == 66)
    let folder = try await Program.run(["decode", input, "--as-fixture", "none/z"], in: scratch)
    #expect(folder.status == 73)
    #expect(try Self.names(scratch) == ["x.err"] && Self.text("x.err", scratch) == "mine")
  }
}
