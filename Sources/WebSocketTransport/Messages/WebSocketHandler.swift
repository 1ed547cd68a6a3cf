internal import NIOCore

/// The driver of one open connection and the last handler of its pipeline: bytes in, messages to the caller's handler.
///
/// It decodes in place of a separate codec so that only `ByteBuffer`s travel through the pipeline and a pause takes
/// effect between two messages: what is not decoded stays bytes.
final class WebSocketHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  /// How far the connection is; the reason of a state is what the caller will be told.
  enum Phase {
    /// Messages go both ways.
    case open
    /// Our close frame is out, the peer's is awaited; messages that still come are dropped.
    case closing
    /// Nothing that comes counts any more; the end of the line is awaited.
    case draining(CloseReason)
    /// The end of the line has come while messages are held back by a pause.
    case lineEnded(CloseReason)
    /// The caller has been told.
    case ended
  }

  let role: WebSocketRole
  let configuration: WebSocketConfiguration
  var phase = Phase.open
  var context: ChannelHandlerContext?
  var receiver: (any WebSocketMessageHandler)?
  var keepAlive = KeepAlive()
  var keepAliveTimer: Scheduled<Void>?
  var closeTimer: Scheduled<Void>?
  /// The payload of the newest ping, while the channel cannot take its pong.
  var owedPong: ByteBuffer?
  var isPaused = false

  /// Bytes that are not decoded: at most a frame that is not whole, and while paused what the last reads brought.
  var input: MessageInput
  var isDecoding = false
  var isInRead = false
  private var needsFlush = false

  init(role: WebSocketRole, configuration: WebSocketConfiguration, receiver: any WebSocketMessageHandler) {
    self.role = role
    self.configuration = configuration
    self.receiver = receiver
    input = MessageInput(role: role, configuration)
  }

  // MARK: - The pipeline

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    self.context = nil
    switch phase {
    case .open, .closing, .draining: finish(.localAbort)
    case .lineEnded, .ended: break
    }
  }

  /// Begins the connection's life once the handler is in its pipeline.
  func start(_ connection: WebSocketConnection) {
    isInRead = true
    receiver?.opened(connection)
    schedulePing()
    if !isPaused { context?.read() }
    isInRead = false
    flushIfNeeded()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard takesInput else { return }
    isInRead = true
    keepAlive.heardFromPeer()
    input.append(Self.unwrapInboundIn(data), context.channel.allocator)
    decode()
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    // Also while the line closes: messages of this read may have come before the close frame.
    receiver?.readCompleted()
    isInRead = false
    flushIfNeeded()
    if !isPaused { context.read() }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    let isWritable = context.channel.isWritable
    if isWritable, let pong = owedPong {
      owedPong = nil
      sendControl(.pong, pong)
    }
    if case .open = phase { receiver?.writabilityChanged(isWritable: isWritable) }
    context.fireChannelWritabilityChanged()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    let lost = TransportError(.connectionLost, "the connection broke", underlying: String(describing: error))
    endOfLine(.error((error as? TransportError) ?? lost))
    context.close(promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) {
    endOfLine(.peerClosedWithoutHandshake)
    context.fireChannelInactive()
  }

  // MARK: - The end

  /// Ends everything and tells the caller, once.
  func finish(_ reason: CloseReason) {
    cancelTimers()
    if case .ended = phase { return }
    phase = .ended
    isPaused = false
    dropInput()
    owedPong = nil
    let receiver = self.receiver
    self.receiver = nil
    receiver?.closed(reason)
  }

  // MARK: - Flushing

  /// Flushes now, or at the end of the read that is going on.
  func requestFlush() {
    if isInRead {
      needsFlush = true
    } else {
      needsFlush = false
      context?.flush()
    }
  }

  func flushIfNeeded() {
    guard needsFlush else { return }
    needsFlush = false
    context?.flush()
  }
}
