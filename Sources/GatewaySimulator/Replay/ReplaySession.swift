internal import MarketData
public import NIOCore
internal import STOMP

/// One connection to which a recording is served: messages in, actions out. Pure: no I/O, and time is an argument.
///
/// The clock of the recording starts with the first SUBSCRIBE, at the recorded moment of the subscription that it asks
/// for. Each subscription gets everything that its recorded one brought, in order: what was due before the SUBSCRIBE
/// comes at once, so nothing is ever missed, and from then on the streams keep their recorded distances. At the maximum
/// speed the first frame waits until all recorded subscriptions are there, or none has come for 300 ms (clients pause
/// 100 ms between them), so that several streams come in the order of the recording. Nothing falls out when the client
/// is slow; the rest waits.
public final class ReplaySession {
  /// How a recording is served.
  public struct Configuration: Sendable {
    /// What is served.
    public var replay: Replay
    /// How fast.
    public var speed: ReplaySpeed
    /// Whether it begins anew at its end.
    public var loops: Bool
    /// Who may connect, beside the guest.
    public var accounts: [Account]
    /// The body of CONNECTED in place of the recorded one.
    public var structureBody: ByteBuffer?

    /// A configuration.
    public init(
      replay: Replay, speed: ReplaySpeed = .times(1), loops: Bool = false, accounts: [Account] = [],
      structureBody: ByteBuffer? = nil
    ) {
      self.replay = replay
      self.speed = speed
      self.loops = loops
      self.accounts = accounts
      self.structureBody = structureBody
    }
  }

  /// How far the connection has come.
  enum Phase {
    case awaitingConnect
    case connected
    case ending
    case closed
  }

  /// A subscription of the client and how far its stream has come.
  struct Playing {
    let id: String
    let receipt: String?
    let stream: Int
    /// The next item of the stream.
    var next = 0
    /// How often the recording has begun anew.
    var round = 0
  }

  let configuration: Configuration
  var phase = Phase.awaitingConnect
  var actions: [GatewayAction] = []
  var playing: [Int: Playing] = [:]
  var numbers: [String: Int] = [:]
  /// Answers that are due later.
  var answers: [Int: ByteBuffer] = [:]
  /// How often each request has been made.
  var asked: [String: Int] = [:]
  var queue = DueQueue()
  var closeAt: GatewayTime?
  private var parser = FrameParser(dialect: .issPlus, limits: FrameLimits(maxHeaderCount: 32, maxBodySize: 1 << 20))
  private var start: (wall: GatewayTime, recorded: Int64)?
  /// Nothing is played before.
  private var holdsUntil: GatewayTime?
  private var lastNumber = 0
  /// The client does not read: nothing is due until it does.
  private var isBlocked = false

  /// Frames of subscriptions sent.
  public private(set) var packetCount = 0
  /// Subscriptions that are open.
  public var subscriptionCount: Int { playing.count }

  /// A session for a connection that has just been opened.
  public init(_ configuration: Configuration) { self.configuration = configuration }

  var replay: Replay { _read { yield configuration.replay } }

  /// Takes one WebSocket message, of either kind.
  public func received(_ message: ByteBuffer, at now: GatewayTime) -> [GatewayAction] {
    parser.append(message)
    do {
      while isOpen, let frame = try parser.next() { handle(frame, at: now) }
    } catch {
      refuse(.exception, "Broken frame: \(error.message)", to: nil)
      end(after: 0, at: now)
    }
    return takeActions()
  }

  /// Does what is due; nothing while the client does not read (`canSend` is false).
  public func wake(at now: GatewayTime, canSend: Bool = true) -> [GatewayAction] {
    guard phase != .closed else { return [] }
    if let closeAt, closeAt <= now {
      close()
      return [.close(code: 1000, reason: "")]
    }
    isBlocked = !canSend
    if let holdsUntil, now < holdsUntil { return takeActions() }
    var left = Self.mostFramesAtOnce
    while canSend, left > 0, let entry = queue.first, entry.due <= now {
      queue.removeFirst()
      left -= 1
      play(entry.number)
    }
    return takeActions()
  }

  /// So many frames at most in one go, so that the event loop stays responsive.
  private static var mostFramesAtOnce: Int { 256 }

  /// When to call ``wake(at:canSend:)`` next; nil when nothing is under way, or nothing can be sent.
  public var nextWakeUp: GatewayTime? {
    if let closeAt { return closeAt }
    guard !isBlocked, let due = queue.first?.due else { return nil }
    return holdsUntil.map { max($0, due) } ?? due
  }

  /// The connection has ended.
  public func close() {
    phase = .closed
    forgetAll()
    closeAt = nil
  }

  /// Closes after some microseconds; until then nothing is taken.
  func end(after pause: Int64, at now: GatewayTime) {
    phase = .ending
    forgetAll()
    closeAt = now.advanced(byMicroseconds: pause)
  }

  private func forgetAll() {
    playing = [:]
    numbers = [:]
    answers = [:]
    queue = DueQueue()
  }

  private var isOpen: Bool {
    switch phase {
    case .awaitingConnect, .connected: true
    case .ending, .closed: false
    }
  }

  func takeActions() -> [GatewayAction] {
    defer { actions.removeAll(keepingCapacity: true) }
    return actions
  }

  // MARK: The clock of the recording

  /// Begins a stream; the first one starts the clock.
  func begin(_ new: Playing, at now: GatewayTime) {
    if start == nil { start = (now, replay.streams[new.stream].begin) }
    let number = nextNumber()
    playing[number] = new
    numbers[new.id] = number
    if configuration.speed == .max, packetCount == 0 {
      let isComplete = Set(playing.values.map(\.stream)).count == replay.streams.count
      holdsUntil = isComplete ? now : now.advanced(byMicroseconds: 300_000)
    }
    schedule(number)
  }

  /// An answer, as long after its question as it was recorded.
  func answer(_ frame: ByteBuffer, after latency: Int64, at now: GatewayTime) {
    let number = nextNumber()
    answers[number] = frame
    queue.add(DueQueue.Entry(due: now.advanced(byMicroseconds: scaled(Double(latency))), number: number))
  }

  private func nextNumber() -> Int {
    lastNumber += 1
    return lastNumber
  }

  /// Nanoseconds of the recording as microseconds of the replay, and less than thirty years.
  private func scaled(_ nanoseconds: Double) -> Int64 {
    switch configuration.speed {
    case .max: 0
    case .times(let factor): Int64(min(max(nanoseconds / 1000 / factor, -1e15), 1e15))
    }
  }

  private func schedule(_ number: Int) {
    guard var one = playing[number], let start else { return }
    let items = replay.streams[one.stream].items
    if one.next == items.count, configuration.loops, !items.isEmpty {
      one.next = 0
      one.round += 1
      playing[number] = one
    }
    guard one.next < items.count else { return }
    let place = items[one.next]
    let elapsed = Double(replay.items[place].time - start.recorded) + Double(one.round) * Double(replay.roundLength)
    let due = start.wall.advanced(byMicroseconds: scaled(elapsed))
    queue.add(DueQueue.Entry(due: due, order: one.round * replay.items.count + place, number: number))
  }

  private func play(_ number: Int) {
    if let answer = answers.removeValue(forKey: number) {
      actions.append(.send(answer))
      return
    }
    guard let one = playing[number] else { return }
    let frame = replay.items[replay.streams[one.stream].items[one.next]].frame
    var copy = ServerFrame(like: frame, values: ["subscription": one.id, "receipt-id": one.receipt])
    actions.append(.send(copy.end(body: frame.body.readableBytesView)))
    packetCount += 1
    playing[number]?.next += 1
    if frame.command.known == .error {
      forget(number)
    } else {
      schedule(number)
    }
  }

  /// A subscription has ended.
  func forget(_ number: Int) {
    if let gone = playing.removeValue(forKey: number) { numbers[gone.id] = nil }
  }
}
