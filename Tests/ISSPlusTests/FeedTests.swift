import ISSPlus
import MarketData
import NIOCore
import STOMP
import Testing

/// Each event of a feed and each change of a table's state.
@Suite struct FeedTests {
  private static let selector = #"TICKER="MXCX.CETS.CNYRUB_TOM""#

  private static func subscribed(_ configure: (inout Feed.Configuration) -> Void = { _ in }) -> FeedProbe {
    var probe = FeedProbe(configure)
    _ = probe.feed.subscribe(id: "1", destination: "MXCX.orderbooks", selector: selector)
    return probe
  }

  // MARK: States

  @Test func firstSnapshotMakesLive() throws {
    var probe = Self.subscribed()
    #expect(probe.feed.tables[0].state == .awaitingSnapshot)
    #expect(probe.feed.tables[0].table == nil)
    #expect(
      try probe.packet(#"[["B",[11.5,2],10]]"#) == [
        "changes 0:1 snapshot insert(B 11.50 10)", "state 0:1 awaitingSnapshot -> live",
      ])
    #expect(try probe.packet(#"[["B",[11.5,2],10]]"#) == ["changes 0:1 snapshot"])
    #expect(probe.feed.tables[0].state == .live)
    #expect(probe.feed.tables[0].packets == 2)
    #expect(probe.feed.frames == 2)
  }

  @Test func updatesBeforeASnapshotApplyAndStayAwaiting() throws {
    var probe = Self.subscribed()
    #expect(try probe.packet("updates", #"[["B",[11.5,2],10]]"#) == ["changes 0:1 updates insert(B 11.50 10)"])
    #expect(probe.feed.tables[0].state == .awaitingSnapshot)
    // Its rows stay, and are as old as those of a live table.
    #expect(probe.breakLine() == ["state 0:1 awaitingSnapshot -> stale(disconnected)"])
    #expect(probe.feed.tables[0].state == .stale(.disconnected))
  }

  @Test func aBreakMakesStaleAndTheNextSnapshotLive() throws {
    var probe = Self.subscribed()
    _ = try probe.packet(#"[["B",[11.5,2],10]]"#)
    #expect(probe.breakLine() == ["state 0:1 live -> stale(disconnected)"])
    #expect(probe.breakLine().isEmpty)
    #expect(probe.feed.tables[0].rowTexts == ["B 11.50 10"])
    #expect(try probe.packet("updates", #"[["B",[11.5,2],11]]"#) == ["changes 0:1 updates update(B 11.50 11)"])
    #expect(
      try probe.packet(#"[["S",[11.6,2],1]]"#) == [
        "changes 0:1 snapshot remove(B 11.50 11) insert(S 11.60 1)", "state 0:1 stale(disconnected) -> live",
      ])
  }

  @Test func oneTableCanBeMarkedStale() throws {
    var probe = Self.subscribed()
    _ = probe.feed.subscribe(id: "2", destination: "MXCX.orderbooks", selector: nil)
    _ = try probe.packet("[]")
    _ = try probe.packet("[]", id: "2")
    #expect(probe.markStale(1, .silent) == ["state 1:2 live -> stale(silent)"])
    #expect(probe.markStale(1, .resubscribed).isEmpty)
    #expect(probe.feed.tables.map(\.state) == [.live, .stale(.silent)])
  }

  @Test func aRefusedPacketChangesNothing() throws {
    var probe = Self.subscribed()
    _ = try probe.packet(#"[["B",[11.5,2],10]]"#)
    #expect(
      try probe.packet(#"[["B",[11.5,2],11],["S",[1],2]]"#) == [
        "refused 0:1 cell", "state 0:1 live -> stale(badPacket)",
      ])
    #expect(probe.feed.tables[0].rowTexts == ["B 11.50 10"])
    #expect(probe.feed.tables[0].refused == 1)
    #expect(try probe.packet("nonsense") == ["refused 0:1 syntax"])
    #expect(try probe.packet(#"[["B",[11.5,2],12]]"#).last == "state 0:1 stale(badPacket) -> live")
  }

  @Test func aRefusedFirstPacketOfAnUndeclaredDestinationSettlesNoColumns() throws {
    var probe = FeedProbe { $0.acceptsUnrequested = true }
    let bad = FeedProbe.message(#"[[1]]"#, destination: "NEW.stream", columns: #"["A","B"]"#)
    #expect(try probe.receive(bad) == ["refused 0:1 rowLength"])
    #expect(probe.feed.tables[0].schema == nil)
    let good = FeedProbe.message(#"[[1,2,3]]"#, destination: "NEW.stream", columns: #"["C","B","A"]"#)
    #expect(try probe.receive(good).first == "changes 0:1 snapshot insert(1 2 3)")
    #expect(probe.feed.tables[0].schema?.columns.map(\.name) == ["C", "B", "A"])
  }

  // MARK: Order

  private func numbered(_ seqnum: Int, _ quantity: Int) -> String {
    "MESSAGE\ndestination:MXCX.orderbooks\nsubscription:1\n\n"
      + #"{"properties":{"type":"snapshot","seqnum":\#(seqnum)},"columns":["BUYSELL","PRICE","QUANTITY"],"#
      + #""data":[["B",[11.5,2],\#(quantity)]]}"# + "\0"
  }

  @Test func aSeqnumThatDoesNotGrowIsAppliedCountedAndToldOnce() throws {
    var probe = Self.subscribed()
    _ = try probe.receive(numbered(5, 1))
    #expect(
      try probe.receive(numbered(4, 2)) == [
        "out of order 0:1 4 after 5", "changes 0:1 snapshot update(B 11.50 2)",
      ])
    #expect(try probe.receive(numbered(4, 3)) == ["changes 0:1 snapshot update(B 11.50 3)"])
    #expect(probe.feed.outOfOrderPackets == 2)
    #expect(probe.feed.tables[0].orderCheck.violations == 2)
    _ = probe.breakLine()
    _ = probe.feed.subscribe(id: "1", destination: "MXCX.orderbooks", selector: Self.selector)
    _ = try probe.receive(numbered(1, 4))
    #expect(probe.feed.outOfOrderPackets == 2, "a new SUBSCRIBE begins anew")
  }

  @Test func aSeqnumThatDoesNotGrowIsDroppedOnWish() throws {
    var probe = FeedProbe { $0.dropsOutOfOrder = true }
    _ = probe.feed.subscribe(id: "1", destination: "MXCX.orderbooks", selector: Self.selector)
    _ = try probe.receive(numbered(5, 1))
    #expect(try probe.receive(numbered(4, 2)) == ["out of order 0:1 4 after 5"])
    #expect(try probe.receive(numbered(5, 3)) == [])
    #expect(try probe.receive(numbered(6, 4)) == ["changes 0:1 snapshot update(B 11.50 4)"])
    #expect(probe.feed.outOfOrderPackets == 2)
  }

  // MARK: Subscriptions

  @Test func anUnknownSubscriptionIsLateOnALiveLine() throws {
    var probe = Self.subscribed()
    #expect(try probe.packet("[]", id: "2") == ["late 2"])
    #expect(try probe.receive("MESSAGE\n\n{}\0") == ["late "])
    let elsewhere = FeedProbe.message("[]", destination: "MXSE.orderbooks")
    #expect(try probe.receive(elsewhere) == ["late 1"])
    #expect(probe.feed.tables.count == 1)
  }

  @Test func anUnknownSubscriptionMakesATableOffline() throws {
    var probe = FeedProbe { $0.acceptsUnrequested = true }
    _ = try probe.packet("[]", id: "x")
    #expect(probe.feed.tables[0].identity.ticker == "x")
    #expect(probe.feed.tables[0].identity.wasRequested == false)
    #expect(try probe.receive("MESSAGE\nsubscription:y\n\n{}\0") == ["late y"], "no destination, no table")
    // Its SUBSCRIBE after all: the same table, with its ticker from now on.
    #expect(probe.feed.subscribe(id: "x", destination: "MXCX.orderbooks", selector: Self.selector) == 0)
    #expect(probe.feed.tables[0].identity.ticker == "MXCX.CETS.CNYRUB_TOM")
    #expect(probe.feed.tables[0].state == .live)
  }

  @Test func aMessageWithoutDestinationGoesToItsSubscription() throws {
    var probe = Self.subscribed()
    let text = FeedProbe.message("[]").replacing("destination:MXCX.orderbooks\n", with: "")
    #expect(try probe.receive(text).first == "changes 0:1 snapshot")
  }

  @Test func unsubscribeMakesLateAndSubscribeAgainOpens() throws {
    var probe = Self.subscribed()
    _ = try probe.packet(#"[["B",[11.5,2],10]]"#)
    probe.feed.unsubscribe(id: "1")
    probe.feed.unsubscribe(id: "never there")
    #expect(try probe.packet("[]") == ["late 1"])
    #expect(probe.breakLine().isEmpty, "a table that is not wanted is not stale")
    #expect(probe.feed.subscribe(id: "1", destination: "MXCX.orderbooks", selector: Self.selector) == 0)
    #expect(probe.feed.tables[0].state == .stale(.resubscribed), "frames may have been missed")
    #expect(
      try probe.packet("[]") == [
        "changes 0:1 snapshot remove(B 11.50 10)", "state 0:1 stale(resubscribed) -> live",
      ])
    #expect(probe.feed.subscribe(id: "1", destination: "MXCX.orderbooks", selector: nil) == 1, "another selector")
    #expect(probe.feed.subscribe(id: "1", destination: "MXSE.orderbooks", selector: nil) == 2, "another destination")
  }

  @Test func ourFramesAreUnderstood() throws {
    var probe = FeedProbe()
    // In three messages, with line feeds between, and in one with two frames.
    for piece in ["\nSUBSCRIBE\nid:1\ndestin", "ation:MXCX.orderbooks\nselector:\(Self.selector)\n\n", "\0\n"] {
      try probe.feed.send(ByteBuffer(string: piece))
    }
    #expect(probe.feed.tables.map(\.identity.ticker) == ["MXCX.CETS.CNYRUB_TOM"])
    #expect(probe.feed.tables[0].identity.selector == Self.selector)
    try probe.feed.send(ByteBuffer(string: "UNSUBSCRIBE\nid:1\n\n\0REQUEST\nid:r\ndestination:COMMON.engines\n\n\0"))
    #expect(try probe.packet("[]") == ["late 1"])
    #expect(
      try probe.receive("REPLY\nrequest-id:r\n\n{\"columns\":[\"ID\"],\"data\":[]}\0") == ["reply r COMMON.engines -"])
    // What asks for nothing changes nothing.
    for command in ["SUBSCRIBE", "REQUEST", "SEND", "DISCONNECT", "CONNECT", "STOMP", "HELLO", "MESSAGE"] {
      try probe.feed.send(ByteBuffer(string: "\(command)\nid:2\n\n\0"))
    }
    #expect(probe.feed.tables.count == 1)
    #expect(throws: FrameError.self) { try probe.feed.send(ByteBuffer(string: "SUBSCRIBE\nno colon\n\n\0")) }
  }

  // MARK: Other frames

  @Test func receiptClosedUnknownAndError() throws {
    var probe = FeedProbe()
    #expect(try probe.receive("RECEIPT\nreceipt-id:7\n\n\0") == ["receipt 7"])
    #expect(try probe.receive("RECEIPT\n\n\0") == ["receipt "])
    #expect(try probe.receive("CLOSED\n\n\0") == ["closed"])
    #expect(try probe.receive("GREETING\n\n\0SUBSCRIBE\n\n\0") == ["unknown GREETING", "unknown SUBSCRIBE"])
    #expect(try probe.receive("ERROR\nmessage:Access denied\n\n\0") == ["refusal gateway.access-denied"])
    #expect(try probe.receive("\n\r\n").isEmpty)
    #expect(probe.feed.frames == 6)
  }

  @Test func aFrameMayComeInPieces() throws {
    var probe = Self.subscribed()
    let text = FeedProbe.message(#"[["B",[11.5,2],10]]"#)
    for byte in text.utf8.dropLast() {
      #expect(try probe.receive(String(decoding: [byte], as: UTF8.self)).isEmpty)
    }
    #expect(try probe.receive("\0").first == "changes 0:1 snapshot insert(B 11.50 10)")
    // Half a frame is given up with its line.
    #expect(try probe.receive("MESSAGE\nsubs").isEmpty)
    #expect(probe.breakLine() == ["state 0:1 live -> stale(disconnected)"])
    #expect(try probe.packet("[]").first == "changes 0:1 snapshot remove(B 11.50 10)")
  }

  @Test func whatIsNoStompIsAnError() throws {
    var probe = Self.subscribed { $0.limits = FrameLimits(maxBodySize: 100) }
    var error: FrameError?
    do { _ = try probe.receive("MESSAGE\ncontent-length:101\n\n") } catch let caught as FrameError { error = caught }
    #expect(error?.code == .bodyTooLarge)
    // The next line starts afresh.
    _ = probe.breakLine()
    #expect(try probe.receive("RECEIPT\nreceipt-id:7\n\n\0") == ["receipt 7"])
  }

  @Test func replies() throws {
    var probe = FeedProbe()
    func reply(_ headers: String, _ body: String) -> String { "REPLY\n\(headers)\n\n\(body)\0" }
    let body = #"{"columns":["NAME","ID","ODD"],"data":[["stock",1,0],["stock",1,0]]}"#
    probe.feed.request(id: "a", destination: "COMMON.engines", selector: #"language="en""#)
    #expect(
      try probe.receive(reply("request-id:a", body)) == [
        #"reply a COMMON.engines language="en" (1 stock null) dropped ODD"#
      ])
    // Answered once: the next of that name knows nothing of the request.
    #expect(try probe.receive(reply("request-id:a", #"{"columns":["X"],"data":[[1],[1]]}"#)) == ["reply a - - (1) (1)"])
    // Matched by subscription or receipt-id too, and by the destination that the reply itself names.
    for header in ["subscription", "receipt-id"] {
      probe.feed.request(id: "b", destination: "COMMON.boards", selector: nil)
      #expect(try probe.receive(reply("\(header):b", #"{"columns":["ID"],"data":[]}"#)) == ["reply b COMMON.boards -"])
    }
    #expect(
      try probe.receive(reply("destination:COMMON.engines", #"{"columns":["ID"],"data":[[7]]}"#))
        == ["reply  COMMON.engines - (7 null null)"])
    // An `updates` or `removal` of a reply is its rows all the same.
    #expect(
      try probe.receive(reply("request-id:c", #"{"properties":{"type":"removal"},"columns":["A"],"data":[[7]]}"#))
        == ["reply c - - (7)"])
    probe.feed.request(id: "d", destination: "COMMON.engines", selector: nil)
    probe.feed.forgetRequest(id: "d")
    #expect(try probe.receive(reply("request-id:d", #"{"columns":["ID"],"data":[]}"#)) == ["reply d - -"])
    #expect(try probe.receive(reply("request-id:e", "[]")) == ["refused reply e shape"])
    #expect(try probe.receive(reply("request-id:e", "{}")) == ["refused reply e shape"])
    // A break forgets what was asked.
    probe.feed.request(id: "f", destination: "COMMON.engines", selector: nil)
    _ = probe.breakLine()
    #expect(try probe.receive(reply("request-id:f", #"{"columns":["ID"],"data":[]}"#)) == ["reply f - -"])
    // An ERROR ends the request.
    probe.feed.request(id: "g", destination: "COMMON.engines", selector: nil)
    #expect(try probe.receive("ERROR\nrequest-id:g\nmessage:no\n\n\0") == ["refusal gateway.exception"])
    #expect(try probe.receive(reply("request-id:g", #"{"columns":["ID"],"data":[]}"#)) == ["reply g - -"])
  }

  // MARK: Schemas

  private static let connected =
    "CONNECTED\n\n"
    + #"{"structure":{"MXCX":{"streams":[{"name":"orderbooks","output":[{"name":"BUYSELL","type":"string"},"#
    + #"{"name":"PRICE","type":"float"},{"name":"MARK","type":"bool"}]}]}}}"# + "\0"

  @Test func connectedTypesTheColumns() throws {
    var probe = FeedProbe()
    #expect(try probe.receive(Self.connected) == ["connected markets=1 error=none"])
    #expect(probe.feed.structure?.catalogue.markets.map(\.name) == ["MXCX"])
    _ = probe.feed.subscribe(id: "1", destination: "MXCX.orderbooks", selector: nil)
    _ = probe.feed.subscribe(id: "2", destination: "MXSE.orderbooks", selector: nil)
    #expect(probe.feed.tables[0].schema?.columns.map(\.name) == ["BUYSELL", "PRICE", "MARK"])
    #expect(probe.feed.tables[1].schema?.columns.count == 4, "not in CONNECTED: the built-in catalogue")
    let text = FeedProbe.message(#"[["B",1e1,1]]"#, columns: #"["BUYSELL","PRICE","MARK"]"#)
    #expect(try probe.receive(text).first == "changes 0:1 snapshot insert(B 10 true)")
  }

  @Test func aBrokenStructureLeavesTheBuiltInCatalogue() throws {
    var probe = FeedProbe()
    #expect(try probe.receive("CONNECTED\n\n\0") == ["connected markets=-1 error=the body is empty"])
    #expect(probe.feed.structure == nil)
    #expect(probe.feed.resource("MXCX.orderbooks")?.columns.count == 3)
    #expect(probe.feed.resource("NEW.stream") == nil)
  }

  @Test func theCallersCatalogueHolds() throws {
    var probe = FeedProbe {
      $0.catalogue = Catalogue(markets: [])
      $0.readsStructure = false
    }
    #expect(try probe.receive(Self.connected) == ["connected markets=-1 error=none"])
    #expect(probe.feed.resource("MXCX.orderbooks")?.columns.count == 3)
  }

  @Test func droppedColumnsAreToldOnce() throws {
    var probe = Self.subscribed()
    func message(_ names: String, _ cells: String) -> String {
      FeedProbe.message("updates", #"[["B",[1,0],\#(cells)]]"#, columns: #"["BUYSELL","PRICE",\#(names)]"#)
    }
    #expect(
      try probe.receive(message(#""X","Y""#, "1,2")) == ["dropped 0:1 X,Y", "changes 0:1 updates insert(B 1 null)"])
    #expect(try probe.receive(message(#""X","Y""#, "3,4")) == ["changes 0:1 updates"])
    #expect(try probe.receive(message(#""Z","X""#, "5,6")) == ["dropped 0:1 Z", "changes 0:1 updates"])
    #expect(try probe.receive(message(#""Y""#, "7")) == ["changes 0:1 updates"])
    #expect(probe.feed.tables[0].droppedColumns == ["X", "Y", "Z"])
    #expect(probe.feed.tables[0].packetsWithDroppedColumns == 4)
  }

  @Test func removalFromATableWithoutAKeyIsToldOnce() throws {
    var probe = FeedProbe {
      $0.acceptsUnrequested = true
      $0.looseRowLimit = 2
    }
    func message(_ kind: String, _ rows: String) -> String {
      FeedProbe.message(kind, rows, destination: "MXSE.lasttrades", columns: #"["A"]"#)
    }
    #expect(try probe.receive(message("snapshot", "[[1]]")).count == 2)
    #expect(try probe.receive(message("removal", "[[1],[2]]")) == ["ignored removal 0:1", "changes 0:1 removal"])
    #expect(try probe.receive(message("removal", "[[1]]")) == ["changes 0:1 removal"])
    #expect(probe.feed.tables[0].table?.ignoredRemovals == 3)
    // The oldest rows leave without a change.
    #expect(
      try probe.receive(message("updates", "[[2],[3]]")) == ["changes 0:1 updates insert(2) insert(3)"])
    #expect(probe.feed.tables[0].rowTexts == ["2", "3"])
  }

  @Test func keptChangeSetsStayAsTheyWere() throws {
    var probe = Self.subscribed()
    _ = try probe.packet(#"[["B",[1,0],1]]"#, at: 17)
    _ = try probe.packet(#"[["B",[1,0],2],["S",[2,0],3]]"#, at: 18)
    _ = try probe.packet("[]", at: nil)
    #expect(probe.sets.map(\.received) == [17, 18, nil])
    #expect(
      probe.sets.map { $0.map { "\($0.kind.rawValue) \(FeedProbe.cells($0.row))" } } == [
        ["insert B 1 1"], ["update B 1 2", "insert S 2 3"], ["remove B 1 2", "remove S 2 3"],
      ])
  }
}
