internal import NIOCore
internal import NIOPosix
internal import WebSocketTransport

/// An ISS+ gateway on loopback: for tests, demos and load.
///
/// Everything lives on one event loop of its own: the market, its sessions and their timers. A client that does not
/// read is not queued for: while its channel is full, packets that are due fall out (``Statistics/skippedPackets``), and
/// the next one tells the whole difference to what was sent last. It is not read from either, so that its requests
/// cannot pile up answers.
public final class GatewaySimulator: Sendable {
  /// The path of the gateway; any other is answered with 404.
  public static let path = "/infocx/v3/websocket"

  /// The port that was taken.
  public let port: Int
  private let group: MultiThreadedEventLoopGroup
  private let listener: WebSocketListener
  private let hub: NIOLoopBound<GatewayHub>
  private let isSecure: Bool

  private init(
    group: MultiThreadedEventLoopGroup, listener: WebSocketListener, hub: NIOLoopBound<GatewayHub>, isSecure: Bool
  ) {
    self.isSecure = isSecure
    self.group = group
    self.listener = listener
    self.hub = hub
    port = listener.port
  }

  /// Where clients connect to.
  public var url: String { "\(isSecure ? "wss" : "ws")://127.0.0.1:\(port)\(Self.path)" }

  /// Begins to listen.
  ///
  /// - Throws: `TransportError` when the port cannot be taken.
  public static func start(_ configuration: Configuration = Configuration()) async throws -> GatewaySimulator {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    do {
      let loop = group.next()
      let hub = try await loop.submit {
        NIOLoopBound(GatewayHub(configuration, eventLoop: loop), eventLoop: loop)
      }.get()
      var listening = WebSocketListener.Configuration()
      listening.port = configuration.port
      if let certificate = configuration.certificate {
        listening.tls = try TLSConfiguration.server(
          certificateChainFile: certificate.chainFile, privateKeyFile: certificate.keyFile)
      }
      listening.connection.pingInterval = configuration.switches.duration("ping").map { .microseconds($0) }
      let subprotocol = configuration.switches["subprotocol"] ?? "echo"
      let hangs = configuration.switches.is("hang", "upgrade")
      let listener = try await WebSocketListener.start(
        group: group,
        configuration: listening,
        decide: { hangs ? .hang : decide($0, subprotocol: subprotocol) },
        makeHandler: { _ in hub.value.makeConnection() }
      )
      return GatewaySimulator(
        group: group, listener: listener, hub: hub, isSecure: configuration.certificate != nil)
    } catch {
      try? await group.shutdownGracefully()
      throw error
    }
  }

  /// Cuts all connections and gives the port back.
  public func stop() async {
    await listener.shutdown()
    try? await group.shutdownGracefully()
  }

  /// What has been done so far.
  ///
  /// - Throws: an error of the event loop once the simulator has been stopped.
  public func statistics() async throws -> Statistics {
    try await hub.eventLoop.submit { [hub] in hub.value.statistics }.get()
  }

  /// The truth of a subscription as it was last sent, over all connections; of several the newest.
  ///
  /// - Parameters:
  ///   - destination: of the SUBSCRIBE.
  ///   - selector: spelt as in the SUBSCRIBE; nil takes any.
  /// - Throws: an error of the event loop once the simulator has been stopped.
  public func currentTable(_ destination: String, _ selector: String? = nil) async throws -> SimulatedTable? {
    try await hub.eventLoop.submit { [hub] in hub.value.currentTable(destination, selector) }.get()
  }

  /// Keeps the streams silent, so that a client can be compared with ``currentTable(_:_:)``; what was sent before may
  /// still be on its way, and the table's seqnum tells when the client has it.
  ///
  /// - Throws: an error of the event loop once the simulator has been stopped.
  public func pauseStreams() async throws {
    try await hub.eventLoop.submit { [hub] in hub.value.market.isPaused = true }.get()
  }

  /// Lets the streams go on.
  ///
  /// - Throws: an error of the event loop once the simulator has been stopped.
  public func resumeStreams() async throws {
    try await hub.eventLoop.submit { [hub] in hub.value.market.isPaused = false }.get()
  }

  /// The numbers of the connections that are open, in the order in which they were made, from 1.
  ///
  /// - Throws: an error of the event loop once the simulator has been stopped.
  public func connectionNumbers() async throws -> [Int] {
    try await hub.eventLoop.submit { [hub] in hub.value.connectionNumbers }.get()
  }

  /// Lets a line go wrong, now.
  ///
  /// - Parameters:
  ///   - fault: the way in which it does.
  ///   - connection: its number; `nil` strikes all.
  /// - Returns: how many lines there were.
  /// - Throws: an error of the event loop once the simulator has been stopped.
  @discardableResult
  public func strike(_ fault: LineFault, connection: Int? = nil) async throws -> Int {
    try await hub.eventLoop.submit { [hub] in hub.value.strike(fault, connection: connection) }.get()
  }

  private static func decide(_ request: WebSocketUpgradeRequest, subprotocol: String) -> WebSocketUpgradeDecision {
    guard request.target.prefix(while: { $0 != "?" }) == path else {
      return .refuse(status: 404, reason: "Not Found")
    }
    switch subprotocol {
    case "none": return .accept(subprotocol: nil)
    case "echo": return .accept(subprotocol: request.subprotocols.contains("STOMP") ? "STOMP" : nil)
    default: return .accept(subprotocol: String(subprotocol.dropFirst("other:".count)))
    }
  }
}

/// Runs a simulator for as long as the body takes, and stops it on every way out.
///
/// - Throws: `TransportError` when the port cannot be taken; what the body throws.
public func withGatewaySimulator<Result>(
  _ configuration: GatewaySimulator.Configuration = .init(),
  _ body: (GatewaySimulator) async throws -> Result
) async throws -> Result {
  let simulator = try await GatewaySimulator.start(configuration)
  do {
    let result = try await body(simulator)
    await simulator.stop()
    return result
  } catch {
    await simulator.stop()
    throw error
  }
}
