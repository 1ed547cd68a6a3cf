import GatewaySimulator
import MarketData
import NIOCore

@testable import ISSPlus

/// One seeded run of the session property: a client, a gateway, faults and readers, until all is quiet again.
final class SessionRun {
  /// A subscription with its reader.
  private final class Reader {
    let id: String
    let destination: String
    let selector: String?
    let queue: DeliveryQueue
    /// Milliseconds between two looks; `nil` looks at the end only.
    let pause: Int64?
    var rebuilt: Rebuilt?
    var state = TableState.awaitingSnapshot
    var isOpen = true

    init(_ id: String, _ destination: String, _ selector: String?, _ queue: DeliveryQueue, pause: Int64?) {
      self.id = id
      self.destination = destination
      self.selector = selector
      self.queue = queue
      self.pause = pause
    }

    /// Reads what waits, and says what does not fit.
    func read() throws -> [String] {
      let updates: [TableUpdate]
      do {
        updates = try queue.poll()
      } catch {
        guard error.code == .timeout else { throw error }
        // A line that is only silent: the first SUBSCRIBE over it is not answered, and says so.
        isOpen = false
        return []
      }
      for update in updates {
        if rebuilt == nil { rebuilt = Rebuilt(update.changes.schema) }
        rebuilt?.apply(update.changes)
        state = update.state
      }
      return (rebuilt?.faults ?? []).map { "\(id): \($0)" }
    }
  }

  private let world: VirtualWorld
  private var random: SeededGenerator
  private var readers: [Reader] = []
  private var subscriptions = 0
  private(set) var story: [String] = []
  private(set) var counters = SessionCounters()
  private let dropsOlder: Bool

  init(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let dropsOlder = Int.random(in: 0..<4, using: &random) == 0
    var switches = Self.switches(&random, isOrdered: dropsOlder)
    let rate: Double? = Bool.random(using: &random) ? Double(Int.random(in: 5...60, using: &random)) : nil
    let connections = [1, 1, 2, 3].randomElement(using: &random) ?? 1
    let silence: Duration? = Int.random(in: 0..<4, using: &random) == 0 ? .seconds(3) : nil
    // A line that is only silent is found by whoever asks for that.
    if silence != nil, Bool.random(using: &random) { switches.append("silence=1s") }
    let pace = Duration.milliseconds(Int.random(in: 0...100, using: &random))
    world = try VirtualWorld(
      market: SimulatedMarket(seed: seed, tickers: 6, rate: rate), switches: switches, seed: seed
    ) {
      $0.connections = connections
      $0.dropsOutOfOrder = dropsOlder
      $0.silenceLimit = silence
      $0.subscriptionPace = pace
      $0.backoff.maximum = .seconds(4)
      $0.timeout = .seconds(5)
      $0.connectTimeout = .seconds(5)
    }
    self.random = random
    self.dropsOlder = dropsOlder
    story =
      switches + ["connections \(connections)", "rate \(rate ?? 0)", dropsOlder ? "drops older" : "applies older"]
  }

  private static func switches(_ random: inout SeededGenerator, isOrdered: Bool) -> [String] {
    var switches = ["book-depth=\(Int.random(in: 0...3, using: &random))"]
    let choices = [
      "receipt=after", "receipt=never", "two-frames=on", "unknown-command=7", "second-snapshot=5", "unknown-column=on",
      "published=never", "removal=full-row", "unsubscribe=late-message", "unsubscribe=never", "heartbeat=500ms",
      "candle-cadence=700ms", "connected-headers=none", "message-kind=text", "duplicate=5", "older=4", "broken=11",
      "cut=40", "reset=60", "half-open=50", "closed=45", "malformed=35",
    ]
    var names: Set<Substring> = []
    for choice in choices where Int.random(in: 0..<4, using: &random) == 0 {
      if names.insert(choice.split(separator: "=")[0]).inserted { switches.append(choice) }
    }
    // The faults of the line have to end, or the tables could not be compared.
    switches.append("faulty-lines=6")
    if !isOrdered, let seqnum = ["uneven", "repeat", "backwards"].randomElement(using: &random) {
      switches.append("seqnum=\(seqnum)")
    }
    return switches
  }

  /// Runs and gives what is wrong.
  func run() throws -> [String] {
    var faults: [String] = []
    world.group.start(1).whenFailure { _ in }
    world.pass(.milliseconds(10))
    guard case .connected = world.group.state else { return ["the first attempt failed"] }
    for _ in 0..<Int.random(in: 1...4, using: &random) { subscribe() }
    for _ in 0..<Int.random(in: 20...70, using: &random) {
      world.pass(.milliseconds(Int64.random(in: 1...250, using: &random)))
      disturb()
      for reader in readers where reader.pause.map({ Int64.random(in: 0..<$0, using: &random) < 100 }) == true {
        faults += try reader.read()
      }
    }
    // Quiet: no more faults, everything is made again, everything is read.
    world.attempts = []
    world.market.isPaused = true
    for line in world.openLines { line.spoil = { [$0] } }
    for _ in 0..<60 {
      world.pass(.seconds(1))
      for reader in readers { faults += try reader.read() }
    }
    // A subscription that is made again for its silence is between two tables for a moment.
    for _ in 0..<200 where readers.contains(where: { $0.isOpen && $0.state != .live }) {
      world.pass(.milliseconds(20))
      for reader in readers { faults += try reader.read() }
    }
    for reader in readers where reader.isOpen { faults += compare(reader) }
    counters = world.group.counters
    world.end()
    return faults
  }

  private func compare(_ reader: Reader) -> [String] {
    let name = "\(reader.id) \(reader.destination)"
    guard let table = world.group.table(reader.id), let truth = world.truth(reader.destination, reader.selector) else {
      return ["\(name): there is no table"]
    }
    var faults: [String] = []
    if reader.state != .live { faults.append("\(name) is \(reader.state.word)") }
    let own = table.rows.map { row in row.values.map { $0.isNull ? "null" : "=\($0)" }.joined(separator: "|") }
    let its = truth.rows.map { row in row.map { $0.map { "=\($0)" } ?? "null" }.joined(separator: "|") }
    if own.sorted() != its.sorted() { faults.append("\(name): \(own) is not the gateway's \(its)") }
    if reader.rebuilt?.equals(table) != true { faults.append("\(name): the changes lead elsewhere") }
    return faults
  }

  // MARK: What happens

  private func subscribe() {
    let tickers = world.market.tickers(of: "MXSE")
    let ticker = tickers.randomElement(using: &random) ?? ""
    let kinds: [(String, String?)] = [
      ("MXSE.orderbooks", "TICKER=\"\(ticker)\""), ("MXSE.orderbooks", "TICKER=\"\(ticker)\""),
      ("MXSE.securities", "TICKER=\"\(ticker)\""), ("MXSE.candles", "ticker=\"\(ticker)\" and quantity=\"3\""),
      ("COMMON.turnovers", nil), ("COMMON.news", nil),
    ]
    let (destination, selector) = kinds.randomElement(using: &random) ?? kinds[0]
    // The gateway's truth is found by what was asked for: each of these once.
    if readers.contains(where: { $0.isOpen && $0.destination == destination && $0.selector == selector }) { return }
    subscriptions += 1
    let id = "s\(subscriptions)"
    let mode: DeliveryMode = Bool.random(using: &random) ? .lossless : .conflate
    let pause: Int64? = [100, 300, 3000, nil].randomElement(using: &random) ?? 100
    let queue = world.subscribe(id, destination, selector, mode)
    readers.append(Reader(id, destination, selector, queue, pause: pause))
  }

  private func disturb() {
    let line = world.openLines.randomElement(using: &random)
    switch Int.random(in: 0..<60, using: &random) {
    case 0: subscribe()
    case 1:
      let reader = readers.filter(\.isOpen).randomElement(using: &random)
      story.append("unsubscribe")
      reader?.isOpen = false
      reader.map { world.group.unsubscribe($0.id) }
    case 2, 3:
      story.append("cut")
      line?.cut()
    case 4:
      story.append("death")
      line?.die(noticedAfter: world.pingLimit)
    case 5:
      story.append("CLOSED")
      line?.inject(ByteBuffer(string: "CLOSED\n\n\0"))
    case 6:
      story.append("refused attempt")
      world.attempts.append(.refused)
    case 7:
      story.append("deaf attempt")
      world.attempts.append(.deaf)
    case 8...16: if let line { spoil(line) }
    default: break
    }
  }

  /// From now on some messages of the line arrive otherwise than they were sent.
  private func spoil(_ line: VirtualLine) {
    var chance = SeededGenerator(seed: random.next())
    var older: ByteBuffer?
    let drops = dropsOlder
    let kind = Int.random(in: 0..<4, using: &random)
    story.append(["broken", "twice", "in pieces", "older"][kind])
    line.spoil = { message in
      let isMessage = message.readableBytesView.starts(with: Array("MESSAGE".utf8))
      guard isMessage, Int.random(in: 0..<6, using: &chance) == 0 else { return [message] }
      switch kind {
      case 0: return [Self.broken(message)]
      case 1: return [message, message]
      case 2:
        let middle = Int.random(in: 1..<message.readableBytes, using: &chance)
        var rest = message
        guard let head = rest.readSlice(length: middle) else { return [message] }
        return [head, rest]
      default:
        // An older packet is of no effect only where the client drops it.
        defer { older = message }
        guard drops, let older else { return [message] }
        return [message, older]
      }
    }
  }

  /// The same frame with a body that is no JSON: its last brace is a blank.
  private static func broken(_ message: ByteBuffer) -> ByteBuffer {
    var bytes = Array(message.readableBytesView)
    if let brace = bytes.lastIndex(of: UInt8(ascii: "}")) { bytes[brace] = UInt8(ascii: " ") }
    return ByteBuffer(bytes: bytes)
  }
}
