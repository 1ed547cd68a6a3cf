import MarketData
import NIOConcurrencyHelpers
import Testing

@testable import ISSPlus

/// Subscribers that wait are woken once a read, and nothing comes out of order by that.
@Suite("Wakes", .timeLimit(.minutes(10))) struct WakesTests {
  @Test("all wakes of a read run at its end, each once")
  func oneRead() {
    let wakes = Wakes()
    var woken: [Int] = []
    for number in 0..<3 { wakes.add { woken.append(number) } }
    #expect(woken == [])
    wakes.run()
    #expect(woken == [0, 1, 2])
    wakes.run()
    #expect(woken == [0, 1, 2])
    wakes.add { woken.append(3) }
    wakes.run()
    #expect(woken == [0, 1, 2, 3])
  }

  @Test("after 256 change sets they run at once")
  func limit() {
    let wakes = Wakes()
    var woken = 0
    wakes.add { woken += 1 }
    for _ in 0..<255 { wakes.countOne() }
    #expect(woken == 0)
    wakes.countOne()
    #expect(woken == 1)
  }

  @Test("a reader that waits gets what came first, and the rest behind it", arguments: [true, false])
  func order(isWoken: Bool) async throws {
    let wakes = Wakes()
    let queue = MergedQueue()
    let port = queue.port {}
    var source = PacketSource(isKeyed: true)
    let sets = try (0..<5).map { try source.apply("updates", ["\($0),\"a\",null"]) }
    async let first = queue.next()
    // Offered while the reader waits, or before it does: either way nothing is lost or out of order.
    if isWoken { await Task.yield() }
    for var changes in sets { _ = port.offer(&changes, Standing(state: .live, since: nil), wakes) }
    wakes.run()
    var keys: [String] = []
    func take(_ items: [MergedQueue.Item]) {
      for item in items {
        if case .update(_, let update) = item { keys += update.changes.map { "\($0.row?.values.first ?? .null)" } }
      }
    }
    take(await first)
    while keys.count < 5 { take(await queue.next()) }
    #expect(keys == sets.map { "\($0.first?.row?.values.first ?? .null)" })
  }

  @Test("a queue without rows hands over changes of state alone")
  func withoutRows() async throws {
    let queue = MergedQueue(rows: .none)
    let port = queue.port {}
    var source = PacketSource(isKeyed: true)
    for number in 0..<3 {
      var changes = try source.apply("updates", ["\(number),\"a\",null"])
      _ = port.offer(&changes, Standing(state: number < 2 ? .live : .stale(.silent), since: 1), nil)
    }
    port.finish(nil, table: source.table)
    var words: [String] = []
    for item in await queue.next() {
      switch item {
      case .update(_, let update): words.append("\(update.state.word) \(update.changes.count) \(update.isStateChange)")
      case .live: words.append("table")
      case .taken: words.append("taken")
      case .finished(_, _, let table): words.append("end \(table?.count ?? -1)")
      }
    }
    #expect(words == ["live 0 true", "stale(silent) 0 true", "end 3"])
  }
}
