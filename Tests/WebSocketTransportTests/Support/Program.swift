import NIOConcurrencyHelpers
import NIOPosix

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A program of the system, run as a child. By posix_spawn: Foundation's `Process` now and then waits for ever.
struct Program {
  struct Failed: Error, CustomStringConvertible {
    let description: String
  }

  /// Threads that may block: NIO's own are too few to wait for programs.
  static let threads: NIOThreadPool = {
    let pool = NIOThreadPool(numberOfThreads: 16)
    pool.start()
    return pool
  }()

  /// Where a program is, on PATH or where administrators' programs are.
  static func find(_ name: String) -> String? {
    let path = getenv("PATH").map { String(cString: $0) } ?? ""
    return (path.split(separator: ":").map(String.init) + ["/usr/sbin", "/sbin"])
      .map { "\($0)/\(name)" }
      .first { access($0, X_OK) == 0 }
  }

  private static let spawning = NIOLock()
  private let child: pid_t
  /// What the child prints on both of its outputs.
  private let output: Int32
  /// Held open, so that a server that reads its standard input lives on.
  private let input: Int32

  private init(_ name: String, _ arguments: [String]) throws {
    guard let path = Self.find(name) else { throw Failed(description: "no \(name) on PATH") }
    var outputs: [Int32] = [0, 0]
    var inputs: [Int32] = [0, 0]
    // One at a time: no child may inherit the ends of another's pipes.
    Self.spawning.lock()
    defer { Self.spawning.unlock() }
    guard pipe(&outputs) == 0, pipe(&inputs) == 0 else { throw Failed(description: "no pipe: \(errno)") }
    for end in outputs + inputs { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, inputs[0], 0)
    posix_spawn_file_actions_adddup2(&actions, outputs[1], 1)
    posix_spawn_file_actions_adddup2(&actions, outputs[1], 2)
    // NIO's sockets would live on in the child: a closed listener would still be connected to.
    for inherited in 3..<Int32(1024) { posix_spawn_file_actions_addclose(&actions, inherited) }
    var words: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var child: pid_t = 0
    // A group of its own: with a shell ends what the shell has started.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    let result = posix_spawn(&child, path, &actions, &attributes, &words, environ)
    Glibc.close(inputs[0])
    Glibc.close(outputs[1])
    guard result == 0 else { throw Failed(description: "cannot run \(path): \(result)") }
    (self.child, output, input) = (child, outputs[0], inputs[1])
  }

  /// The next bytes of the output; empty at its end.
  private func read() -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = Glibc.read(output, &bytes, bytes.count)
      if count < 0, errno == EINTR { continue }
      return Array(bytes.prefix(max(0, count)))
    }
  }

  /// Waits for the end and gives the exit status.
  @discardableResult private func wait() -> Int32 {
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0, errno == EINTR {}
    Glibc.close(output)
    return status
  }

  /// Whether it has not ended; it is not waited for.
  private var isRunning: Bool {
    var information = siginfo_t()
    return waitid(P_PID, id_t(child), &information, WEXITED | WNOHANG | WNOWAIT) == 0 && information.si_signo == 0
  }

  /// Ends a server with all that it has started. It may take 10 s to tidy up.
  private func end() {
    Glibc.close(input)
    kill(-child, SIGTERM)
    for _ in 0..<1_000 where isRunning { usleep(10_000) }
    // It has not been waited for yet: nobody else has the group's number.
    kill(-child, SIGKILL)
    wait()
  }

  /// Runs a program to its end.
  static func run(_ name: String, _ arguments: [String]) throws {
    let program = try Program(name, arguments)
    Glibc.close(program.input)
    var text: [UInt8] = []
    while true {
      let more = program.read()
      if more.isEmpty { break }
      text += more
    }
    guard program.wait() == 0 else {
      throw Failed(description: "\(name) \(arguments): \(String(decoding: text, as: UTF8.self))")
    }
  }

  /// Runs `body` while a server runs that prints a line with `marker` when it listens: with its port at the end, when
  /// that is not known before.
  static func serve<R>(
    _ name: String, _ arguments: [String], marker: String, port known: Int? = nil, _ body: (Int) async throws -> R
  ) async throws -> R {
    let program = try Program(name, arguments)
    defer { program.end() }
    let port = try await threads.runIfActive { try program.readPort(marker, known) }
    // Nobody reads on: what a server prints about one connection fits the pipe.
    return try await body(port)
  }

  private func readPort(_ marker: String, _ known: Int?) throws -> Int {
    var text = ""
    while true {
      let more = read()
      guard !more.isEmpty else { throw Failed(description: "the server ended: \(text)") }
      text += String(decoding: more, as: UTF8.self)
      for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() where line.contains(marker) {
        if let port = known ?? line.split(separator: ":").last.flatMap({ Int($0) }) { return port }
      }
    }
  }
}
