import ArgumentParser

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The exit statuses of cli.md.
enum ExitStatus: Int32 {
  case done = 0
  case usage = 64
  case brokenFile = 65
  case unreadableFile = 66
  case unreachable = 69
  case unwritable = 73
  case timeout = 75
  case refused = 76
  case accessDenied = 77
  case interrupted = 130
}

/// A failure with its status and the sentence for standard error.
struct Failure: Error {
  let status: ExitStatus
  let message: String
  /// Whether the sentence is on standard error already.
  let isTold: Bool

  init(_ status: ExitStatus, _ message: String, isTold: Bool = false) {
    self.status = status
    self.message = message
    self.isTold = isTold
  }
}

extension Failure: CustomStringConvertible {
  /// The sentence.
  var description: String { message }
}

/// The reader of standard output is gone: the command ends quietly with 0.
struct OutputClosed: Error {}

/// Runs a command's body and turns its failures into a sentence and a status.
func reportingFailures(_ body: () async throws -> Void) async throws {
  do {
    try await body()
  } catch let failure as Failure {
    if !failure.isTold { StandardError.say(failure.message) }
    throw ExitCode(failure.status.rawValue)
  } catch is OutputClosed {
    throw ExitCode(ExitStatus.done.rawValue)
  }
}

/// The end of the program without ceremony.
enum Process {
  static func exitNow(_ status: ExitStatus) -> Never { exit(status.rawValue) }
}
