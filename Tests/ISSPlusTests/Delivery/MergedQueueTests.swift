import MarketData
import NIOConcurrencyHelpers
import Testing

@testable import ISSPlus

/// Several subscriptions into one reader, in the order of arrival.
@Suite("Merged queue", .timeLimit(.minutes(10))) struct MergedQueueTests {
  private let rooms = NIOLockedValueBox<[String]>([])

  private func port(_ queue: MergedQueue, _ name: String) -> MergedQueue.Port {
    queue.port { [rooms] in rooms.withLockedValue { $0.append(name) } }
  }

  private func words(_ items: [MergedQueue.Item]) -> [String] {
    items.map { item in
      switch item {
      case .update(let number, let update):
        "\(number) \(update.changes.count) \(update.state.word)\(update.isStateChange ? "!" : "")"
      case .live(let number, let table): "\(number) has \(table?.count ?? -1)"
      case .taken: "taken"
      case .finished(let number, let error, let table):
        "\(number) ended\(error.map { " \($0.code)" } ?? "") with \(table?.count ?? -1)"
      }
    }
  }

  @Test("changes, states and ends of all subscriptions in the order in which they came")
  func order() async throws {
    let queue = MergedQueue()
    let (one, two) = (port(queue, "one"), port(queue, "two"))
    var source = PacketSource(isKeyed: true)
    let schema = source.schema
    let first = try source.apply("snapshot", ["1,\"a\",null", "2,\"b\",null"])
    let table = source.table
    _ = one.offer(first, state: .live)
    _ = one.offer(.live, schema: schema) { table }
    _ = two.offer(try source.apply("updates", ["3,\"c\",null"]), state: .awaitingSnapshot)
    _ = one.offer(.stale(.disconnected), schema: schema) { table }
    _ = one.offer(.stale(.disconnected), schema: schema) { table }
    two.finish(ISSPlusError(.refused, "no"), table: nil)
    one.finish(nil, table: table)
    #expect(
      words(await queue.next()) == [
        "0 2 live!", "0 has 2", "1 1 awaiting", "0 0 stale(disconnected)!", "1 ended refused with -1", "0 ended with 2",
      ])
  }

  @Test("a full queue says so to whoever offers, and makes room for all")
  func limit() async throws {
    let queue = MergedQueue(limit: 3)
    let (one, two) = (port(queue, "one"), port(queue, "two"))
    var source = PacketSource(isKeyed: true)
    var full: [Bool] = []
    for (number, port) in [one, two, one, two].enumerated() {
      let changes = try source.apply("updates", ["\(number),\"a\",null"])
      if case .full = port.offer(changes, state: .awaitingSnapshot) { full.append(true) } else { full.append(false) }
    }
    #expect(full == [false, false, true, true])
    #expect(await queue.next().count == 4)
    #expect(Set(rooms.withLockedValue { $0 }) == ["one", "two"])
    #expect(rooms.withLockedValue { $0.count } == 2)
  }

  @Test("one who waits gets the next item at once")
  func waiting() async throws {
    let queue = MergedQueue()
    let one = port(queue, "one")
    let reader = Task { await queue.next() }
    one.finish(nil, table: nil)
    #expect(words(await reader.value) == ["0 ended with -1"])
  }

  @Test("two tables built from one reader's items are the real ones, whatever its speed", arguments: 0..<100)
  func property(_ seed: UInt64) async throws {
    var generator = SeededGenerator(seed: seed)
    let queue = MergedQueue(limit: 50)
    var sources = [PacketSource(isKeyed: true), PacketSource(isKeyed: false)]
    let ports = [port(queue, "one"), port(queue, "two")]
    var rebuilt = sources.map { Rebuilt($0.schema) }
    let pace = Int.random(in: 1...80, using: &generator)
    for _ in 0..<300 {
      let number = Int.random(in: 0...1, using: &generator)
      let (changes, isSnapshot) = try sources[number].random(&generator)
      _ = ports[number].offer(changes, state: isSnapshot ? .live : .awaitingSnapshot)
      guard Int.random(in: 0..<pace, using: &generator) == 0 else { continue }
      for case .update(let number, let update) in await queue.next() { rebuilt[number].apply(update.changes) }
      for number in 0...1 { #expect(rebuilt[number].equals(sources[number].table), "seed \(seed)") }
    }
    for port in ports { port.finish(nil, table: nil) }
    for case .update(let number, let update) in await queue.next() { rebuilt[number].apply(update.changes) }
    for number in 0...1 {
      #expect(rebuilt[number].equals(sources[number].table), "seed \(seed)")
      #expect(rebuilt[number].faults == [], "seed \(seed)")
    }
  }
}
