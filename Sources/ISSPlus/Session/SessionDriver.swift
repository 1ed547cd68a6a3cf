import Capture
import Logging
import MarketData
import NIOConcurrencyHelpers
import NIOCore
import STOMP
import WebSocketTransport

/// Runs what the session machine decides, on one event loop: the only place that knows line, feed and subscribers.
final class SessionDriver {
  let configuration: ISSPlusConfiguration
  /// The connection's number within its client, as captures have it.
  let number: Int
  let loop: any EventLoop
  let connector: any SessionConnector
  private var machine: SessionMachine
  var feed: Feed
  let encoder: FrameEncoder
  var line: Line?
  var lineNumber = 0
  var timer: Scheduled<Void>?
  var timerDeadline: NIODeadline?

  var deliveries: [String: Delivery] = [:]
  /// By the number of the table in the feed, which are few more than there are subscriptions.
  private var deliveryOfTable: [Delivery?] = []
  private(set) var replies: [String: EventLoopPromise<Reply>] = [:]
  var doneReplies: [String: FeedReply] = [:]
  /// Lossless subscriptions whose queues are full; the line is read when there are none. Replaced as a whole, as is
  /// `deliveryOfTable`: each look at a property that is changed in place is checked at run time, and each packet looks.
  var full: Set<String> = []
  private var isHeld = false
  var isShuttingDown = false
  var recorder: SessionRecorder?
  /// Nanoseconds since 1970-01-01 UTC; another clock where a test has one.
  var wallClock: () -> Int64 = WallClock.now

  private(set) var state: ClientState?
  /// Whether CONNECTED ever came.
  private(set) var wasConnected = false
  /// Gets every state, with the driver's work done.
  var onState: (ClientState) -> Void = { _ in }
  var structure: Structure?
  var counters = SessionCounters()
  let metrics: SessionMetrics?
  /// Whether the latency has been measured since the last read was over.
  var hasStamp = false
  let measuresSilence: Bool

  /// What the connections of one client share.
  struct Shared {
    var connector: any SessionConnector
    /// The host that CONNECT names in dialect `stomp12`.
    var host: String
    var channels = FeedChannels()
    var recorder: SessionRecorder?
    var metrics: SessionMetrics.Instruments?
    var seed = UInt64.random(in: .min ... .max)
    /// Is told whether there is a connection, so that the event loop does not sleep meanwhile; nil where it may.
    var keepAwake: ((Bool) -> Void)?
  }

  init(_ configuration: ISSPlusConfiguration, number: Int, shared: Shared, loop: any EventLoop) {
    self.configuration = configuration
    self.number = number
    self.loop = loop
    connector = shared.connector
    recorder = shared.recorder
    metrics = shared.metrics.map { SessionMetrics($0) }
    measuresSilence = configuration.silenceLimit != nil
    var session = SessionMachine.Configuration()
    session.connectFrame = configuration.connectFrame(host: shared.host)
    session.connectedLimit = configuration.connectTimeout.timeAmount
    session.answerLimit = configuration.timeout.timeAmount
    session.subscriptionPace = configuration.subscriptionPace.timeAmount
    session.shutdownLimit = configuration.shutdownTimeout.timeAmount
    session.reconnects = configuration.reconnects
    session.backoff = configuration.backoff
    session.silenceLimit = configuration.silenceLimit?.timeAmount
    session.seed = shared.seed &+ UInt64(truncatingIfNeeded: number)
    machine = SessionMachine(session)
    var reading = Feed.Configuration()
    reading.dialect = configuration.dialect
    reading.looseRowLimit = configuration.looseRowLimit
    reading.dropsOutOfOrder = configuration.dropsOutOfOrder
    reading.readsStructure = configuration.dialect == .issPlus
    feed = Feed(reading, channels: shared.channels)
    encoder = FrameEncoder(dialect: configuration.dialect)
  }

  // MARK: The client's side

  /// Starts, once.
  func start() { handle(.start) }

  /// From now on nothing is delivered or recorded that comes; what waits can still be read.
  ///
  /// - Parameter error: what ends the subscriptions; `nil` when the caller wants the end.
  func shutdown(because error: ISSPlusError? = nil) {
    isShuttingDown = true
    for (id, delivery) in deliveries { drop(id, delivery, error) }
    handle(.shutdown)
  }

  /// What is not recorded must not be taken for a whole session: the client stops.
  func recordingFailed(_ error: ISSPlusError) { handle(.recordingFailed(error)) }

  func subscribe(_ request: SubscriptionRequest, sink: any UpdateSink) -> EventLoopFuture<Void> {
    let promise = loop.makePromise(of: Void.self)
    let table = feed.subscribe(id: request.id, destination: request.destination, selector: request.selector)
    feed.keepRows(sink.wantedRows, rooms: sink.rooms, ofTable: table)
    let delivery = Delivery(request, sink: sink, confirmed: promise, table: table)
    deliveries[request.id] = delivery
    setDelivery(delivery, ofTable: table)
    // Frames before its SUBSCRIBE has left are none of ours.
    feed.unsubscribe(id: request.id)
    handle(.subscribe(request))
    return promise.futureResult
  }

  func unsubscribe(_ id: String) {
    guard let delivery = deliveries[id] else { return }
    handle(.unsubscribe(id))
    drop(id, delivery, nil)
  }

  /// The subscription whose table has that number.
  func delivery(ofTable number: Int) -> Delivery? {
    number < deliveryOfTable.count ? deliveryOfTable[number] : nil
  }

  private func setDelivery(_ delivery: Delivery?, ofTable number: Int) {
    var known = deliveryOfTable
    deliveryOfTable = []
    while known.count <= number { known.append(nil) }
    known[number] = delivery
    deliveryOfTable = known
  }

  func table(_ id: String) -> KeyedTable? {
    deliveries[id].flatMap { feed.tables[$0.table].table }
  }

  func request(_ request: SubscriptionRequest) -> EventLoopFuture<Reply> {
    let promise = loop.makePromise(of: Reply.self)
    replies[request.id] = promise
    handle(.request(request))
    return promise.futureResult
  }

  func cancelRequest(_ id: String) {
    handle(.cancelRequest(id))
    feed.forgetRequest(id: id)
    replies.removeValue(forKey: id)?.fail(CancellationError())
  }

  /// A subscriber has read a full queue down.
  func hasRoom(_ id: String) {
    guard full.contains(id) else { return }
    full = full.subtracting([id])
    adaptReading()
  }

  /// Stops reading while a lossless subscriber is behind, and tells the machine, whose time limits then name it.
  func adaptReading() {
    let reader = full.min().flatMap { deliveries[$0]?.name }
    if reader != nil {
      // Also when it was so before: a new line reads until it is told not to.
      line?.connection?.pauseReading()
    }
    guard isHeld != (reader != nil) else { return }
    isHeld = reader != nil
    handle(.held(by: reader))
    if isHeld { return }
    // Not at once: reading on hands over messages, and whoever called this is not done yet.
    let bound = NIOLoopBound(self, eventLoop: loop)
    loop.execute { bound.value.resumeReading() }
  }

  private func resumeReading() { if !isHeld { line?.connection?.resumeReading() } }

  /// The structure of the gateway, else the built-in catalogue.
  func catalogue() -> Catalogue { structure?.catalogue ?? .builtIn }

  // MARK: The machine

  func handle(_ event: SessionEvent) {
    for action in machine.handle(event, now: loop.now) { run(action) }
    schedule()
  }

  private func schedule() {
    let wanted = machine.deadline
    if wanted == timerDeadline, timer != nil || wanted == nil { return }
    timer?.cancel()
    timerDeadline = wanted
    timer = wanted.map { deadline in
      let bound = NIOLoopBound(self, eventLoop: loop)
      return loop.scheduleTask(deadline: deadline) { bound.value.tick() }
    }
  }

  private func tick() {
    timer = nil
    timerDeadline = nil
    handle(.tick)
  }

  /// Tells what nothing else tells.
  func notice(_ code: SessionNotice.Code, _ message: String) {
    configuration.onNotice?(SessionNotice(code, message))
  }

  /// A lost line shows in its tables, which become stale; where none has had a snapshot, nothing would show it.
  private func noticeLoss(_ until: NIODeadline) {
    let isShown = deliveries.values.contains { $0.standing.state != .awaitingSnapshot }
    guard !isShown, let loss = machine.lastLoss else { return }
    let wait = SessionMachine.seconds(.milliseconds(max(0, (until - loop.now).nanoseconds / 1_000_000)))
    notice(.lineLost, "\(loss.message); next attempt in \(wait)")
  }

  private func run(_ action: SessionAction) {
    switch action {
    case .connect: connect()
    case .send(let frame): send(frame)
    case .closeLine: line?.close()
    case .state(let state): enter(state)
    case .markStale:
      var changes: [TableIdentity] = []
      feed.breakLine(.disconnected) { event in
        if case .state(let table, _, _) = event { changes.append(table) }
      }
      for (id, delivery) in deliveries {
        delivery.isAnswered = false
        delivery.lastHeard = nil
        feed.unsubscribe(id: id)
      }
      for table in changes { deliverState(table) }
    case .suspend(let id, let reason): suspend(id, reason)
    case .checkSilence(let id): handle(.heard(subscriptionID: id, last: deliveries[id]?.lastHeard))
    case .confirmed(let id): deliveries[id]?.confirmed.take()?.succeed()
    case .subscriptionFailed(let id, let error):
      if let delivery = deliveries[id] { drop(id, delivery, error) }
    case .requestFailed(let id, let error):
      feed.forgetRequest(id: id)
      replies.removeValue(forKey: id)?.fail(error)
    case .requestDone(let id, let latency):
      guard let reply = doneReplies.removeValue(forKey: id) else { return }
      counters.replies += 1
      metrics?.requestTook(latency)
      replies.removeValue(forKey: id)?.succeed(Reply(reply, latency: latency))
    case .report(let refusal):
      counters.unattributedErrors += 1
      log(
        .info, "The gateway reported an error that belongs to nothing asked for",
        ["code": "\(refusal.code.rawValue)", "text": "\(refusal.text)"])
      notice(.refusal, "the gateway reported an error that belongs to nothing asked for: \(refusal)")
    }
  }

  private func enter(_ next: ClientState) {
    state = next
    switch next {
    case .connecting: log(.debug, "Connecting")
    case .connected:
      counters.connections += 1
      if wasConnected { counters.reconnects += 1 }
      wasConnected = true
      log(.debug, "Connected")
    case .waiting(let until):
      let wait = SessionMachine.seconds(until - loop.now)
      log(
        .info, "The line was lost, waiting before the next attempt",
        ["reason": "\(machine.lastLoss?.message ?? "")", "wait": "\(wait)"])
      noticeLoss(until)
    case .stopped(let error):
      log(.debug, "Stopped", error.map { ["reason": "\($0.message)"] } ?? [:])
      endLine()
    }
    reportMetrics()
    onState(next)
  }

  /// A log line with what says which line it is about.
  func log(_ level: Logger.Level, _ message: Logger.Message, _ metadata: Logger.Metadata = [:]) {
    configuration.logger.log(
      level: level, message,
      metadata: metadata.merging(["connection": "\(number)", "url": "\(configuration.url)"]) { own, _ in own })
  }

  private func drop(_ id: String, _ delivery: Delivery, _ error: ISSPlusError?) {
    deliveries[id] = nil
    setDelivery(nil, ofTable: delivery.table)
    feed.unsubscribe(id: id)
    let table = feed.tables[delivery.table].table
    feed.releaseTable(delivery.table)
    if let since = delivery.staleSince.take() { countStale(since) }
    let isEnd = error?.code == .closed
    delivery.sink.finish(isEnd ? nil : error, table: table)
    delivery.confirmed.take()?.fail(
      error ?? (isShuttingDown ? SessionMachine.shutDown : ISSPlusError(.closed, "the subscription was given up")))
    hasRoom(id)
  }

  /// The subscription's frames are late until its next SUBSCRIBE.
  private func suspend(_ id: String, _ reason: StaleReason) {
    guard let delivery = deliveries[id] else { return }
    counters.resubscriptions += 1
    delivery.isAnswered = false
    delivery.lastHeard = nil
    feed.unsubscribe(id: id)
    // A snapshot may stand behind the bad packet in the same message.
    feed.markStale(delivery.table, reason) { _ in }
    deliverState(feed.tables[delivery.table].identity)
  }
}
