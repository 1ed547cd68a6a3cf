import MarketData
import NIOCore

/// The connections of one client, each with a session of its own, on one event loop: subscriptions are spread over them,
/// and what is asked of the client as a whole is put together here.
///
/// One event loop, because the records of a recording and the changes of several subscriptions then have one order, which
/// is that of their arrival; a program that wants more cores makes more clients.
final class SessionGroup {
  let drivers: [SessionDriver]
  private let loop: any EventLoop
  /// Says whether the event loop is to be kept awake; nil where it may sleep.
  private let keepAwake: ((Bool) -> Void)?
  private var recorder: SessionRecorder?
  private(set) var state: ClientState?
  private var connectedPromises: [Int: EventLoopPromise<Void>] = [:]
  private let stoppedPromise: EventLoopPromise<ISSPlusError?>
  private var stateWatchers: [Int: AsyncStream<ClientState>.Continuation] = [:]
  private var watcherCount = 0
  /// Why the client stops; the first reason holds.
  private var failure: ISSPlusError?
  private var isEnding = false

  init(_ configuration: ISSPlusConfiguration, shared: SessionDriver.Shared, loop: any EventLoop) {
    self.loop = loop
    keepAwake = shared.keepAwake
    drivers = (0..<configuration.connections).map {
      SessionDriver(configuration, number: $0, shared: shared, loop: loop)
    }
    stoppedPromise = loop.makePromise()
    // The group lives until all have stopped, also when nobody holds it any more; `entered` lets go then.
    for driver in drivers { driver.onState = { [self, unowned driver] in entered(driver, $0) } }
    record(with: shared.recorder)
  }

  private func record(with recorder: SessionRecorder?) {
    self.recorder = recorder
    recorder?.onFailure = { [self] error in for driver in drivers { driver.recordingFailed(error) } }
    for driver in drivers { driver.recorder = recorder }
  }

  /// Records into a file from the first line on.
  func beginRecording(to path: String) -> EventLoopFuture<Void> {
    loop.makeCompletedFuture {
      guard state == nil else { throw ISSPlusError(.usage, "record(to:) comes before connect()") }
      guard recorder == nil else { throw ISSPlusError(.usage, "the client records already") }
      let file = try CaptureFile(path: path)
      record(with: SessionRecorder { try file.write($0) })
    }
  }

  // MARK: Life

  /// Starts, once, and waits until every connection is connected.
  ///
  /// - Parameter waiter: a number of the caller's own by which it can give the wait up.
  func start(_ waiter: Int) -> EventLoopFuture<Void> {
    let promise = loop.makePromise(of: Void.self)
    switch state {
    case .connected: promise.succeed()
    case .stopped(let error): promise.fail(error ?? SessionMachine.shutDown)
    case nil, .connecting, .waiting: connectedPromises[waiter] = promise
    }
    for driver in drivers { driver.start() }
    return promise.futureResult
  }

  /// Gives up to wait for CONNECTED; the sessions go on.
  func cancelStart(_ waiter: Int) { connectedPromises.removeValue(forKey: waiter)?.fail(CancellationError()) }

  var stopped: EventLoopFuture<ISSPlusError?> { stoppedPromise.futureResult }

  /// From now on nothing is delivered or recorded that comes; what waits can still be read.
  func shutdown(because error: ISSPlusError? = nil) {
    isEnding = true
    for driver in drivers { driver.shutdown(because: error) }
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

  /// A connection has come into a state.
  private func entered(_ driver: SessionDriver, _ entered: ClientState) {
    if case .stopped(let error?) = entered {
      failure = failure ?? error
      // Credentials, a recording or a first attempt concern all; a line that is lost concerns its own subscriptions.
      if !isEnding, !driver.wasConnected || !error.concernsOneLine { shutdown(because: error) }
    }
    // There is nothing to be quick about while all connections are made again, which may take the whole night.
    keepAwake?(drivers.contains(where: \.isConnected))
    let next = whole()
    if let state, state.isSame(as: next) { return }
    state = next
    for watcher in stateWatchers.values { watcher.yield(next) }
    switch next {
    case .connecting, .waiting: break
    case .connected:
      for promise in connectedPromises.values { promise.succeed() }
      connectedPromises.removeAll()
    case .stopped(let error):
      for promise in connectedPromises.values { promise.fail(error ?? SessionMachine.shutDown) }
      connectedPromises.removeAll()
      let watchers = stateWatchers.values
      stateWatchers.removeAll()
      for watcher in watchers { watcher.finish() }
      for driver in drivers { driver.onState = { _ in } }
      recorder?.onFailure = nil
      stoppedPromise.succeed(error)
    }
  }

  /// The state of the client: stopped when all are, else that of the connection that is worst off.
  private func whole() -> ClientState {
    var next: NIODeadline?
    var isConnecting = false
    var isStopped = true
    for driver in drivers {
      switch driver.state {
      case .stopped: continue
      case .waiting(let until): next = next.map { min($0, until) } ?? until
      case .connecting, nil: isConnecting = true
      case .connected: break
      }
      isStopped = false
    }
    if isStopped { return .stopped(failure) }
    if let next { return .waiting(until: next) }
    return isConnecting ? .connecting : .connected
  }

  // MARK: Asking

  /// Subscribes on the connection that has the fewest subscriptions.
  func subscribe(_ request: SubscriptionRequest, sink: any UpdateSink) -> EventLoopFuture<Void> {
    let open = drivers.filter { !$0.hasStopped }
    let chosen = open.min { ($0.deliveries.count, $0.number) < ($1.deliveries.count, $1.number) }
    return (chosen ?? drivers[0]).subscribe(request, sink: sink)
  }

  func unsubscribe(_ id: String) { driver(of: id)?.unsubscribe(id) }

  func table(_ id: String) -> KeyedTable? { driver(of: id)?.table(id) }

  /// A subscriber has read a full queue down.
  func hasRoom(_ id: String) { driver(of: id)?.hasRoom(id) }

  private func driver(of id: String) -> SessionDriver? { drivers.first { $0.deliveries[id] != nil } }

  /// Asks over a connection that is connected, the one with the fewest open requests.
  func request(_ request: SubscriptionRequest) -> EventLoopFuture<Reply> {
    let open = drivers.filter { !$0.hasStopped }
    let connected = open.filter(\.isConnected)
    let chosen = (connected.isEmpty ? open : connected).min {
      ($0.replies.count, $0.number) < ($1.replies.count, $1.number)
    }
    return (chosen ?? drivers[0]).request(request)
  }

  func cancelRequest(_ id: String) {
    for driver in drivers where driver.replies[id] != nil { driver.cancelRequest(id) }
  }

  // MARK: Looking

  /// The structure of the newest CONNECTED that had one.
  var structure: Structure? { drivers.lazy.compactMap(\.structure).first }

  var counters: SessionCounters {
    drivers.reduce(into: SessionCounters()) { $0.add($1.countersNow()) }
  }

  /// Where each connection stands.
  var states: [ClientState] { drivers.map { $0.state ?? .connecting } }
}

extension SessionDriver {
  /// Whether nothing can be asked here any more.
  var hasStopped: Bool { if case .stopped = state { true } else { false } }

  /// Whether it can be asked now.
  var isConnected: Bool { if case .connected = state { true } else { false } }
}

extension ISSPlusError {
  /// Whether the failure of a line that worked says nothing about the others.
  fileprivate var concernsOneLine: Bool { [.lineLost, .unreachable, .timeout, .protocolViolation].contains(code) }
}

extension ClientState {
  /// Whether there is nothing to tell between these two.
  fileprivate func isSame(as other: ClientState) -> Bool {
    switch (self, other) {
    case (.connecting, .connecting), (.connected, .connected), (.stopped, .stopped): true
    case (.waiting(let mine), .waiting(let its)): mine == its
    case (.connecting, _), (.connected, _), (.waiting, _), (.stopped, _): false
    }
  }
}
