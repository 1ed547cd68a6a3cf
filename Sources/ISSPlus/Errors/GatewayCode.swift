/// The gateway's own classes of refusal (protocol facts, 6).
public enum GatewayCode: String, Sendable, Hashable, CaseIterable {
  /// An unexpected failure in the access server; also what no other code is found for.
  case exception = "gateway.exception"
  /// The operation timed out behind the gateway.
  case timeout = "gateway.timeout"
  /// The access server lost its message broker.
  case transport = "gateway.transport"
  /// Refused, at authentication or for a resource.
  case accessDenied = "gateway.access-denied"
  /// An unknown or forbidden resource, or wrong parameters.
  case invalidRequest = "gateway.invalidrequest"
  /// Not implemented.
  case notImplemented = "gateway.notimplemented"
  /// A command without authentication.
  case notConnected = "gateway.not-connected"

  /// What the code means, in words.
  public var meaning: String {
    switch self {
    case .exception: "the gateway failed unexpectedly"
    case .timeout: "the operation timed out at the gateway"
    case .transport: "the gateway has lost its data source"
    case .accessDenied: "access denied"
    case .invalidRequest: "unknown or forbidden resource, or wrong parameters"
    case .notImplemented: "not implemented by the gateway"
    case .notConnected: "a command without authentication"
    }
  }

  /// Whether asking again later can help.
  public var isRetriable: Bool {
    switch self {
    case .exception, .timeout, .transport: true
    case .accessDenied, .invalidRequest, .notImplemented, .notConnected: false
    }
  }

  /// The code that a text names as `gateway.<word>`, wherever in it.
  init?(in text: String) {
    let lowered = text.lowercased()
    // The longer name first where one begins another; none does today, but the order costs nothing.
    let found = Self.allCases.filter { lowered.contains($0.rawValue) }.max { $0.rawValue.count < $1.rawValue.count }
    guard let found else { return nil }
    self = found
  }

  /// The code that a human-readable text most probably means: the only recorded ERROR names none.
  init(meaning text: String) {
    let lowered = text.lowercased()
    func has(_ words: String...) -> Bool { words.contains { lowered.contains($0) } }
    if has("not connected", "not-connected", "without authentication", "not authenticated", "unauthenticated") {
      self = .notConnected
    } else if has("timed out", "timeout", "time out", "time-out", "время ожидания", "тайм-аут", "таймаут") {
      self = .timeout
    } else if has("not implemented", "notimplemented", "not supported", "unsupported") {
      self = .notImplemented
    } else if has(
      "доступ", "запрещ", "парол", "denied", "unauthorized", "authentication", "credentials", "password", "log in",
      "login")
    {
      self = .accessDenied
    } else if has("rabbit", "transport", "broker") {
      self = .transport
    } else if has(
      "неизвест", "неверн", "не найден", "invalid", "unknown", "forbidden", "wrong", "bad request", "not found",
      "parameter", "no such")
    {
      self = .invalidRequest
    } else {
      self = .exception
    }
  }
}
