import NIOCore
import STOMP
import Testing

@testable import ISSPlus

/// Every event in every state: what it brings, and the state after it.
///
/// The session before each event: subscriptions `c` (confirmed once there was a line) and `d` (asked for, without an
/// answer), request `r` (sent once there was a line). A cell is `actions => state`.
struct StateEventTests {
  static let states = [
    "idle", "connecting", "authenticating", "connected", "closing", "closing for good", "waiting", "stopping",
    "stopped",
  ]

  static func bench(_ state: String) -> Bench {
    var bench = Bench {
      $0.subscriptionPace = .nanoseconds(0)
      $0.seed = 11
    }
    bench.subscribe("c")
    bench.subscribe("d")
    bench.request("r")
    if state == "idle" { return bench }
    bench.tell(.start)
    if state == "connecting" { return bench }
    bench.tell(.lineOpened)
    if state == "authenticating" { return bench }
    bench.tell(.connected)
    bench.tell(.receipt("c"))
    switch state {
    case "closing": bench.tell(.closed)
    case "closing for good": bench.tell(.recordingFailed(ISSPlusError(.recording, "disk")))
    case "waiting":
      bench.tell(.lineClosed(ISSPlusError(.lineLost, "gone")))
      bench.request("r")
    case "stopping": bench.tell(.shutdown)
    case "stopped":
      bench.tell(.shutdown)
      bench.tell(.lineClosed(ISSPlusError(.lineLost, "gone")))
    default: break
    }
    return bench
  }

  static let events: [(String, SessionEvent)] = [
    ("start", .start),
    ("lineOpened", .lineOpened),
    ("lineFailed", .lineFailed(ISSPlusError(.unreachable, "nobody"))),
    ("lineClosed", .lineClosed(ISSPlusError(.lineLost, "gone"))),
    ("connected", .connected),
    ("receipt d", .receipt("d")),
    ("message d", .message(subscriptionID: "d")),
    ("reply r", .reply(requestID: "r")),
    ("error d", .refusal(refusal(["subscription": "d"]))),
    ("error r", .refusal(refusal(["request-id": "r"]))),
    ("error", .refusal(refusal([:]))),
    ("heard c", .heard(subscriptionID: "c", last: nil)),
    ("closed", .closed),
    ("fault", .fault(ISSPlusError(.protocolViolation, "no STOMP"), isFinal: false)),
    ("held", .held(by: "SUBSCRIBE M")),
    ("badPacket c", .badPacket(subscriptionID: "c", ISSPlusError(.protocolViolation, "row"))),
    ("live c", .live(subscriptionID: "c")),
    ("subscribe e", .subscribe(SubscriptionRequest(id: "e", destination: "M.books", selector: nil))),
    ("unsubscribe c", .unsubscribe("c")),
    ("request q", .request(SubscriptionRequest(id: "q", destination: "M.find", selector: nil))),
    ("cancelRequest r", .cancelRequest("r")),
    ("shutdown", .shutdown),
    ("recordingFailed", .recordingFailed(ISSPlusError(.recording, "disk"))),
    ("tick", .tick),
  ]

  private static func refusal(_ headers: Headers) -> GatewayRefusal {
    var all = headers
    all.append(name: "message", value: "Not implemented")
    return GatewayRefusal(Frame(.error, headers: all))
  }

  /// What is said in each cell; where a state is not named, `quiet` holds: nothing is done and the state stays.
  @Test(arguments: states) func everyEvent(_ state: String) {
    for (name, event) in Self.events {
      var bench = Self.bench(state)
      let before = bench.state
      let said = bench.tell(event).map { $0.hasPrefix("waits") ? "waits" : $0 }
      let result = (said + (bench.state == before ? [] : ["=> \(bench.state)"])).joined(separator: "; ")
      #expect(result == Self.expected["\(state): \(name)"] ?? "", "\(state): \(name)")
      if Self.isPrinting { print("    \"\(state): \(name)\": \"\(result)\",") }
    }
  }

  /// For making the table anew; every cell is then read by a person.
  private static let isPrinting = false

  static let expected: [String: String] = [
    // Idle
    "idle: start": "is connecting; connect; => connecting",
    "idle: error d": "report gateway.notimplemented",
    "idle: error r": "report gateway.notimplemented",
    "idle: error": "report gateway.notimplemented",
    "idle: shutdown":
      "failed c: closed: the client was shut down; failed d: closed: the client was shut down; "
      + "failed r: closed: the client was shut down; has stopped; => stopped",
    "idle: recordingFailed":
      "failed c: recording: disk; failed d: recording: disk; failed r: recording: disk; "
      + "has stopped: recording: disk; => stopped",
    // Connecting
    "connecting: lineOpened": "send CONNECT domain:DEMO login:guest passcode:guest; => authenticating",
    "connecting: lineFailed":
      "failed c: unreachable: nobody; failed d: unreachable: nobody; failed r: unreachable: nobody; "
      + "has stopped: unreachable: nobody; => stopped",
    "connecting: lineClosed":
      "failed c: lineLost: gone; failed d: lineLost: gone; failed r: lineLost: gone; "
      + "has stopped: lineLost: gone; => stopped",
    "connecting: error d": "report gateway.notimplemented",
    "connecting: error r": "report gateway.notimplemented",
    "connecting: error": "report gateway.notimplemented",
    "connecting: shutdown":
      "close; failed c: closed: the client was shut down; failed d: closed: the client was shut down; "
      + "failed r: closed: the client was shut down; has stopped; => stopped",
    "connecting: recordingFailed": "=> closing(recording, final)",
    // Authenticating
    "authenticating: lineFailed":
      "failed c: unreachable: nobody; failed d: unreachable: nobody; failed r: unreachable: nobody; "
      + "has stopped: unreachable: nobody; => stopped",
    "authenticating: lineClosed":
      "failed c: lineLost: gone; failed d: lineLost: gone; failed r: lineLost: gone; "
      + "has stopped: lineLost: gone; => stopped",
    "authenticating: connected":
      "is connected; send REQUEST id:r destination:M.find; "
      + "send SUBSCRIBE id:c destination:M.books receipt:c; "
      + "send SUBSCRIBE id:d destination:M.books receipt:d; => connected",
    "authenticating: error d": "stale; close; => closing(refused, final)",
    "authenticating: error r": "stale; close; => closing(refused, final)",
    "authenticating: error": "stale; close; => closing(refused, final)",
    "authenticating: closed": "stale; close; => closing(lineLost)",
    "authenticating: fault": "stale; close; => closing(protocolViolation)",
    "authenticating: shutdown": "close; => stopping",
    "authenticating: recordingFailed": "stale; close; => closing(recording, final)",
    // Connected
    "connected: lineFailed": "stale; failed r: lineLost: REQUEST M.find: nobody; waits; => waiting",
    "connected: lineClosed": "stale; failed r: lineLost: REQUEST M.find: gone; waits; => waiting",
    "connected: receipt d": "confirmed d",
    "connected: message d": "confirmed d",
    "connected: reply r": "done r in 0",
    "connected: error d":
      "failed d: refused: SUBSCRIBE M.books: gateway.notimplemented: not implemented by the gateway — the "
      + "gateway says: Not implemented",
    "connected: error r":
      "failed r: refused: REQUEST M.find: gateway.notimplemented: not implemented by the gateway — the "
      + "gateway says: Not implemented",
    "connected: error": "report gateway.notimplemented",
    "connected: closed": "stale; close; => closing(lineLost)",
    "connected: fault": "stale; close; => closing(protocolViolation)",
    "connected: badPacket c": "send UNSUBSCRIBE id:c; suspend c",
    "connected: subscribe e": "send SUBSCRIBE id:e destination:M.books receipt:e",
    "connected: unsubscribe c": "send UNSUBSCRIBE id:c",
    "connected: request q": "send REQUEST id:q destination:M.find",
    "connected: shutdown": "send UNSUBSCRIBE id:c; send UNSUBSCRIBE id:d; send DISCONNECT; close; => stopping",
    "connected: recordingFailed": "stale; close; => closing(recording, final)",
    // Closing
    "closing: lineOpened": "close",
    "closing: lineFailed": "failed r: lineLost: REQUEST M.find: the gateway closed the session; waits; => waiting",
    "closing: lineClosed": "failed r: lineLost: REQUEST M.find: the gateway closed the session; waits; => waiting",
    "closing: reply r": "done r in 0",
    "closing: error d": "report gateway.notimplemented",
    "closing: error r":
      "failed r: refused: REQUEST M.find: gateway.notimplemented: not implemented by the gateway — the "
      + "gateway says: Not implemented",
    "closing: error":
      "failed r: refused: REQUEST M.find: gateway.notimplemented: not implemented by the gateway — the "
      + "gateway says: Not implemented",
    "closing: shutdown": "close; => stopping",
    // Closing for good
    "closing for good: lineOpened": "close",
    "closing for good: lineFailed":
      "failed r: lineLost: REQUEST M.find: disk; failed c: recording: disk; failed d: recording: disk; "
      + "has stopped: recording: disk; => stopped",
    "closing for good: lineClosed":
      "failed r: lineLost: REQUEST M.find: disk; failed c: recording: disk; failed d: recording: disk; "
      + "has stopped: recording: disk; => stopped",
    "closing for good: reply r": "done r in 0",
    "closing for good: error d": "report gateway.notimplemented",
    "closing for good: error r":
      "failed r: refused: REQUEST M.find: gateway.notimplemented: not implemented by the gateway — the "
      + "gateway says: Not implemented",
    "closing for good: error":
      "failed r: refused: REQUEST M.find: gateway.notimplemented: not implemented by the gateway — the "
      + "gateway says: Not implemented",
    "closing for good: shutdown": "close; => stopping",
    // Waiting
    "waiting: error d": "report gateway.notimplemented",
    "waiting: error r": "report gateway.notimplemented",
    "waiting: error": "report gateway.notimplemented",
    "waiting: shutdown":
      "failed c: closed: the client was shut down; failed d: closed: the client was shut down; "
      + "failed r: closed: the client was shut down; has stopped; => stopped",
    "waiting: recordingFailed":
      "failed c: recording: disk; failed d: recording: disk; failed r: recording: disk; "
      + "has stopped: recording: disk; => stopped",
    // Stopping
    "stopping: lineOpened": "close",
    "stopping: lineFailed":
      "failed c: closed: the client was shut down; failed d: closed: the client was shut down; "
      + "failed r: closed: the client was shut down; has stopped; => stopped",
    "stopping: lineClosed":
      "failed c: closed: the client was shut down; failed d: closed: the client was shut down; "
      + "failed r: closed: the client was shut down; has stopped; => stopped",
    "stopping: receipt d": "confirmed d",
    "stopping: message d": "confirmed d",
    "stopping: reply r": "done r in 0",
    "stopping: error d":
      "failed d: refused: SUBSCRIBE M.books: gateway.notimplemented: not implemented by the gateway — the "
      + "gateway says: Not implemented",
    "stopping: error r":
      "failed r: refused: REQUEST M.find: gateway.notimplemented: not implemented by the gateway — the "
      + "gateway says: Not implemented",
    "stopping: error": "report gateway.notimplemented",
    "stopping: subscribe e": "failed e: closed: the client was shut down",
    "stopping: request q": "failed q: closed: the client was shut down",
    // Stopped
    "stopped: lineOpened": "close",
    "stopped: error d": "report gateway.notimplemented",
    "stopped: error r": "report gateway.notimplemented",
    "stopped: error": "report gateway.notimplemented",
    "stopped: subscribe e": "failed e: closed: the client was shut down",
    "stopped: request q": "failed q: closed: the client was shut down",
  ]
}
