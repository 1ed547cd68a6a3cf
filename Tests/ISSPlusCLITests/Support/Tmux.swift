import Foundation
import Testing

/// A terminal of a given size with a shell in it: tmux, whose server ends with the value.
struct Tmux {
  static let isInstalled = Program.isInstalled("tmux")

  private let server: Running
  private let folder: URL
  /// The shell takes the path of the client that asks for it, all else of the server.
  private let environment: [String: String]
  private static let session = "test"
  /// The prompt is no variable of the server: a shell that is not interactive takes it away.
  private static let shell = "env 'PS1=$ ' bash --noprofile --norc"

  /// Runs a body with a terminal; `issplus` is the built program and knows the URL.
  static func with<Value>(
    _ columns: Int, _ rows: Int, url: String = "ws://127.0.0.1:1/nobody", environment: [String: String] = [:],
    _ body: (Tmux) async throws -> Value
  ) async throws -> Value {
    try await inScratch { folder in
      let tmux = try await Tmux(columns, rows, url, environment, folder)
      return try await body(tmux)
    }
  }

  private init(
    _ columns: Int, _ rows: Int, _ url: String, _ environment: [String: String], _ folder: URL
  ) async throws {
    self.folder = folder
    let bin = folder.appending(path: "bin")
    try FileManager.default.createDirectory(at: bin, withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      at: bin.appending(path: "issplus"), withDestinationURL: URL(filePath: Program.path))
    let path = "\(bin.path):\(ProcessInfo.processInfo.environment["PATH"] ?? "")"
    var all = ["TMUX_TMPDIR": folder.path, "TMUX": "", "PATH": path, "ISSPLUS_URL": url, "HISTFILE": ""]
    all.merge(environment) { $1 }
    self.environment = all
    // In the foreground, so that it can be ended like any other program.
    server = try Running(
      ["-c", "exec tmux -u -D -f /dev/null"], environment: all, in: folder, executable: "/bin/bash")
    let deadline = ContinuousClock.now + Running.limit
    while true {
      let made = try await run(
        ["new-session", "-d", "-s", Self.session, "-x", "\(columns)", "-y", "\(rows)", Self.shell])
      if made.status == 0 { break }
      try #require(ContinuousClock.now < deadline, "tmux does not start: \(made.errors) \(server.errors)")
      try await Task.sleep(for: .milliseconds(20))
    }
    try await until("the prompt") { $0.first == "$" }
  }

  private func run(_ arguments: [String]) async throws -> Program.Result {
    try await Running(
      ["-c", "exec tmux -u \"$@\"", "tmux"] + arguments,
      environment: environment, in: folder, executable: "/bin/bash"
    ).end()
  }

  /// A file in the folder where the shell runs.
  func file(_ name: String) -> URL { folder.appending(path: name) }

  /// Presses keys, by their names or as text.
  func press(_ keys: String...) async throws {
    _ = try await run(["send-keys", "-t", Self.session] + keys)
  }

  /// Types a line.
  func type(_ line: String) async throws {
    _ = try await run(["send-keys", "-t", Self.session, "-l", line])
    try await press("Enter")
  }

  func resize(_ columns: Int, _ rows: Int) async throws {
    _ = try await run(["resize-window", "-t", Self.session, "-x", "\(columns)", "-y", "\(rows)"])
  }

  /// The rows of the screen without blanks at their ends and without empty rows at its end.
  ///
  /// - Parameter options: of `capture-pane`: `-J` joins rows that a program's line has wrapped over, `-e` keeps looks.
  func screen(_ options: String...) async throws -> [String] {
    let text = try await run(["capture-pane", "-p", "-t", Self.session] + options).output
    var rows = text.split(separator: "\n", omittingEmptySubsequences: false).map { row in
      String(row.reversed().drop { $0 == " " }.reversed())
    }
    while rows.last == "" { rows.removeLast() }
    return rows
  }

  /// Whether no row is the continuation of another.
  func isWithoutWraps() async throws -> Bool { try await screen("-J").count == screen().count }

  /// Cursor shown, alternate screen, wrapping, as `1 0 1` of a terminal that nothing has been taken of.
  func modes() async throws -> String {
    let format = "#{cursor_flag} #{alternate_on} #{wrap_flag}"
    return try await run(["display-message", "-p", "-t", Self.session, format]).output.split(separator: "\n").first
      .map(String.init) ?? ""
  }

  /// Waits for a screen; else the test fails with the one that is there.
  @discardableResult
  func until(_ what: String, _ condition: ([String]) throws -> Bool) async throws -> [String] {
    let deadline = ContinuousClock.now + Running.limit
    while true {
      let rows = try await screen()
      if try condition(rows) { return rows }
      let seen = rows.joined(separator: "\n")
      try #require(ContinuousClock.now < deadline, "waited in vain for: \(what); the screen is\n\(seen)")
      try await Task.sleep(for: .milliseconds(30))
    }
  }
}
