internal import NIOCore
internal import WebSocketTransport

/// Runs one replay over one WebSocket connection: its actions and its timer. No tasks.
final class ReplayConnection: WebSocketMessageHandler {
  let session: ReplaySession
  private let hub: GatewayHub
  private var connection: WebSocketConnection?
  private var timer: Scheduled<Void>?
  private var timerTime: GatewayTime?
  private var isWritable = true

  init(hub: GatewayHub, _ configuration: ReplaySession.Configuration) {
    self.hub = hub
    session = ReplaySession(configuration)
  }

  func opened(_ connection: WebSocketConnection) {
    self.connection = connection
    isWritable = connection.isWritable
  }

  func received(_ message: ByteBuffer, kind: WebSocketMessageKind) {
    perform(session.received(message, at: hub.clock.now()))
    setTimer()
  }

  func writabilityChanged(isWritable: Bool) {
    self.isWritable = isWritable
    // A client that does not read cannot pile up answers either.
    if isWritable { connection?.resumeReading() } else { connection?.pauseReading() }
    if isWritable {
      perform(session.wake(at: hub.clock.now()))
      setTimer()
    }
  }

  func closed(_ reason: CloseReason) {
    timer?.cancel()
    timer = nil
    connection = nil
    session.close()
    hub.remove(self)
  }

  private func perform(_ actions: [GatewayAction]) {
    guard let connection, !actions.isEmpty else { return }
    for action in actions {
      switch action {
      case .send(let message): connection.send(message, kind: .binary, flush: false)
      case .close(let code, let reason): connection.close(code: code, reason: reason)
      case .cut, .reset, .hold, .pauseReading: continue
      }
    }
    connection.flush()
  }

  private func setTimer() {
    guard connection != nil, let due = session.nextWakeUp else {
      timer?.cancel()
      timer = nil
      timerTime = nil
      return
    }
    if timer != nil, let timerTime, timerTime <= due { return }
    timer?.cancel()
    timerTime = due
    let pause = max(0, due.microseconds - hub.clock.now().microseconds)
    timer = hub.eventLoop.assumeIsolated().scheduleTask(in: .microseconds(pause)) { self.ring() }
  }

  private func ring() {
    timer = nil
    timerTime = nil
    perform(session.wake(at: hub.clock.now(), canSend: isWritable))
    setTimer()
  }
}
