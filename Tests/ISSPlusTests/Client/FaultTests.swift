import MarketData
import NIOCore
import STOMP
import Testing
import WebSocketTransport

@testable import ISSPlus

/// What a gateway, a reader or a caller may do at an awkward moment.
@Suite("Awkward moments", .timeLimit(.minutes(10))) struct FaultTests {
  private let ticker = "MXSE.TQBR.SBER"

  private func connect(_ peer: ScriptedPeer, _ client: ISSPlusClient) async throws -> PeerLine {
    async let connected: Void = client.connect()
    let line = try await peer.acceptSession()
    try await connected
    return line
  }

  /// Subscribes to a book; the peer answers with a snapshot of one level, with or without a RECEIPT.
  private func subscribe(
    _ line: PeerLine, _ client: ISSPlusClient, receipt: Bool = true
  ) async throws -> Subscription {
    async let pending = client.subscribe("MXSE.orderbooks", ticker: ticker, delivery: .lossless)
    let id = try await line.expect("SUBSCRIBE").headers["id"] ?? ""
    if receipt { line.send("RECEIPT", ["receipt-id": id]) }
    line.message(id, Packets.snapshot("B 100 1"))
    return try await pending
  }

  private func states(_ subscription: Subscription) async throws -> [String] {
    var states: [String] = []
    for try await update in subscription.changes where update.isStateChange { states.append(update.state.word) }
    return states
  }

  @Test("a first MESSAGE without RECEIPT confirms a subscription again after a reconnect")
  func confirmationAfterReconnect() async throws {
    try await withScriptedPeer { peer, client in
      let line = try await connect(peer, client)
      let subscription = try await subscribe(line, client, receipt: false)
      line.cut()
      let second = try await peer.acceptSession()
      try await second.expect("SUBSCRIBE", ["id": subscription.id, "receipt": subscription.id])
      second.message(subscription.id, Packets.snapshot("B 100 2"))
      // A second subscription that waits: what names nothing is its, and not the first one's, which is confirmed.
      let other = Task { try await client.subscribe("MXSE.orderbooks", ticker: "MXSE.TQBR.GAZP") }
      try await second.expect("SUBSCRIBE")
      second.send("ERROR", ["message": "Unexpected failure"])
      let refused = await #expect(throws: ISSPlusError.self) { _ = try await other.value }
      #expect(refused?.code == .refused)
      second.message(subscription.id, Packets.snapshot("B 100 3"))
      var quantities: [String] = []
      for try await update in subscription.changes {
        quantities += update.changes.compactMap { $0.row?["QUANTITY"]?.description }
        if quantities.last == "3" { break }
      }
      #expect(quantities == ["1", "2", "3"])
    }
  }

  @Test(
    "a late snapshot between UNSUBSCRIBE and the new SUBSCRIBE does not make a stale table live",
    arguments: [true, false])
  func lateSnapshotAfterBadPacket(_ isOneMessage: Bool) async throws {
    let long = { (configuration: inout ISSPlusConfiguration) in
      configuration.backoff.first = .seconds(3600000)
      configuration.backoff.maximum = .seconds(3600000)
    }
    try await withScriptedPeer(long) { peer, client in
      let line = try await connect(peer, client)
      let subscription = try await subscribe(line, client)
      let late = line.messageFrame(subscription.id, Packets.snapshot("B 100 2"))
      let broken = line.messageFrame(subscription.id, Packets.broken)
      if isOneMessage { line.send([broken, late]) } else { line.send([broken]) }
      try await line.expect("UNSUBSCRIBE", ["id": subscription.id])
      if !isOneMessage { line.send([late]) }
      // Another one, to know that the late frame is through.
      let other = try await subscribe(line, client)
      await subscription.unsubscribe()
      #expect(try await states(subscription) == ["live", "stale(badPacket)"])
      await other.unsubscribe()
    }
  }

  @Test("a request whose task is cancelled already is not sent, and ends at once")
  func cancelledRequest() async throws {
    try await withScriptedPeer { peer, client in
      let line = try await connect(peer, client)
      let task = Task {
        withUnsafeCurrentTask { $0?.cancel() }
        _ = try await client.request("COMMON.engines")
      }
      await #expect(throws: CancellationError.self) { try await task.value }
      await client.shutdown()
      try await line.expect("DISCONNECT")
    }
  }

  @Test("a cancelled connect ends at once")
  func cancelledConnect() async throws {
    try await withScriptedPeer { peer, client in
      let task = Task { try await client.connect() }
      let line = try await peer.accept()
      try await line.expect("CONNECT")
      task.cancel()
      await #expect(throws: CancellationError.self) { try await task.value }
    }
  }

  @Test("a cancelled subscribe ends at once and gives the subscription up")
  func cancelledSubscribe() async throws {
    try await withScriptedPeer { peer, client in
      let line = try await connect(peer, client)
      let task = Task { _ = try await client.subscribe("MXSE.orderbooks", ticker: ticker) }
      let id = try await line.expect("SUBSCRIBE").headers["id"] ?? ""
      task.cancel()
      await #expect(throws: CancellationError.self) { try await task.value }
      try await line.expect("UNSUBSCRIBE", ["id": id])
    }
  }

  @Test(
    "a lossless subscription that nobody reads, or reads no more, does not stop the line", arguments: [true, false])
  func nobodyReads(_ readsOne: Bool) async throws {
    try await withScriptedPeer { peer, client in
      let line = try await connect(peer, client)
      let subscription = try await subscribe(line, client)
      if readsOne { for try await _ in subscription.changes { break } }
      for number in 2...3000 { line.message(subscription.id, Packets.snapshot("B \(number) \(number)")) }
      async let reply = client.request("COMMON.engines")
      let id = try await line.expect("REQUEST").headers["id"] ?? ""
      line.send("REPLY", ["request-id": id], body: #"{"columns":["ID"],"data":[[1]]}"#)
      #expect(try await reply.table.count == 1)
      if readsOne { return }
      // One that comes late gets the table as inserts first.
      var iterator = subscription.changes.makeAsyncIterator()
      let first = try #require(try await iterator.next())
      #expect(first.changes.map(\.kind) == [.insert])
      #expect(first.changes.first?.row?["QUANTITY"]?.description == "3000")
      #expect(first.state == .live)
    }
  }

  @Test("CLOSED makes tables stale at once, not when the close handshake is through")
  func closedIsStale() async throws {
    try await withScriptedPeer { peer, client in
      let line = try await connect(peer, client)
      let subscription = try await subscribe(line, client)
      var iterator = subscription.changes.makeAsyncIterator()
      _ = try await iterator.next()
      line.connection.pauseReading()
      line.send("CLOSED")
      let update = try await iterator.next()
      #expect(update?.state == .stale(.disconnected))
      line.connection.resumeReading()
    }
  }

  @Test("what stands before broken bytes in a message still counts")
  func refusalBeforeBrokenBytes() async throws {
    try await withScriptedPeer { peer, client in
      let task = Task { try await client.connect() }
      let line = try await peer.accept()
      try await line.expect("CONNECT")
      line.send(raw: "ERROR\nmessage:Access denied\n\n\0MESSAGE\nno colon\n\n\0")
      let error = await #expect(throws: ISSPlusError.self) { try await task.value }
      #expect(error?.code == .accessDenied)
    }
  }

  @Test("a shutdown while the connection is being made does not wait for it")
  func shutdownWhileConnecting() async throws {
    // The upgrade is never answered.
    let silent = try await SilentListener.start()
    var configuration = ISSPlusConfiguration(url: silent.url)
    configuration.connectTimeout = .seconds(3600)
    let client = try ISSPlusClient(configuration)
    let task = Task { try await client.connect() }
    try await silent.accepted()
    // Waiting for the connection would take an hour; that nothing else is waited for is a rule of the machine.
    await client.shutdown()
    let error = await #expect(throws: ISSPlusError.self) { try await task.value }
    #expect(error?.code == .closed)
    await silent.stop()
  }
}
