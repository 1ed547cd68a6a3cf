import NIOConcurrencyHelpers
import NIOCore
import WebSocketTransport

/// The way to a session on its event loop; ends it when neither its client nor a subscription is held any more.
final class SessionOwner: Sendable {
  private let loop: any EventLoop
  private let driver: NIOLoopBoundBox<SessionDriver>

  init(_ configuration: ISSPlusConfiguration, url: WebSocketURL, options: LineOptions, loop: any EventLoop) {
    self.loop = loop
    driver = NIOLoopBoundBox.makeBoxSendingValue(
      SessionDriver(configuration, url: url, options: options, loop: loop), as: SessionDriver.self, eventLoop: loop)
  }

  deinit { loop.execute { [driver] in driver.value.shutdown() } }

  /// Calls the body on the event loop, some time soon, in the order of the calls.
  func execute(_ body: @escaping @Sendable (SessionDriver) -> Void) {
    loop.execute { [driver] in body(driver.value) }
  }

  /// Says to a queue's event loop that it has room; holds the session's driver, not the session.
  func roomTeller(_ id: String) -> @Sendable () -> Void {
    { [loop, driver] in loop.execute { driver.value.hasRoom(id) } }
  }

  /// What the body gives on the event loop.
  func submit<Value: Sendable>(_ body: @escaping @Sendable (SessionDriver) -> Value) async throws -> Value {
    try await loop.submit { [driver] in body(driver.value) }.get()
  }

  /// Begins something on the event loop.
  func begin<Value: Sendable>(
    _ body: @escaping @Sendable (SessionDriver) -> EventLoopFuture<Value>
  ) -> EventLoopFuture<Value> {
    loop.flatSubmit { [driver] in body(driver.value) }
  }

  /// Begins something on the event loop and waits for it; when the task is cancelled, `cancel` is to end it.
  ///
  /// - Throws: `CancellationError` when the task was cancelled before it began.
  func wait<Value: Sendable>(
    _ body: @escaping @Sendable (SessionDriver) -> EventLoopFuture<Value>,
    cancel: @escaping @Sendable (SessionDriver) -> Void
  ) async throws -> Value {
    let isCancelled = NIOLockedValueBox(false)
    return try await withTaskCancellationHandler {
      try await begin { [loop] driver in
        // `cancel` may have had its turn already.
        if isCancelled.withLockedValue({ $0 }) { return loop.makeFailedFuture(CancellationError()) }
        return body(driver)
      }.get()
    } onCancel: {
      isCancelled.withLockedValue { $0 = true }
      execute(cancel)
    }
  }
}
