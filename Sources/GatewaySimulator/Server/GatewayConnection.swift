internal import NIOCore
internal import WebSocketTransport

/// Runs one session over one WebSocket connection: its actions and its timer. No tasks.
final class GatewayConnection: WebSocketMessageHandler {
  let session: GatewaySession
  let number: Int
  private let hub: GatewayHub
  private let kind: WebSocketMessageKind
  private let fragment: Int?
  private var connection: WebSocketConnection?
  private var timer: Scheduled<Void>?
  private var timerTime: GatewayTime?
  private var isWritable = true
  /// Nothing is read or written any more.
  private var isHeld = false
  private var isReadingPaused = false

  /// The timer does not ring more often, whatever rate is wanted.
  private static let leastPause: Int64 = 1000

  init(hub: GatewayHub) {
    self.hub = hub
    number = hub.connectionNumber
    session = GatewaySession(market: hub.market, configuration: hub.sessions, number: hub.connectionNumber)
    kind = hub.sessions.switches.is("message-kind", "text") ? .text : .binary
    fragment = hub.sessions.switches.count("fragment")
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
    adaptReading()
  }

  private func adaptReading() {
    if isWritable, !isHeld, !isReadingPaused { connection?.resumeReading() } else { connection?.pauseReading() }
  }

  /// Lets the line go wrong now.
  func strike(_ fault: LineFault) {
    perform(session.strike(fault, at: hub.clock.now()))
    setTimer()
  }

  func closed(_ reason: CloseReason) {
    timer?.cancel()
    timer = nil
    connection = nil
    session.close()
    hub.remove(self)
  }

  // MARK: Actions

  private func perform(_ actions: [GatewayAction]) {
    guard let connection, !actions.isEmpty else { return }
    for action in actions {
      switch action {
      case .send(let message):
        if let fragment, message.readableBytes > fragment {
          connection.send(fragments: Self.pieces(of: message, fragment), kind: kind)
        } else {
          connection.send(message, kind: kind, flush: false)
        }
      case .close(let code, let reason): connection.close(code: code, reason: reason)
      case .cut:
        connection.flush()
        return connection.cut()
      case .reset:
        // The head of a binary frame of 100 bytes, and some of them.
        connection.sendRaw(ByteBuffer(bytes: [0x82, 100] + Array("MESSAGE\n".utf8)))
        connection.flush()
        return connection.reset()
      case .hold:
        isHeld = true
        adaptReading()
      case .pauseReading(let pause):
        isReadingPaused = true
        adaptReading()
        hub.eventLoop.assumeIsolated().scheduleTask(in: .microseconds(pause)) {
          self.isReadingPaused = false
          self.adaptReading()
        }
      }
    }
    connection.flush()
  }

  private static func pieces(of message: ByteBuffer, _ size: Int) -> [ByteBuffer] {
    var rest = message
    var pieces: [ByteBuffer] = []
    while let piece = rest.readSlice(length: min(size, rest.readableBytes)), piece.readableBytes > 0 {
      pieces.append(piece)
    }
    return pieces
  }

  // MARK: The timer

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
    let pause = max(Self.leastPause, due.microseconds - hub.clock.now().microseconds)
    timer = hub.eventLoop.assumeIsolated().scheduleTask(in: .microseconds(pause)) { self.ring() }
  }

  private func ring() {
    timer = nil
    timerTime = nil
    perform(session.wake(at: hub.clock.now(), canSend: isWritable))
    setTimer()
  }
}
