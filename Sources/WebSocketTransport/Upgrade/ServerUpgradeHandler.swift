internal import NIOCore
internal import NIOHTTP1

/// Reads the upgrade request, asks what to do with it, and gives its place to the message handler.
final class ServerUpgradeHandler: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private enum State {
    case awaitingHead
    /// The head is there, its answer is being made.
    case answering
    /// Nothing that comes counts; the connection is kept or about to end.
    case done
  }

  private let configuration: WebSocketListener.Configuration
  private let decide: @Sendable (WebSocketUpgradeRequest) -> WebSocketUpgradeDecision
  private let makeHandler: @Sendable (WebSocketUpgradeRequest) -> any WebSocketMessageHandler
  private var state = State.awaitingHead
  private var collector = HTTPHeadCollector()
  private var limitTimer: Scheduled<Void>?

  init(
    configuration: WebSocketListener.Configuration,
    decide: @escaping @Sendable (WebSocketUpgradeRequest) -> WebSocketUpgradeDecision,
    makeHandler: @escaping @Sendable (WebSocketUpgradeRequest) -> any WebSocketMessageHandler
  ) {
    self.configuration = configuration
    self.decide = decide
    self.makeHandler = makeHandler
  }

  func handlerAdded(context: ChannelHandlerContext) {
    limitTimer = context.eventLoop.assumeIsolated().scheduleTask(in: configuration.upgradeLimit) {
      context.close(promise: nil)
    }
    if context.channel.isActive { context.read() }
  }

  func channelActive(context: ChannelHandlerContext) {
    context.fireChannelActive()
    context.read()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch state {
    case .awaitingHead, .answering: collector.append(Self.unwrapInboundIn(data))
    case .done: return
    }
    guard case .awaitingHead = state else { return }
    do {
      guard let head = try collector.next(startsWith: "GET ") else { return }
      state = .answering
      let request = try ServerUpgrade.request(from: head, remoteAddress: context.channel.remoteAddress)
      answer(context, head, request)
    } catch let refusal as ServerUpgrade.Refusal {
      refuse(context, refusal.status, refusal.reason, refusal.headers, "")
    } catch {
      refuse(context, 400, "Bad Request", [], "")
    }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    context.fireChannelReadComplete()
    switch state {
    case .awaitingHead, .done: context.read()
    case .answering: break
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    finish()
  }

  // MARK: - Answers

  private func answer(_ context: ChannelHandlerContext, _ head: HTTPHead, _ request: WebSocketUpgradeRequest) {
    switch decide(request) {
    case .accept(let subprotocol):
      ServerUpgrade.acceptHeaders(for: head, on: context.channel).assumeIsolated().whenComplete { result in
        switch result {
        case .success(let headers): self.handOver(context, request, headers, subprotocol)
        case .failure: self.refuse(context, 400, "Bad Request", [], "")
        }
      }
    case .refuse(let status, let reason, let headers, let body):
      refuse(context, status, reason, headers, body)
    case .hang:
      finish()
    case .answer(let bytes):
      writeAndClose(context, bytes)
    }
  }

  private func handOver(
    _ context: ChannelHandlerContext, _ request: WebSocketUpgradeRequest, _ headers: HTTPHeaders, _ subprotocol: String?
  ) {
    guard case .answering = state else { return }
    finish()
    var headers = headers
    if let subprotocol { headers.add(name: "Sec-WebSocket-Protocol", value: subprotocol) }
    let head = ServerUpgrade.head(
      status: 101, reason: "Switching Protocols", headers: headers.map { (name: $0.name, value: $0.value) })
    let handler = WebSocketHandler(
      role: .server, configuration: configuration.connection, receiver: makeHandler(request))
    let connection = WebSocketConnection(channel: context.channel, handler: handler, subprotocol: subprotocol)
    do {
      try context.pipeline.syncOperations.addHandler(handler, position: .after(self))
    } catch {
      return context.close(promise: nil)
    }
    let rest = collector.bytes
    // What `opened` sends leaves together with the answer.
    context.write(Self.wrapOutboundOut(head), promise: nil)
    handler.start(connection)
    if rest.readableBytes > 0 {
      context.fireChannelRead(Self.wrapInboundOut(rest))
      context.fireChannelReadComplete()
    }
    context.flush()
    context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
  }

  private func refuse(
    _ context: ChannelHandlerContext, _ status: Int, _ reason: String, _ headers: [(name: String, value: String)],
    _ body: String
  ) {
    let own = [(name: "Content-Length", value: String(body.utf8.count)), (name: "Connection", value: "close")]
    var bytes = ServerUpgrade.head(status: status, reason: reason, headers: headers + own)
    bytes.writeString(body)
    writeAndClose(context, bytes)
  }

  private func writeAndClose(_ context: ChannelHandlerContext, _ bytes: ByteBuffer) {
    finish()
    let written = context.eventLoop.makePromise(of: Void.self)
    written.futureResult.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
    context.writeAndFlush(Self.wrapOutboundOut(bytes), promise: written)
  }

  private func finish() {
    state = .done
    limitTimer?.cancel()
    limitTimer = nil
  }
}
