import ISSPlus
import MarketData
import NIOCore
import UnixSignals

/// Status and words of a failure of the library, as cli.md has them.
extension Failure {
  init(_ error: ISSPlusError) {
    let status: ExitStatus
    switch error.code {
    case .usage: status = .usage
    case .unreachable, .lineLost: status = .unreachable
    case .timeout: status = .timeout
    case .accessDenied: status = .accessDenied
    case .recording: status = .unwritable
    case .refused, .protocolViolation: status = .refused
    default: status = .refused
    }
    self.init(status, error.message)
  }
}

/// Runs a body with a connected client and turns the library's failures into the command's.
func withClient<Result>(
  _ configuration: ISSPlusConfiguration, _ body: (ISSPlusClient) async throws -> Result
) async throws -> Result {
  do {
    return try await withISSPlus(configuration, body)
  } catch let error as ISSPlusError {
    throw Failure(error)
  }
}

/// Waits for Ctrl-C or SIGTERM; a second one ends the program at once.
enum Interruption {
  /// Calls `first` at the first signal; returns when cancelled.
  static func watch(_ first: @Sendable () async -> Void) async {
    var count = 0
    for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm) {
      count += 1
      if count > 1 { Process.exitNow(.interrupted) }
      await first()
    }
  }
}

/// Warns about a destination that the structure of the gateway does not list; it is asked for all the same.
func warnIfUnlisted(_ destination: String, _ client: ISSPlusClient) async {
  let catalogue = await client.structure()?.catalogue ?? Catalogue.builtIn
  if catalogue[destination] == nil {
    StandardError.say("the structure does not list \(destination); the gateway decides")
  }
}
