import GatewaySimulator
import NIOCore
import WebSocketTransport

@testable import ISSPlus

/// A line in memory between a client's session and a gateway's session.
final class VirtualLine: SessionConnection {
  /// What becomes of an attempt to connect.
  enum Attempt {
    case succeeds
    /// Nobody listens.
    case refused
    /// The line opens, and nothing that is said over it is heard.
    case deaf
  }

  /// What is on its way to the client.
  private enum Item {
    case message(ByteBuffer)
    case end(CloseReason)
  }

  struct Refused: Error {}

  let gateway: GatewaySession
  private let handler: LineHandler
  private unowned let world: VirtualWorld
  private let isDeaf: Bool
  private(set) var isOver = false
  private var isOpen = false
  private var isPaused = false
  private var isClosing = false
  private var isDelivering = false
  /// Nothing passes in either direction any more.
  private var isDead = false
  private var arrived: [Item] = []
  private var timer: Scheduled<Void>?

  /// Makes of a message what arrives: none, one or several.
  var spoil: (ByteBuffer) -> [ByteBuffer] = { [$0] }

  /// Messages that may lie unread before the gateway finds its socket full.
  private static let backlog = 64
  private static let delay = TimeAmount.milliseconds(1)

  init(_ handler: LineHandler, _ world: VirtualWorld, _ attempt: Attempt) {
    self.handler = handler
    self.world = world
    gateway = GatewaySession(market: world.market, configuration: world.gateway, number: world.nextLineNumber())
    switch attempt {
    case .succeeds, .deaf: isDeaf = attempt == .deaf
    case .refused: isDeaf = true
    }
    later {
      if attempt == .refused {
        self.isOver = true
        return handler.failed(Refused())
      }
      self.isOpen = true
      handler.opened(self)
      handler.readCompleted()
    }
  }

  private func later(_ body: @escaping () -> Void) {
    world.loop.assumeIsolatedUnsafeUnchecked().scheduleTask(in: Self.delay) { body() }
  }

  // MARK: The client's end

  func send(_ message: ByteBuffer) {
    if isOver || isDead || isDeaf { return }
    later { if !self.isOver, !self.isDead { self.perform(self.gateway.received(message, at: self.world.now)) } }
  }

  func pauseReading() { isPaused = true }

  func resumeReading() {
    isPaused = false
    deliver()
  }

  func close() {
    guard !isClosing, !isOver else { return }
    isClosing = true
    later {
      self.gateway.close()
      self.finish(.clean(code: 1000, reason: ""))
    }
  }

  func abort() { later { self.finish(.localAbort) } }

  // MARK: Faults

  /// The line ends, now: what has arrived can still be read, what is on its way is lost.
  func cut(_ reason: CloseReason = .peerClosedWithoutHandshake) {
    gateway.close()
    setTimer()
    arrived.append(.end(reason))
    deliver()
  }

  /// Nothing passes any more; after the ping limit the client's transport notices.
  func die(noticedAfter limit: TimeAmount) {
    isDead = true
    gateway.close()
    setTimer()
    world.loop.assumeIsolatedUnsafeUnchecked().scheduleTask(in: limit) { self.finish(.pingTimeout) }
  }

  /// Puts a message of a fault's making on the way.
  func inject(_ message: ByteBuffer) { arrive([message]) }

  // MARK: The gateway's end

  private func perform(_ actions: [GatewayAction]) {
    for action in actions {
      switch action {
      case .send(let message): arrive(spoil(message))
      case .close(let code, let reason): cut(.clean(code: code, reason: reason))
      case .cut, .reset: cut()
      case .hold: die(noticedAfter: world.pingLimit)
      case .pauseReading: break
      }
    }
    setTimer()
  }

  private func setTimer() {
    timer?.cancel()
    timer = nil
    guard !isOver, !isDead, let due = gateway.nextWakeUp else { return }
    let wait = max(1, due.microseconds - world.now.microseconds)
    timer = world.loop.assumeIsolatedUnsafeUnchecked().scheduleTask(in: .microseconds(wait)) {
      self.timer = nil
      if self.isOver || self.isDead { return }
      self.perform(self.gateway.wake(at: self.world.now, canSend: self.arrived.count < Self.backlog))
    }
  }

  private func arrive(_ messages: [ByteBuffer]) {
    let dead = isDead
    later {
      if self.isOver || dead || self.isDead { return }
      self.arrived += messages.map { .message($0) }
      self.deliver()
    }
  }

  private func deliver() {
    if isDelivering { return }
    isDelivering = true
    defer { isDelivering = false }
    var count = 0
    while !isPaused, !isOver, !arrived.isEmpty {
      switch arrived.removeFirst() {
      case .message(let message):
        if isClosing { continue }
        handler.received(message, kind: .binary)
        count += 1
      case .end(let reason): finish(reason)
      }
    }
    if count > 0, !isOver { handler.readCompleted() }
  }

  private func finish(_ reason: CloseReason) {
    if isOver { return }
    isOver = true
    timer?.cancel()
    timer = nil
    gateway.close()
    arrived = []
    if isOpen { handler.closed(reason) } else { handler.failed(Refused()) }
  }

  /// Lets go of everything.
  func forget() {
    isOver = true
    timer?.cancel()
    timer = nil
    arrived = []
  }
}
