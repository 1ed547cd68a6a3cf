import ArgumentParser
import ISSPlus
import Logging
import NIOCore
import STOMP

/// Where and as whom to connect; each also by an environment variable `ISSPLUS_…`.
struct ConnectionOptions: ParsableArguments {
  @Option(help: "The gateway (ISSPLUS_URL).")
  var url: String?

  @Option(help: "DEMO for guests, passport for accounts (ISSPLUS_DOMAIN).")
  var domain: String?

  @Option(help: "guest, or the e-mail of the account (ISSPLUS_LOGIN).")
  var login: String?

  @Option(
    help: ArgumentHelp(
      "The passcode's file, for nobody else to read (else ISSPLUS_PASSCODE, else asked).", valueName: "file"))
  var passcodeFile: String?

  @Option(help: "ru or en, sent with CONNECT (ISSPLUS_LANGUAGE).")
  var language: String?

  @Option(help: "issplus or stomp12 (ISSPLUS_DIALECT).")
  var dialect: String?

  @Option(help: ArgumentHelp("Trust these certificates too (ISSPLUS_CA_FILE).", valueName: "pem"))
  var caFile: String?

  @Option(help: "An HTTP CONNECT proxy (ISSPLUS_PROXY; else HTTPS_PROXY, http_proxy, NO_PROXY).")
  var proxy: String?

  @Option(help: "For name, TCP, TLS, upgrade and CONNECTED, each; default 10s (ISSPLUS_CONNECT_TIMEOUT).")
  var connectTimeout: String?

  @Option(help: "For RECEIPT or the first MESSAGE, REPLY, the first snapshot; default 10s (ISSPLUS_TIMEOUT).")
  var timeout: String?

  @Flag(help: "Let a passcode travel over ws:// to another host (ISSPLUS_ALLOW_PLAINTEXT_CREDENTIALS=1).")
  var allowPlaintextCredentials = false

  @Flag(help: "End when the line is lost (ISSPLUS_NO_RECONNECT=1).")
  var noReconnect = false

  @Option(help: ArgumentHelp("Spread subscriptions over that many connections (ISSPLUS_CONNECTIONS).", valueName: "n"))
  var connections: String?

  @Option(help: "trace, debug, info, notice, warning, error or critical (ISSPLUS_LOG_LEVEL).")
  var logLevel: String?

  @Flag(help: "A status line and counters on standard error (ISSPLUS_VERBOSE=1).")
  var verbose = false

  /// The option, else its environment variable; an empty variable is none.
  private func value(_ option: String?, _ name: String) -> String? {
    if let option { return option }
    return Environment.value("ISSPLUS_\(name)")
  }

  private func flag(_ option: Bool, _ name: String) throws -> Bool {
    if option { return true }
    switch Environment.value("ISSPLUS_\(name)")?.lowercased() {
    case nil, "0", "false", "no": return false
    case "1", "true", "yes": return true
    default: throw Failure(.usage, "ISSPLUS_\(name) must be 1 or 0")
    }
  }

  private func duration(_ option: String?, _ name: String, _ label: String) throws -> TimeAmount {
    guard let text = value(option, name) else { return .seconds(10) }
    guard let parsed = DurationArgument(argument: text), parsed.amount > .nanoseconds(0) else {
      throw Failure(.usage, "\(label): a duration is written 250ms, 10s, 5m or 1h, not \(text)")
    }
    return parsed.amount
  }

  /// Whether `--verbose` is on.
  func isVerbose() throws -> Bool { try flag(verbose, "VERBOSE") }

  /// The limit of `--timeout`.
  func answerLimit() throws -> TimeAmount { try duration(timeout, "TIMEOUT", "--timeout") }

  /// What the library is told.
  ///
  /// - Throws: a `Failure` with status 64 for what cannot be, 66 for a passcode file that cannot be read.
  func configuration() throws -> ISSPlusConfiguration {
    let login = value(login, "LOGIN") ?? "guest"
    let domain = value(domain, "DOMAIN") ?? "DEMO"
    var result = ISSPlusConfiguration(url: value(url, "URL") ?? ISSPlusConfiguration.defaultURL)
    result.language = value(language, "LANGUAGE")
    if let language = result.language, language != "ru", language != "en" {
      throw Failure(.usage, "--language must be ru or en, not \(language)")
    }
    switch value(dialect, "DIALECT") ?? "issplus" {
    case "issplus": result.dialect = .issPlus
    case "stomp12": result.dialect = .stomp12
    case let other: throw Failure(.usage, "--dialect must be issplus or stomp12, not \(other)")
    }
    result.connectTimeout = try duration(connectTimeout, "CONNECT_TIMEOUT", "--connect-timeout")
    result.timeout = try answerLimit()
    result.allowsPlaintextCredentials = try flag(allowPlaintextCredentials, "ALLOW_PLAINTEXT_CREDENTIALS")
    result.reconnects = try !flag(noReconnect, "NO_RECONNECT")
    if let count = value(connections, "CONNECTIONS"), count != "1" {
      guard (Int(count) ?? 0) > 1 else { throw Failure(.usage, "--connections takes a number from 1 on, not \(count)") }
      throw Failure(.usage, "--connections above 1 comes with a later version")
    }
    for (option, name) in [(caFile, "CA_FILE"), (proxy, "PROXY")] where value(option, name) != nil {
      throw Failure(.usage, "--\(name.lowercased().replacing("_", with: "-")) comes with a later version")
    }
    if let level = value(logLevel, "LOG_LEVEL") {
      guard let level = Logger.Level(rawValue: level) else {
        throw Failure(.usage, "--log-level must be one of \(Logger.Level.allCases.map(\.rawValue).joined(separator: ", "))")
      }
      result.logger = Logger(label: "issplus") { StreamLogHandler.standardError(label: $0) }
      result.logger.logLevel = level
    }
    let passcode = try Passcode.find(login: login, file: value(passcodeFile, "PASSCODE_FILE"))
    result.credentials = Credentials(domain: domain, login: login, passcode: passcode)
    return result
  }
}
