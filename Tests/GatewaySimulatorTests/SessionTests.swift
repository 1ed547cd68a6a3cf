import GatewaySimulator
import MarketData
import NIOCore
import STOMP
import Testing

/// Access, errors, confirmations and the other open points of a session.
struct SessionTests {
  private static let guest: Headers = ["domain": "DEMO", "login": "guest", "passcode": "guest"]
  private static let sber = "TICKER=\"MXSE.TQBR.SBER\""

  // MARK: Access

  @Test func connectedCarriesTheCatalogue() throws {
    let frames = try Peer().say(.connect, Self.guest)
    #expect(frames.map(\.command) == [.connected])
    #expect(frames[0].headers.map(\.name) == ["content-length", "X-gateway-stamp"])
    #expect(frames[0].body == Catalogue.builtIn.connectedBody())
    let plain = try Peer(["connected-headers=none", "connected-body=subset"]).say(.connect, Self.guest)
    #expect(plain[0].headers.map(\.name) == ["content-length"])
    guard case .object(let markets)? = try JSON(plain[0].body.readableBytesView)["structure"] else {
      throw JSON.Fault(description: "no structure")
    }
    #expect(markets.map(\.name) == ["SEARCH", "COMMON", "MXSE"])
  }

  @Test func aGivenStructureIsServedAsItIs() throws {
    let body = ByteBuffer(string: "{ \"structure\" : {} }\n")
    let session = GatewaySession(market: SimulatedMarket(), configuration: .init(structureBody: body))
    let bytes = ByteBuffer(string: "CONNECT\ndomain:DEMO\nlogin:guest\npasscode:guest\n\n\0")
    guard case .send(let answer)? = session.received(bytes, at: GatewayTime(milliseconds: 5)).first else {
      throw JSON.Fault(description: "no answer")
    }
    let expected = "CONNECTED\ncontent-length:21\nX-gateway-stamp:5\n\n{ \"structure\" : {} }\n\0"
    #expect(String(buffer: answer) == expected)
  }

  @Test(arguments: [
    ("DEMO", "guest", "guest", true), ("DEMO", "guest", "wrong", false), ("DEMO", "nobody", "guest", false),
    ("passport", "guest", "guest", false), ("passport", "a@b", "s:e\\cret", true), ("passport", "a@b", "", false),
  ])
  func accountsAreChecked(_ domain: String, _ login: String, _ passcode: String, _ isKnown: Bool) throws {
    let peer = try Peer(accounts: [Account(domain: "passport", login: "a@b", passcode: "s:e\\cret")])
    let frames = try peer.say(.connect, ["domain": domain, "login": login, "passcode": passcode])
    #expect(frames.map(\.command) == [isKnown ? .connected : .error])
    #expect(peer.closeCode == nil)
    try peer.pass(milliseconds: 200)
    #expect(peer.closeCode == (isKnown ? nil : 1000))
    if !isKnown { #expect(frames[0].headers == ["message": "Access denied"] && frames[0].body.readableBytes == 0) }
  }

  @Test func aRefusedClientMayStayAndTryAgain() throws {
    let peer = try Peer(["after-refused-connect=stay"])
    #expect(try peer.say(.connect, ["login": "x"]).map(\.command) == [.error])
    try peer.pass(milliseconds: 1000)
    #expect(peer.closeCode == nil)
    #expect(try peer.say(.connect, Self.guest).map(\.command) == [.connected])
    #expect(try peer.say(.connect, Self.guest).map(\.command) == [.error])
  }

  @Test func extraHeadersAreIgnoredOrRefused() throws {
    var headers = Self.guest
    headers.append(name: "heart-beat", value: "0,0")
    #expect(try Peer().say(.connect, headers).map(\.command) == [.connected])
    #expect(try Peer(["strict-connect=error"]).say(.connect, headers).map(\.command) == [.error])
    #expect(try Peer(["strict-connect=error"]).say(.connect, Self.guest).map(\.command) == [.connected])
  }

  @Test(arguments: [Command.subscribe, .unsubscribe, .request, .send, .ack]) func nothingGoesBeforeConnect(
    _ command: Command
  ) throws {
    let peer = try Peer()
    let frames = try peer.say(command, ["id": "7", "destination": "MXSE.orderbooks"])
    #expect(frames.map(\.command) == [.error])
    #expect(String(buffer: frames[0].body).hasPrefix("gateway.not-connected"))
    #expect(try peer.say(.connect, Self.guest).map(\.command) == [.connected])
    let later = try peer.say(.send)
    #expect(String(buffer: later[0].body).hasPrefix("gateway.notimplemented"))
  }

  @Test func languageOfConnectIsTheDefault() throws {
    let peer = try Peer()
    var headers = Self.guest
    headers.append(name: "language", value: "ru")
    try peer.say(.connect, headers)
    try peer.subscribe("MXSE.securities", Self.sber)
    #expect(peer.session.currentTable("MXSE.securities")?.dictionaries.first?["CAPTION"] == "Сбербанк")
  }

  // MARK: Errors

  @Test(
    arguments: GatewayErrorCode.allCases, ["body", "header", "text", "none", "recorded"])
  func everyErrorHasEveryShape(_ code: GatewayErrorCode, _ shape: String) throws {
    let switches =
      ["MXSE.securities", "SEARCH.ticker"].map { "error=\(code.rawValue)@\($0)" } + ["error-code=\(shape)"]
    let peer = try Peer.connected(switches)
    let subscribe: Headers = [
      "id": "s", "destination": "MXSE.securities", "selector": Self.sber, "receipt": "rc",
    ]
    for (frames, correlation) in [
      (try peer.say(.subscribe, subscribe), ["receipt-id": "rc", "subscription": "s"]),
      (try peer.request("SEARCH.ticker"), ["request-id": "r1"]),
    ] {
      try #require(frames.map(\.command) == [.error])
      let error = frames[0]
      for (name, value) in correlation { #expect(error.headers[name] == value) }
      let message = try #require(error.headers["message"])
      #expect(!message.isEmpty)
      #expect(message.contains(code.rawValue) == (shape == "text"))
      #expect(error.headers["error-code"] == (shape == "header" ? code.rawValue : nil))
      #expect(String(buffer: error.body).contains(code.rawValue) == (shape == "body" || shape == "recorded"))
    }
    #expect(try peer.subscribe("MXSE.orderbooks", Self.sber, id: "o").map(\.command) == [.message])
  }

  @Test func connectCanFailWithAnyCode() throws {
    let frames = try Peer(["error=gateway.transport@CONNECT", "error-code=header"]).say(.connect, Self.guest)
    #expect(frames[0].headers["error-code"] == "gateway.transport")
  }

  @Test func silenceIsSilence() throws {
    let peer = try Peer.connected(["silent=MXSE.candles", "silent=COMMON.boards"])
    #expect(try peer.subscribe("MXSE.candles", "ticker=\"MXSE.TQBR.SBER\"").isEmpty)
    #expect(try peer.request("COMMON.boards").isEmpty)
    #expect(try peer.pass(milliseconds: 60_000).isEmpty)
    #expect(try Peer(["silent=CONNECT"]).say(.connect, Self.guest).isEmpty)
  }

  @Test func aBrokenFrameEndsTheConnection() throws {
    let peer = try Peer.connected()
    #expect(try peer.send(ByteBuffer(string: "SUBSCRIBE\nno colon\n\n\0")).map(\.command) == [.error])
    try peer.pass(milliseconds: 1)
    #expect(peer.closeCode == 1000)
  }

  // MARK: Subscriptions

  @Test(arguments: [
    ("before", [Command.receipt, .message]), ("after", [.message, .receipt]), ("never", [.message]),
  ])
  func receiptsComeInTheOrderWanted(_ word: String, _ expected: [Command]) throws {
    let peer = try Peer.connected(["receipt=\(word)"])
    let headers: Headers = ["destination": "MXSE.orderbooks", "selector": Self.sber, "receipt": "rc"]
    let frames = try peer.say(.subscribe, headers)
    #expect(frames.map(\.command) == expected)
    for frame in frames where frame.command == .receipt {
      #expect(frame.headers == ["receipt-id": "rc"] && frame.body.readableBytes == 0)
    }
    for frame in frames where frame.command == .message { #expect(frame.headers["subscription"] == "") }
  }

  @Test func unsubscribeEndsTheStream() throws {
    let peer = try Peer.connected()
    try peer.subscribe("MXSE.orderbooks", Self.sber, id: "a")
    #expect(try peer.subscribe("MXSE.orderbooks", Self.sber, id: "a").map(\.command) == [.error])
    #expect(try peer.say(.unsubscribe, ["id": "a"]).isEmpty)
    #expect(try peer.pass(milliseconds: 5000).isEmpty)
    #expect(peer.session.subscriptionCount == 0)
    #expect(try peer.say(.unsubscribe, ["id": "a"]).map(\.command) == [.error])
    try peer.subscribe("MXSE.orderbooks", Self.sber, id: "a")
    #expect(try peer.say(.unsubscribe, ["id": "a", "receipt": "r"]).map(\.command) == [.receipt])
  }

  @Test(arguments: [("never", [] as [Command]), ("late-message", [.message, .receipt])])
  func unsubscribeCanBeAnsweredOtherwise(_ word: String, _ expected: [Command]) throws {
    let peer = try Peer.connected(["unsubscribe=\(word)"])
    try peer.subscribe("MXSE.orderbooks", Self.sber, id: "a")
    #expect(try peer.say(.unsubscribe, ["id": "a", "receipt": "r"]).map(\.command) == expected)
  }

  @Test func disconnectIsConfirmedAndEndsTheConnection() throws {
    let peer = try Peer.connected()
    try peer.subscribe("MXSE.orderbooks", Self.sber)
    #expect(try peer.say(.disconnect, ["receipt": "bye"]).map(\.command) == [.receipt])
    #expect(try peer.pass(milliseconds: 1000).isEmpty)
    #expect(peer.closeCode == 1000)
  }

  // MARK: Frames

  @Test func loneLineFeedsAreSwallowed() throws {
    let peer = try Peer.connected()
    #expect(try peer.send(ByteBuffer(string: "\n")).isEmpty)
    #expect(try peer.request("COMMON.engines").map(\.command) == [.reply])
  }

  @Test func idsComeBackAsTheyWere() throws {
    let peer = try Peer.connected()
    for id in ["", "a:b", "a\\b", "a\\\\b", "x\\n", "ё"] {
      let headers: Headers = ["id": id, "destination": "COMMON.engines"]
      var bytes = ByteBuffer()
      try FrameEncoder(dialect: .stomp12).encode(Frame(.request, headers: headers), into: &bytes)
      #expect(try peer.send(bytes)[0].headers["request-id"] == id)
    }
  }

  @Test func bareRepliesHaveNoProperties() throws {
    let frames = try Peer.connected(["reply=bare"]).request("COMMON.engines")
    #expect(String(buffer: frames[0].body).hasPrefix("{\"columns\":[\"ID\",\"NAME\",\"CAPTION\"],\n\"data\":[[1,"))
  }

  @Test func oneFrameAMessageUnlessTwoAreWanted() throws {
    for (switches, count) in [([], 2), (["two-frames=on"], 1)] {
      let peer = try Peer.connected(switches)
      let before = peer.messages.count
      try peer.say(.subscribe, ["destination": "MXSE.orderbooks", "selector": Self.sber, "receipt": "r"])
      #expect(peer.messages.count - before == count)
    }
  }

  @Test func heartbeatsAreLoneLineFeeds() throws {
    let peer = try Peer.connected(["heartbeat=500ms"])
    try peer.pass(milliseconds: 2000)
    #expect(peer.messages.dropFirst().map { String(buffer: $0) } == Array(repeating: "\n", count: 4))
  }

  @Test func strangeThingsCanBeMixedIn() throws {
    let peer = try Peer.connected(["unknown-command=2", "unknown-column=on", "published=never", "second-snapshot=3"])
    var frames = try peer.subscribe("MXSE.securities", Self.sber)
    frames += try peer.pass(milliseconds: 20_000)
    let packets = try frames.filter { $0.command == .message }.map { try ReadPacket($0) }
    #expect(frames.filter { $0.command == Command("NOTICE") }.count == packets.count / 2)
    #expect(packets.allSatisfy { $0.columns.last == "X_UNDECLARED" })
    #expect(packets[2].type == "snapshot" && packets[5].type == "snapshot" && packets[1].type == "updates")
    #expect(!frames.contains { String(buffer: $0.body).contains("published") })
  }
}

extension Command {
  static var ack: Command { Command("ACK") }
}
