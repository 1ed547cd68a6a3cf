import Foundation
import Testing

/// `Fixtures/sessions`: a new file is a new test.
struct SessionScriptTests {
  private static let folder: URL = {
    var folder = URL(filePath: #filePath).deletingLastPathComponent()
    while folder.path != "/", !FileManager.default.fileExists(atPath: folder.appending(path: "Package.swift").path) {
      folder.deleteLastPathComponent()
    }
    return folder.appending(path: "Fixtures/sessions")
  }()

  static let names: [String] = {
    let all = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return all.filter { $0.hasSuffix(".session") }.sorted()
  }()

  @Test("a conversation comes true, line by line", arguments: names)
  func conversation(_ name: String) throws {
    let text = try String(contentsOf: Self.folder.appending(path: name), encoding: .utf8)
    #expect(text.hasPrefix("# "), "the first line says which rule it is")
    #expect(SessionScript().run(text) == nil)
  }

  @Test("the conversations are found")
  func folderIsThere() { #expect(Self.names.count >= 25) }

  /// A script that cannot fail would prove nothing.
  @Test(
    "what does not come true is told with its line",
    arguments: [
      ("accept\nexpect nothing", "line 2: expect nothing: it is [\"CONNECT domain:DEMO login:guest passcode:guest\"]"),
      ("accept", "nothing expects [\"CONNECT domain:DEMO login:guest passcode:guest\"]"),
      ("client connected", "line 1: client connected: it is connecting"),
      ("accpt", "line 1: accpt: this says nothing"),
      ("accept\naccept", "line 2: accept: the client does not connect"),
      ("with pace 5", "line 1: with pace 5: no time"),
    ])
  func failures(_ text: String, _ complaint: String) { #expect(SessionScript().run(text) == complaint) }
}
