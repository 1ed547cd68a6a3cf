import Capture
import GatewaySimulator
import NIOCore
import STOMP
import Testing

/// A recording that is served again, on a clock that moves when it is told to.
struct ReplayTests {
  private static let sber = "TICKER=\"MXSE.TQBR.SBER\""
  private static let gazp = "TICKER=\"MXSE.TQBR.GAZP\""
  private static let second: Int64 = 1_000_000_000

  private static func message(_ id: String, _ body: String, _ destination: String = "MXSE.orderbooks") -> String {
    "MESSAGE\ncontent-length:\(body.utf8.count)\ndestination:\(destination)\nsubscription:\(id)\n"
      + "X-gateway-stamp:17\n\n\(body)\0"
  }

  private static func subscribe(_ id: String, _ selector: String, receipt: String? = nil) -> String {
    let receipt = receipt.map { "receipt:\($0)\n" } ?? ""
    return "SUBSCRIBE\nid:\(id)\ndestination:MXSE.orderbooks\nselector:\(selector)\n\(receipt)\n\0"
  }

  private static func capture(_ records: [(Int64, Int, CaptureRecord.Kind, String)]) -> ByteBuffer {
    var bytes = ByteBuffer()
    CaptureWriter().writeFirstLine(into: &bytes)
    for (time, connection, kind, text) in records {
      let record = CaptureRecord(
        nanoseconds: time, connection: connection, kind: kind, payload: ByteBuffer(string: text))
      CaptureWriter().write(record, into: &bytes)
    }
    return bytes
  }

  /// Two subscriptions on two connections, a reconnect of the first, a request, a refused subscription.
  private static let session = capture([
    (10 * second, 0, .open, ""), (10 * second, 1, .open, ""),
    (10 * second, 0, .outgoing, "CONNECT\ndomain:passport\nlogin:me@example.org\npasscode:secret\n\n\0"),
    (11 * second, 0, .incoming, "CONNECTED\ncontent-length:2\nsession:s1\n\n{}\0"),
    (12 * second, 0, .outgoing, subscribe("a", sber, receipt: "ra")),
    (12 * second, 0, .incoming, "RECEIPT\nreceipt-id:ra\n\n\0"),
    (13 * second, 0, .incoming, message("a", "one")),
    (14 * second, 1, .outgoing, subscribe("a", gazp)),
    (14 * second, 1, .incoming, message("a", "g1") + message("a", "g2")),
    (15 * second, 0, .outgoing, "REQUEST\nid:q\ndestination:SEARCH.ticker\nselector:pattern=\"S\"\n\n\0"),
    (17 * second, 0, .incoming, "REPLY\nrequest-id:q\ndestination:SEARCH.ticker\n\nfound\0"),
    (18 * second, 0, .close, ""), (20 * second, 0, .open, ""),
    (20 * second, 0, .outgoing, subscribe("a", sber, receipt: "rb")),
    (21 * second, 0, .incoming, message("a", "two")),
    (22 * second, 0, .outgoing, subscribe("x", "TICKER=\"NO\"", receipt: "rx")),
    (23 * second, 0, .incoming, "ERROR\nmessage:no\nsubscription:x\nreceipt-id:rx\n\ngateway.invalidrequest\0"),
    (24 * second, 0, .incoming, "CLOSED\n\n\0"),
  ])

  private static func replay(_ bytes: ByteBuffer, pieces: Int = .max) throws -> Replay {
    var reader = ReplayReader()
    var rest = bytes
    while let piece = rest.readSlice(length: min(pieces, rest.readableBytes)), piece.readableBytes > 0 {
      try reader.append(piece)
    }
    return try reader.finish()
  }

  /// A client that writes down what came and when.
  private final class Client {
    let session: ReplaySession
    private(set) var now = GatewayTime(milliseconds: 1_000_000)
    private(set) var lines: [String] = []
    private(set) var closeCode: UInt16?
    private(set) var lastHeaders: Headers = [:]
    private var parser = FrameParser()
    private let start: GatewayTime

    init(_ configuration: ReplaySession.Configuration, connects: Bool = true) throws {
      session = ReplaySession(configuration)
      start = now
      if connects { try say("CONNECT\ndomain:DEMO\nlogin:guest\npasscode:guest\n\n\0") }
    }

    func say(_ text: String) throws { try take(session.received(ByteBuffer(string: text), at: now)) }

    func pass(milliseconds: Int64, canSend: Bool = true) throws {
      let end = now.advanced(byMicroseconds: milliseconds * 1000)
      while let due = session.nextWakeUp, due <= end {
        now = max(now, due)
        try take(session.wake(at: now, canSend: canSend))
      }
      now = end
    }

    func read() throws { try take(session.wake(at: now)) }

    func heard() -> [String] {
      defer { lines = [] }
      return lines
    }

    private func take(_ actions: [GatewayAction]) throws {
      for action in actions {
        switch action {
        case .send(let bytes):
          parser.append(bytes)
          while let frame = try parser.next() {
            lastHeaders = frame.headers
            let id = ["subscription", "request-id", "receipt-id"].lazy.compactMap { frame.headers[$0] }.first ?? "-"
            let time = now.milliseconds - start.milliseconds
            lines.append("\(time) \(frame.command.name) \(id) \(String(buffer: frame.body))")
          }
        case .close(let code, _): closeCode = code
        case .cut, .reset, .hold, .pauseReading: Issue.record("\(action)")
        }
      }
    }
  }

  @Test(arguments: [1, 7, .max]) func keepsWhatWasRecorded(pieces: Int) throws {
    let replay = try Self.replay(Self.session, pieces: pieces)
    #expect(
      replay.subscriptions == [
        "MXSE.orderbooks \(Self.sber)", "MXSE.orderbooks \(Self.gazp)", "MXSE.orderbooks TICKER=\"NO\"",
      ])
    #expect(replay.itemCount == 5 && replay.leftOutCount == 1 && replay.cutFrameCount == 0)
    #expect(replay.tornTail == nil)
  }

  /// The recorded distances, the client's ids, the second line after the first.
  @Test func servesWithTheRecordedTiming() throws {
    let client = try Client(.init(replay: try Self.replay(Self.session)))
    #expect(client.heard() == ["0 CONNECTED - {}"])
    try client.say(Self.subscribe("mine", "ticker='MXSE.TQBR.SBER'", receipt: "r9"))
    #expect(client.heard() == ["0 RECEIPT r9 "])
    try client.pass(milliseconds: 999)
    #expect(client.heard() == [])
    try client.pass(milliseconds: 9000)
    #expect(client.heard() == ["1000 MESSAGE mine one", "9000 MESSAGE mine two"])
    #expect(client.session.nextWakeUp == nil && client.session.packetCount == 2)
    #expect(
      client.lastHeaders == [
        "content-length": "3", "destination": "MXSE.orderbooks", "subscription": "mine", "X-gateway-stamp": "17",
      ])
  }

  @Test(arguments: [("10x", [100, 900]), ("0.5x", [2000, 18_000]), ("max", [300, 300])])
  func speeds(text: String, times: [Int]) throws {
    let speed = try #require(ReplaySpeed(text))
    let client = try Client(.init(replay: try Self.replay(Self.session), speed: speed))
    try client.say(Self.subscribe("m", Self.sber))
    _ = client.heard()
    try client.pass(milliseconds: 60_000)
    #expect(client.heard() == ["\(times[0]) MESSAGE m one", "\(times[1]) MESSAGE m two"])
  }

  @Test(arguments: ["", "x", "10", "0x", "-1x", "1e3x", "2000000x", "fast", "1.2.3x", "٣x"])
  func noSpeeds(text: String) { #expect(ReplaySpeed(text) == nil) }

  /// One clock for all streams: who comes late gets what was due at once, in order, and is then in step.
  @Test func streamsKeepTheirDistances() throws {
    let client = try Client(.init(replay: try Self.replay(Self.session)))
    try client.say(Self.subscribe("s", Self.sber))
    try client.pass(milliseconds: 5000)
    try client.say(Self.subscribe("g", Self.gazp))
    try client.pass(milliseconds: 10_000)
    #expect(
      client.heard() == [
        "0 CONNECTED - {}", "1000 MESSAGE s one", "5000 MESSAGE g g1", "5000 MESSAGE g g2", "9000 MESSAGE s two",
      ])
  }

  /// As fast as possible, several streams come in the order of the recording: they wait for each other.
  @Test func maximumSpeedKeepsTheOrder() throws {
    let client = try Client(.init(replay: try Self.replay(Self.session), speed: .max))
    try client.say(Self.subscribe("g", Self.gazp))
    try client.pass(milliseconds: 299)
    try client.say(Self.subscribe("s", Self.sber))
    try client.pass(milliseconds: 299)
    #expect(client.heard().dropFirst() == [])
    try client.pass(milliseconds: 1)
    #expect(
      client.heard() == ["599 MESSAGE s one", "599 MESSAGE g g1", "599 MESSAGE g g2", "599 MESSAGE s two"])
    let whole = try Client(.init(replay: try Self.replay(Self.session), speed: .max))
    try whole.say(Self.subscribe("g", Self.gazp) + Self.subscribe("s", Self.sber) + Self.subscribe("n", "ticker='NO'"))
    try whole.pass(milliseconds: 0)
    #expect(
      whole.heard().dropFirst() == [
        "0 MESSAGE s one", "0 MESSAGE g g1", "0 MESSAGE g g2", "0 MESSAGE s two", "0 ERROR n gateway.invalidrequest",
      ])
  }

  /// A client that does not read loses nothing.
  @Test func nothingFallsOut() throws {
    let client = try Client(.init(replay: try Self.replay(Self.session)))
    try client.say(Self.subscribe("s", Self.sber))
    _ = client.heard()
    try client.pass(milliseconds: 20_000, canSend: false)
    #expect(client.heard() == [] && client.session.nextWakeUp == nil)
    try client.read()
    #expect(client.heard() == ["20000 MESSAGE s one", "20000 MESSAGE s two"])
  }

  @Test func beginsAnew() throws {
    let client = try Client(.init(replay: try Self.replay(Self.session), loops: true))
    try client.say(Self.subscribe("s", Self.sber))
    _ = client.heard()
    // From the first record to the last it is 14 s.
    try client.pass(milliseconds: 30_000)
    #expect(
      client.heard() == [
        "1000 MESSAGE s one", "9000 MESSAGE s two", "15000 MESSAGE s one", "23000 MESSAGE s two", "29000 MESSAGE s one",
      ])
  }

  @Test func answersRequestsAfterTheRecordedTime() throws {
    let client = try Client(.init(replay: try Self.replay(Self.session)))
    _ = client.heard()
    let ask = "REQUEST\nid:1\ndestination:SEARCH.ticker\nselector:PATTERN=\"S\"\n\n\0"
    try client.say(ask)
    try client.pass(milliseconds: 5000)
    #expect(client.heard() == ["2000 REPLY 1 found"])
    try client.say(ask.replacing("id:1", with: "id:2"))
    try client.pass(milliseconds: 5000)
    #expect(client.heard() == ["7000 REPLY 2 found"])
    try client.say(ask.replacing("\"S\"", with: "\"T\""))
    #expect(
      client.heard() == ["10000 ERROR 1 gateway.invalidrequest: Not in the recording: SEARCH.ticker PATTERN=\"T\""])
  }

  @Test func recordedRefusalsAreRefusals() throws {
    let client = try Client(.init(replay: try Self.replay(Self.session), speed: .max))
    _ = client.heard()
    try client.say(Self.subscribe("n", "TICKER=\"NO\"", receipt: "rn"))
    try client.pass(milliseconds: 300)
    #expect(client.heard() == ["300 ERROR n gateway.invalidrequest"])
    #expect(client.lastHeaders == ["message": "no", "subscription": "n", "receipt-id": "rn"])
    #expect(client.session.subscriptionCount == 0)
    try client.say(Self.subscribe("n", "TICKER=\"LKOH\""))
    #expect(
      client.heard() == [
        "300 ERROR n gateway.invalidrequest: Not in the recording: MXSE.orderbooks TICKER=\"LKOH\"; it has "
          + "MXSE.orderbooks \(Self.sber), MXSE.orderbooks \(Self.gazp), MXSE.orderbooks TICKER=\"NO\""
      ])
  }

  @Test func accessIsCheckedAndTheLeaveTaken() throws {
    let accounts = [Account(domain: "passport", login: "a", passcode: "b")]
    let configuration = ReplaySession.Configuration(replay: try Self.replay(Self.session), accounts: accounts)
    let stranger = try Client(configuration, connects: false)
    try stranger.say(Self.subscribe("s", Self.sber))
    try stranger.say("CONNECT\ndomain:passport\nlogin:me@example.org\npasscode:secret\n\n\0")
    try stranger.pass(milliseconds: 200)
    #expect(stranger.heard().map { $0.prefix(7) } == ["0 ERROR", "0 ERROR"] && stranger.closeCode == 1000)
    let known = try Client(configuration, connects: false)
    try known.say("CONNECT\ndomain:passport\nlogin:a\npasscode:b\n\n\0")
    try known.say(Self.subscribe("s", Self.sber) + Self.subscribe("s", Self.gazp))
    try known.say("UNSUBSCRIBE\nid:s\nreceipt:u\n\n\0")
    try known.pass(milliseconds: 60_000)
    #expect(
      known.heard() == [
        "0 CONNECTED - {}", "0 ERROR s gateway.invalidrequest: There is a subscription with this id", "0 RECEIPT u ",
      ])
    try known.say("DISCONNECT\nreceipt:d\n\n\0")
    try known.pass(milliseconds: 1)
    #expect(known.heard() == ["60000 RECEIPT d "] && known.closeCode == 1000)
    #expect(known.session.received(ByteBuffer(string: Self.subscribe("s", Self.sber)), at: known.now) == [])
  }

  // MARK: Other recordings

  /// Without their SUBSCRIBE it has to be clear which one is meant: nobody gets another instrument's packets.
  @Test func rawFramesWithoutSubscribe() throws {
    let one = Self.message("1", "a") + Self.message("1", "b")
    let client = try Client(.init(replay: try Self.replay(ByteBuffer(string: one))))
    try client.say(Self.subscribe("s", Self.sber))
    try client.pass(milliseconds: 0)
    #expect(client.heard().dropFirst() == ["0 MESSAGE s a", "0 MESSAGE s b"])
    let two = try Client(.init(replay: try Self.replay(ByteBuffer(string: one + Self.message("2", "c")))))
    _ = two.heard()
    try two.say(Self.subscribe("s", Self.sber) + Self.subscribe("2", ""))
    try two.pass(milliseconds: 0)
    #expect(
      two.heard() == [
        "0 ERROR s gateway.invalidrequest: The recording has 2 subscriptions of MXSE.orderbooks without their "
          + "SUBSCRIBE; ask by their id", "0 MESSAGE 2 c",
      ])
  }

  @Test func aClockThatWasSetBackStandsStill() throws {
    let bytes = Self.capture([
      (50 * Self.second, 0, .open, ""), (50 * Self.second, 0, .outgoing, Self.subscribe("a", Self.sber)),
      (52 * Self.second, 0, .incoming, Self.message("a", "1")),
      (51 * Self.second, 0, .incoming, Self.message("a", "2")),
      (53 * Self.second, 0, .incoming, Self.message("a", "3")),
    ])
    let client = try Client(.init(replay: try Self.replay(bytes)))
    try client.say(Self.subscribe("s", Self.sber))
    try client.pass(milliseconds: 9000)
    #expect(client.heard().dropFirst() == ["2000 MESSAGE s 1", "2000 MESSAGE s 2", "3000 MESSAGE s 3"])
  }

  @Test func brokenRecordings() throws {
    func error(_ bytes: ByteBuffer) -> String? {
      do { _ = try Self.replay(bytes) } catch { return "\(error)" }
      return nil
    }
    let whole = Self.session
    #expect(error(ByteBuffer()) == "no subscription and no request in it: there is nothing to serve")
    #expect(error(ByteBuffer(string: "MESSAGE\nno colon\n\n\0"))?.contains("frame 1 byte") == true)
    #expect(error(ByteBuffer(string: Self.message("1", "a").dropLast().description)) != nil)
    #expect(error(ByteBuffer(string: "ISSPLUS-CAPTURE 2\n"))?.contains("version") == true)
    let broken = Self.capture([(1, 0, .open, ""), (2, 0, .incoming, "MESSAGE\nno colon\n\n\0")])
    #expect(error(broken)?.hasPrefix("record 2 frame 1 byte") == true, "\(error(broken) ?? "")")
    // A torn tail is what a killed writer leaves.
    let torn = try Self.replay(whole.getSlice(at: 0, length: whole.readableBytes - 3) ?? ByteBuffer())
    #expect(torn.tornTail?.byteCount ?? 0 > 0 && torn.leftOutCount == 0 && torn.itemCount == 5)
    var small = ReplayReader(limit: 10)
    #expect(throws: ReplayError.self) { try small.append(whole) }
  }
}
