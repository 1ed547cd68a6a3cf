import Foundation
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// All tests with a simulator: one after the other, for the machine may be small and each runs several programs.
@Suite(.serialized, .timeLimit(.minutes(5))) struct Live {}

/// The built `issplus`, while it runs.
final class Running {
  private let process = Process()
  private let scratch: URL
  private let outputFile: URL
  private let errorFile: URL

  /// How long anything may take.
  static let limit = Duration.seconds(60)

  /// The environment of the tests without what the program would read in it.
  private static let environment = ProcessInfo.processInfo.environment.filter { name, _ in
    !name.hasPrefix("ISSPLUS_") && !name.lowercased().hasSuffix("_proxy")
  }

  /// Starts the program, or another one.
  init(
    _ arguments: [String], environment: [String: String] = [:], input: URL = URL(filePath: "/dev/null"),
    in folder: URL = Folders.root, executable: String = Program.path
  ) throws {
    scratch = try Folders.scratch()
    outputFile = scratch.appending(path: "out")
    errorFile = scratch.appending(path: "err")
    for file in [outputFile, errorFile] { try Data().write(to: file) }
    process.executableURL = URL(filePath: executable)
    process.arguments = arguments
    process.environment = Self.environment.merging(environment) { $1 }
    process.currentDirectoryURL = folder
    process.standardInput = try FileHandle(forReadingFrom: input)
    process.standardOutput = try FileHandle(forWritingTo: outputFile)
    process.standardError = try FileHandle(forWritingTo: errorFile)
    try process.run()
  }

  deinit {
    if process.isRunning { stop() }
    try? FileManager.default.removeItem(at: scratch)
  }

  /// Kills it, and with a shell what the shell has started.
  private func stop() {
    kill(-process.processIdentifier, SIGKILL)
    kill(process.processIdentifier, SIGKILL)
  }

  /// What has been printed until now.
  var output: String { text(outputFile) }
  var errors: String { text(errorFile) }
  var isRunning: Bool { process.isRunning }

  private func text(_ file: URL) -> String { String(decoding: (try? Data(contentsOf: file)) ?? Data(), as: UTF8.self) }

  func signal(_ number: Int32) { kill(process.processIdentifier, number) }

  /// Waits until something is so; else the test fails with what was waited for.
  func until(_ what: String, _ condition: () throws -> Bool) async throws {
    let deadline = ContinuousClock.now + Self.limit
    while try !condition() {
      try #require(ContinuousClock.now < deadline, "waited in vain for: \(what); \(errors)")
      try #require(process.isRunning || (try condition()), "ended before: \(what); \(errors)")
      try await Task.sleep(for: .milliseconds(5))
    }
  }

  /// Waits for its end.
  func end(within limit: Duration = Running.limit) async throws -> Program.Result {
    let deadline = ContinuousClock.now + limit
    while process.isRunning {
      if ContinuousClock.now > deadline {
        Issue.record("\(process.arguments ?? []): still running after \(limit); \(errors)")
        stop()
        // Not `waitUntilExit`: it also waits for what the program has left behind.
        return Program.Result(output: output, errors: errors, status: 128 + SIGKILL)
      }
      try await Task.sleep(for: .milliseconds(5))
    }
    let status = process.terminationStatus
    return Program.Result(
      output: output, errors: errors, status: process.terminationReason == .exit ? status : 128 + status)
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
