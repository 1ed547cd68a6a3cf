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
    "idle", "connecting", "authenticating", "connected", "closing", "closing for good", "waiting", "stopping", "stopped",
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
  private static let isPrinting = true

  // TABLE
  static let expected: [String: String] = [:]
  // END
}
