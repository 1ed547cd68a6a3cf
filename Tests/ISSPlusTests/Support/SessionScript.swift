import MarketData
import NIOConcurrencyHelpers
import NIOCore
import NIOEmbedded
import STOMP
import WebSocketTransport

@testable import ISSPlus

/// A conversation of `Fixtures/sessions`: a client on a virtual clock, a gateway that a file plays, line by line. The
/// format is in the README of that folder.
final class SessionScript {
  /// A line of the file that did not come true, or that says nothing.
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  private let loop = EmbeddedEventLoop()
  private let lines: ScriptedLines
  private var configuration = ISSPlusConfiguration(url: "ws://127.0.0.1/")
  private var world: SessionGroup?
  private var line: ScriptedLine?
  private var queues: [String: DeliveryQueue] = [:]
  private var replies: [String: EventLoopFuture<Reply>] = [:]
  /// 2024-07-01 09:18:53 UTC.
  private static let epoch: Int64 = 1_719_825_533_000_000_000

  init() {
    lines = ScriptedLines(loop)
    configuration.subscriptionPace = .zero
    configuration.pingInterval = nil
  }

  /// Plays the file; gives the line that failed with the reason.
  func run(_ text: String) -> String? {
    defer { end() }
    for (number, raw) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let (command, list) = Self.parse(raw)
      guard let name = command.first, !name.hasPrefix("#") else { continue }
      do {
        try perform(String(name), command.dropFirst().map(String.init), list)
      } catch {
        return "line \(number + 1): \(raw): \(error)"
      }
      loop.run()
    }
    let left = (lines.lines.flatMap(\.deeds)).map { Self.words($0) }
    return left.isEmpty ? nil : "nothing expects \(left)"
  }

  private func end() {
    world?.shutdown()
    loop.advanceTime(by: .hours(1))
  }

  /// Words, and the items after the first bar.
  private static func parse(_ line: Substring) -> ([Substring], [String]) {
    let parts = line.split(separator: "|", omittingEmptySubsequences: false)
    let items = parts.dropFirst().map { $0.split(separator: " ").joined(separator: " ") }
    return ((parts.first ?? "").split(separator: " "), items.filter { !$0.isEmpty })
  }

  // MARK: Commands

  private func perform(_ name: String, _ words: [String], _ list: [String]) throws {
    let rest = words.dropFirst().joined(separator: " ")
    if name != "with" {
      _ = try group()
      loop.run()
    }
    switch (name, words.first) {
    case ("with", let option?): try set(option, rest)
    case ("accept", nil):
      line = try required(lines.accept(), "the client does not connect")
    case ("refuse", nil): try required(lines.take(), "the client does not connect").refuse()
    case ("hang", nil): _ = try required(lines.take(), "the client does not connect")
    case ("line", let number?):
      guard let place = Int(number), lines.lines.indices.contains(place - 1) else { throw Failure("no such line") }
      line = lines.lines[place - 1]
    case ("expect", "no-attempt"): try check(lines.attempts.count, 0)
    case ("expect", "nothing"): try check(current().deeds.map { Self.words($0) }, [])
    case ("expect", _): try check(nextDeed(), words.joined(separator: " "))
    case ("send", let command?): try send(command, words.dropFirst(), list)
    case ("packet", let id?): try sendPacket(id, words.dropFirst().map(\.self), list)
    case ("raw", _): try current().say(ByteBuffer(string: Self.unescaped(words.joined(separator: " "))))
    case ("wait", "attempt"):
      for _ in 0..<6_000 where lines.attempts.isEmpty { loop.advanceTime(by: .milliseconds(10)) }
      if lines.attempts.isEmpty { throw Failure("the client does not connect within a minute") }
    case ("wait", let time?): loop.advanceTime(by: try Self.time(time))
    case ("cut", nil): try current().end(.peerClosedWithoutHandshake)
    case ("close", let code?): try current().end(.clean(code: UInt16(code) ?? 1000, reason: rest))
    case ("ping-timeout", nil): try current().end(.pingTimeout)
    case ("subscribe", let id?): try subscribe(id, Array(words.dropFirst()), .lossless)
    case ("follow", let id?): try subscribe(id, Array(words.dropFirst()), .conflate)
    case ("unsubscribe", let id?): try group().unsubscribe(id)
    case ("request", let id?):
      replies[id] = try group().request(Self.request(id, Array(words.dropFirst())))
      replies[id]?.whenFailure { _ in }
    case ("cancel", let id?): try group().cancelRequest(id)
    case ("shutdown", nil): try group().shutdown()
    case ("read", let id?): try check(read(id), list)
    case ("table", let id?): try check(try group().table(id).map { SessionWords.levels($0) } ?? ["none"], list)
    case ("reply", let id?): try check(reply(id), list)
    case ("client", _): try check(SessionWords.state(group().state, now: loop.now), words.joined(separator: " "))
    case ("count", let counter?): try check(count(counter), rest)
    default: throw Failure("this says nothing")
    }
  }

  private func set(_ option: String, _ value: String) throws {
    if world != nil { throw Failure("the client has started") }
    switch option {
    case "pace": configuration.subscriptionPace = try Self.duration(value)
    case "silence": configuration.silenceLimit = try Self.duration(value)
    case "timeout": configuration.timeout = try Self.duration(value)
    case "connect-timeout": configuration.connectTimeout = try Self.duration(value)
    case "backoff": configuration.backoff.first = try Self.duration(value)
    case "shutdown-timeout": configuration.shutdownTimeout = try Self.duration(value)
    case "language": configuration.language = value
    case "reconnect": configuration.reconnects = value == "on"
    case "order": configuration.dropsOutOfOrder = value == "drop"
    case "connections": configuration.connections = try required(Int(value), "no number")
    default: throw Failure("no such option")
    }
  }

  /// The client; it starts when it is first needed.
  private func group() throws -> SessionGroup {
    if let world { return world }
    let shared = SessionDriver.Shared(connector: lines, host: "127.0.0.1")
    let group = SessionGroup(configuration, shared: shared, loop: loop)
    for driver in group.drivers { driver.wallClock = { [loop] in Self.epoch + Int64(loop.now.uptimeNanoseconds) } }
    world = group
    group.start(1).whenFailure { _ in }
    return group
  }

  private func subscribe(_ id: String, _ words: [String], _ mode: DeliveryMode) throws {
    let group = try group()
    let bound = NIOLoopBound(group, eventLoop: loop)
    let queue = DeliveryQueue(mode, looseRowLimit: 1_000) { bound.value.hasRoom(id) }
    queues[id] = queue
    group.subscribe(Self.request(id, words), sink: queue).whenFailure { _ in }
  }

  private static func request(_ id: String, _ words: [String]) -> SubscriptionRequest {
    let selector = words.dropFirst().joined(separator: " ")
    return SubscriptionRequest(id: id, destination: words.first ?? "", selector: selector.isEmpty ? nil : selector)
  }

  // MARK: The gateway

  private func current() throws -> ScriptedLine { try required(line, "no line is open") }

  private func nextDeed() throws -> String {
    let line = try current()
    return line.deeds.isEmpty ? "nothing" : Self.words(line.deeds.removeFirst())
  }

  private func send(_ command: String, _ headers: ArraySlice<String>, _ body: [String]) throws {
    let pairs = headers.map { word -> (String, String) in
      let parts = word.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      return (String(parts[0]), parts.count > 1 ? String(parts[1].replacing("_", with: " ")) : "")
    }
    let body = ByteBuffer(string: body.joined(separator: "|"))
    try say(Frame(Command(command), headers: Headers(pairs), body: body))
  }

  private func say(_ frame: Frame) throws {
    var bytes = ByteBuffer()
    try FrameEncoder().encode(frame, into: &bytes)
    try current().say(bytes)
  }

  /// A MESSAGE of an order book: `packet s1 snapshot 7 | B 100.5 7 | S 101 2`.
  private func sendPacket(_ id: String, _ words: [String], _ levels: [String]) throws {
    let isBroken = words.first == "broken"
    let type = isBroken ? "updates" : words.first ?? "snapshot"
    let seqnum = words.count > 1 ? #""seqnum":\#(words[1]),"# : ""
    var rows: [String] = []
    for level in levels {
      let parts = level.split(separator: " ")
      guard parts.count == 3 else { throw Failure("a level has three parts") }
      rows.append(#"["\#(parts[0])",[\#(parts[1]),2],\#(parts[2])]"#)
    }
    let data = isBroken ? "[1]" : rows.joined(separator: ",")
    let body =
      #"{"properties":{\#(seqnum)"type":"\#(type)"},"columns":["BUYSELL","PRICE","QUANTITY"],"data":[\#(data)]}"#
    let headers: Headers = ["destination": "MXSE.orderbooks", "subscription": id]
    try say(Frame(.message, headers: headers, body: ByteBuffer(string: body)))
  }

  // MARK: Looking

  private func read(_ id: String) throws -> [String] {
    let queue = try required(queues[id], "no such subscription")
    var said: [String] = []
    do {
      while case let updates = try queue.poll(), !updates.isEmpty { said += updates.flatMap(SessionWords.update) }
    } catch {
      said.append("ended \(error.code)")
    }
    return said
  }

  private func reply(_ id: String) throws -> [String] {
    let said = NIOLockedValueBox(["nothing"])
    try required(replies[id], "no such request").whenComplete { result in
      let words =
        switch result {
        case .success(let reply): reply.table.rows.map { SessionWords.row($0) }
        case .failure(let error): ["failed \((error as? ISSPlusError)?.code.description ?? "\(error)")"]
        }
      said.withLockedValue { $0 = words }
    }
    loop.run()
    return said.withLockedValue { $0 }
  }

  private func count(_ counter: String) throws -> String {
    let counters = try group().counters
    let value = Mirror(reflecting: counters).children.first { $0.label == counter }?.value
    return "\(try required(value, "no such counter"))"
  }

  // MARK: Words

  private static func words(_ deed: ScriptedLine.Deed) -> String {
    switch deed {
    case .close: return "close"
    case .abort: return "abort"
    case .frame(let frame):
      let headers = frame.headers.map { "\($0.name):\($0.value)" }
      return ([frame.command.name] + headers).joined(separator: " ")
    }
  }

  private static func duration(_ text: String) throws -> Duration { .nanoseconds(try time(text).nanoseconds) }

  private static func time(_ text: String) throws -> TimeAmount {
    let digits = text.prefix { $0.isNumber }
    let number = try Int64(digits) ?? { throw Failure("no time") }()
    switch text.dropFirst(digits.count) {
    case "ms": return .milliseconds(number)
    case "s": return .seconds(number)
    case "min": return .minutes(number)
    default: throw Failure("no time")
    }
  }

  private static func unescaped(_ text: String) -> String {
    text.replacing("\\n", with: "\n").replacing("\\r", with: "\r").replacing("\\0", with: "\0")
  }

  private func required<T>(_ value: T?, _ complaint: String) throws -> T {
    guard let value else { throw Failure(complaint) }
    return value
  }

  private func check<T: Equatable>(_ found: T, _ expected: T) throws {
    if found != expected { throw Failure("it is \(found)") }
  }
}

extension SessionScript.Failure {
  init(_ description: String) { self.init(description: description) }
}

/// What a client tells its user, in words.
enum SessionWords {
  /// The changes, then the state where it is another.
  static func update(_ update: TableUpdate) -> [String] {
    var words = update.changes.map { change in
      switch (change.before, change.after) {
      case (nil, let after?): "+ " + row(after)
      case (let before?, nil): "- " + row(before)
      case (let before?, let after?): row(before) + " -> " + row(after)
      case (nil, nil): "nothing"
      }
    }
    if update.isStateChange { words.append(update.state.word) }
    return words
  }

  static func row(_ row: Row) -> String { row.values.filter { !$0.isNull }.map { "\($0)" }.joined(separator: " ") }

  static func levels(_ table: KeyedTable) -> [String] { table.rows.map { row($0) } }

  static func state(_ state: ClientState?, now: NIODeadline) -> String {
    switch state {
    case nil: "idle"
    case .connecting: "connecting"
    case .connected: "connected"
    case .waiting: "waiting"
    case .stopped(let error): "stopped \(error?.code.description ?? "normally")"
    }
  }
}
