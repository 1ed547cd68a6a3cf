import CoreMetrics
import NIOConcurrencyHelpers
import NIOCore
import WebSocketTransport

/// The way to a client's sessions on their event loop; ends them when neither its client nor a subscription is held any more.
final class SessionOwner: Sendable {
  private let loop: any EventLoop
  private let group: NIOLoopBoundBox<SessionGroup>
  /// Runs tasks on the event loop.
  let executor: LineExecutor

  init(_ configuration: ISSPlusConfiguration, url: WebSocketURL, options: LineOptions, loop: any EventLoop) {
    self.loop = loop
    executor = LineExecutor(loop)
    var shared = SessionDriver.Shared(
      connector: WebSocketSessionConnector(configuration, url: url, options: options, loop: loop),
      host: url.host,
      recorder: configuration.recording.map { SessionRecorder($0) },
      metrics: SessionMetrics.Instruments(factory: configuration.metrics ?? MetricsSystem.factory))
    if configuration.busyPolling {
      let poll = BusyPoll(loop, logger: configuration.logger)
      shared.keepAwake = { poll.isOn = $0 }
    }
    group = NIOLoopBoundBox.makeBoxSendingValue(
      SessionGroup(configuration, shared: shared, loop: loop), as: SessionGroup.self, eventLoop: loop)
  }

  deinit { loop.execute { [group] in group.value.shutdown() } }

  /// Calls the body on the event loop, some time soon, in the order of the calls.
  func execute(_ body: @escaping @Sendable (SessionGroup) -> Void) {
    loop.execute { [group] in body(group.value) }
  }

  /// Says to a queue's event loop that it has room; holds the sessions, not their owner.
  func roomTeller(_ id: String) -> @Sendable () -> Void {
    { [loop, group] in loop.execute { group.value.hasRoom(id) } }
  }

  /// What the body gives on the event loop.
  func submit<Value: Sendable>(_ body: @escaping @Sendable (SessionGroup) -> Value) async throws -> Value {
    try await loop.submit { [group] in body(group.value) }.get()
  }

  /// Begins something on the event loop.
  func begin<Value: Sendable>(
    _ body: @escaping @Sendable (SessionGroup) -> EventLoopFuture<Value>
  ) -> EventLoopFuture<Value> {
    loop.flatSubmit { [group] in body(group.value) }
  }

  /// Begins something on the event loop and waits for it; when the task is cancelled, `cancel` is to end it.
  ///
  /// - Throws: `CancellationError` when the task was cancelled before it began.
  func wait<Value: Sendable>(
    _ body: @escaping @Sendable (SessionGroup) -> EventLoopFuture<Value>,
    cancel: @escaping @Sendable (SessionGroup) -> Void
  ) async throws -> Value {
    let isCancelled = NIOLockedValueBox(false)
    return try await withTaskCancellationHandler {
      try await begin { [loop] group in
        // `cancel` may have had its turn already.
        if isCancelled.withLockedValue({ $0 }) { return loop.makeFailedFuture(CancellationError()) }
        return body(group)
      }.get()
    } onCancel: {
      isCancelled.withLockedValue { $0 = true }
      execute(cancel)
    }
  }
}
