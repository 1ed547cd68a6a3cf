public import NIOCore
internal import NIOPosix

/// Opens client connections: name, TCP, upgrade, each within its limit; nothing hangs, and what fails is closed.
public struct WebSocketConnector: Sendable {
  /// How to connect.
  public struct Configuration: Sendable {
    /// For name resolution and TCP together, over all addresses of the host.
    public var connectLimit: TimeAmount = .seconds(10)
    /// From the connection to the whole answer to the upgrade.
    public var upgradeLimit: TimeAmount = .seconds(10)
    /// The one sub-protocol to offer; the answer must name it or none.
    public var subprotocol: String?
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

  /// A connector whose connections live on the event loops of the group.
  public init(group: any EventLoopGroup, configuration: Configuration) {
    self.group = group
    self.configuration = configuration
  }

  /// Connects and upgrades. The future comes after the handler's `opened`; it fails with a `TransportError`.
  ///
  /// - Parameters:
  ///   - url: where to; `wss://` fails with `unsupported`.
  ///   - makeHandler: called once, on the connection's event loop, when the upgrade has succeeded.
  public func connect(
    to url: WebSocketURL, makeHandler: @escaping @Sendable () -> any WebSocketMessageHandler
  ) -> EventLoopFuture<WebSocketConnection> {
    begin(url, makeHandler).future
  }

  /// Connects and upgrades; when the task is cancelled, fails at once with `cancelled` and closes what is open.
  ///
  /// - Parameters:
  ///   - url: where to; `wss://` fails with `unsupported`.
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
    let attempt = ConnectAttempt(url: url, configuration: configuration, loop: group.next())
    attempt.start(makeHandler)
    return attempt
  }
}
