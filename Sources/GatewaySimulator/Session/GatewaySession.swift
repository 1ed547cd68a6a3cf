internal import MarketData
public import NIOCore
internal import STOMP

/// One connection as the gateway sees it: messages in, actions out. Pure: no I/O, and time is an argument.
///
/// Call ``wake(at:canSend:)`` when ``nextWakeUp`` has come and ``close()`` when the connection has ended. Like the
/// market it belongs to one event loop or one test.
public final class GatewaySession {
  /// What a session needs to know beside the market.
  public struct Configuration: Sendable {
    /// Who may connect, beside the guest.
    public var accounts: [Account]
    /// The open points of the protocol.
    public var switches: SimulatorSwitches
    /// The body of CONNECTED, served as it is.
    public var structureBody: ByteBuffer

    /// A configuration; without a body the built-in catalogue is served.
    public init(
      accounts: [Account] = [], switches: SimulatorSwitches = SimulatorSwitches(), structureBody: ByteBuffer? = nil
    ) {
      self.accounts = accounts
      self.switches = switches
      self.structureBody = structureBody ?? Self.builtInBody(isSubset: switches.is("connected-body", "subset"))
    }

    private static func builtInBody(isSubset: Bool) -> ByteBuffer { isSubset ? subsetBody : fullBody }

    private static let fullBody = Catalogue.builtIn.connectedBody()

    private static let subsetBody: ByteBuffer = {
      let markets = Catalogue.builtIn.markets.filter { ["SEARCH", "COMMON", "MXSE"].contains($0.name) }
      return Catalogue(markets: markets).connectedBody()
    }()
  }

  /// How far the connection has come.
  enum Phase {
    case awaitingConnect
    case connected
    /// CONNECT was refused, or the client has taken its leave.
    case ending
    case closed
  }

  let market: SimulatedMarket
  let configuration: Configuration
  let settings: SessionSettings
  var phase = Phase.awaitingConnect
  var language = Language.english
  var subscriptions = SubscriptionTable()
  var queue = DueQueue()
  var actions: [GatewayAction] = []
  var scratch = ByteText()
  var waitingFrame: ByteBuffer?
  private var parser = FrameParser(dialect: .issPlus, limits: FrameLimits(maxHeaderCount: 32, maxBodySize: 1 << 20))
  private var closeAt: GatewayTime?
  private var beatAt: GatewayTime?
  /// Which connection of the gateway this is, from 1.
  let number: Int
  /// Nothing is said any more.
  var isMute = false
  var faultsAt: [(GatewayTime, LineFault)] = []
  var faultsAfterPackets: [(Int, LineFault)] = []
  var brokenCount = 0

  /// Packets sent: MESSAGE frames.
  public internal(set) var packetCount = 0
  /// Packets that fell out because the client did not read; the next one of the subscription tells it all.
  public internal(set) var skippedCount = 0
  /// Subscriptions that are open.
  public var subscriptionCount: Int { subscriptions.count }

  /// A session for a connection that has just been opened.
  ///
  /// - Parameters:
  ///   - market: what there is to tell.
  ///   - configuration: who may connect, and the open points of the protocol.
  ///   - number: which connection of the gateway it is, from 1; the faults of the line may be for the first ones.
  public init(market: SimulatedMarket, configuration: Configuration = Configuration(), number: Int = 1) {
    self.market = market
    self.number = number
    self.configuration = configuration
    settings = SessionSettings(configuration.switches)
  }

  /// Takes one WebSocket message, of either kind.
  public func received(_ message: ByteBuffer, at now: GatewayTime) -> [GatewayAction] {
    guard isOpen, !isMute else { return [] }
    if let pause = settings.readPause { actions.append(.pauseReading(pause)) }
    parser.append(message)
    do {
      while let frame = try parser.next(), isOpen { handle(frame, at: now) }
    } catch {
      refuse(.exception, "Broken frame: \(error.message)", to: nil, at: now)
      end(after: 0, at: now)
    }
    return takeActions()
  }

  /// Does what is due. When the client does not read (`canSend` is false) packets fall out instead of piling up.
  public func wake(at now: GatewayTime, canSend: Bool = true) -> [GatewayAction] {
    guard phase != .closed, !isMute else { return [] }
    strikeDue(at: now)
    guard phase != .closed, !isMute else { return takeActions() }
    if let closeAt, closeAt <= now {
      self.closeAt = nil
      phase = .closed
      actions.append(.close(code: 1000, reason: ""))
      return takeActions()
    }
    if let beatAt, beatAt <= now, let heartbeat = settings.heartbeat {
      self.beatAt = now.advanced(byMicroseconds: heartbeat)
      if canSend { actions.append(.send(ByteBuffer(integer: UInt8(ascii: "\n")))) }
    }
    sendDuePackets(at: now, canSend: canSend)
    return takeActions()
  }

  /// When to call ``wake(at:canSend:)`` next; nil when nothing is under way.
  public var nextWakeUp: GatewayTime? {
    guard phase != .closed, !isMute else { return nil }
    return [closeAt, beatAt, queue.first?.due, faultsAt.map(\.0).min()].compactMap(\.self).min()
  }

  /// The connection has ended: gives its subscriptions back to the market.
  public func close() {
    market.subscriptionCount -= subscriptions.count
    subscriptions = SubscriptionTable()
    queue = DueQueue()
    phase = .closed
  }

  /// The truth of the newest subscription to a destination with this selector, spelt as it was asked for.
  public func currentTable(_ destination: String, _ selector: String? = nil) -> SimulatedTable? {
    subscriptions.newest { $0.destination == destination && (selector == nil || $0.selector == selector) }?.table
  }

  // MARK: Phases

  private var isOpen: Bool {
    switch phase {
    case .awaitingConnect, .connected: true
    case .ending, .closed: false
    }
  }

  func open(at now: GatewayTime) {
    phase = .connected
    if let heartbeat = settings.heartbeat { beatAt = now.advanced(byMicroseconds: heartbeat) }
    armFaults(at: now)
  }

  func stopClosing() {
    closeAt = nil
    beatAt = nil
  }

  /// Closes after some microseconds; until then nothing is taken.
  func end(after pause: Int64, at now: GatewayTime) {
    phase = .ending
    market.subscriptionCount -= subscriptions.count
    subscriptions = SubscriptionTable()
    queue = DueQueue()
    beatAt = nil
    closeAt = now.advanced(byMicroseconds: pause)
  }

  func takeActions() -> [GatewayAction] {
    flushWaitingFrame()
    defer { actions.removeAll(keepingCapacity: true) }
    return actions
  }
}
