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

extension Interruption {
  /// Returns at the first signal, or when cancelled.
  static func first() async {
    for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm) { return }
  }
}

/// Warns about a destination that the structure of the gateway does not list; it is asked for all the same.
func warnIfUnlisted(_ destination: String, _ client: ISSPlusClient) async {
  let catalogue = await client.structure()?.catalogue ?? Catalogue.builtIn
  if catalogue[destination] == nil {
    StandardError.say("the structure does not list \(destination); the gateway decides")
  }
}
