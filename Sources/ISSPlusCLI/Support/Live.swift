import ISSPlus
import MarketData
import NIOCore
import WebSocketTransport

/// Status and words of a failure of the library, as cli.md has them.
extension Failure {
  init(_ error: ISSPlusError) {
    let status: ExitStatus
    switch error.code {
    case .usage: status = error.transport.flatMap { Failure.fileStatus($0) } ?? .usage
    case .unreachable, .lineLost: status = .unreachable
    case .timeout: status = .timeout
    case .accessDenied: status = .accessDenied
    case .recording: status = .unwritable
    case .refused, .protocolViolation: status = .refused
    default: status = .refused
    }
    self.init(status, error.message)
  }

  /// The status for a certificate or key file that cannot be used; `nil` for any other failure.
  static func fileStatus(_ error: TransportError) -> ExitStatus? {
    switch error.code {
    case .tlsFileUnreadable: .unreadableFile
    case .tlsFileInvalid: .brokenFile
    default: nil
    }
  }
}

/// What went wrong with single subscriptions while others go on: each sentence once, and the status at the end.
struct Complaints {
  /// The first of them; its sentence is on standard error already.
  private(set) var first: Failure?
  private var told: Set<String> = []

  /// Tells a failure, unless the same sentence has been told.
  mutating func take(_ failure: Failure) {
    if told.insert(failure.message).inserted { StandardError.say(failure.message) }
    first = first ?? Failure(failure.status, failure.message, isTold: true)
  }
}

/// Warns about a destination that the structure of the gateway does not list; it is asked for all the same.
func warnIfUnlisted(_ destination: String, _ client: ISSPlusClient) async {
  let catalogue = await client.structure()?.catalogue ?? Catalogue.builtIn
  if catalogue[destination] == nil {
    StandardError.say("the structure does not list \(destination); the gateway decides")
  }
}
