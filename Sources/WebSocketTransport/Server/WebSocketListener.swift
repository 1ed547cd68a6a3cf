internal import NIOConcurrencyHelpers
public import NIOCore
internal import NIOPosix

/// Accepts WebSocket connections, plain or over TLS: the project's own gateway simulator and tests, on loopback.
public final class WebSocketListener: Sendable {
  /// Where and how to listen.
  public struct Configuration: Sendable {
    /// The address to listen on.
    public var host = "127.0.0.1"
    /// The port; 0 takes a free one.
    public var port = 0
    /// The certificate to show; with one, only TLS is spoken.
    public var tls: TLSConfiguration?
    /// From the connection to the end of its upgrade request, the handshake of TLS included.
    public var upgradeLimit: TimeAmount = .seconds(10)
    /// More connections than these are closed as soon as they come.
    public var maxConnections = 1024
    /// The limits and clocks of each connection.
    public var connection = WebSocketConfiguration()

    /// The defaults.
    public init() {}
  }

  /// The connections that are open; `nil` when the listener is shut down.
  private final class Channels: Sendable {
    private let open = NIOLockedValueBox<[ObjectIdentifier: any Channel]?>([:])

    func add(_ channel: any Channel, limit: Int) -> Bool {
      let isTaken = open.withLockedValue { open in
        guard let count = open?.count, count < limit else { return false }
        open?[ObjectIdentifier(channel)] = channel
        return true
      }
      guard isTaken else { return false }
      channel.closeFuture.whenComplete { _ in
        self.open.withLockedValue { _ = $0?.removeValue(forKey: ObjectIdentifier(channel)) }
      }
      return true
    }

    func takeAll() -> [any Channel] {
      open.withLockedValue { open in
        defer { open = nil }
        return open.map { Array($0.values) } ?? []
      }
    }
  }

  /// The address that was taken, with its port.
  public let address: SocketAddress
  private let channel: any Channel
  private let channels: Channels

  private init(channel: any Channel, address: SocketAddress, channels: Channels) {
    self.channel = channel
    self.address = address
    self.channels = channels
  }

  /// The port that was taken.
  public var port: Int { address.port ?? 0 }

  /// Begins to listen.
  ///
  /// - Parameters:
  ///   - group: takes the listening socket and the connections.
  ///   - configuration: where and how.
  ///   - decide: what happens to an upgrade request; called on the connection's event loop.
  ///   - makeHandler: makes the handler of an accepted connection, on its event loop.
  /// - Throws: `TransportError` with the code `bind`, or `tls` for a client's TLS configuration.
  public static func start(
    group: any EventLoopGroup,
    configuration: Configuration = Configuration(),
    decide: @escaping @Sendable (WebSocketUpgradeRequest) -> WebSocketUpgradeDecision,
    makeHandler: @escaping @Sendable (WebSocketUpgradeRequest) -> any WebSocketMessageHandler
  ) async throws -> WebSocketListener {
    let channels = Channels()
    if let tls = configuration.tls { _ = try TLSConnection.server(tls.context) }
    do {
      let channel = try await ServerBootstrap(group: group)
        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
        .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
        .childChannelOption(.autoRead, value: false)
        .childChannelInitializer { child in
          guard channels.add(child, limit: configuration.maxConnections) else {
            return child.eventLoop.makeFailedFuture(TransportError(.closed, "the listener takes no more connections"))
          }
          return child.eventLoop.makeCompletedFuture {
            if let tls = configuration.tls {
              let connection = try TLSConnection.server(tls.context)
              try child.pipeline.syncOperations.addHandler(
                TLSHandler(connection, limit: configuration.upgradeLimit, promise: nil))
            }
            try child.pipeline.syncOperations.addHandler(
              ServerUpgradeHandler(configuration: configuration, decide: decide, makeHandler: makeHandler))
          }
        }
        .bind(host: configuration.host, port: configuration.port)
        .get()
      guard let address = channel.localAddress else { throw ChannelError.unknownLocalAddress }
      return WebSocketListener(channel: channel, address: address, channels: channels)
    } catch {
      let place = "\(configuration.host):\(configuration.port)"
      throw TransportError(.bind, "cannot listen on \(place)", underlying: String(describing: error))
    }
  }

  /// Stops listening and cuts every connection; returns when all are closed.
  public func shutdown() async {
    try? await channel.close().get()
    for connection in channels.takeAll() {
      connection.close(promise: nil)
      try? await connection.closeFuture.get()
    }
  }
}
