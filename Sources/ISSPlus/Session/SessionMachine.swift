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
  }

  struct Request {
    let request: SubscriptionRequest
    let start: NIODeadline
    let deadline: NIODeadline
    var isSent: Bool
  }

  let configuration: Configuration
  private(set) var state: State = .idle
  private(set) var subscriptions: [Subscription] = []
  private(set) var requests: [Request] = []
  private var places: [String: Int] = [:]
  /// When the next SUBSCRIBE may leave.
  private var nextSubscribe = NIODeadline.uptimeNanoseconds(0)
  private var wasConnected = false
  private var failedAttempts = 0
  private var generator: SeededGenerator
  private var actions: [SessionAction] = []

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
        case .confirmed: break
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
    case .receipt(let id): if let place = places[id] { confirm(place) }
    case .message(let id): if let place = places[id] { confirm(place) }
    case .reply(let id): reply(id, now)
    case .refusal(let refusal): refused(refusal, now)
    case .closed: fault(ISSPlusError(.lineLost, "the gateway closed the session", isRetriable: true))
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

  private mutating func start() {
    guard case .idle = state else { return }
    state = .connecting
    actions += [.state(.connecting), .connect]
  }

  private mutating func lineOpened(_ now: NIODeadline) {
    switch state {
    case .connecting:
      state = .authenticating(deadline: now + configuration.connectedLimit)
      actions.append(.send(configuration.connectFrame))
    case .stopping, .stopped: actions.append(.closeLine)
    case .idle, .authenticating, .connected, .closing, .waiting: break
    }
  }

  private mutating func connected(_ now: NIODeadline) {
    guard case .authenticating = state else { return }
    state = .connected
    wasConnected = true
    failedAttempts = 0
    nextSubscribe = now
    for place in subscriptions.indices { subscriptions[place].phase = .due(now) }
    actions.append(.state(.connected))
    for place in requests.indices where !requests[place].isSent { sendRequest(place) }
  }

  /// A fault after which the line is of no use: closes it and goes on as if it were lost.
  mutating func fault(_ error: ISSPlusError, isFinal: Bool = false) {
    switch state {
    case .authenticating, .connected:
      state = .closing(error, isFinal: isFinal)
      actions.append(.closeLine)
    case .idle, .connecting, .closing, .waiting, .stopping, .stopped: break
    }
  }

  /// What is not recorded must not be taken for a whole session: the client stops.
  private mutating func recordingFailed(_ error: ISSPlusError) {
    switch state {
    case .authenticating, .connected: fault(error, isFinal: true)
    case .connecting: state = .closing(error, isFinal: true)
    case .idle, .waiting: stop(error)
    case .closing, .stopping, .stopped: break
    }
  }

  private mutating func lineEnded(_ error: ISSPlusError, _ now: NIODeadline) {
    switch state {
    case .idle, .waiting, .stopped: return
    case .stopping: return stop(nil)
    case .closing(let cause, let isFinal): return lost(cause, isFinal: isFinal, now)
    case .connecting, .authenticating, .connected: return lost(error, isFinal: false, now)
    }
  }

  private mutating func lost(_ error: ISSPlusError, isFinal: Bool, _ now: NIODeadline) {
    actions.append(.markStale)
    let sent = requests.filter(\.isSent)
    requests.removeAll(where: \.isSent)
    for request in sent {
      let message = "\(Self.asRequest(request.request)): \(error.message)"
      actions.append(.requestFailed(request.request.id, ISSPlusError(.lineLost, message, isRetriable: true)))
    }
    // A first attempt that fails, fails; so does what no further attempt can mend.
    if isFinal || !wasConnected || !configuration.reconnects { return stop(error) }
    let until = now + configuration.backoff.wait(failedAttempts, using: &generator)
    failedAttempts += 1
    state = .waiting(until: until)
    actions.append(.state(.waiting(until: until)))
  }

  private mutating func stop(_ error: ISSPlusError?) {
    state = .stopped
    let end = error ?? ISSPlusError(.closed, "the client was shut down")
    for subscription in subscriptions { actions.append(.subscriptionFailed(subscription.request.id, end)) }
    for request in requests { actions.append(.requestFailed(request.request.id, end)) }
    subscriptions.removeAll()
    requests.removeAll()
    places.removeAll()
    actions.append(.state(.stopped(error)))
  }

  private mutating func shutdown(_ now: NIODeadline) {
    switch state {
    case .idle, .waiting: stop(nil)
    case .connecting, .authenticating, .closing:
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

  private mutating func tick(_ now: NIODeadline) {
    switch state {
    case .authenticating(let deadline) where deadline <= now:
      let limit = Self.seconds(configuration.connectedLimit)
      fault(ISSPlusError(.timeout, "no CONNECTED within \(limit)", isRetriable: true))
    case .waiting(let until) where until <= now:
      state = .connecting
      actions += [.state(.connecting), .connect]
    case .stopping(let deadline) where deadline <= now: stop(nil)
    case .connected: expireSubscriptions(now)
    case .idle, .connecting, .authenticating, .closing, .waiting, .stopping, .stopped: break
    }
    let late = requests.filter { $0.deadline <= now }
    requests.removeAll { $0.deadline <= now }
    let limit = Self.seconds(configuration.answerLimit)
    for request in late {
      let message = "\(Self.asRequest(request.request)): no REPLY within \(limit)"
      actions.append(.requestFailed(request.request.id, ISSPlusError(.timeout, message, isRetriable: true)))
    }
  }

  // MARK: Subscriptions

  private mutating func subscribe(_ request: SubscriptionRequest, _ now: NIODeadline) {
    guard !isStopped else {
      return actions.append(.subscriptionFailed(request.id, ISSPlusError(.closed, "the client is stopped")))
    }
    guard places[request.id] == nil else { return }
    places[request.id] = subscriptions.count
    subscriptions.append(Subscription(request: request, phase: .due(now)))
  }

  private mutating func unsubscribe(_ id: String) {
    guard let place = places[id] else { return }
    if case .connected = state {
      switch subscriptions[place].phase {
      case .due: break
      case .asked, .confirmed: actions.append(.send(Frame(.unsubscribe, headers: ["id": id])))
      }
    }
    forget(place)
  }

  private mutating func forget(_ place: Int) {
    places[subscriptions[place].request.id] = nil
    subscriptions.remove(at: place)
    for index in place..<subscriptions.count { places[subscriptions[index].request.id] = index }
  }

  private mutating func confirm(_ place: Int) {
    guard case .asked = subscriptions[place].phase else { return }
    subscriptions[place].phase = .confirmed
    if !subscriptions[place].wasConfirmed {
      subscriptions[place].wasConfirmed = true
      actions.append(.confirmed(subscriptions[place].request.id))
    }
  }

  /// Sends the SUBSCRIBE frames whose time has come, one a pace.
  private mutating func sendDue(_ now: NIODeadline) {
    guard case .connected = state else { return }
    for place in subscriptions.indices {
      guard case .due(let time) = subscriptions[place].phase, time <= now, nextSubscribe <= now else { continue }
      let request = subscriptions[place].request
      var headers: Headers = ["id": request.id, "destination": request.destination]
      if let selector = request.selector { headers.append(name: "selector", value: selector) }
      headers.append(name: "receipt", value: request.id)
      actions.append(.send(Frame(.subscribe, headers: headers)))
      subscriptions[place].phase = .asked(deadline: now + configuration.answerLimit)
      nextSubscribe = now + configuration.subscriptionPace
    }
  }

  private mutating func expireSubscriptions(_ now: NIODeadline) {
    let limit = Self.seconds(configuration.answerLimit)
    for subscription in subscriptions {
      guard case .asked(let deadline) = subscription.phase, deadline <= now else { continue }
      let message = "\(subscription.request.description): neither RECEIPT nor MESSAGE within \(limit)"
      let error = ISSPlusError(.timeout, message, isRetriable: true)
      // It worked before: the gateway is at fault, and another connection may do better.
      if subscription.wasConfirmed, configuration.reconnects { return fault(error) }
      unsubscribe(subscription.request.id)
      actions.append(.subscriptionFailed(subscription.request.id, error))
    }
  }

  private mutating func badPacket(_ id: String, _ error: ISSPlusError, _ now: NIODeadline) {
    guard let place = places[id], case .connected = state else { return }
    guard configuration.reconnects else {
      unsubscribe(id)
      return actions.append(.subscriptionFailed(id, error))
    }
    // Asked for again from the start; with a pause that grows, for the next snapshot may be as bad.
    if case .due = subscriptions[place].phase { return }
    actions.append(.send(Frame(.unsubscribe, headers: ["id": id])))
    let wait = configuration.backoff.wait(subscriptions[place].faults, using: &generator)
    subscriptions[place].faults += 1
    subscriptions[place].phase = .due(now + wait)
  }

  // MARK: Requests

  private mutating func ask(_ request: SubscriptionRequest, _ now: NIODeadline) {
    guard !isStopped else {
      return actions.append(.requestFailed(request.id, ISSPlusError(.closed, "the client is stopped")))
    }
    requests.append(
      Request(request: request, start: now, deadline: now + configuration.answerLimit, isSent: false))
    if case .connected = state { sendRequest(requests.count - 1) }
  }

  private mutating func sendRequest(_ place: Int) {
    let request = requests[place].request
    var headers: Headers = ["id": request.id, "destination": request.destination]
    if let selector = request.selector { headers.append(name: "selector", value: selector) }
    actions.append(.send(Frame(.request, headers: headers)))
    requests[place].isSent = true
  }

  private mutating func reply(_ id: String, _ now: NIODeadline) {
    guard let place = requests.firstIndex(where: { $0.request.id == id }) else { return }
    let request = requests.remove(at: place)
    actions.append(.requestDone(id, now - request.start))
  }

  // MARK: Refusals

  private mutating func refused(_ refusal: GatewayRefusal, _ now: NIODeadline) {
    let named = [refusal.requestID, refusal.subscriptionID, refusal.receiptID].compactMap { $0 }
    for id in named {
      if failRequest(id, refusal) || failSubscription(id, refusal) { return }
    }
    if case .authenticating = state { return refusedConnect(refusal) }
    // What it names is over: late, and normal.
    if !named.isEmpty { return actions.append(.report(refusal)) }
    let open = subscriptions.filter { if case .asked = $0.phase { true } else { false } }.map(\.request.id)
    let asked = requests.filter(\.isSent).map(\.request.id)
    if open.count + asked.count == 1, let only = (open + asked).first {
      if failRequest(only, refusal) || failSubscription(only, refusal) { return }
    }
    actions.append(.report(refusal))
  }

  private mutating func refusedConnect(_ refusal: GatewayRefusal) {
    let isDenied = refusal.code == .accessDenied
    let error = ISSPlusError(
      isDenied ? .accessDenied : .refused, "CONNECT: \(refusal)", gateway: refusal.code,
      isRetriable: refusal.code.isRetriable)
    fault(error, isFinal: !refusal.code.isRetriable)
  }

  private mutating func failRequest(_ id: String, _ refusal: GatewayRefusal) -> Bool {
    guard let place = requests.firstIndex(where: { $0.request.id == id }) else { return false }
    let request = requests.remove(at: place)
    actions.append(.requestFailed(id, ISSPlusError(refusal, asked: Self.asRequest(request.request))))
    return true
  }

  private mutating func failSubscription(_ id: String, _ refusal: GatewayRefusal) -> Bool {
    guard let place = places[id] else { return false }
    let error = ISSPlusError(refusal, asked: subscriptions[place].request.description)
    forget(place)
    actions.append(.subscriptionFailed(id, error))
    return true
  }

  // MARK: Words

  private var isStopped: Bool {
    switch state {
    case .stopping, .stopped: true
    case .idle, .connecting, .authenticating, .connected, .closing, .waiting: false
    }
  }

  private static func asRequest(_ request: SubscriptionRequest) -> String {
    guard let selector = request.selector else { return "REQUEST \(request.destination)" }
    return "REQUEST \(request.destination) \(selector)"
  }

  static func seconds(_ amount: TimeAmount) -> String {
    amount.nanoseconds % 1_000_000_000 == 0
      ? "\(amount.nanoseconds / 1_000_000_000) s" : "\(amount.nanoseconds / 1_000_000) ms"
  }
}
