internal import NIOCore

/// Asks an HTTP proxy for a tunnel (RFC 9110, section 9.3.6) and leaves the pipeline when it is there. It ends in one
/// of two ways, within the limit: the promise succeeds, or it fails and the channel is closed.
final class ProxyConnectHandler: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let proxy: ProxyURL
  private let authority: String
  private let limit: TimeAmount
  private let promise: EventLoopPromise<Void>
  private var collector = HTTPHeadCollector()
  private var hasSent = false
  private var isDone = false
  private var timer: Scheduled<Void>?

  init(proxy: ProxyURL, authority: String, limit: TimeAmount, promise: EventLoopPromise<Void>) {
    self.proxy = proxy
    self.authority = authority
    self.limit = limit
    self.promise = promise
  }

  /// Makes a tunnel of a connected channel. The future's callbacks have to add the next handler at once: what the proxy
  /// sent behind its answer goes to it.
  static func connect(
    _ channel: any Channel, through proxy: ProxyURL, to url: WebSocketURL, limit: TimeAmount
  ) -> EventLoopFuture<Void> {
    let promise = channel.eventLoop.makePromise(of: Void.self)
    let host = url.isIPv6 ? "[\(url.host)]" : url.host
    let handler = ProxyConnectHandler(
      proxy: proxy, authority: "\(host):\(url.port)", limit: limit, promise: promise)
    do {
      try channel.pipeline.syncOperations.addHandler(handler)
    } catch {
      promise.fail(
        TransportError(.connectionLost, "the connection to the proxy \(proxy) was closed", underlying: "\(error)"))
    }
    return promise.futureResult
  }

  private var request: ByteBuffer {
    var lines = ["CONNECT \(authority) HTTP/1.1", "Host: \(authority)"]
    if let credentials = proxy.credentials {
      lines.append("Proxy-Authorization: \(credentials.basicAuthorization)")
    }
    return ByteBuffer(string: lines.joined(separator: "\r\n") + "\r\n\r\n")
  }

  func handlerAdded(context: ChannelHandlerContext) {
    timer = context.eventLoop.assumeIsolated().scheduleTask(in: limit) {
      self.fail(
        context, TransportError(.proxyTimeout, "the proxy \(self.proxy) did not answer within \(self.limit.inWords)"))
    }
    if context.channel.isActive { sendRequest(context) }
  }

  func channelActive(context: ChannelHandlerContext) {
    sendRequest(context)
    context.fireChannelActive()
  }

  /// Once: NIO succeeds the connect promise before it tells the pipeline that the channel is active.
  private func sendRequest(_ context: ChannelHandlerContext) {
    guard !hasSent else { return }
    hasSent = true
    context.writeAndFlush(Self.wrapOutboundOut(request), promise: nil)
    context.read()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !isDone else { return context.fireChannelRead(data) }
    collector.append(Self.unwrapInboundIn(data))
    do throws(TransportError) {
      while !isDone, let head = try collector.next(startsWith: "HTTP/1.") {
        let status = try ClientUpgrade.status(of: head)
        switch status {
        case 200..<300: handOver(context)
        case 100..<200: continue
        default: fail(context, refusal(status, head))
        }
      }
    } catch {
      fail(
        context,
        TransportError(.proxy, "the answer of the proxy \(proxy) is no answer to CONNECT", underlying: error.message))
    }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    context.fireChannelReadComplete()
    if !isDone { context.read() }
  }

  func channelInactive(context: ChannelHandlerContext) {
    fail(
      context,
      TransportError(.proxy, "the proxy \(proxy) closed the connection before it answered", isRetriable: true))
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard !isDone else { return context.fireErrorCaught(error) }
    fail(
      context,
      TransportError(
        .proxy, "the connection to the proxy \(proxy) broke", underlying: String(describing: error), isRetriable: true))
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    fail(context, TransportError(.closed, "the connection to the proxy \(proxy) was closed"))
  }

  private func handOver(_ context: ChannelHandlerContext) {
    isDone = true
    timer?.cancel()
    promise.succeed()
    let rest = collector.bytes
    if rest.readableBytes > 0 { context.fireChannelRead(Self.wrapInboundOut(rest)) }
    context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
  }

  private func refusal(_ status: Int, _ head: HTTPHead) -> TransportError {
    let phrase = head.startLine.split(separator: " ", maxSplits: 2).dropFirst(2).first.map(String.init) ?? ""
    var message = "the proxy \(proxy) answered CONNECT with \(status) \(PrintableText.quote(String(phrase.prefix(64))))"
    while message.last == " " { message.removeLast() }
    if status == 407 {
      message += proxy.hasCredentials ? " (it refuses the user or the password)" : " (it wants a user and a password)"
    }
    let isRetriable = status >= 500 || status == 408 || status == 429
    return TransportError(.proxy, message, httpStatus: status, isRetriable: isRetriable)
  }

  private func fail(_ context: ChannelHandlerContext, _ error: TransportError) {
    guard !isDone else { return }
    isDone = true
    timer?.cancel()
    promise.fail(error)
    context.close(promise: nil)
  }
}
