import NIOCore
import STOMP

/// What a session does, decided without I/O: events and a time go in, actions come out (architecture.md, Session).
///
/// A connection is one-shot, the session outlives it. Impossible events are of three kinds: those of the peer are
/// ignored or end the line, as the switch says; those of a line that is over are ignored; those of our own driver do
/// not occur and are ignored too, for nothing would be gained by a trap.
struct SessionMachine {
  struct Configuration {
    var connectFrame = Frame(.connect)
    /// From the upgrade to CONNECTED.
    var connectedLimit: TimeAmount = .seconds(10)
    /// To RECEIPT or the first MESSAGE, and to REPLY.
    var answerLimit: TimeAmount = .seconds(10)
    /// Between two SUBSCRIBE frames.
    var subscriptionPace: TimeAmount = .milliseconds(100)
    /// From shutdown to the end of the line.
    var shutdownLimit: TimeAmount = .seconds(3)
    var reconnects = true
    var backoff = Backoff()
    /// How long a confirmed subscription may be without a packet before it is made again; `nil` for ever.
    var silenceLimit: TimeAmount?
    var seed: UInt64 = 0
  }

  enum State {
    case idle
    /// The transport works on a connection.
    case connecting
    /// CONNECT was sent.
    case authenticating(deadline: NIODeadline)
    case connected
    /// The line is being closed by us after a refusal or a fault; the error says what comes of it.
    case closing(ISSPlusError, isFinal: Bool)
    case waiting(until: NIODeadline)
    case stopping(deadline: NIODeadline)
    case stopped
  }

  struct Subscription {
    enum Phase {
      /// Not asked for on this line yet; not before that time.
      case due(NIODeadline)
      /// Asked for; the answer is due.
      case asked(deadline: NIODeadline)
      case confirmed
    }

    let request: SubscriptionRequest
    var phase: Phase
    /// Whether it was ever confirmed: then a silent gateway is a lost line, no refusal.
    var wasConfirmed = false
    /// Packets refused since the last snapshot.
    var faults = 0
    /// When to look whether it was silent for too long.
    var silenceCheck: NIODeadline?
  }

  struct Request {
    let request: SubscriptionRequest
    /// When it was sent, or asked for as long as it was not.
    var start: NIODeadline
    var deadline: NIODeadline
    var isSent: Bool
  }

  let configuration: Configuration
  private(set) var state: State = .idle
  var subscriptions: [Subscription] = []
  var requests: [Request] = []
  var places: [String: Int] = [:]
  /// When the next SUBSCRIBE may leave.
  var nextSubscribe = NIODeadline.uptimeNanoseconds(0)
  /// The slow reader because of whom nothing is read now; `nil` when the line is read.
  var holder: String?
  private var wasConnected = false
  /// Waits since the gateway last did what it was asked for.
  private var failedAttempts = 0
  /// Since when the line is connected; `nil` when it is not.
  private var connectedAt: NIODeadline?
  /// Why the last line was lost.
  private(set) var lastLoss: ISSPlusError?
  var generator: SeededGenerator
  var actions: [SessionAction] = []

  init(_ configuration: Configuration) {
    self.configuration = configuration
    generator = SeededGenerator(seed: configuration.seed)
  }

  /// When `tick` is due; `nil` for never.
  var deadline: NIODeadline? {
    var earliest: NIODeadline?
    func consider(_ time: NIODeadline) { earliest = earliest.map { min($0, time) } ?? time }
    switch state {
    case .idle, .connecting, .closing, .stopped: break
    case .authenticating(let deadline): consider(deadline)
    case .waiting(let until): consider(until)
    case .stopping(let deadline): return deadline
    case .connected:
      for subscription in subscriptions {
        switch subscription.phase {
        case .due(let time): consider(max(time, nextSubscribe))
        case .asked(let deadline): consider(deadline)
        case .confirmed: if let check = subscription.silenceCheck { consider(check) }
        }
      }
    }
    for request in requests { consider(request.deadline) }
    return earliest
  }

  /// Takes an event and says what to do, in order.
  mutating func handle(_ event: SessionEvent, now: NIODeadline) -> [SessionAction] {
    switch event {
    case .start: start()
    case .lineOpened: lineOpened(now)
    case .lineFailed(let error): lineEnded(error, now)
    case .lineClosed(let error): lineEnded(error, now)
    case .connected: connected(now)
    case .receipt(let id): if let place = places[id] { confirm(place, now) }
    case .message(let id): if let place = places[id] { confirm(place, now) }
    case .heard(let id, let last): heard(id, last, now)
    case .reply(let id): reply(id, now)
    case .badReply(let id, let error): badReply(id, error)
    case .refusal(let refusal): refused(refusal, now)
    case .closed: fault(ISSPlusError(.lineLost, "the gateway closed the session", isRetriable: true))
    case .fault(let error, let isFinal): fault(error, isFinal: isFinal)
    case .held(by: let reader): held(reader, now)
    case .badPacket(let id, let error): badPacket(id, error, now)
    case .live(let id): if let place = places[id] { subscriptions[place].faults = 0 }
    case .subscribe(let request): subscribe(request, now)
    case .unsubscribe(let id): unsubscribe(id)
    case .request(let request): ask(request, now)
    case .cancelRequest(let id): requests.removeAll { $0.request.id == id }
    case .shutdown: shutdown(now)
    case .recordingFailed(let error): recordingFailed(error)
    case .tick: tick(now)
    }
    sendDue(now)
    defer { actions.removeAll() }
    return actions
  }

  // MARK: The line

  mutating func start() {
    guard case .idle = state else { return }
    state = .connecting
    actions += [.state(.connecting), .connect]
  }

  mutating func lineOpened(_ now: NIODeadline) {
    switch state {
    case .connecting:
      state = .authenticating(deadline: now + configuration.connectedLimit)
      actions.append(.send(configuration.connectFrame))
    // Closed by us before it was open.
    case .closing, .stopping, .stopped: actions.append(.closeLine)
    case .idle, .authenticating, .connected, .waiting: break
    }
  }

  mutating func connected(_ now: NIODeadline) {
    guard case .authenticating = state else { return }
    state = .connected
    wasConnected = true
    connectedAt = now
    nextSubscribe = now
    for place in subscriptions.indices { subscriptions[place].phase = .due(now) }
    actions.append(.state(.connected))
    for place in requests.indices where !requests[place].isSent { sendRequest(place, now) }
  }

  /// A fault after which the line is of no use: closes it and goes on as if it were lost. Nothing that comes counts any
  /// more, so the tables are stale from now on, not only when the close handshake is through.
  mutating func fault(_ error: ISSPlusError, isFinal: Bool = false) {
    switch state {
    case .authenticating, .connected:
      state = .closing(error, isFinal: isFinal)
      forgetAnswers()
      actions += [.markStale, .closeLine]
    case .idle, .connecting, .closing, .waiting, .stopping, .stopped: break
    }
  }

  /// What is not recorded must not be taken for a whole session: the client stops.
  mutating func recordingFailed(_ error: ISSPlusError) {
    switch state {
    case .authenticating, .connected: fault(error, isFinal: true)
    case .connecting: state = .closing(error, isFinal: true)
    case .idle, .waiting: stop(error)
    case .closing, .stopping, .stopped: break
    }
  }

  mutating func lineEnded(_ error: ISSPlusError, _ now: NIODeadline) {
    switch state {
    case .idle, .waiting, .stopped: return
    case .stopping: return stop(nil)
    case .closing(let cause, let isFinal): return lost(cause, isFinal: isFinal, now)
    case .connecting, .authenticating: return lost(error, isFinal: false, now)
    case .connected:
      forgetAnswers()
      actions.append(.markStale)
      return lost(error, isFinal: false, now)
    }
  }

  /// The line that was asked over is over: no answer that comes now is one.
  private mutating func forgetAnswers() {
    for place in subscriptions.indices { subscriptions[place].phase = .due(.distantPast) }
  }

  mutating func lost(_ error: ISSPlusError, isFinal: Bool, _ now: NIODeadline) {
    let sent = requests.filter(\.isSent)
    requests.removeAll(where: \.isSent)
    for request in sent {
      let message = "\(Self.asRequest(request.request)): \(error.message)"
      actions.append(.requestFailed(request.request.id, ISSPlusError(.lineLost, message, isRetriable: true)))
    }
    // A first attempt that fails, fails; so does what no further attempt can mend.
    if isFinal || !wasConnected || !configuration.reconnects { return stop(error) }
    lastLoss = error
    if let connectedAt, connectedAt + configuration.backoff.maximum.timeAmount <= now { progressed() }
    connectedAt = nil
    let until = now + configuration.backoff.wait(failedAttempts, using: &generator)
    failedAttempts += 1
    state = .waiting(until: until)
    actions.append(.state(.waiting(until: until)))
  }

  /// The gateway has done what it was asked for: the next loss is a new one. CONNECTED alone is not enough, or a gateway
  /// that hangs up behind it would be asked several times a second for ever.
  mutating func progressed() { failedAttempts = 0 }

  mutating func stop(_ error: ISSPlusError?) {
    state = .stopped
    let end = error ?? Self.shutDown
    for subscription in subscriptions { actions.append(.subscriptionFailed(subscription.request.id, end)) }
    for request in requests { actions.append(.requestFailed(request.request.id, end)) }
    subscriptions.removeAll()
    requests.removeAll()
    places.removeAll()
    actions.append(.state(.stopped(error)))
  }

  mutating func shutdown(_ now: NIODeadline) {
    switch state {
    case .idle, .waiting: stop(nil)
    case .connecting:
      // Nothing has been said yet that would need a leave; the line is closed should it still open.
      actions.append(.closeLine)
      stop(nil)
    case .authenticating, .closing:
      state = .stopping(deadline: now + configuration.shutdownLimit)
      actions.append(.closeLine)
    case .connected:
      for subscription in subscriptions {
        if case .due = subscription.phase { continue }
        actions.append(.send(Frame(.unsubscribe, headers: ["id": subscription.request.id])))
      }
      actions += [.send(Frame(.disconnect)), .closeLine]
      state = .stopping(deadline: now + configuration.shutdownLimit)
    case .stopping, .stopped: break
    }
  }

  mutating func tick(_ now: NIODeadline) {
    switch state {
    case .authenticating(let deadline) where deadline <= now:
      let limit = Self.seconds(configuration.connectedLimit)
      fault(ISSPlusError(.timeout, "no CONNECTED within \(limit)", isRetriable: true))
    case .waiting(let until) where until <= now:
      state = .connecting
      actions += [.state(.connecting), .connect]
    case .stopping(let deadline) where deadline <= now: stop(nil)
    case .connected:
      expireSubscriptions(now)
      askAboutSilence(now)
    case .idle, .connecting, .authenticating, .closing, .waiting, .stopping, .stopped: break
    }
    expireRequests(now)
  }

  // MARK: Words

  static let shutDown = ISSPlusError(.closed, "the client was shut down")

  var isStopped: Bool {
    switch state {
    case .stopping, .stopped: true
    case .idle, .connecting, .authenticating, .connected, .closing, .waiting: false
    }
  }

  static func asRequest(_ request: SubscriptionRequest) -> String {
    guard let selector = request.selector else { return "REQUEST \(request.destination)" }
    return "REQUEST \(request.destination) \(selector)"
  }

  static func seconds(_ amount: TimeAmount) -> String {
    amount.nanoseconds % 1_000_000_000 == 0
      ? "\(amount.nanoseconds / 1_000_000_000) s" : "\(amount.nanoseconds / 1_000_000) ms"
  }
}
