import Foundation
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// All tests that run the built program: a few at a time, for the machine may be small and each runs several programs.
///
/// None disturbs another: each has its own folder, its own simulator and its own terminal.
@Suite(.aFewAtATime, .timeLimit(.minutes(30))) struct Live {}

/// The built `issplus`, while it runs.
///
/// Not by `Foundation.Process`: after some hundred runs in one process its `run()` reads beyond an allocation and
/// crashes (Swift 6.3.1, Linux), and it takes a program for running as long as anything that it has started runs.
final class Running {
  private let name: String
  private let identifier: pid_t
  private var status: Int32?
  private let scratch: URL
  private let outputFile: URL
  private let errorFile: URL

  /// How long anything may take.
  static let limit = Duration.seconds(60)

  /// The environment of the tests without what the program would read in it.
  private static let environment = ProcessInfo.processInfo.environment.filter { name, _ in
    !name.hasPrefix("ISSPLUS_") && !name.lowercased().hasSuffix("_proxy")
  }

  /// A program that cannot be started.
  struct NotStarted: Error {
    let program: String
    let reason: String
  }

  /// Starts the program, or another one, in a process group of its own.
  init(
    _ arguments: [String], environment: [String: String] = [:], input: URL = URL(filePath: "/dev/null"),
    in folder: URL = Folders.root, executable: String = Program.path
  ) throws {
    name = ([executable] + arguments).joined(separator: " ")
    scratch = try Folders.scratch()
    outputFile = scratch.appending(path: "out")
    errorFile = scratch.appending(path: "err")
    for file in [outputFile, errorFile] { try Data().write(to: file) }
    let variables = Self.environment.merging(environment) { $1 }.map { "\($0)=\($1)" }
    identifier = try Self.spawn(
      ["/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", folder.path, executable] + arguments, variables,
      [input.path, outputFile.path, errorFile.path])
  }

  private static func spawn(
    _ arguments: [String], _ variables: [String], _ files: [String]
  ) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (number, file) in files.enumerated() {
      posix_spawn_file_actions_addopen(&actions, Int32(number), file, number == 0 ? O_RDONLY : O_WRONLY | O_APPEND, 0)
    }
    // The sockets of other tests are none of its business, and their ports would stay taken.
    for inherited in 3..<Int32(1024) { posix_spawn_file_actions_addclose(&actions, inherited) }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // What the runner of the tests ignores or blocks is not inherited.
    var none = sigset_t()
    var all = sigset_t()
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setpgroup(&attributes, 0)
    let flags = Int32(POSIX_SPAWN_SETPGROUP) | Int32(POSIX_SPAWN_SETSIGMASK) | Int32(POSIX_SPAWN_SETSIGDEF)
    posix_spawnattr_setflags(&attributes, Int16(flags))
    let argv = arguments.map { strdup($0) } + [nil]
    let envp = variables.map { strdup($0) } + [nil]
    defer { for text in argv + envp { free(text) } }
    var identifier: pid_t = 0
    let error = posix_spawn(&identifier, arguments[0], &actions, &attributes, argv, envp)
    guard error == 0 else { throw NotStarted(program: arguments[0], reason: String(cString: strerror(error))) }
    return identifier
  }

  deinit {
    if isRunning { stop() }
    try? FileManager.default.removeItem(at: scratch)
  }

  /// Kills it, and with a shell what the shell has started.
  private func stop() {
    kill(-identifier, SIGKILL)
    kill(identifier, SIGKILL)
    var raw: Int32 = 0
    waitpid(identifier, &raw, 0)
    status = 128 + SIGKILL
  }

  /// What has been printed until now.
  var output: String { text(outputFile) }
  var errors: String { text(errorFile) }
  var isRunning: Bool {
    if status != nil { return false }
    var raw: Int32 = 0
    guard waitpid(identifier, &raw, WNOHANG) == identifier else { return true }
    let number = raw & 0x7F
    status = number == 0 ? (raw >> 8) & 0xFF : 128 + number
    return false
  }

  private func text(_ file: URL) -> String { String(decoding: (try? Data(contentsOf: file)) ?? Data(), as: UTF8.self) }

  func signal(_ number: Int32) { if isRunning { kill(identifier, number) } }

  /// Waits until something is so; else the test fails with what was waited for.
  func until(_ what: String, _ condition: () throws -> Bool) async throws {
    let deadline = ContinuousClock.now + Self.limit
    while try !condition() {
      try #require(ContinuousClock.now < deadline, "waited in vain for: \(what); \(errors)")
      try #require(isRunning || (try condition()), "ended before: \(what); \(errors)")
      try await Task.sleep(for: .milliseconds(5))
    }
  }

  /// Waits for its end.
  func end(within limit: Duration = Running.limit) async throws -> Program.Result {
    let deadline = ContinuousClock.now + limit
    while isRunning {
      if ContinuousClock.now > deadline {
        Issue.record("\(name): still running after \(limit); \(errors)")
        stop()
        break
      }
      try await Task.sleep(for: .milliseconds(5))
    }
    return Program.Result(output: output, errors: errors, status: status ?? -1)
  }

  /// Runs the program to its end.
  static func run(
    _ arguments: [String], environment: [String: String] = [:], input: URL = URL(filePath: "/dev/null"),
    in folder: URL = Folders.root
  ) async throws -> Program.Result {
    try await Running(arguments, environment: environment, input: input, in: folder).end()
  }

  /// Runs a line of shell, where `issplus` is the built program.
  static func shell(
    _ line: String, environment: [String: String] = [:], in folder: URL = Folders.root
  ) async throws -> Program.Result {
    let script = "issplus() { \"\(Program.path)\" \"$@\"; }\n\(line)"
    let own = environment.merging(["ISSPLUS_PROGRAM": Program.path]) { first, _ in first }
    return try await Running(["-c", script], environment: own, in: folder, executable: "/bin/bash").end()
  }
}

/// `issplus simulate`, ready to be connected to.
struct Simulator {
  let running: Running
  let url: String
  var port: Int { URL(string: url)?.port ?? 0 }

  /// Starts a simulator; it ends with the value.
  static func start(_ options: [String] = [], in folder: URL = Folders.root) async throws -> Simulator {
    let running = try Running(["simulate"] + options, in: folder)
    try await running.until("the URL of simulate") { running.output.contains("\n") }
    let first = running.output.split(separator: "\n").first.map(String.init)
    return Simulator(running: running, url: try #require(first))
  }

  /// Starts a simulator at a port that the system gives to nobody who asks for any: it is still free for another one when
  /// this one has ended.
  static func startWhereItCanComeBack(_ options: [String] = []) async throws -> Simulator {
    for _ in 0..<20 {
      let port = Int.random(in: 10_000..<20_000)
      let running = try Running(["simulate", "--port", "\(port)"] + options)
      let deadline = ContinuousClock.now + Running.limit
      while running.isRunning, !running.output.contains("\n"), ContinuousClock.now < deadline {
        try await Task.sleep(for: .milliseconds(5))
      }
      if let first = running.output.split(separator: "\n").first {
        return Simulator(running: running, url: String(first))
      }
    }
    throw Running.NotStarted(program: "simulate", reason: "no free port")
  }

  /// Runs `issplus` against it.
  func run(
    _ arguments: [String], environment: [String: String] = [:], input: URL = URL(filePath: "/dev/null"),
    in folder: URL = Folders.root
  ) async throws -> Program.Result {
    let own = environment.merging(["ISSPLUS_URL": url]) { first, _ in first }
    return try await Running.run(arguments, environment: own, input: input, in: folder)
  }

  /// Starts `issplus` against it.
  func begin(
    _ arguments: [String], environment: [String: String] = [:], in folder: URL = Folders.root
  ) throws -> Running {
    let own = environment.merging(["ISSPLUS_URL": url]) { first, _ in first }
    return try Running(arguments, environment: own, in: folder)
  }

  /// Runs a line of shell, where `issplus` is the built program and knows the URL.
  func shell(_ line: String, in folder: URL = Folders.root) async throws -> Program.Result {
    try await Running.shell(line, environment: ["ISSPLUS_URL": url], in: folder)
  }
}

/// Runs a body in an empty folder that is removed behind it.
func inScratch<Value>(_ body: (URL) async throws -> Value) async throws -> Value {
  let folder = try Folders.scratch()
  defer { try? FileManager.default.removeItem(at: folder) }
  return try await body(folder)
}

/// The text of a file.
func text(_ file: URL) throws -> String { String(decoding: try Data(contentsOf: file), as: UTF8.self) }
