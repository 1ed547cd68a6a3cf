import MarketData
import NIOConcurrencyHelpers
import Testing

@testable import ISSPlus

/// What waits between the line and the one reader of a subscription.
@Suite("Delivery queue", .timeLimit(.minutes(10))) struct DeliveryQueueTests {
  private let rooms = NIOLockedValueBox(0)

  private func queue(_ mode: DeliveryMode, looseRowLimit: Int = 100_000) -> DeliveryQueue {
    DeliveryQueue(mode, looseRowLimit: looseRowLimit) { [rooms] in rooms.withLockedValue { $0 += 1 } }
  }

  private var roomCount: Int { rooms.withLockedValue { $0 } }

  private func fill(_ queue: DeliveryQueue, _ source: inout PacketSource, _ count: Int) throws -> [Bool] {
    try (0..<count).map { number in
      let changes = try source.apply("updates", ["1,\"a\",[\(number).5,2]"])
      return isFull(queue.offer(changes, state: .live))
    }
  }

  private func isFull(_ room: SinkRoom) -> Bool {
    switch room {
    case .full: true
    case .taken, .merged: false
    }
  }

  @Test("lossless: every change set in order, with its seqnum and time")
  func order() async throws {
    var source = PacketSource(isKeyed: true)
    let queue = queue(.lossless)
    try queue.attach()
    #expect(try fill(queue, &source, 100).allSatisfy { !$0 })
    let batch = try await queue.next()
    #expect(batch.map(\.changes.properties.seqnum) == (1...100).map { UInt64($0) })
    #expect(batch.map(\.changes.received) == (1...100).map { Int64($0) })
    #expect(batch.map(\.isStateChange) == [true] + Array(repeating: false, count: 99))
    #expect(roomCount == 0)
  }

  @Test("lossless: the 1,024th that waits fills the queue, reading it makes room, once")
  func limit() async throws {
    var source = PacketSource(isKeyed: true)
    let queue = queue(.lossless)
    try queue.attach()
    let full = try fill(queue, &source, 1026)
    #expect(full.firstIndex(of: true) == 1023)
    #expect(full[1023...].allSatisfy { $0 })
    #expect(roomCount == 0)
    #expect(try await queue.next().count == 1026)
    #expect(roomCount == 1)
    #expect(try fill(queue, &source, 1) == [false])
    #expect(try await queue.next().count == 1)
    #expect(roomCount == 1)
  }

  @Test("lossless without a reader: never full; one that comes in time gets each, one that comes late the table")
  func lateReader() async throws {
    for count in [1023, 1024, 3000] {
      var source = PacketSource(isKeyed: true)
      let queue = queue(.lossless)
      _ = queue.offer(try source.apply("snapshot", ["1,\"a\",null", "2,\"b\",null"]), state: .live)
      #expect(try fill(queue, &source, count - 1).allSatisfy { !$0 })
      try queue.attach()
      _ = queue.offer(try source.apply("updates", ["3,\"c\",null"]), state: .live)
      let batch = try await queue.next()
      #expect(batch.count == (count < 1024 ? count + 1 : 2))
      #expect(batch[0].changes.map(\.kind) == [.insert, .insert])
      #expect(batch[0].state == .live && batch[0].isStateChange)
      #expect(batch.dropFirst().allSatisfy { !$0.isStateChange })
      var rebuilt = Rebuilt(source.schema)
      for update in batch { rebuilt.apply(update.changes) }
      #expect(rebuilt.equals(source.table) && rebuilt.faults == [])
    }
  }

  @Test("conflate: what waits is one update that leads from what is known to what is")
  func conflation() async throws {
    var source = PacketSource(isKeyed: true)
    let queue = queue(.conflate)
    try queue.attach()
    _ = queue.offer(try source.apply("snapshot", ["1,\"a\",null", "2,\"b\",null"]), state: .live)
    _ = queue.offer(try source.apply("removal", ["2"]), state: .live)
    _ = queue.offer(try source.apply("updates", ["1,\"c\",null"]), state: .live)
    let first = try await queue.next()
    #expect(first.count == 1)
    #expect(first[0].changes.map { "\($0.kind) \($0.row?["NAME"]?.description ?? "")" } == ["insert c"])
    #expect(first[0].changes.properties.seqnum == 3)
    _ = queue.offer(try source.apply("updates", ["1,\"d\",null"]), state: .live)
    _ = queue.offer(try source.apply("updates", ["1,\"c\",null"]), state: .live)
    let second = try await queue.next()
    #expect(second.count == 1 && second[0].changes.isEmpty && second[0].changes.properties.seqnum == 5)
  }

  @Test("a break is a value: no changes, the new state", arguments: [DeliveryMode.lossless, .conflate])
  func states(_ mode: DeliveryMode) async throws {
    var source = PacketSource(isKeyed: true)
    let queue = queue(mode)
    try queue.attach()
    _ = queue.offer(try source.apply("snapshot", ["1,\"a\",null"]), state: .live)
    _ = try await queue.next()
    let schema = source.schema
    #expect(!isFull(queue.offer(.live, schema: schema) { nil }))
    #expect(!isFull(queue.offer(.stale(.disconnected), schema: schema) { nil }))
    #expect(!isFull(queue.offer(.stale(.disconnected), schema: schema) { nil }))
    let stale = try await queue.next()
    #expect(stale.map(\.state) == [.stale(.disconnected)])
    #expect(stale[0].isStateChange && stale[0].changes.isEmpty)
    _ = queue.offer(try source.apply("updates", ["1,\"b\",null"]), state: .stale(.disconnected))
    #expect(try await queue.next().map(\.isStateChange) == [false])
    _ = queue.offer(try source.apply("snapshot", ["1,\"c\",null"]), state: .live)
    let live = try await queue.next()
    #expect(live.map(\.state) == [.live] && live[0].isStateChange)
    #expect(live[0].changes.map(\.kind) == [.update])
  }

  @Test("one consumer: a second is an error, also when the first has gone")
  func oneConsumer() async throws {
    let queue = queue(.conflate)
    try queue.attach()
    let error = #expect(throws: ISSPlusError.self) { try queue.attach() }
    #expect(error?.code == .secondConsumer)
    queue.abandon()
    #expect(throws: ISSPlusError.self) { try queue.attach() }
  }

  @Test("two copies of an iterator do not lose each other's wake-up")
  func copies() async throws {
    let queue = queue(.lossless)
    try queue.attach()
    var source = PacketSource(isKeyed: true)
    let changes = try source.apply("updates", ["1,\"a\",null"])
    let results = await withTaskGroup(of: String.self) { group in
      for _ in 0..<2 {
        group.addTask {
          do {
            return "\(try await queue.next().count) update"
          } catch {
            // The other one waits: give it what it waits for.
            _ = queue.offer(changes, state: .live)
            return (error as? ISSPlusError)?.code.description ?? "\(error)"
          }
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(results.sorted() == ["1 update", "secondConsumer"])
  }

  @Test("the end comes after what waits; an error is told once", arguments: [DeliveryMode.lossless, .conflate])
  func finish(_ mode: DeliveryMode) async throws {
    var source = PacketSource(isKeyed: true)
    for isError in [true, false] {
      let queue = queue(mode)
      try queue.attach()
      _ = queue.offer(try source.apply("updates", ["1,\"\(isError)\",null"]), state: .live)
      queue.finish(isError ? ISSPlusError(.lineLost, "gone") : nil, table: nil)
      queue.finish(ISSPlusError(.closed, "again"), table: nil)
      #expect(!isFull(queue.offer(try source.apply("updates", ["2,\"b\",null"]), state: .live)))
      #expect(try await queue.next().count == 1)
      if isError {
        let error = await #expect(throws: ISSPlusError.self) { try await queue.next() }
        #expect(error?.code == .lineLost)
      }
      #expect(try await queue.next().isEmpty)
    }
  }

  @Test("the end wakes the one who waits")
  func finishWhileWaiting() async throws {
    for isError in [true, false] {
      let queue = queue(.lossless)
      try queue.attach()
      let reader = Task { try await queue.next() }
      queue.finish(isError ? ISSPlusError(.lineLost, "gone") : nil, table: nil)
      if isError {
        await #expect(throws: ISSPlusError.self) { try await reader.value }
      } else {
        #expect(try await reader.value.isEmpty)
      }
      #expect(try await queue.next().isEmpty)
    }
  }

  @Test("cancellation ends the reading, gives up what waits and makes room")
  func cancellation() async throws {
    var source = PacketSource(isKeyed: true)
    let queue = queue(.lossless)
    try queue.attach()
    let reader = Task { try await queue.next() }
    reader.cancel()
    #expect(try await reader.value.isEmpty)
    #expect(try fill(queue, &source, 3000).allSatisfy { !$0 })
    #expect(try await queue.next().isEmpty)

    let other = self.queue(.lossless)
    try other.attach()
    #expect(try fill(other, &source, 1024).last == true)
    other.abandon()
    #expect(roomCount == 1)
  }

  @Test("the table built from what was read is the real one, whatever the reader's speed", arguments: 0..<300)
  func property(_ seed: UInt64) async throws {
    var generator = SeededGenerator(seed: seed)
    let isKeyed = Bool.random(using: &generator)
    let mode: DeliveryMode = Bool.random(using: &generator) ? .lossless : .conflate
    var source = PacketSource(isKeyed: isKeyed)
    let queue = queue(mode)
    var rebuilt = Rebuilt(source.schema)
    var state = TableState.awaitingSnapshot
    var told = TableState.awaitingSnapshot
    var packets = 0
    var updates = 0
    var isAttached = false
    let pace = Int.random(in: 1...40, using: &generator)
    for _ in 0..<Int.random(in: 1...400, using: &generator) {
      switch Int.random(in: 0..<20, using: &generator) {
      case 0 where state == .live:
        state = .stale(.disconnected)
        _ = queue.offer(state, schema: source.schema) { nil }
      default:
        let (changes, isSnapshot) = try source.random(&generator)
        if isSnapshot { state = .live }
        packets += 1
        _ = queue.offer(changes, state: state)
      }
      guard Int.random(in: 0..<pace, using: &generator) == 0 else { continue }
      if !isAttached { try queue.attach() }
      isAttached = true
      for update in try await queue.next() {
        #expect(update.isStateChange == (update.state != told), "seed \(seed)")
        told = update.state
        rebuilt.apply(update.changes)
        updates += 1
      }
      #expect(rebuilt.equals(source.table), "seed \(seed)")
      #expect(told == state, "seed \(seed)")
    }
    queue.finish(nil, table: nil)
    if !isAttached { try queue.attach() }
    while case let batch = try await queue.next(), !batch.isEmpty {
      for update in batch { rebuilt.apply(update.changes) }
    }
    #expect(rebuilt.equals(source.table), "seed \(seed)")
    #expect(rebuilt.faults == [], "seed \(seed)")
    if mode == .lossless { #expect(updates <= packets * 2, "seed \(seed)") }
  }
}
