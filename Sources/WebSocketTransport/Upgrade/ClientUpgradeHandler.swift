internal import NIOCore

/// Sends the upgrade request, judges the answer, and gives its place to the message handler. It ends in one of two
/// ways, within the limit: the promise succeeds, or it fails and the channel is closed.
final class ClientUpgradeHandler: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private enum State {
    case awaitingHead
    /// The upgrade is refused; the start of the body is collected for the report.
    case awaitingBody(status: Int, head: HTTPHead)
    case done
  }

  private let upgrade: ClientUpgrade
  private let limit: TimeAmount
  private let configuration: WebSocketConfiguration
  private let makeHandler: @Sendable () -> any WebSocketMessageHandler
  private let promise: EventLoopPromise<WebSocketConnection>
  private var state = State.awaitingHead
  private var collector = HTTPHeadCollector()
  private var hasSent = false
  private var limitTimer: Scheduled<Void>?
  private var bodyTimer: Scheduled<Void>?

  init(
    upgrade: ClientUpgrade,
    limit: TimeAmount,
    configuration: WebSocketConfiguration,
    promise: EventLoopPromise<WebSocketConnection>,
    makeHandler: @escaping @Sendable () -> any WebSocketMessageHandler
  ) {
    self.upgrade = upgrade
    self.limit = limit
    self.configuration = configuration
    self.promise = promise
    self.makeHandler = makeHandler
  }

  func handlerAdded(context: ChannelHandlerContext) {
    limitTimer = context.eventLoop.assumeIsolated().scheduleTask(in: limit) { self.limitPassed(context) }
    if context.channel.isActive { sendRequest(context) }
  }

  func channelActive(context: ChannelHandlerContext) {
    sendRequest(context)
    context.fireChannelActive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if case .done = state { return }
    collector.append(Self.unwrapInboundIn(data))
    do throws(TransportError) {
      try readHead(context)
      reportWhenBodyIsThere(context, isOver: false)
    } catch {
      fail(context, error)
    }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    context.fireChannelReadComplete()
    switch state {
    case .awaitingHead, .awaitingBody: context.read()
    case .done: break
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    reportWhenBodyIsThere(context, isOver: true)
    fail(context, TransportError(.connectionLost, "the peer closed the connection before it answered the upgrade"))
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // A refusal that was cut short is still a refusal.
    reportWhenBodyIsThere(context, isOver: true)
    let lost = TransportError(.connectionLost, "the connection broke during the upgrade", underlying: "\(error)")
    fail(context, (error as? TransportError) ?? lost)
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    fail(context, TransportError(.closed, "the connection was closed during the upgrade"))
  }

  // MARK: - Steps

  /// Once: NIO succeeds the connect promise before it tells the pipeline that the channel is active.
  private func sendRequest(_ context: ChannelHandlerContext) {
    guard !hasSent else { return }
    hasSent = true
    context.writeAndFlush(Self.wrapOutboundOut(upgrade.request), promise: nil)
    context.read()
  }

  private func readHead(_ context: ChannelHandlerContext) throws(TransportError) {
    while case .awaitingHead = state, let head = try collector.next(startsWith: "HTTP/1.") {
      let status = try ClientUpgrade.status(of: head)
      switch status {
      case 101:
        let subprotocol = try upgrade.accept(head)
        try handOver(context, subprotocol)
      case 100..<200:
        continue
      default:
        state = .awaitingBody(status: status, head: head)
        bodyTimer = context.eventLoop.assumeIsolated().scheduleTask(in: Self.bodyLimit) {
          self.reportWhenBodyIsThere(context, isOver: true)
        }
      }
    }
  }

  private func handOver(_ context: ChannelHandlerContext, _ subprotocol: String?) throws(TransportError) {
    let handler = WebSocketHandler(role: .client, configuration: configuration, receiver: makeHandler())
    let connection = WebSocketConnection(channel: context.channel, handler: handler, subprotocol: subprotocol)
    do {
      try context.pipeline.syncOperations.addHandler(handler, position: .after(self))
    } catch {
      throw TransportError(.closed, "the connection was closed during the upgrade", underlying: "\(error)")
    }
    finish()
    let rest = collector.bytes
    handler.start(connection)
    if rest.readableBytes > 0 { context.fireChannelRead(Self.wrapInboundOut(rest)) }
    context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    promise.succeed(connection)
  }

  private func reportWhenBodyIsThere(_ context: ChannelHandlerContext, isOver: Bool) {
    guard case .awaitingBody(let status, let head) = state else { return }
    guard isOver || collector.bytes.readableBytes >= ClientUpgrade.expectedBody(of: head) else { return }
    fail(context, ClientUpgrade.refusal(status: status, head: head, body: collector.bytes))
  }

  private func limitPassed(_ context: ChannelHandlerContext) {
    reportWhenBodyIsThere(context, isOver: true)
    fail(context, TransportError(.upgradeTimeout, "the peer did not answer the upgrade within \(limit.inWords)"))
  }

  private func fail(_ context: ChannelHandlerContext, _ error: TransportError) {
    if case .done = state { return }
    finish()
    promise.fail(error)
    context.close(promise: nil)
  }

  private func finish() {
    state = .done
    limitTimer?.cancel()
    bodyTimer?.cancel()
  }

  /// A refusal's body is worth a short wait.
  private static var bodyLimit: TimeAmount { .milliseconds(500) }
}

extension TimeAmount {
  /// As a person writes it.
  var inWords: String {
    nanoseconds % 1_000_000_000 == 0 ? "\(nanoseconds / 1_000_000_000) s" : "\(nanoseconds / 1_000_000) ms"
  }
}
