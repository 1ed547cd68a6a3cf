/// The switches that sessions follow, read once.
struct SessionSettings: Sendable {
  enum Receipts: Sendable { case before, after, never }
  enum Unsubscribes: Sendable { case receipt, never, lateMessage }
  enum CodePlace: Sendable { case recorded, body, header, text, none }

  let isStrictConnect: Bool
  let hasConnectedStamp: Bool
  let receipts: Receipts
  let unsubscribes: Unsubscribes
  let hasReplyProperties: Bool
  let codePlace: CodePlace
  let needsSelector: Bool
  let staysAfterRefusal: Bool
  let seqnum: SeqnumManner
  let heartbeat: Int64?
  let joinsFrames: Bool
  let unknownCommandEvery: Int?
  let snapshotEvery: Int?
  let hasUnknownColumn: Bool
  let hasPublished: Bool
  let errors: [String: GatewayErrorCode]
  let silent: Set<String>
  let feeds: FeedSettings
  let lineFaults: [(LineFault, Moment)]
  /// On how many connections, counted from the first, the faults of the line strike.
  let faultyLines: Int
  let duplicateEvery: Int?
  let olderEvery: Int?
  let brokenEvery: Int?
  let errorEvery: Int?
  /// How long nothing is read after each message, in microseconds.
  let readPause: Int64?

  init(_ switches: SimulatorSwitches) {
    isStrictConnect = switches.is("strict-connect", "error")
    hasConnectedStamp = switches.is("connected-headers", "stamp")
    receipts = switches.is("receipt", "after") ? .after : switches.is("receipt", "never") ? .never : .before
    unsubscribes =
      switches.is("unsubscribe", "late-message")
      ? .lateMessage : switches.is("unsubscribe", "never") ? .never : .receipt
    hasReplyProperties = !switches.is("reply", "bare")
    codePlace =
      switch switches["error-code"] {
      case "body": .body
      case "header": .header
      case "text": .text
      case "none": .none
      case nil, .some: .recorded
      }
    needsSelector = switches.is("selector", "required")
    staysAfterRefusal = switches.is("after-refused-connect", "stay")
    seqnum =
      switches.is("seqnum", "repeat") ? .repeating : switches.is("seqnum", "backwards") ? .backwards : .uneven
    heartbeat = switches.duration("heartbeat")
    joinsFrames = switches.is("two-frames", "on")
    unknownCommandEvery = switches.count("unknown-command")
    snapshotEvery = switches.count("second-snapshot")
    hasUnknownColumn = switches.is("unknown-column", "on")
    hasPublished = switches.is("published", "always")
    errors = switches.errors
    silent = switches.silent
    feeds = FeedSettings(switches)
    lineFaults = LineFault.allCases.compactMap { fault in
      switches[fault.rawValue].flatMap(Moment.init).map { (fault, $0) }
    }
    faultyLines = switches.count("faulty-lines") ?? .max
    duplicateEvery = switches.count("duplicate")
    olderEvery = switches.count("older")
    brokenEvery = switches.count("broken")
    errorEvery = switches.count("error-subscription")
    readPause = switches.duration("slow-reader")
  }
}
