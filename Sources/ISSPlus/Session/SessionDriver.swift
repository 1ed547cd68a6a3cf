import Capture
import Logging
import MarketData
import NIOConcurrencyHelpers
import NIOCore
import STOMP
import WebSocketTransport

/// Runs what the session machine decides, on one event loop: the only place that knows transport, feed and subscribers.
final class SessionDriver {
  let configuration: ISSPlusConfiguration
  let url: WebSocketURL
  let loop: any EventLoop
  let connector: WebSocketConnector
  private var machine: SessionMachine
  var feed: Feed
  let encoder: FrameEncoder
  var line: Line?
  var lineNumber = 0
  var timer: Scheduled<Void>?
  var timerDeadline: NIODeadline?

  var deliveries: [String: Delivery] = [:]
  var deliveryOfTable: [Int: Delivery] = [:]
  private var replies: [String: EventLoopPromise<Reply>] = [:]
  var doneReplies: [String: FeedReply] = [:]
  /// Lossless subscriptions whose queues are full; the line is read when there are none.
  var full: Set<String> = []
  private var isHeld = false
  var isShuttingDown = false
  let capture = CaptureWriter()
  var captureBuffer = ByteBuffer()
  var hasWrittenFirstLine = false
  var isRecordingBroken = false

  /// Watchers of the state.
  private(set) var state: ClientState?
  private var connectedPromises: [Int: EventLoopPromise<Void>] = [:]
  private let stoppedPromise: EventLoopPromise<ISSPlusError?>
  private var stateWatchers: [Int: AsyncStream<ClientState>.Continuation] = [:]
  private var watcherCount = 0
  var structure: Structure?
  var counters = SessionCounters()

  /// What a subscription needs here.
  final class Delivery {
    let id: String
    /// What was asked for, for messages.
    let name: String
    let sink: any UpdateSink
    var confirmed: EventLoopPromise<Void>?
    /// Whether the SUBSCRIBE that is out has had its answer.
    var isAnswered = false
    var table: Int
    var state: TableState = .awaitingSnapshot

    init(_ request: SubscriptionRequest, sink: any UpdateSink, confirmed: EventLoopPromise<Void>, table: Int) {
      id = request.id
      name = request.description
      self.sink = sink
      self.confirmed = confirmed
      self.table = table
    }
  }

  init(_ configuration: ISSPlusConfiguration, url: WebSocketURL, options: LineOptions, loop: any EventLoop) {
    self.configuration = configuration
    self.url = url
    self.loop = loop
    var transport = WebSocketConnector.Configuration(
      subprotocol: configuration.dialect == .stomp12 ? "v12.stomp" : "STOMP")
    transport.connectLimit = configuration.connectTimeout.timeAmount
    transport.proxyLimit = configuration.connectTimeout.timeAmount
    transport.tlsLimit = configuration.connectTimeout.timeAmount
    transport.upgradeLimit = configuration.connectTimeout.timeAmount
    transport.tls = options.tls
    transport.proxy = options.proxy
    transport.connection.pingInterval = configuration.pingInterval?.timeAmount
    transport.connection.pongLimit = configuration.pingTimeout.timeAmount
    connector = WebSocketConnector(group: loop, configuration: transport)
    var session = SessionMachine.Configuration()
    session.connectFrame = configuration.connectFrame(host: url.host)
    session.connectedLimit = configuration.connectTimeout.timeAmount
    session.answerLimit = configuration.timeout.timeAmount
    session.subscriptionPace = configuration.subscriptionPace.timeAmount
    session.reconnects = configuration.reconnects
    session.backoff = configuration.backoff
    session.seed = UInt64.random(in: .min ... .max)
    machine = SessionMachine(session)
    var reading = Feed.Configuration()
    reading.dialect = configuration.dialect
    reading.looseRowLimit = configuration.looseRowLimit
    reading.readsStructure = configuration.dialect == .issPlus
    feed = Feed(reading)
    encoder = FrameEncoder(dialect: configuration.dialect)
    stoppedPromise = loop.makePromise()
  }

  // MARK: The client's side

  /// Starts, once, and waits for CONNECTED.
  ///
  /// - Parameter waiter: a number of the caller's own by which it can give the wait up.
  func start(_ waiter: Int) -> EventLoopFuture<Void> {
    let promise = loop.makePromise(of: Void.self)
    switch state {
    case .connected: promise.succeed()
    case .stopped(let error): promise.fail(error ?? ISSPlusError(.closed, "the client is stopped"))
    case nil, .connecting, .waiting: connectedPromises[waiter] = promise
    }
    handle(.start)
    return promise.futureResult
  }

  /// Gives up to wait for CONNECTED; the session goes on.
  func cancelStart(_ waiter: Int) { connectedPromises.removeValue(forKey: waiter)?.fail(CancellationError()) }

  var stopped: EventLoopFuture<ISSPlusError?> { stoppedPromise.futureResult }

  /// From now on nothing is delivered or recorded that comes; what waits can still be read.
  func shutdown() {
    isShuttingDown = true
    for (id, delivery) in deliveries { drop(id, delivery, nil) }
    handle(.shutdown)
  }

  /// How many watch the state.
  var watchers: Int { stateWatchers.count }

  func watchStates() -> AsyncStream<ClientState> {
    // The newest state is what counts to one who is late.
    let (stream, continuation) = AsyncStream.makeStream(of: ClientState.self, bufferingPolicy: .bufferingNewest(16))
    if let state { continuation.yield(state) }
    if case .stopped = state {
      continuation.finish()
      return stream
    }
    watcherCount += 1
    let number = watcherCount
    stateWatchers[number] = continuation
    let bound = NIOLoopBound(self, eventLoop: loop)
    continuation.onTermination = { [loop] _ in loop.execute { bound.value.stateWatchers[number] = nil } }
    return stream
  }

  func subscribe(_ request: SubscriptionRequest, sink: any UpdateSink) -> EventLoopFuture<Void> {
    let promise = loop.makePromise(of: Void.self)
    let table = feed.subscribe(id: request.id, destination: request.destination, selector: request.selector)
    let delivery = Delivery(request, sink: sink, confirmed: promise, table: table)
    deliveries[request.id] = delivery
    deliveryOfTable[table] = delivery
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
    guard full.remove(id) != nil else { return }
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
    let isShown = deliveries.values.contains { $0.state != .awaitingSnapshot }
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
        feed.unsubscribe(id: id)
      }
      for table in changes { deliverState(table) }
    case .suspend(let id): suspend(id)
    case .confirmed(let id): deliveries[id]?.confirmed.take()?.succeed()
    case .subscriptionFailed(let id, let error):
      if let delivery = deliveries[id] { drop(id, delivery, error) }
    case .requestFailed(let id, let error):
      feed.forgetRequest(id: id)
      replies.removeValue(forKey: id)?.fail(error)
    case .requestDone(let id, let latency):
      guard let reply = doneReplies.removeValue(forKey: id) else { return }
      replies.removeValue(forKey: id)?.succeed(Reply(reply, latency: latency))
    case .report(let refusal):
      counters.unattributedErrors += 1
      configuration.logger.info(
        "The gateway reported an error that belongs to nothing asked for",
        metadata: ["code": "\(refusal.code.rawValue)", "text": "\(refusal.text)"])
      notice(.refusal, "the gateway reported an error that belongs to nothing asked for: \(refusal)")
    }
  }

  private func enter(_ next: ClientState) {
    state = next
    for watcher in stateWatchers.values { watcher.yield(next) }
    switch next {
    case .connecting: configuration.logger.debug("Connecting", metadata: ["host": "\(url.host)"])
    case .connected:
      counters.connections += 1
      configuration.logger.debug("Connected", metadata: ["host": "\(url.host)"])
      for promise in connectedPromises.values { promise.succeed() }
      connectedPromises.removeAll()
    case .waiting(let until):
      configuration.logger.info("The line was lost, waiting before the next attempt")
      noticeLoss(until)
    case .stopped(let error):
      for promise in connectedPromises.values { promise.fail(error ?? SessionMachine.shutDown) }
      connectedPromises.removeAll()
      let watchers = stateWatchers.values
      stateWatchers.removeAll()
      for watcher in watchers { watcher.finish() }
      endLine()
      stoppedPromise.succeed(error)
    }
  }

  private func drop(_ id: String, _ delivery: Delivery, _ error: ISSPlusError?) {
    deliveries[id] = nil
    deliveryOfTable[delivery.table] = nil
    feed.unsubscribe(id: id)
    let table = feed.tables[delivery.table].table
    feed.releaseTable(delivery.table)
    let isEnd = error?.code == .closed
    delivery.sink.finish(isEnd ? nil : error, table: table)
    delivery.confirmed.take()?.fail(
      error ?? (isShuttingDown ? SessionMachine.shutDown : ISSPlusError(.closed, "the subscription was given up")))
    if full.remove(id) != nil { adaptReading() }
  }

  /// The subscription's frames are late until its next SUBSCRIBE.
  private func suspend(_ id: String) {
    guard let delivery = deliveries[id] else { return }
    delivery.isAnswered = false
    feed.unsubscribe(id: id)
    // A snapshot may stand behind the bad packet in the same message.
    feed.markStale(delivery.table, .badPacket) { _ in }
    deliverState(feed.tables[delivery.table].identity)
  }
}
