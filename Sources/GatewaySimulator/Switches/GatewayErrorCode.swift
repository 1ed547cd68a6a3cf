/// The seven codes of the gateway's errors (protocol facts, 6).
public enum GatewayErrorCode: String, Sendable, Hashable, CaseIterable {
  /// Unexpected failure in the access server.
  case exception = "gateway.exception"
  /// The operation timed out.
  case timeout = "gateway.timeout"
  /// The access server has lost its message broker.
  case transport = "gateway.transport"
  /// Refused: at authentication or for a resource.
  case accessDenied = "gateway.access-denied"
  /// Unknown or forbidden resource, or wrong parameters.
  case invalidRequest = "gateway.invalidrequest"
  /// Not implemented.
  case notImplemented = "gateway.notimplemented"
  /// A command before authentication.
  case notConnected = "gateway.not-connected"

  /// The text of the `message` header; only that of `accessDenied` is recorded.
  var text: String {
    switch self {
    case .exception: "Unexpected failure"
    case .timeout: "Operation timed out"
    case .transport: "Connection to the message broker is lost"
    case .accessDenied: "Access denied"
    case .invalidRequest: "Invalid request"
    case .notImplemented: "Not implemented"
    case .notConnected: "Not connected"
    }
  }
}
