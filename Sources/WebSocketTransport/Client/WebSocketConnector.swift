public import NIOCore
internal import NIOPosix

/// Opens client connections: name, TCP, proxy, TLS, upgrade, each within its limit; nothing hangs, and what fails is closed.
public struct WebSocketConnector: Sendable {
  /// How to connect.
  public struct Configuration: Sendable {
    /// For name resolution and TCP together, over all addresses of the host.
    public var connectLimit: TimeAmount = .seconds(10)
    /// For the proxy's answer.
    public var proxyLimit: TimeAmount = .seconds(10)
    /// For the handshake of TLS.
    public var tlsLimit: TimeAmount = .seconds(10)
    /// From the request to the whole answer to the upgrade.
    public var upgradeLimit: TimeAmount = .seconds(10)
    /// The one sub-protocol to offer; the answer must name it or none.
    public var subprotocol: String?
    /// What `wss://` trusts; `nil` is the system's trust store, loaded by the connector on its first use.
    public var tls: TLSConfiguration?
    /// The proxy to go through, for any host; `ProxyEnvironment` finds the one of the environment.
    public var proxy: ProxyURL?
    /// The limits and clocks of the connection that comes out.
    public var connection = WebSocketConfiguration()
    /// Resolves names in place of getaddrinfo; for tests.
    var resolver: (any Resolver & Sendable)?

    /// The defaults, with a sub-protocol to offer.
    public init(subprotocol: String? = nil) {
      self.subprotocol = subprotocol
    }
  }

  private let group: any EventLoopGroup
  private let configuration: Configuration
  private let tls: TLSContextSource

  /// A connector whose connections live on the event loops of the group.
  public init(group: any EventLoopGroup, configuration: Configuration) {
    self.group = group
    self.configuration = configuration
    self.tls = TLSContextSource(configuration.tls)
  }

  /// Connects and upgrades. The future comes after the handler's `opened`; it fails with a `TransportError`.
  ///
  /// - Parameters:
  ///   - url: where to; `wss://` verifies the certificate and its host name.
  ///   - makeHandler: called once, on the connection's event loop, when the upgrade has succeeded.
  public func connect(
    to url: WebSocketURL, makeHandler: @escaping @Sendable () -> any WebSocketMessageHandler
  ) -> EventLoopFuture<WebSocketConnection> {
    begin(url, makeHandler).future
  }

  /// Connects and upgrades; when the task is cancelled, fails at once with `cancelled` and closes what is open.
  ///
  /// - Parameters:
  ///   - url: where to; `wss://` verifies the certificate and its host name.
  ///   - makeHandler: called once, on the connection's event loop, when the upgrade has succeeded.
  public func connect(
    to url: WebSocketURL, makeHandler: @escaping @Sendable () -> any WebSocketMessageHandler
  ) async throws -> WebSocketConnection {
    let attempt = begin(url, makeHandler)
    return try await withTaskCancellationHandler {
      try await attempt.future.get()
    } onCancel: {
      attempt.cancel()
    }
  }

  private func begin(
    _ url: WebSocketURL, _ makeHandler: @escaping @Sendable () -> any WebSocketMessageHandler
  ) -> ConnectAttempt {
    let attempt = ConnectAttempt(url: url, configuration: configuration, tls: tls, loop: group.next())
    attempt.start(makeHandler)
    return attempt
  }
}
