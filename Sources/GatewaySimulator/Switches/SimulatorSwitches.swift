/// The switches of one simulator: what was given by `NAME=VALUE`, and the defaults for all else.
public struct SimulatorSwitches: Sendable, Hashable {
  /// Why a text sets no switch.
  public struct Fault: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong, with the names or values that are allowed.
    public let description: String
  }

  private var words: [String: String] = [:]
  private(set) var errors: [String: GatewayErrorCode] = [:]
  private(set) var silent: Set<String> = []

  /// Every switch at its default.
  public init() {
    for one in SimulatorSwitch.all { words[one.name] = one.defaultValue }
  }

  /// The defaults, then each of these texts.
  ///
  /// - Throws: `Fault` for the first text that sets nothing.
  public init(_ texts: some Sequence<String>) throws(Fault) {
    self.init()
    for text in texts { try set(text) }
  }

  /// Sets one switch from `NAME=VALUE`.
  ///
  /// - Throws: `Fault` when the text has another form, there is no such switch, or it does not take the value.
  public mutating func set(_ text: String) throws(Fault) {
    guard let equals = text.firstIndex(of: "=") else {
      throw Fault(description: "\"\(text)\" is not NAME=VALUE; \(Self.names)")
    }
    let name = String(text[..<equals])
    let value = String(text[text.index(after: equals)...])
    guard let one = SimulatorSwitch.all.first(where: { $0.name == name }) else {
      throw Fault(description: "there is no switch \"\(name)\"; \(Self.names)")
    }
    guard one.accepts(value) else {
      throw Fault(description: "\"\(value)\" is no value of \(name); allowed: \(one.allowed)")
    }
    switch one.form {
    case .errorAtDestination:
      guard let (code, destination) = Self.parseError(value) else { return }
      errors[destination] = code
    case .destination: silent.insert(value)
    case .words, .wordsOrText, .durationOrOff, .duration, .countOrOff, .momentOrOff, .number: words[name] = value
    }
  }

  /// The value of a switch as it was written or by default; nil for those that can be given several times.
  public subscript(name: String) -> String? { words[name] }

  /// All switches for `--list-switches`: name, allowed values, default and meaning, a line each.
  public static var list: String {
    let left = SimulatorSwitch.all.map { "\($0.name)=\($0.allowed)" }
    let width = left.map(\.count).max() ?? 0
    return zip(left, SimulatorSwitch.all).map { left, one in
      let padding = String(repeating: " ", count: width - left.count)
      return "\(left)\(padding)  \(one.summary)\(one.defaultValue.map { " (default \($0))" } ?? "")\n"
    }.joined()
  }

  private static var names: String {
    "the switches are " + SimulatorSwitch.all.map(\.name).joined(separator: ", ")
  }

  // MARK: Values

  func `is`(_ name: String, _ word: String) -> Bool { words[name] == word }

  /// The duration of a switch; nil when it is off.
  func duration(_ name: String) -> Int64? { words[name].flatMap(Self.microseconds) }

  /// The number of a switch; nil when it is off.
  func count(_ name: String) -> Int? { words[name].flatMap { Int($0) } }

  /// Microseconds of `250ms`, `10s`, `5m`, `1h`; only durations above zero.
  static func microseconds(_ text: String) -> Int64? {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    guard let number = Int64(digits), number > 0, number < 1_000_000_000 else { return nil }
    switch text.dropFirst(digits.count) {
    case "us": return number
    case "ms": return number * 1000
    case "s": return number * 1_000_000
    case "m": return number * 60_000_000
    case "h": return number * 3_600_000_000
    default: return nil
    }
  }

  static func parseError(_ text: String) -> (GatewayErrorCode, String)? {
    guard let at = text.firstIndex(of: "@"), let code = GatewayErrorCode(rawValue: String(text[..<at])) else {
      return nil
    }
    let destination = String(text[text.index(after: at)...])
    return destination.isEmpty ? nil : (code, destination)
  }
}
