import Foundation
import Testing

/// The built `issplus`, run as a user runs it.
enum Program {
  /// What a run came to.
  struct Result {
    var output: String
    var errors: String
    /// The exit status; a signal as 128 and its number, as in a shell.
    var status: Int32

    /// The lines on standard error.
    var errorLines: [String] { errors.split(separator: "\n").map(String.init) }
  }

  /// How long a run may take before it is killed.
  static let timeLimit = Duration.seconds(60)

  /// The program beside the test bundle.
  static let path: String = {
    var folders = [CommandLine.arguments.first.map { URL(filePath: $0).deletingLastPathComponent() }].compactMap { $0 }
    folders += [Bundle.main.bundleURL, Bundle.main.bundleURL.deletingLastPathComponent()]
    folders += Bundle.allBundles.map { $0.bundleURL.deletingLastPathComponent() }
    let candidates = folders.map { $0.appending(path: "issplus").path }
    return candidates.first { FileManager.default.isExecutableFile(atPath: $0) } ?? "issplus: not built"
  }()

  /// Whether the tests were built with the thread or the address sanitizer, which map terabytes for themselves.
  static let isSanitized = isLoaded("__tsan_init") || isLoaded("__asan_init")

  private static func isLoaded(_ symbol: String) -> Bool { dlsym(dlopen(nil, RTLD_NOW), symbol) != nil }

  /// Whether a program of that name is on the path.
  static func isInstalled(_ name: String) -> Bool {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return folders.contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(name)") }
  }

  /// Runs the program.
  ///
  /// - Parameters:
  ///   - input: the file that is standard input; none for an empty one.
  ///   - folder: where it runs; file names on its command line are relative to it.
  static func run(_ arguments: [String], input: String? = nil, in folder: URL = Folders.root) async throws -> Result {
    try await run(executable: path, arguments, input: input, in: folder)
  }

  /// Runs a line of shell, where `issplus` is the built program and `$issplus` its path.
  static func shell(_ line: String, in folder: URL = Folders.root) async throws -> Result {
    let script = "issplus=\"\(path)\"; issplus() { \"$issplus\" \"$@\"; }\n\(line)"
    return try await run(executable: "/bin/bash", ["-c", script], input: nil, in: folder)
  }

  private static func file(_ path: String, in folder: URL) -> URL {
    path.hasPrefix("/") ? URL(filePath: path) : folder.appending(path: path)
  }

  private static func run(
    executable: String, _ arguments: [String], input: String?, in folder: URL
  ) async throws -> Result {
    try await Running(arguments, input: file(input ?? "/dev/null", in: folder), in: folder, executable: executable)
      .end(within: timeLimit)
  }
}

/// Where test data lies.
enum Folders {
  /// The package's root, found from this file.
  static let root: URL = {
    var folder = URL(filePath: #filePath).deletingLastPathComponent()
    while folder.path != "/", !exists(folder.appending(path: "Package.swift")) { folder.deleteLastPathComponent() }
    return folder
  }()

  /// `Fixtures/conversations`.
  static let conversations = root.appending(path: "Fixtures/conversations")

  /// The folder of recorded data, beside the package or beside a folder above it; it need not be there.
  static let shared: URL? = {
    var folder = root
    while folder.path != "/" {
      folder.deleteLastPathComponent()
      let candidate = folder.appending(path: "shared")
      if exists(candidate.appending(path: "issplus/samples")) { return candidate }
    }
    return ProcessInfo.processInfo.environment["ISSPLUS_SHARED"].map { URL(filePath: $0) }
  }()

  /// A new empty folder; the caller removes it.
  static func scratch() throws -> URL {
    let folder = FileManager.default.temporaryDirectory.appending(path: "issplus-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
  }

  static func exists(_ file: URL) -> Bool { FileManager.default.fileExists(atPath: file.path) }
}
