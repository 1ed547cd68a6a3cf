import ArgumentParser
import ISSPlus
import Logging
import NIOCore
import STOMP

/// Where and as whom to connect; each also by an environment variable `ISSPLUS_…`.
struct ConnectionOptions: ParsableArguments {
  @Option(help: "The gateway (ISSPLUS_URL; default \(ISSPlusConfiguration.defaultURL)).")
  var url: String?

  @Option(help: "DEMO for guests, passport for accounts (ISSPLUS_DOMAIN; default DEMO).")
  var domain: String?

  @Option(help: "guest, or the e-mail of the account (ISSPLUS_LOGIN; default guest).")
  var login: String?

  @Option(
    help: ArgumentHelp(
      "The passcode's file, for nobody else to read (else ISSPLUS_PASSCODE, else asked).", valueName: "file"))
  var passcodeFile: String?

  @Option(help: "ru or en, sent with CONNECT (ISSPLUS_LANGUAGE).")
  var language: String?

  @Option(help: "issplus, or stomp12 for a STOMP 1.2 gateway (ISSPLUS_DIALECT; default issplus).")
  var dialect: String?

  @Option(help: ArgumentHelp("Trust these certificates beside the system's (ISSPLUS_CA_FILE).", valueName: "pem"))
  var caFile: String?

  @Option(
    help: ArgumentHelp(
      "An HTTP CONNECT proxy (ISSPLUS_PROXY; else HTTPS_PROXY for wss, http_proxy for ws, NO_PROXY).", valueName: "url")
  )
  var proxy: String?

  @Option(
    help: ArgumentHelp(
      "For name and TCP, TLS, upgrade, CONNECTED, each (ISSPLUS_CONNECT_TIMEOUT; default 10s).", valueName: "duration"))
  var connectTimeout: String?

  @Option(
    help: ArgumentHelp(
      "For RECEIPT or the first MESSAGE, REPLY, the first snapshot (ISSPLUS_TIMEOUT; default 10s).",
      valueName: "duration"))
  var timeout: String?

  @Flag(help: "Let a passcode travel over ws:// to another host (ISSPLUS_ALLOW_PLAINTEXT_CREDENTIALS=1).")
  var allowPlaintextCredentials = false

  @Flag(help: "End when the line is lost (ISSPLUS_NO_RECONNECT=1).")
  var noReconnect = false

  @Option(
    help: ArgumentHelp("Spread the subscriptions over so many connections (ISSPLUS_CONNECTIONS).", valueName: "n"))
  var connections: String?

  @Option(
    help: ArgumentHelp(
      "trace, debug, info, notice, warning, error or critical (ISSPLUS_LOG_LEVEL).", valueName: "level"))
  var logLevel: String?

  @Flag(help: "Tell states and, once a second, counters on standard error (ISSPLUS_VERBOSE=1).")
  var verbose = false

  /// How a value's source is called in a message.
  private func label(_ option: String?, _ name: String) -> String {
    option == nil ? "ISSPLUS_\(name)" : "--\(name.lowercased().replacing("_", with: "-"))"
  }

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

  private func duration(_ option: String?, _ name: String) throws -> Duration {
    guard let text = value(option, name) else { return .seconds(10) }
    guard let parsed = DurationArgument(argument: text), parsed.amount > .nanoseconds(0) else {
      throw Failure(.usage, "\(label(option, name)): a duration is written 250ms, 10s, 5m or 1h, not \(text)")
    }
    return parsed.duration
  }

  /// Whether `--verbose` is on.
  func isVerbose() throws -> Bool { try flag(verbose, "VERBOSE") }

  /// The limit of `--timeout`.
  func answerLimit() throws -> Duration { try duration(timeout, "TIMEOUT") }

  /// What the library is told.
  ///
  /// - Throws: a `Failure` with status 64 for what cannot be, 66 for a passcode file that cannot be read.
  func configuration() throws -> ISSPlusConfiguration {
    let login = value(login, "LOGIN") ?? "guest"
    let domain = value(domain, "DOMAIN") ?? "DEMO"
    var result = ISSPlusConfiguration(url: value(url, "URL") ?? ISSPlusConfiguration.defaultURL)
    result.language = value(language, "LANGUAGE")
    if let given = result.language, given != "ru", given != "en" {
      throw Failure(.usage, "\(label(language, "LANGUAGE")) must be ru or en, not \(given)")
    }
    switch value(dialect, "DIALECT") ?? "issplus" {
    case "issplus": result.dialect = .issPlus
    case "stomp12": result.dialect = .stomp12
    case let other: throw Failure(.usage, "\(label(dialect, "DIALECT")) must be issplus or stomp12, not \(other)")
    }
    result.connectTimeout = try duration(connectTimeout, "CONNECT_TIMEOUT")
    result.timeout = try answerLimit()
    result.allowsPlaintextCredentials = try flag(allowPlaintextCredentials, "ALLOW_PLAINTEXT_CREDENTIALS")
    result.reconnects = try !flag(noReconnect, "NO_RECONNECT")
    if let text = value(connections, "CONNECTIONS") {
      let most = ISSPlusConfiguration.maximumConnections
      guard let count = Int(text), (1...most).contains(count) else {
        throw Failure(.usage, "\(label(connections, "CONNECTIONS")) takes a number from 1 to \(most), not \(text)")
      }
      result.connections = count
    }
    result.onNotice = { StandardError.say($0.message) }
    result.caFile = value(caFile, "CA_FILE")
    result.proxy = value(proxy, "PROXY")
    result.proxyEnvironment = Environment.proxies
    if let text = value(logLevel, "LOG_LEVEL") {
      guard let level = Logger.Level(rawValue: text) else {
        let all = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
        throw Failure(.usage, "\(label(logLevel, "LOG_LEVEL")) must be one of \(all), not \(text)")
      }
      result.logger = Logger(label: "issplus") { StreamLogHandler.standardError(label: $0) }
      result.logger.logLevel = level
    }
    let passcode = try Passcode.find(login: login, file: value(passcodeFile, "PASSCODE_FILE"))
    result.credentials = Credentials(domain: domain, login: login, passcode: passcode)
    return result
  }
}
