import Capture
import Logging
import MarketData
import NIOConcurrencyHelpers
import NIOCore
import STOMP
import WebSocketTransport

/// Runs what the session machine decides, on one event loop: the only place that knows transport, feed and subscribers.
final class SessionDriver {
  private let configuration: ISSPlusConfiguration
  private let url: WebSocketURL
  private let loop: any EventLoop
  private let connector: WebSocketConnector
  private var machine: SessionMachine
  private var feed: Feed
  private let encoder: FrameEncoder
  private var line: Line?
  private var lineNumber = 0
  private var timer: Scheduled<Void>?
  private var timerDeadline: NIODeadline?

  private var deliveries: [String: Delivery] = [:]
  private var deliveryOfTable: [Int: Delivery] = [:]
  private var replies: [String: EventLoopPromise<Reply>] = [:]
  private var doneReplies: [String: FeedReply] = [:]
  private var fullQueues = 0
  private var isShuttingDown = false
  private let capture = CaptureWriter()
  private var captureBuffer = ByteBuffer()
  private var hasWrittenFirstLine = false

  /// Watchers of the state.
  private(set) var state: ClientState?
  private var connectedPromises: [EventLoopPromise<Void>] = []
  private let stoppedPromise: EventLoopPromise<ISSPlusError?>
  private var stateWatchers: [AsyncStream<ClientState>.Continuation] = []
  private(set) var structure: Structure?
  private(set) var counters = SessionCounters()

  /// What a subscription needs here.
  private final class Delivery {
    let sink: any UpdateSink
    var confirmed: EventLoopPromise<Void>?
    var isConfirmed = false
    var table: Int
    var isFull = false
    var state: TableState = .awaitingSnapshot

    init(sink: any UpdateSink, confirmed: EventLoopPromise<Void>, table: Int) {
      self.sink = sink
      self.confirmed = confirmed
      self.table = table
    }
  }

  init(_ configuration: ISSPlusConfiguration, url: WebSocketURL, loop: any EventLoop) {
    self.configuration = configuration
    self.url = url
    self.loop = loop
    var transport = WebSocketConnector.Configuration(
      subprotocol: configuration.dialect == .stomp12 ? "v12.stomp" : "STOMP")
    transport.connectLimit = configuration.connectTimeout
    transport.upgradeLimit = configuration.connectTimeout
    transport.connection.pingInterval = configuration.pingInterval
    transport.connection.pongLimit = configuration.pingTimeout
    connector = WebSocketConnector(group: loop, configuration: transport)
    var session = SessionMachine.Configuration()
    session.connectFrame = configuration.connectFrame(host: url.host)
    session.connectedLimit = configuration.connectTimeout
    session.answerLimit = configuration.timeout
    session.subscriptionPace = configuration.subscriptionPace
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

  func start() -> EventLoopFuture<Void> {
    let promise = loop.makePromise(of: Void.self)
    switch state {
    case .connected: promise.succeed()
    case .stopped(let error): promise.fail(error ?? ISSPlusError(.closed, "the client is stopped"))
    case nil, .connecting, .waiting: connectedPromises.append(promise)
    }
    handle(.start)
    return promise.futureResult
  }

  var stopped: EventLoopFuture<ISSPlusError?> { stoppedPromise.futureResult }

  /// From now on nothing is delivered or recorded that comes; what waits can still be read.
  func shutdown() {
    isShuttingDown = true
    let ids = Array(deliveries.keys)
    for (id, delivery) in ids.compactMap({ id in deliveries[id].map { (id, $0) } }) { drop(id, delivery, nil) }
    handle(.shutdown)
  }

  func watchStates() -> AsyncStream<ClientState> {
    // The newest state is what counts to one who is late.
    let (stream, continuation) = AsyncStream.makeStream(of: ClientState.self, bufferingPolicy: .bufferingNewest(16))
    if let state { continuation.yield(state) }
    if case .stopped = state { continuation.finish() } else { stateWatchers.append(continuation) }
    return stream
  }

  func subscribe(_ request: SubscriptionRequest, sink: any UpdateSink) -> EventLoopFuture<Void> {
    let promise = loop.makePromise(of: Void.self)
    let table = feed.subscribe(id: request.id, destination: request.destination, selector: request.selector)
    let delivery = Delivery(sink: sink, confirmed: promise, table: table)
    deliveries[request.id] = delivery
    deliveryOfTable[table] = delivery
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
    feed.request(id: request.id, destination: request.destination, selector: request.selector)
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
    guard let delivery = deliveries[id], delivery.isFull else { return }
    markNotFull(delivery)
  }

  private func markNotFull(_ delivery: Delivery) {
    delivery.isFull = false
    fullQueues -= 1
    if fullQueues == 0 { line?.connection?.resumeReading() }
  }

  /// The structure of the gateway, else the built-in catalogue.
  func catalogue() -> Catalogue { structure?.catalogue ?? .builtIn }

  // MARK: The machine

  private func handle(_ event: SessionEvent) {
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

  private func run(_ action: SessionAction) {
    switch action {
    case .connect: connect()
    case .send(let frame): send(frame)
    case .closeLine: line?.close()
    case .state(let state): enter(state)
    case .markStale:
      var changes: [(Int, TableState)] = []
      feed.breakLine(.disconnected) { event in
        if case .state(let table, _, let state) = event { changes.append((table.number, state)) }
      }
      for (table, state) in changes { deliver(state, table: table) }
    case .confirmed(let id):
      deliveries[id]?.isConfirmed = true
      deliveries[id]?.confirmed.take()?.succeed()
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
    }
  }

  private func enter(_ next: ClientState) {
    state = next
    for watcher in stateWatchers { watcher.yield(next) }
    switch next {
    case .connecting: configuration.logger.debug("Connecting", metadata: ["host": "\(url.host)"])
    case .connected:
      counters.connections += 1
      configuration.logger.debug("Connected", metadata: ["host": "\(url.host)"])
      for promise in connectedPromises { promise.succeed() }
      connectedPromises.removeAll()
    case .waiting: configuration.logger.info("The line was lost, waiting before the next attempt")
    case .stopped(let error):
      for promise in connectedPromises { promise.fail(error ?? ISSPlusError(.closed, "the client was shut down")) }
      connectedPromises.removeAll()
      for watcher in stateWatchers { watcher.finish() }
      stateWatchers.removeAll()
      timer?.cancel()
      timer = nil
      line?.close()
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
    delivery.confirmed.take()?.fail(error ?? ISSPlusError(.closed, "the subscription was given up"))
    if delivery.isFull { markNotFull(delivery) }
  }

  // MARK: The line

  private func connect() {
    lineNumber += 1
    let line = Line(number: lineNumber)
    self.line = line
    record(.open, ByteBuffer())
    let bound = NIOLoopBound(self, eventLoop: loop)
    let boundLine = NIOLoopBound(line, eventLoop: loop)
    connector.connect(to: url) { LineHandler(driver: bound.value, line: boundLine.value) }.whenFailure { error in
      bound.value.attemptFailed(boundLine.value, error)
    }
  }

  private func attemptFailed(_ line: Line, _ error: any Error) {
    guard line === self.line, line.connection == nil, !line.isOver else { return }
    line.isOver = true
    record(.close, ByteBuffer())
    flushCapture()
    let transport = error as? TransportError
    let message = "\(url): \(transport?.message ?? "\(error)")\(transport?.underlying.map { " (\($0))" } ?? "")"
    let isUsage = transport?.code == .invalidURL || transport?.code == .unsupported
    let isTimeout = transport?.code == .connectTimeout || transport?.code == .upgradeTimeout
    let code: ISSPlusError.Code = isUsage ? .usage : isTimeout ? .timeout : .unreachable
    handle(
      .lineFailed(
        ISSPlusError(code, message, transport: transport, isRetriable: transport?.isRetriable ?? true)))
  }

  fileprivate func opened(_ line: Line, _ connection: WebSocketConnection) {
    guard line === self.line else { return connection.abort() }
    line.connection = connection
    if line.isClosing { return connection.close() }
    handle(.lineOpened)
  }

  fileprivate func received(_ line: Line, _ message: ByteBuffer) {
    guard line === self.line, !line.isOver, !isShuttingDown else { return }
    let time = WallClock.now()
    counters.messages += 1
    counters.bytes += message.readableBytes
    record(.incoming, message, at: time)
    var controls: [FeedEvent] = []
    do {
      try feed.receive(message, at: time) { event in
        if case .changes(let table, let changes) = event {
          self.deliver(changes, table)
        } else {
          controls.append(event)
        }
      }
    } catch {
      let what = ISSPlusError(.protocolViolation, "the gateway sent what is no STOMP: \(error)", isRetriable: true)
      machineFault(what)
    }
    for event in controls { take(event) }
  }

  private func machineFault(_ error: ISSPlusError) {
    line?.fault = error
    line?.close()
  }

  fileprivate func readCompleted() { flushCapture() }

  fileprivate func closed(_ line: Line, _ reason: CloseReason) {
    guard line === self.line, !line.isOver else { return }
    line.isOver = true
    record(.close, ByteBuffer())
    flushCapture()
    handle(.lineClosed(line.fault ?? Self.error(reason, url: url)))
  }

  private static func error(_ reason: CloseReason, url: WebSocketURL) -> ISSPlusError {
    let words: String
    var transport: TransportError?
    switch reason {
    case .clean(let code, let text):
      words = "the gateway closed the line with code \(code)\(text.isEmpty ? "" : " (\(text))")"
    case .peerClosedWithoutHandshake: words = "the line ended without a close handshake"
    case .error(let error):
      words = error.description
      transport = error
    case .pingTimeout: words = "the gateway did not answer a ping in time"
    case .localAbort: words = "the line was cut"
    }
    return ISSPlusError(.lineLost, "the line was lost: \(words)", transport: transport, isRetriable: true)
  }

  private func send(_ frame: Frame) {
    guard let connection = line?.connection else { return }
    var message = ByteBuffer()
    do {
      try encoder.encode(frame, into: &message)
    } catch {
      // Selectors and ids are made of safe characters, credentials are checked when the client is made.
      machineFault(ISSPlusError(.usage, "\(frame.command) cannot be written: \(error)"))
      return
    }
    record(.outgoing, message)
    connection.send(message)
  }

  // MARK: Events

  private func take(_ event: FeedEvent) {
    switch event {
    case .connected(let structure, let error):
      self.structure = structure
      if let error {
        configuration.logger.info(
          "The structure of CONNECTED is not used", metadata: ["error": "\(error)"])
      }
      handle(.connected)
    case .changes: break
    case .state(let table, _, let state):
      deliver(state, table: table.number)
      if state == .live { handle(.live(subscriptionID: table.subscriptionID)) }
    case .refused(let table, let error):
      counters.refusedPackets += 1
      let what = "\(table.destination) \(table.ticker): packet refused: \(error)"
      handle(
        .badPacket(
          subscriptionID: table.subscriptionID,
          ISSPlusError(.protocolViolation, what, packet: error, isRetriable: true)))
    case .droppedColumns(let table, let columns):
      configuration.logger.info(
        "Columns unknown to the schema are left out",
        metadata: ["destination": "\(table.destination)", "columns": "\(columns.joined(separator: ","))"])
    case .ignoredRemoval(let table):
      configuration.logger.info(
        "A removal says nothing for a table without a key", metadata: ["destination": "\(table.destination)"])
    case .reply(let reply):
      doneReplies[reply.requestID] = reply
      handle(.reply(requestID: reply.requestID))
      doneReplies[reply.requestID] = nil
    case .refusedReply(let id, let error):
      let what = ISSPlusError(.protocolViolation, "REPLY refused: \(error)", packet: error)
      handle(.reply(requestID: id))
      replies.removeValue(forKey: id)?.fail(what)
    case .receipt(let id): handle(.receipt(id))
    case .refusal(let refusal): handle(.refusal(refusal))
    case .closed: handle(.closed)
    case .late: counters.lateFrames += 1
    case .unknown: counters.unknownFrames += 1
    }
  }

  private func deliver(_ changes: ChangeSet, _ table: TableIdentity) {
    counters.packets += 1
    counters.changes += changes.count
    guard let delivery = deliveryOfTable[table.number] else { return }
    if !delivery.isConfirmed {
      delivery.isConfirmed = true
      handle(.message(subscriptionID: table.subscriptionID))
    }
    if changes.properties.kind == .snapshot { delivery.state = .live }
    if case .full = delivery.sink.offer(changes, state: delivery.state) { markFull(delivery) }
  }

  private func deliver(_ state: TableState, table: Int) {
    guard let delivery = deliveryOfTable[table], let schema = feed.tables[table].schema else { return }
    delivery.state = state
    let room = delivery.sink.offer(state, schema: schema) { feed.tables[table].table }
    if case .full = room { markFull(delivery) }
  }

  private func markFull(_ delivery: Delivery) {
    if !delivery.isFull {
      delivery.isFull = true
      fullQueues += 1
    }
    // Also when it was full before: a new line reads until it is told not to.
    line?.connection?.pauseReading()
  }

  // MARK: Recording

  private func record(_ kind: CaptureRecord.Kind, _ message: ByteBuffer, at time: Int64? = nil) {
    guard configuration.recording != nil else { return }
    if !hasWrittenFirstLine {
      hasWrittenFirstLine = true
      capture.writeFirstLine(into: &captureBuffer)
    }
    capture.write(
      CaptureRecord(nanoseconds: time ?? WallClock.now(), connection: 0, kind: kind, payload: message),
      into: &captureBuffer)
    if captureBuffer.readableBytes > 1 << 18 { flushCapture() }
  }

  private func flushCapture() {
    guard captureBuffer.readableBytes > 0, let recording = configuration.recording else { return }
    defer { captureBuffer.clear() }
    do {
      try recording(captureBuffer)
    } catch {
      let failure = ISSPlusError(.recording, "the recording cannot be written: \(error)")
      handle(.recordingFailed(failure))
    }
  }
}

/// Counts of a session, for status lines.
public struct SessionCounters: Sendable, Hashable {
  /// WebSocket messages received.
  public var messages = 0
  /// Bytes of them.
  public var bytes = 0
  /// Packets applied.
  public var packets = 0
  /// Rows changed.
  public var changes = 0
  /// Packets refused.
  public var refusedPackets = 0
  /// MESSAGE frames for subscriptions that are not open any more.
  public var lateFrames = 0
  /// Frames with an unknown command.
  public var unknownFrames = 0
  /// ERROR frames that belong to nothing asked for.
  public var unattributedErrors = 0
  /// Times that CONNECTED came.
  public var connections = 0

  /// Counts at zero.
  public init() {}
}

/// One connection of a session; one-shot.
final class Line {
  let number: Int
  var connection: WebSocketConnection?
  var isClosing = false
  var isOver = false
  /// Why we close it, when it is by a fault of the peer.
  var fault: ISSPlusError?

  init(number: Int) { self.number = number }

  func close() {
    isClosing = true
    connection?.close()
  }
}

/// Hands the events of one connection to the driver.
private final class LineHandler: WebSocketMessageHandler {
  private let driver: SessionDriver
  private let line: Line

  init(driver: SessionDriver, line: Line) {
    self.driver = driver
    self.line = line
  }

  func opened(_ connection: WebSocketConnection) { driver.opened(line, connection) }
  func received(_ message: ByteBuffer, kind: WebSocketMessageKind) { driver.received(line, message) }
  func readCompleted() { driver.readCompleted() }
  func closed(_ reason: CloseReason) { driver.closed(line, reason) }
}
