import GatewaySimulator
import MarketData
import NIOConcurrencyHelpers
import NIOCore
import Testing

@testable import ISSPlus

/// Several connections behind one client, on a virtual clock.
struct SessionGroupTests {
  private static func world(
    _ connections: Int, _ configure: (inout ISSPlusConfiguration) -> Void = { _ in }
  ) throws -> VirtualWorld {
    try VirtualWorld(market: SimulatedMarket(tickers: 8)) {
      $0.connections = connections
      $0.subscriptionPace = .milliseconds(1)
      configure(&$0)
    }
  }

  /// Books of the first tickers, one subscription each.
  private func subscribe(_ world: VirtualWorld, _ count: Int) -> [DeliveryQueue] {
    world.market.tickers(of: "MXSE").prefix(count).enumerated().map { place, ticker in
      world.subscribe("s\(place)", "MXSE.orderbooks", "TICKER=\"\(ticker)\"", .lossless)
    }
  }

  private func words(_ state: ClientState?) -> String {
    switch state {
    case nil: "nothing"
    case .connecting: "connecting"
    case .connected: "connected"
    case .waiting: "waiting"
    case .stopped(let error): "stopped(\(error?.code.description ?? "nil"))"
    }
  }

  private func state(_ queue: DeliveryQueue) throws -> String? { try queue.poll().last?.state.word }

  @Test("subscriptions are spread evenly; what is given up makes room")
  func spread() throws {
    let world = try Self.world(3)
    world.group.start(1).whenFailure { _ in }
    world.pass(.milliseconds(10))
    _ = subscribe(world, 7)
    #expect(world.group.drivers.map(\.deliveries.count) == [3, 2, 2])
    world.pass(.milliseconds(100))
    #expect(world.openLines.map { $0.gateway.subscriptionCount } == [3, 2, 2])
    world.group.unsubscribe("s1")
    _ = world.subscribe("again", "MXSE.securities", nil, .lossless)
    #expect(world.group.drivers.map { $0.deliveries["again"] != nil } == [false, true, false])
    world.end()
  }

  @Test("a lost line touches the subscriptions of its own connection, and the client says that one waits")
  func ownOnly() throws {
    let world = try Self.world(2)
    world.group.start(1).whenFailure { _ in }
    world.pass(.milliseconds(10))
    let queues = subscribe(world, 4)
    world.pass(.milliseconds(100))
    #expect(try queues.map { try state($0) } == ["live", "live", "live", "live"])
    world.market.isPaused = true
    world.openLines[0].cut()
    #expect(words(world.group.state) == "waiting")
    #expect(try queues.map { try state($0) } == ["stale(disconnected)", nil, "stale(disconnected)", nil])
    #expect(world.group.counters.staleTables == 2)
    world.pass(.seconds(1))
    #expect(words(world.group.state) == "connected")
    #expect(try queues.map { try state($0) } == ["live", nil, "live", nil])
    let counters = world.group.counters
    #expect(counters.connections == 3 && counters.reconnects == 1 && counters.staleTables == 0)
    #expect(counters.liveTables == 4)
    #expect(counters.stale > .zero && counters.stale < .seconds(2))
    world.end()
  }

  @Test("connect waits for every connection; one first attempt that fails, fails the client")
  func firstAttempt() throws {
    let world = try Self.world(3)
    world.attempts = [.succeeds, .refused, .succeeds]
    let outcome = NIOLockedValueBox("none")
    world.group.start(1).whenComplete { result in
      outcome.withLockedValue { box in
        switch result {
        case .success: box = "connected"
        case .failure(let error): box = (error as? ISSPlusError)?.code.description ?? "\(error)"
        }
      }
    }
    world.pass(.seconds(5))
    #expect(outcome.withLockedValue { $0 } == "unreachable")
    #expect(words(world.group.state) == "stopped(unreachable)")
    #expect(world.openLines.isEmpty)
    world.end()
  }

  @Test("without reconnect a lost line fails its own subscriptions; the client stops with the last one")
  func noReconnect() throws {
    let world = try Self.world(2) { $0.reconnects = false }
    world.group.start(1).whenFailure { _ in }
    world.pass(.milliseconds(10))
    let queues = subscribe(world, 2)
    world.pass(.milliseconds(100))
    for queue in queues { _ = try queue.poll() }
    let lines = world.openLines
    lines[0].cut()
    do {
      while !(try queues[0].poll()).isEmpty {}
      Issue.record("the subscription of the lost line has not failed")
    } catch {
      #expect(error.code == .lineLost)
    }
    world.pass(.seconds(2))
    #expect(words(world.group.state) == "connected")
    #expect(try queues[1].poll().isEmpty == false)
    let late = world.subscribe("late", "MXSE.securities", "TICKER=\"MXSE.TQBR.SBER\"", .lossless)
    world.pass(.seconds(1))
    #expect(try state(late) == "live")
    lines[1].cut()
    #expect(words(world.group.state) == "stopped(lineLost)")
    world.end()
  }

  @Test("credentials that are refused on one connection stop the client, and every subscription says why")
  func denied() throws {
    let world = try Self.world(2)
    world.group.start(1).whenFailure { _ in }
    world.pass(.milliseconds(10))
    let queues = subscribe(world, 2)
    world.pass(.milliseconds(100))
    for queue in queues { _ = try queue.poll() }
    world.market.isPaused = true
    world.attempts = [.deaf]
    world.openLines[0].cut()
    // The next line opens and hears nothing: the refusal is put on it by hand.
    var lines = world.openLines
    while lines.count < 2 {
      world.pass(.milliseconds(10))
      lines = world.openLines
    }
    world.pass(.milliseconds(10))
    lines[1].inject(ByteBuffer(string: "ERROR\nmessage:Access denied\n\n\0"))
    world.pass(.seconds(1))
    #expect(words(world.group.state) == "stopped(accessDenied)")
    for queue in queues {
      do {
        while !(try queue.poll()).isEmpty {}
        Issue.record("a subscription ended without the reason")
      } catch {
        #expect(error.code == .accessDenied)
      }
    }
    world.end()
  }

  @Test("a recording of several connections, read back, gives the tables as they stood, and says which line was which")
  func recording() throws {
    let bytes = NIOLockedValueBox(ByteBuffer())
    let world = try Self.world(2) {
      $0.recording = { part in bytes.withLockedValue { _ = $0.writeImmutableBuffer(part) } }
    }
    world.group.start(1).whenFailure { _ in }
    world.pass(.milliseconds(10))
    _ = subscribe(world, 3)
    world.pass(.seconds(2))
    world.openLines[0].cut()
    world.pass(.seconds(3))
    world.market.isPaused = true
    world.pass(.seconds(1))
    let tables = (0..<3).map { place in world.group.table("s\(place)").map { levels($0) } }
    world.end()
    var recording = Recording()
    recording.begin(file: "memory")
    try recording.append(bytes.withLockedValue { $0 }) { _ in }
    _ = try recording.end { _ in }
    let found = Dictionary(grouping: recording.tables) { $0.identity.subscriptionID }
    #expect((0..<3).map { place in found["s\(place)"]?.first.map { levels($0.table) } } == tables)
    let text = bytes.withLockedValue { String(buffer: $0) }
    #expect(text.split(separator: "\n").count { $0.hasSuffix(" 0 open 0") } == 2)
    #expect(text.split(separator: "\n").count { $0.hasSuffix(" 1 open 0") } == 1)
    #expect(text.contains("passcode:***"))
  }

  @Test("a silent table is stale for that reason and is made again; each state says since when")
  func silence() throws {
    let world = try Self.world(1) { $0.silenceLimit = .seconds(60) }
    world.group.start(1).whenFailure { _ in }
    world.pass(.milliseconds(10))
    let queue = subscribe(world, 1)[0]
    world.pass(.seconds(1))
    _ = try queue.poll()
    world.market.isPaused = true
    let before = world.now.microseconds
    world.pass(.seconds(61))
    let updates = try queue.poll().filter(\.isStateChange)
    #expect(updates.map(\.state.word) == ["stale(silent)", "live"])
    let since = updates.compactMap(\.stateSince).map { $0 / 1000 - before }
    #expect(since.count == 2)
    #expect(since.allSatisfy { (58_000_000...61_000_000).contains($0) }, "\(since)")
    #expect(since == since.sorted())
    #expect(world.group.counters.resubscriptions == 1)
    world.end()
  }

  @Test("a hundred lines in a row that break after three packets: the hundred-and-first is as good as the first")
  func hundredReconnects() throws {
    let market = SimulatedMarket(rate: 50)
    let world = try VirtualWorld(market: market, switches: ["cut=3", "faulty-lines=100"]) {
      $0.subscriptionPace = .zero
    }
    world.group.start(1).whenFailure { _ in }
    world.pass(.milliseconds(10))
    let queue = world.subscribe("s", "MXSE.orderbooks", "TICKER=\"MXSE.TQBR.SBER\"", .lossless)
    var rebuilt: Rebuilt?
    var breaks = 0
    for _ in 0..<4_000 where world.group.counters.reconnects < 100 || !market.isPaused {
      world.pass(.seconds(1))
      if world.group.counters.reconnects == 100 { market.isPaused = true }
      for update in try queue.poll() {
        if rebuilt == nil { rebuilt = Rebuilt(update.changes.schema) }
        rebuilt?.apply(update.changes)
        if update.isStateChange, update.state != .live { breaks += 1 }
      }
    }
    world.pass(.seconds(1))
    for update in try queue.poll() { rebuilt?.apply(update.changes) }
    #expect(world.group.counters.reconnects == 100)
    #expect(breaks == 100)
    let table = try #require(world.group.table("s"))
    #expect(rebuilt?.faults == [])
    #expect(rebuilt?.equals(table) == true)
    #expect(table.rows.count == world.truth("MXSE.orderbooks", "TICKER=\"MXSE.TQBR.SBER\"")?.rows.count)
    world.end()
  }
}
