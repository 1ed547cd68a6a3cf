internal import NIOConcurrencyHelpers
internal import NIOCore
internal import NIOPosix

/// One attempt to connect, from the name to the open connection; it ends once, whoever ends it.
final class ConnectAttempt: Sendable {
  private struct State {
    var isOver = false
    var channels: [any Channel] = []
  }

  /// Where TCP goes to.
  private struct Hop: Sendable {
    var host: String
    var port: Int
    var name: String

    init(_ url: WebSocketURL) { (host, port, name) = (url.host, url.port, url.origin) }
    init(_ proxy: ProxyURL) { (host, port, name) = (proxy.host, proxy.port, "the proxy \(proxy)") }
  }

  private let url: WebSocketURL
  private let configuration: WebSocketConnector.Configuration
  private let tls: TLSContextSource
  private let loop: any EventLoop
  private let promise: EventLoopPromise<WebSocketConnection>
  private let state = NIOLockedValueBox(State())

  init(
    url: WebSocketURL, configuration: WebSocketConnector.Configuration, tls: TLSContextSource, loop: any EventLoop
  ) {
    self.url = url
    self.configuration = configuration
    self.tls = tls
    self.loop = loop
    self.promise = loop.makePromise()
  }

  var future: EventLoopFuture<WebSocketConnection> { promise.futureResult }

  func start(_ makeHandler: @escaping @Sendable () -> any WebSocketMessageHandler) {
    // The steps, one behind the other, all on one event loop.
    security()
      .flatMap { security in
        self.openTCP().flatMap { channel in
          self.passProxy(channel)
            .flatMap { security.establish(channel, self.url) }
            .flatMap { self.upgrade(channel, makeHandler) }
        }
      }
      .whenComplete { self.end($0) }
  }

  /// Gives up: the future fails now, and whatever is open is closed.
  func cancel() {
    end(.failure(TransportError(.cancelled, "the attempt to connect was cancelled")))
  }

  // MARK: - Steps

  private func security() -> EventLoopFuture<TransportSecurity> {
    guard url.isSecure else { return loop.makeSucceededFuture(.plaintext) }
    return tls.get(on: loop).map { [configuration] in .tls($0, limit: configuration.tlsLimit) }
  }

  private func openTCP() -> EventLoopFuture<any Channel> {
    let next = configuration.proxy.map { Hop($0) } ?? Hop(url)
    return ClientBootstrap(group: loop)
      .resolver(configuration.resolver)
      .connectTimeout(configuration.connectLimit)
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      .channelOption(.socketOption(.so_keepalive), value: 1)
      .channelOption(.autoRead, value: false)
      // Once an address: what loses the race is closed by the bootstrap.
      .channelInitializer { channel in
        guard self.register(channel) else {
          return channel.eventLoop.makeFailedFuture(TransportError(.cancelled, "the attempt to connect is over"))
        }
        return channel.eventLoop.makeSucceededVoidFuture()
      }
      .connect(host: next.host, port: next.port)
      .flatMapErrorThrowing { error in throw Self.describe(error, next) }
  }

  private func passProxy(_ channel: any Channel) -> EventLoopFuture<Void> {
    guard let proxy = configuration.proxy else { return channel.eventLoop.makeSucceededVoidFuture() }
    return ProxyConnectHandler.connect(channel, through: proxy, to: url, limit: configuration.proxyLimit)
  }

  private func upgrade(
    _ channel: any Channel, _ makeHandler: @escaping @Sendable () -> any WebSocketMessageHandler
  ) -> EventLoopFuture<WebSocketConnection> {
    let promise = channel.eventLoop.makePromise(of: WebSocketConnection.self)
    let handler = ClientUpgradeHandler(
      upgrade: ClientUpgrade(url: url, offered: configuration.subprotocol),
      limit: configuration.upgradeLimit,
      configuration: configuration.connection,
      promise: promise,
      makeHandler: makeHandler)
    do {
      try channel.pipeline.syncOperations.addHandler(handler)
    } catch {
      promise.fail(
        TransportError(.connectionLost, "the connection was closed before the upgrade", underlying: "\(error)"))
    }
    return promise.futureResult
  }

  // MARK: - The end

  private func register(_ channel: any Channel) -> Bool {
    state.withLockedValue { state in
      guard !state.isOver else { return false }
      state.channels.append(channel)
      return true
    }
  }

  private func end(_ result: Result<WebSocketConnection, any Error>) {
    let (isFirst, channels) = state.withLockedValue { state in
      defer { state = State(isOver: true) }
      return (!state.isOver, state.channels)
    }
    switch result {
    case .success(let connection):
      guard isFirst else { return connection.abort() }
      promise.succeed(connection)
    case .failure(let error):
      for channel in channels { channel.close(promise: nil) }
      guard isFirst else { return }
      let unknown = TransportError(.connectionLost, "the connection broke", underlying: String(describing: error))
      promise.fail((error as? TransportError) ?? unknown)
    }
  }

  private static func describe(_ error: any Error, _ hop: Hop) -> TransportError {
    switch error {
    case let error as TransportError:
      return error
    case let error as NIOConnectionError where error.connectionErrors.isEmpty:
      let reasons = [error.dnsAError, error.dnsAAAAError].compactMap { $0.map { String(describing: $0) } }
      return TransportError(.resolve, "\(hop.host) has no address", underlying: reasons.first)
    case let error as NIOConnectionError:
      let reasons = error.connectionErrors.map { "\(SystemReason.address($0.target)): \(SystemReason.words($0.error))" }
      return TransportError(
        .connect, "no connection to \(hop.name)", underlying: reasons.prefix(4).joined(separator: "; "))
    case ChannelError.connectTimeout(let limit):
      return TransportError(.connectTimeout, "no connection to \(hop.name) within \(limit.inWords)")
    default:
      return TransportError(.connect, "no connection to \(hop.name)", underlying: SystemReason.words(error))
    }
  }
}
