import Logging
import MarketData
import NIOCore
import STOMP
import ServiceLifecycle
import ServiceLifecycleTestKit
import Testing
import WebSocketTransport

@testable import ISSPlus

/// Beginning and end of a client, and what lies between two lines, against a peer that the test plays.
@Suite("Lifecycle", .timeLimit(.minutes(10))) struct LifecycleTests {
  private func connect(_ peer: ScriptedPeer, _ client: ISSPlusClient) async throws -> PeerLine {
    async let connected: Void = client.connect()
    let line = try await peer.acceptSession()
    try await connected
    return line
  }

  private func book(
    _ line: PeerLine, _ client: ISSPlusClient, _ packet: String, _ delivery: DeliveryMode = .lossless
  ) async throws -> Subscription {
    async let pending = client.subscribe("MXSE.orderbooks", ticker: "MXSE.TQBR.SBER", delivery: delivery)
    _ = try await line.takeSubscribe(packet)
    return try await pending
  }

  private func words(_ update: TableUpdate?) -> [String] {
    guard let update else { return ["end"] }
    let changes = update.changes.map { change in
      "\(change.kind) \(change.row?["PRICE"]?.description ?? "") \(change.row?["QUANTITY"]?.description ?? "")"
    }
    return changes + (update.isStateChange ? [update.state.word] : [])
  }

  // MARK: The end

  @Test("a graceful shutdown: UNSUBSCRIBE, DISCONNECT, the close handshake")
  func shutdown() async throws {
    try await withScriptedPeer { peer, client in
      let line = try await connect(peer, client)
      let subscription = try await book(line, client, Packets.snapshot("B 100 1"))
      var iterator = subscription.changes.makeAsyncIterator()
      #expect(words(try await iterator.next()) == ["insert 100.00 1", "live"])
      let states = await client.states()
      await client.shutdown()
      try await line.expect("UNSUBSCRIBE", ["id": subscription.id])
      let disconnect = try await line.expect("DISCONNECT")
      #expect(disconnect.headers.isEmpty)
      #expect(await line.expectClose() == .clean(code: 1000, reason: ""))
      #expect(words(try await iterator.next()) == ["end"])
      var seen: [String] = []
      for await state in states { seen.append("\(state)") }
      #expect(seen == ["connected", "stopped(nil)"])
    }
  }

  @Test("withISSPlus disconnects when the body returns, throws, or its task is cancelled", arguments: [0, 1, 2])
  func scoped(_ way: Int) async throws {
    struct Fault: Error {}
    let peer = try await ScriptedPeer.start()
    let url = peer.url
    let task = Task {
      try await withISSPlus(.patient(url)) { client in
        switch way {
        case 0: return
        case 1: throw Fault()
        default: _ = try await client.request("COMMON.engines")
        }
      }
    }
    let line = try await peer.acceptSession()
    if way == 2 {
      try await line.expect("REQUEST")
      task.cancel()
    }
    try await line.expect("DISCONNECT")
    #expect(await line.expectClose() == .clean(code: 1000, reason: ""))
    switch way {
    case 0: try await task.value
    case 1: await #expect(throws: Fault.self) { try await task.value }
    default: await #expect(throws: CancellationError.self) { try await task.value }
    }
    await peer.stop()
  }

  @Test("a client that nobody holds any more ends; a subscription that is held keeps it")
  func droppedClient() async throws {
    let peer = try await ScriptedPeer.start()
    var client: ISSPlusClient? = try ISSPlusClient(.patient(peer.url))
    let line = try await connect(peer, try #require(client))
    var subscription: Subscription? = try await book(line, try #require(client), Packets.snapshot("B 100 1"))
    client = nil
    line.message(try #require(subscription?.id), Packets.snapshot("B 100 2"))
    var quantities: [String] = []
    if let held = subscription {
      for try await update in held.changes {
        quantities += update.changes.compactMap { $0.row?["QUANTITY"]?.description }
        if quantities.count == 2 { break }
      }
    }
    #expect(quantities == ["1", "2"])
    subscription = nil
    try await line.expect("UNSUBSCRIBE")
    try await line.expect("DISCONNECT")
    #expect(await line.expectClose() == .clean(code: 1000, reason: ""))
    _ = try ISSPlusClient(.patient(peer.url))
    await peer.stop()
  }

  @Test("run() is a service: a graceful shutdown ends it without an error, a cancellation too")
  func service() async throws {
    for isGraceful in [true, false] {
      let peer = try await ScriptedPeer.start()
      let client = try ISSPlusClient(.patient(peer.url))
      try await testGracefulShutdown { trigger in
        try await withThrowingTaskGroup(of: Void.self) { group in
          group.addTask { try await client.run() }
          let line = try await peer.acceptSession()
          let subscription = try await book(line, client, Packets.snapshot("B 100 1"))
          if isGraceful { trigger.triggerGracefulShutdown() } else { group.cancelAll() }
          try await line.expect("UNSUBSCRIBE", ["id": subscription.id])
          try await line.expect("DISCONNECT")
          #expect(await line.expectClose() == .clean(code: 1000, reason: ""))
          try await group.waitForAll()
        }
      }
      await peer.stop()
    }
  }

  @Test("run() in a service group throws what stopped the client")
  func serviceFailure() async throws {
    let peer = try await ScriptedPeer.start()
    let client = try ISSPlusClient(.patient(peer.url))
    let group = ServiceGroup(services: [client], logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    let running = Task { try await group.run() }
    let line = try await peer.accept()
    try await line.expect("CONNECT")
    line.send("ERROR", ["message": "Access denied"])
    let error = await #expect(throws: ISSPlusError.self) { try await running.value }
    #expect(error?.code == .accessDenied)
    await peer.stop()
  }

  @Test("run() after a shutdown ends at once")
  func runAfterShutdown() async throws {
    let client = try ISSPlusClient(ISSPlusConfiguration(url: "ws://127.0.0.1:1/"))
    await client.shutdown()
    try await client.run()
    await client.shutdown()
    for await state in await client.states() { #expect("\(state)" == "stopped(nil)") }
  }

  // MARK: Breaks

  @Test("a cut: stale, then live again by the difference, under the same id")
  func reconnect() async throws {
    try await withScriptedPeer { peer, client in
      let line = try await connect(peer, client)
      let subscription = try await book(line, client, Packets.snapshot("B 100 1", "B 99 2", "S 101 3"))
      var iterator = subscription.changes.makeAsyncIterator()
      #expect(
        words(try await iterator.next()) == ["insert 100.00 1", "insert 99.00 2", "insert 101.00 3", "live"])
      line.cut()
      #expect(words(try await iterator.next()) == ["stale(disconnected)"])
      #expect(await subscription.table()?.count == 3)
      let second = try await peer.acceptSession()
      try await second.expect("SUBSCRIBE", ["id": subscription.id])
      second.send("RECEIPT", ["receipt-id": subscription.id])
      second.message(subscription.id, Packets.snapshot("B 100 5", "S 101 3", "S 102 4"))
      #expect(
        words(try await iterator.next()) == ["remove 99.00 2", "update 100.00 5", "insert 102.00 4", "live"])
      #expect(await client.counters().connections == 2)
    }
  }

  @Test("a bad packet: stale, asked for again, live by the difference; others go on")
  func badPacket() async throws {
    try await withScriptedPeer { peer, client in
      let line = try await connect(peer, client)
      let subscription = try await book(line, client, Packets.snapshot("B 100 1"))
      let other = try await book(line, client, Packets.snapshot("B 50 1"))
      var iterator = subscription.changes.makeAsyncIterator()
      var others = other.changes.makeAsyncIterator()
      _ = try await iterator.next()
      _ = try await others.next()
      line.message(subscription.id, Packets.broken)
      try await line.expect("UNSUBSCRIBE", ["id": subscription.id])
      #expect(words(try await iterator.next()) == ["stale(badPacket)"])
      line.message(other.id, Packets.updates("B 50 2"))
      #expect(words(try await others.next()) == ["update 50.00 2"])
      #expect(try await line.takeSubscribe(Packets.snapshot("B 100 2")) == subscription.id)
      #expect(words(try await iterator.next()) == ["update 100.00 2", "live"])
      #expect(await client.counters().refusedPackets == 1)
    }
  }

  @Test("without reconnect a bad packet fails its subscription, a cut stops the client")
  func noReconnect() async throws {
    try await withScriptedPeer({ $0.reconnects = false }) { peer, client in
      let line = try await connect(peer, client)
      let subscription = try await book(line, client, Packets.snapshot("B 100 1"))
      let other = try await book(line, client, Packets.snapshot("B 50 1"))
      line.message(subscription.id, Packets.broken)
      let broken = await #expect(throws: ISSPlusError.self) { for try await _ in subscription.changes {} }
      #expect(broken?.code == .protocolViolation && broken?.packet != nil)
      line.cut()
      let lost = await #expect(throws: ISSPlusError.self) { for try await _ in other.changes {} }
      #expect(lost?.code == .lineLost)
      let request = await #expect(throws: ISSPlusError.self) { _ = try await client.request("COMMON.engines") }
      #expect(request?.code == .closed)
    }
  }

  @Test("a request that waits for the next line keeps its destination and columns over a failed attempt")
  func requestOverBreak() async throws {
    try await withScriptedPeer { peer, client in
      let line = try await connect(peer, client)
      let states = await client.states()
      line.cut()
      for await state in states { if case .waiting = state { break } }
      let pending = Task { try await client.request("COMMON.engines") }
      // An attempt that ends before CONNECTED is a break too.
      let failed = try await peer.accept()
      try await failed.expect("CONNECT")
      failed.cut()
      let second = try await peer.acceptSession()
      let id = try await second.expect("REQUEST", ["destination": "COMMON.engines"]).headers["id"] ?? ""
      second.send("REPLY", ["request-id": id], body: #"{"columns":["ID","NAME"],"data":[[1,"stock"]]}"#)
      let reply = try await pending.value
      #expect(reply.destination == "COMMON.engines")
      #expect(reply.table.schema.columns.map(\.name) == Catalogue.builtIn["COMMON.engines"]?.columns.map(\.name))
    }
  }

  @Test("refused at CONNECT on a later line: the client stops, its subscriptions end with that error")
  func deniedLater() async throws {
    try await withScriptedPeer { peer, client in
      let line = try await connect(peer, client)
      let subscription = try await book(line, client, Packets.snapshot("B 100 1"))
      line.send("CLOSED")
      let second = try await peer.accept()
      try await second.expect("CONNECT")
      second.send("ERROR", ["message": "Access denied"])
      let error = await #expect(throws: ISSPlusError.self) { for try await _ in subscription.changes {} }
      #expect(error?.code == .accessDenied)
    }
  }

  @Test("what is no STOMP ends the line, which is made again")
  func noSTOMP() async throws {
    try await withScriptedPeer { peer, client in
      let line = try await connect(peer, client)
      let subscription = try await book(line, client, Packets.snapshot("B 100 1"))
      line.send(raw: "MESSAGE\nno colon\n\n\0")
      _ = await line.expectClose()
      let second = try await peer.acceptSession()
      #expect(try await second.takeSubscribe(Packets.snapshot("B 100 1")) == subscription.id)
      var seen: [String] = []
      for try await update in subscription.changes {
        seen += words(update)
        if update.state == .live, seen.count > 2 { break }
      }
      #expect(seen == ["insert 100.00 1", "live", "stale(disconnected)", "live"])
    }
  }

  @Test("a full lossless reader stops the line; nothing is lost when it reads on")
  func slowReader() async throws {
    try await withScriptedPeer { peer, client in
      let line = try await connect(peer, client)
      let subscription = try await book(line, client, Packets.snapshot("B 0 1"))
      var iterator = subscription.changes.makeAsyncIterator()
      var count = words(try await iterator.next()).count - 1
      for number in 1...3000 { line.message(subscription.id, Packets.updates("B \(number) 1")) }
      while await client.counters().packets < 1024 { await Task.yield() }
      #expect(await client.counters().packets < 1100)
      while count < 3001 { count += try await iterator.next()?.changes.count ?? 3001 }
      #expect(count == 3001)
      #expect(await subscription.table()?.count == 3001)
    }
  }

  @Test("a recording gets what went over the line, and an error of it stops the client")
  func recording() async throws {
    struct DiskFull: Error {}
    try await withScriptedPeer({ $0.recording = { _ in throw DiskFull() } }) { peer, client in
      let task = Task { try await client.connect() }
      _ = try? await peer.acceptSession()
      _ = try? await task.value
      for await state in await client.states() {
        if case .stopped(let error) = state { #expect(error?.code == .recording) }
      }
    }
  }

  @Test("watchers of the state that have gone are forgotten")
  func watchers() async throws {
    try await withScriptedPeer { peer, client in
      _ = try await connect(peer, client)
      for _ in 0..<100 {
        for await state in await client.states() {
          #expect("\(state)" == "connected")
          break
        }
      }
      while await client.watcherCount() > 0 { await Task.yield() }
    }
  }
}
