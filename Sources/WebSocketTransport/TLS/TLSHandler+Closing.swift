internal import NIOCore

/// An outbound event: the next close ends the line at once, without a close_notify. For faults on purpose.
struct LineCut: Sendable {}

/// How a TLS line ends: with a close_notify of each side, within a limit, or as a failure.
extension TLSHandler {
  func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
    switch (mode, state) {
    case (.input, _), (_, .closed):
      context.close(mode: mode, promise: promise)
    case (_, .idle), (_, .handshaking):
      closeNow(context, promise)
    case (.output, .open):
      state = .outputClosed
      seal(context)
      sendCloseNotify(context).whenComplete { _ in context.close(mode: .output, promise: promise) }
    case (.output, .outputClosed), (.output, .closing):
      promise?.succeed()
    case (.all, .open), (.all, .outputClosed):
      // A peer that does not read would not see the close_notify either.
      guard context.channel.isWritable, !isCut else { return closeNow(context, promise) }
      closeWithNotice(context, promise)
    case (.all, .closing):
      if isCut { return closeNow(context, promise) }
      if let promise { closePromises.append(promise) }
    }
  }

  func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
    guard event is LineCut else { return context.triggerUserOutboundEvent(event, promise: promise) }
    isCut = true
    promise?.succeed()
  }

  /// Says goodbye and waits for the peer's, for at most the limit.
  private func closeWithNotice(_ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>?) {
    let saysIt = if case .open = state { true } else { false }
    state = .closing
    if let promise { closePromises.append(promise) }
    dropStaged(TransportError(.closed, "the connection was closed before this was sent"))
    startCloseTimer(context)
    if saysIt {
      // The end of the stream behind it is for peers that do not look at the close_notify.
      sendCloseNotify(context).whenComplete { _ in context.close(mode: .output, promise: nil) }
    }
    context.read()
  }

  /// The peer's close_notify has come: it reads no answer but ours.
  func peerClosed(_ context: ChannelHandlerContext) {
    switch state {
    case .open:
      guard context.channel.isWritable else { return closeNow(context, nil) }
      state = .closing
      dropStaged(TransportError(.closed, "the peer closed the connection"))
      startCloseTimer(context)
      sendCloseNotify(context).whenComplete { _ in self.closeNow(context, nil) }
    case .outputClosed, .closing:
      closeNow(context, nil)
    case .idle, .handshaking, .closed:
      break
    }
  }

  /// A failure: whoever listens is told, and the line ends.
  func fail(_ context: ChannelHandlerContext, _ error: TransportError) {
    let isAwaited: Bool
    switch state {
    case .closed: return
    case .closing: isAwaited = false
    case .idle, .handshaking, .open, .outputClosed: isAwaited = true
    }
    state = .closed
    stopTimer()
    dropStaged(error)
    endHandshake(.failure(error))
    if isAwaited { context.fireErrorCaught(error) }
    context.close(promise: nil)
    completeClose()
  }

  /// The socket is closed. Without the peer's close_notify nobody knows whether this is all that it sent.
  func lineEnded(_ context: ChannelHandlerContext) {
    switch state {
    case .idle, .handshaking:
      fail(context, TransportError(.connectionLost, "the peer closed the connection during the TLS handshake"))
    case .open, .outputClosed:
      fail(context, TransportError(.truncated, "the peer ended the TLS connection without saying so (close_notify)"))
    case .closing, .closed:
      state = .closed
      stopTimer()
      completeClose()
    }
  }

  /// Ends the line at once.
  private func closeNow(_ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>?) {
    guard state.isAlive else { return context.close(promise: promise) }
    state = .closed
    stopTimer()
    let over = TransportError(.closed, "the connection is closed")
    dropStaged(over)
    endHandshake(.failure(over))
    context.close(promise: promise)
    completeClose()
  }

  private func sendCloseNotify(_ context: ChannelHandlerContext) -> EventLoopFuture<Void>.Isolated {
    connection.closeOutput()
    let written = context.eventLoop.makePromise(of: Void.self)
    sendCiphertext(context, promise: written)
    return written.futureResult.assumeIsolated()
  }

  private func startCloseTimer(_ context: ChannelHandlerContext) {
    stopTimer()
    timer = context.eventLoop.assumeIsolated().scheduleTask(in: Self.closeLimit) { self.closeNow(context, nil) }
  }

  func stopTimer() {
    timer?.cancel()
    timer = nil
  }

  func completeClose() {
    let promises = closePromises
    closePromises = []
    for promise in promises { promise.succeed() }
  }

  /// How long the peer may take to say its close_notify.
  private static var closeLimit: TimeAmount { .seconds(2) }
}

extension TLSHandler.State {
  fileprivate var isAlive: Bool {
    switch self {
    case .closed: false
    case .idle, .handshaking, .open, .outputClosed, .closing: true
    }
  }
}
