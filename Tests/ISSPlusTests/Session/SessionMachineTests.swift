import MarketData
import NIOCore
import STOMP
import Testing

@testable import ISSPlus

/// The session machine, rule by rule; time is an argument.
struct SessionMachineTests {
  // MARK: CONNECT

  @Test("the way to CONNECTED, frame by frame")
  func connect() {
    var bench = Bench()
    #expect(bench.tell(.start) == ["is connecting", "connect"])
    #expect(bench.machine.deadline == nil)
    #expect(bench.tell(.lineOpened) == ["send CONNECT domain:DEMO login:guest passcode:guest"])
    #expect(bench.machine.deadline == bench.now + .seconds(10))
    #expect(bench.tell(.connected) == ["is connected"])
    #expect(bench.machine.deadline == nil)
  }

  @Test("CONNECT is 49 bytes for the guest: domain, login, passcode and nothing else")
  func connectBytes() throws {
    let configuration = ISSPlusConfiguration()
    let bytes = try configuration.encodedConnect(host: "iss.moex.com")
    #expect(bytes == ByteBuffer(string: "CONNECT\ndomain:DEMO\nlogin:guest\npasscode:guest\n\n\0"))
    #expect(bytes.readableBytes == 49)
    var other = ISSPlusConfiguration(credentials: Credentials(domain: "passport", login: "a@b", passcode: "p:\\q"))
    other.language = "ru"
    #expect(
      try other.encodedConnect(host: "h")
        == ByteBuffer(string: "CONNECT\ndomain:passport\nlogin:a@b\npasscode:p:\\q\nlanguage:ru\n\n\0"))
    other.dialect = .stomp12
    #expect(
      try other.encodedConnect(host: "h")
        == ByteBuffer(string: "CONNECT\naccept-version:1.2\nhost:h\nlogin:a@b\npasscode:p:\\q\n\n\0"))
    other.credentials.passcode = "a\nb"
    other.dialect = .issPlus
    #expect(throws: FrameEncodingError.self) { try other.encodedConnect(host: "h") }
  }

  @Test("a first attempt that fails, fails")
  func firstAttempt() {
    for reconnects in [true, false] {
      var bench = Bench { $0.reconnects = reconnects }
      bench.tell(.start)
      bench.subscribe("s")
      #expect(
        bench.tell(.lineFailed(ISSPlusError(.unreachable, "nobody", isRetriable: true)))
          == ["failed s: unreachable: nobody", "has stopped: unreachable: nobody"])
      #expect(bench.state == "stopped")
    }
  }

  @Test("no CONNECTED in time, before and after the first success")
  func connectedLimit() {
    var bench = Bench()
    bench.tell(.start)
    bench.tell(.lineOpened)
    #expect(bench.pass(milliseconds: 9999) == [])
    #expect(bench.pass(milliseconds: 1) == ["1: stale", "1: close"])
    #expect(bench.tell(.lineClosed(lost)) == ["has stopped: timeout: no CONNECTED within 10 s"])

    bench = .connected()
    bench.tell(.lineClosed(lost))
    bench.pass(milliseconds: 500)
    bench.tell(.lineOpened)
    #expect(bench.pass(milliseconds: 20_000) == ["10000: stale", "10000: close"])
    #expect(bench.tell(.lineClosed(lost)).first?.hasPrefix("waits ") == true)
  }

  @Test("refused credentials stop the client, on the first line and on a later one")
  func accessDenied() {
    var bench = Bench()
    bench.tell(.start)
    bench.tell(.lineOpened)
    #expect(bench.refuse(["message": "Access denied"]) == ["stale", "close"])
    #expect(
      bench.tell(.lineClosed(lost)) == [
        "has stopped: accessDenied: CONNECT: gateway.access-denied: access denied — the gateway says: Access denied"
      ])

    bench = .connected()
    bench.tell(.lineClosed(lost))
    bench.pass(milliseconds: 500)
    bench.tell(.lineOpened)
    bench.refuse(["message": "gateway.access-denied"])
    #expect(bench.state == "closing(accessDenied, final)")
    #expect(bench.tell(.lineClosed(lost)).last?.hasPrefix("has stopped: accessDenied") == true)
  }

  @Test("a refusal of CONNECT that may pass is tried again, but not on the first line")
  func retriableRefusal() {
    var bench = Bench()
    bench.tell(.start)
    bench.tell(.lineOpened)
    bench.refuse(["message": "gateway.transport"])
    #expect(bench.tell(.lineClosed(lost)).last?.hasPrefix("has stopped: refused: CONNECT: gateway.transport") == true)

    bench = .connected()
    bench.tell(.lineClosed(lost))
    bench.pass(milliseconds: 500)
    bench.tell(.lineOpened)
    bench.refuse(["message": "gateway.transport"])
    bench.tell(.lineClosed(lost))
    #expect(bench.state == "waiting")
  }

  @Test("an ERROR to CONNECT may name what nobody asked for")
  func refusedConnectWithNames() {
    for headers: Headers in [
      ["message": "Access denied", "receipt-id": "connect"], ["message": "Access denied", "request-id": ""],
    ] {
      var bench = Bench()
      bench.request("r")
      bench.tell(.start)
      bench.tell(.lineOpened)
      #expect(bench.refuse(headers) == ["stale", "close"])
    }
  }

  // MARK: Subscriptions

  @Test("SUBSCRIBE frames leave one a pace, in the order in which they were asked for")
  func pace() {
    var bench = Bench.connected()
    let first = "send SUBSCRIBE id:a destination:M.books selector:TICKER=\"X\" receipt:a"
    #expect(bench.subscribe("a", "TICKER=\"X\"") == [first])
    #expect(bench.subscribe("b") == [])
    #expect(bench.subscribe("c") == [])
    #expect(
      bench.pass(milliseconds: 1000) == [
        "100: send SUBSCRIBE id:b destination:M.books receipt:b",
        "200: send SUBSCRIBE id:c destination:M.books receipt:c",
      ])
    #expect(bench.subscribe("d") == ["send SUBSCRIBE id:d destination:M.books receipt:d"])
  }

  @Test("a subscription is confirmed by RECEIPT or by its first MESSAGE, once")
  func confirmation() {
    var bench = Bench.connected { $0.subscriptionPace = .nanoseconds(0) }
    bench.subscribe("a")
    bench.subscribe("b")
    #expect(bench.tell(.receipt("a")) == ["confirmed a"])
    #expect(bench.tell(.message(subscriptionID: "a")) == [])
    #expect(bench.tell(.message(subscriptionID: "b")) == ["confirmed b"])
    #expect(bench.tell(.receipt("b")) == [])
    #expect(bench.tell(.receipt("nobody")) == [])
    #expect(bench.pass(milliseconds: 100_000) == [])
  }

  @Test("no answer in time fails the subscription and says what was asked")
  func subscriptionLimit() {
    var bench = Bench.connected { $0.answerLimit = .milliseconds(1500) }
    bench.subscribe("a", "TICKER=\"X\"")
    #expect(
      bench.pass(milliseconds: 2000) == [
        "1500: send UNSUBSCRIBE id:a",
        "1500: failed a: timeout: SUBSCRIBE M.books TICKER=\"X\": neither RECEIPT nor MESSAGE within 1500 ms",
      ])
  }

  @Test("a subscription that worked before and is silent on a new line: the line is at fault")
  func silentResubscription() {
    var bench = Bench.connected()
    bench.subscribe("a")
    bench.tell(.receipt("a"))
    bench.tell(.lineClosed(lost))
    bench.pass(milliseconds: 500)
    bench.tell(.lineOpened)
    #expect(bench.tell(.connected) == ["is connected", "send SUBSCRIBE id:a destination:M.books receipt:a"])
    #expect(bench.pass(milliseconds: 10_000) == ["10000: stale", "10000: close"])
    #expect(bench.state == "closing(timeout)")
  }

  @Test("while a slow reader holds the line up, time limits name it, and the line is not at fault")
  func slowReader() {
    var bench = Bench.connected { $0.subscriptionPace = .nanoseconds(0) }
    bench.subscribe("old")
    bench.tell(.receipt("old"))
    bench.tell(.lineClosed(lost))
    bench.pass(milliseconds: 500)
    bench.tell(.lineOpened)
    bench.tell(.connected)
    bench.subscribe("new")
    bench.request("r")
    #expect(bench.tell(.held(by: "SUBSCRIBE M.trades")) == [])
    #expect(
      bench.pass(milliseconds: 10_000) == [
        "10000: send UNSUBSCRIBE id:new",
        "10000: failed new: timeout: SUBSCRIBE M.books: neither RECEIPT nor MESSAGE within 10 s; "
          + "nothing is read while the reader of SUBSCRIBE M.trades is slow",
        "10000: failed r: timeout: REQUEST M.find: no REPLY within 10 s; "
          + "nothing is read while the reader of SUBSCRIBE M.trades is slow",
      ])
    #expect(bench.pass(milliseconds: 100_000) == [])
    #expect(bench.state == "connected")
    bench.tell(.held(by: nil))
    #expect(bench.pass(milliseconds: 9999) == [])
    #expect(bench.tell(.receipt("old")) == [])
    #expect(bench.pass(milliseconds: 100_000) == [])
  }

  @Test("UNSUBSCRIBE is sent for what the gateway knows, in each phase")
  func unsubscribe() {
    var bench = Bench.connected()
    bench.subscribe("asked")
    bench.subscribe("due")
    #expect(bench.tell(.unsubscribe("due")) == [])
    #expect(bench.tell(.unsubscribe("asked")) == ["send UNSUBSCRIBE id:asked"])
    #expect(bench.pass(milliseconds: 100) == [])
    bench.subscribe("confirmed")
    bench.tell(.receipt("confirmed"))
    #expect(bench.tell(.unsubscribe("confirmed")) == ["send UNSUBSCRIBE id:confirmed"])
    #expect(bench.tell(.unsubscribe("confirmed")) == [])
    #expect(bench.tell(.receipt("confirmed")) == [])
    bench.pass(milliseconds: 100)
    bench.subscribe("gone")
    bench.tell(.lineClosed(lost))
    #expect(bench.tell(.unsubscribe("gone")) == [])
    bench.pass(milliseconds: 500)
    bench.tell(.lineOpened)
    #expect(bench.tell(.connected) == ["is connected"])
  }

  // MARK: Requests

  @Test("a request is sent at once, its latency counts from there")
  func request() {
    var bench = Bench.connected()
    #expect(bench.request("r", "pattern=\"\"") == ["send REQUEST id:r destination:M.find selector:pattern=\"\""])
    bench.pass(milliseconds: 120)
    #expect(bench.tell(.reply(requestID: "r")) == ["done r in 120"])
    #expect(bench.tell(.reply(requestID: "r")) == [])
  }

  @Test("a request that waits for the connection has its whole time from when it is sent")
  func earlyRequest() {
    var bench = Bench()
    bench.tell(.start)
    bench.request("r")
    bench.pass(milliseconds: 9000)
    bench.tell(.lineOpened)
    #expect(bench.tell(.connected) == ["is connected", "send REQUEST id:r destination:M.find"])
    #expect(bench.pass(milliseconds: 9000) == [])
    #expect(bench.tell(.reply(requestID: "r")) == ["done r in 9000"])
  }

  @Test("a request that is never sent says so; one without an answer says what was asked")
  func requestLimit() {
    var bench = Bench()
    bench.request("r", "a=\"b\"")
    #expect(
      bench.pass(milliseconds: 10_000) == [
        "10000: failed r: timeout: REQUEST M.find a=\"b\": not connected within 10 s, so not sent"
      ])
    bench = .connected()
    bench.request("r", "a=\"b\"")
    #expect(
      bench.pass(milliseconds: 10_000) == ["10000: failed r: timeout: REQUEST M.find a=\"b\": no REPLY within 10 s"])
    #expect(bench.tell(.reply(requestID: "r")) == [])
  }

  @Test("a lost line fails what was sent and keeps what was not")
  func requestsOverBreaks() {
    var bench = Bench.connected()
    bench.request("sent")
    let said = bench.tell(.lineClosed(lost))
    #expect(Array(said.prefix(2)) == ["stale", "failed sent: lineLost: REQUEST M.find: gone"])
    bench.request("kept")
    bench.pass(milliseconds: 500)
    bench.tell(.lineOpened)
    #expect(bench.tell(.connected) == ["is connected", "send REQUEST id:kept destination:M.find"])
    #expect(bench.tell(.cancelRequest("kept")) == [])
    #expect(bench.tell(.reply(requestID: "kept")) == [])
  }

  @Test("a REPLY that is no packet fails its request and says what was asked")
  func badReply() throws {
    var bench = Bench.connected()
    bench.request("r")
    let error = try #require(throws: PacketError.self) {
      try PacketDecoder(schema: nil).decodeReply(ByteBuffer(string: "nonsense"))
    }
    let said = bench.tell(.badReply(requestID: "r", error))
    #expect(said.count == 1 && said[0].hasPrefix("failed r: protocolViolation: REQUEST M.find: REPLY refused: "))
    #expect(bench.tell(.badReply(requestID: "r", error)) == [])
  }

  // MARK: ERROR

  @Test("an ERROR fails what it names: by request-id, subscription or receipt-id")
  func namedErrors() {
    var bench = Bench.connected { $0.subscriptionPace = .nanoseconds(0) }
    bench.subscribe("s1")
    bench.subscribe("s2")
    bench.request("r")
    let text = "refused: M: gateway.invalidrequest: unknown or forbidden resource, or wrong parameters"
    func refused(_ id: String, _ what: String) -> [String] {
      ["failed \(id): " + text.replacing("M:", with: "\(what):") + " — the gateway says: Invalid request"]
    }
    #expect(bench.refuse(["message": "Invalid request", "request-id": "r"]) == refused("r", "REQUEST M.find"))
    #expect(bench.refuse(["message": "Invalid request", "subscription": "s1"]) == refused("s1", "SUBSCRIBE M.books"))
    #expect(bench.refuse(["message": "Invalid request", "receipt-id": "s2"]) == refused("s2", "SUBSCRIBE M.books"))
    #expect(bench.refuse(["message": "Invalid request", "receipt-id": "s2"]) == ["report gateway.invalidrequest"])
    #expect(bench.state == "connected")
    #expect(bench.tell(.unsubscribe("s1")) == [])
  }

  @Test("an ERROR for a confirmed subscription ends it, also after it has delivered")
  func lateRefusal() {
    var bench = Bench.connected()
    bench.subscribe("s")
    bench.tell(.receipt("s"))
    #expect(bench.refuse(["message": "x", "subscription": "s"]).first?.hasPrefix("failed s: refused") == true)
  }

  @Test("an ERROR that names nothing is of the only one that is open, else it is reported")
  func namelessErrors() {
    var bench = Bench.connected { $0.subscriptionPace = .nanoseconds(0) }
    #expect(bench.refuse(["message": "x"]) == ["report gateway.exception"])
    bench.subscribe("confirmed")
    bench.tell(.receipt("confirmed"))
    #expect(bench.refuse(["message": "x"]).first?.hasPrefix("failed confirmed: refused") == true)
    bench.subscribe("one")
    bench.tell(.receipt("one"))
    bench.subscribe("two")
    bench.tell(.receipt("two"))
    #expect(bench.refuse(["message": "x"]) == ["report gateway.exception"])
    bench.subscribe("s")
    #expect(bench.refuse(["message": "x"]).first?.hasPrefix("failed s: refused") == true)
    bench.request("r")
    // Headers that are there and empty name nothing either.
    #expect(
      bench.refuse(["message": "x", "request-id": "", "subscription": ""]).first?.hasPrefix("failed r: refused") == true
    )
    bench.request("r1")
    bench.subscribe("s1")
    #expect(bench.refuse(["message": "x"]) == ["report gateway.exception"])
  }

  @Test("an ERROR does not fail a subscription that is to be asked for again")
  func errorForSuspended() {
    var bench = Bench.connected { $0.backoff.first = .seconds(3600) }
    bench.subscribe("s")
    bench.tell(.receipt("s"))
    #expect(bench.tell(.badPacket(subscriptionID: "s", lost)) == ["send UNSUBSCRIBE id:s", "suspend s"])
    #expect(bench.refuse(["message": "Invalid request", "subscription": "s"]) == ["report gateway.invalidrequest"])
    #expect(bench.machine.subscriptions.count == 1)
  }
}

private let lost = ISSPlusError(.lineLost, "gone", isRetriable: true)
