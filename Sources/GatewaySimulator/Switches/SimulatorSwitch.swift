/// One open point of the protocol, or one fault, that the simulator can be told about by `--with NAME=VALUE`.
public struct SimulatorSwitch: Sendable, Hashable {
  /// The form of a switch's values.
  public enum Form: Sendable, Hashable {
    /// One of these words.
    case words([String])
    /// One of these words, or a word followed by a text: `other:NAME`.
    case wordsOrText([String], prefix: String)
    /// `off` or a duration such as `250ms`, `10s`.
    case durationOrOff
    /// A duration.
    case duration
    /// `off` or a whole number from 1.
    case countOrOff
    /// `off`, a number of packets of the connection, or a time from CONNECTED.
    case momentOrOff
    /// A whole number from 0 to 10.
    case number
    /// `CODE@DESTINATION`, any number of times; the code is one of the gateway's.
    case errorAtDestination
    /// A destination, any number of times.
    case destination
  }

  /// What stands before the `=`.
  public let name: String
  /// What may stand behind it.
  public let form: Form
  /// The value when the switch is not given; nil for those that can be given several times.
  public let defaultValue: String?
  /// One line for `--list-switches`.
  public let summary: String

  /// The allowed values in one line.
  public var allowed: String {
    switch form {
    case .words(let words): words.joined(separator: "|")
    case .wordsOrText(let words, let prefix): (words + [prefix + "NAME"]).joined(separator: "|")
    case .durationOrOff: "off|DURATION"
    case .duration: "DURATION"
    case .countOrOff: "off|N"
    case .momentOrOff: "off|N|DURATION"
    case .number: "0-10"
    case .errorAtDestination: "CODE@DESTINATION"
    case .destination: "DESTINATION"
    }
  }

  func accepts(_ value: String) -> Bool {
    switch form {
    case .words(let words): words.contains(value)
    case .wordsOrText(let words, let prefix):
      words.contains(value) || (value.hasPrefix(prefix) && value.utf8.count > prefix.utf8.count)
    case .durationOrOff: value == "off" || SimulatorSwitches.microseconds(value) != nil
    case .duration: SimulatorSwitches.microseconds(value) != nil
    case .countOrOff: value == "off" || (Int(value) ?? 0) > 0
    case .momentOrOff: value == "off" || Moment(value) != nil
    case .number: (0...10).contains(Int(value) ?? -1)
    case .errorAtDestination: SimulatorSwitches.parseError(value) != nil
    case .destination: !value.isEmpty
    }
  }
}

extension SimulatorSwitch {
  /// Every switch: the rows of section 8 of the protocol facts, then the faults.
  public static let all: [SimulatorSwitch] = [
    word("subprotocol", ["echo", "none"], other: "other:", "sub-protocol in the answer to the upgrade"),
    word("message-kind", ["binary", "text"], "kind of the WebSocket messages sent; both kinds are taken"),
    word("compression", ["none"], "permessage-deflate is never negotiated"),
    word("strict-connect", ["ignore", "error"], "what extra headers of CONNECT do"),
    word("connected-headers", ["stamp", "none"], "whether CONNECTED has X-gateway-stamp beside content-length"),
    word("connected-body", ["full", "subset"], "the structure in CONNECTED; subset: MXSE, SEARCH and COMMON"),
    word("receipt", ["before", "after", "never"], "RECEIPT before or after the first MESSAGE, or none"),
    word(
      "unsubscribe", ["receipt", "never", "late-message"],
      "RECEIPT when asked for, none, or one more MESSAGE first"),
    word("reply", ["full", "bare"], "body of REPLY; bare: without properties"),
    word(
      "error-code", ["recorded", "body", "header", "text", "none"],
      "where ERROR has its gateway.* code; recorded: in the body, but nowhere when CONNECT is refused"),
    word("selector", ["optional", "required"], "a missing selector where every parameter is optional"),
    word("after-refused-connect", ["close", "stay"], "what happens after the ERROR to CONNECT"),
    word("seqnum", ["uneven", "repeat", "backwards"], "how seqnum goes on from packet to packet"),
    SimulatorSwitch("book-cadence", .duration, "250ms", "least time between two packets of an order book"),
    SimulatorSwitch("book-depth", .number, "10", "levels on each side of an order book; 0: empty books"),
    SimulatorSwitch("candle-cadence", .duration, "5s", "time between two packets of a candle"),
    word("removal", ["keys", "full-row"], "columns of a removal packet"),
    SimulatorSwitch("heartbeat", .durationOrOff, "off", "lone line feeds from CONNECTED on"),
    SimulatorSwitch("ping", .durationOrOff, "off", "WebSocket pings of the gateway"),
    SimulatorSwitch("fragment", .countOrOff, "off", "payload bytes of one WebSocket frame"),
    word("two-frames", ["off", "on"], "packets due together travel two to a WebSocket message"),
    SimulatorSwitch("unknown-command", .countOrOff, "off", "a frame with an unknown command after every N packets"),
    SimulatorSwitch("second-snapshot", .countOrOff, "off", "every Nth packet of a subscription is a whole snapshot"),
    word("unknown-column", ["off", "on"], "packets have a column that nothing declares"),
    word("published", ["always", "never"], "whether properties have the undocumented published"),
    SimulatorSwitch("error", .errorAtDestination, nil, "that destination (or CONNECT) answers with that error"),
    SimulatorSwitch("silent", .destination, nil, "that destination (or CONNECT) never answers"),
    SimulatorSwitch("duplicate", .countOrOff, "off", "every Nth packet of a connection is sent twice"),
    SimulatorSwitch("older", .countOrOff, "off", "after every Nth packet the one before it and it again"),
    SimulatorSwitch("broken", .countOrOff, "off", "every Nth packet of a connection has to be refused, in four ways"),
    SimulatorSwitch("error-subscription", .countOrOff, "off", "every Nth packet ends its stream with an ERROR"),
    moment(.error, "an ERROR that names nothing"),
    moment(.malformed, "a frame that is no STOMP"),
    moment(.closed, "CLOSED, and the line is closed"),
    moment(.cut, "the line ends without a close frame"),
    moment(.reset, "half a frame, then a TCP reset"),
    moment(.silence, "nothing is said any more, pings are answered"),
    moment(.halfOpen, "nothing is said, read or answered any more"),
    SimulatorSwitch("faulty-lines", .countOrOff, "off", "the seven above strike on the first N connections only"),
    SimulatorSwitch("slow-reader", .durationOrOff, "off", "the gateway reads nothing for so long after each message"),
    word("hang", ["off", "upgrade"], "the upgrade is never answered"),
  ]

  private init(_ name: String, _ form: Form, _ defaultValue: String?, _ summary: String) {
    self.name = name
    self.form = form
    self.defaultValue = defaultValue
    self.summary = summary
  }

  /// A fault of the line, once a connection: after N packets, or a time after CONNECTED.
  private static func moment(_ fault: LineFault, _ summary: String) -> SimulatorSwitch {
    SimulatorSwitch(fault.rawValue, .momentOrOff, "off", summary)
  }

  /// A switch with words as its values, the default first.
  private static func word(
    _ name: String, _ words: [String], other prefix: String? = nil, _ summary: String
  ) -> SimulatorSwitch {
    let form: Form = prefix.map { .wordsOrText(words, prefix: $0) } ?? .words(words)
    return SimulatorSwitch(name, form, words.first, summary)
  }
}
