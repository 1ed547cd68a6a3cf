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
  }
}
