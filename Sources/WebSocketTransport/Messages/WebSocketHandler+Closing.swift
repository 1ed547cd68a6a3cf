internal import NIOCore

/// The close handshake, the ends without one, and the clocks.
extension WebSocketHandler {
  /// Our side closes: a close frame, then the peer has the close limit to answer.
  func close(code: UInt16, reason: String) {
    if case .lineEnded(let known) = phase { return finish(known) }
    guard case .open = phase else { return }
    phase = .closing
    isPaused = false
    stopKeepAlive()
    sendControl(.close, CloseFrame(code: code, reason: reason).payload)
    startCloseTimer()
    decode()
    context?.read()
  }

  /// Cuts the line; nothing that is not written yet is written.
  func abort() {
    switch phase {
    case .open, .closing, .lineEnded:
      finish(.localAbort)
    case .draining(let reason):
      finish(reason)
    case .ended:
      break
    }
    context?.close(promise: nil)
  }

  /// The peer's close frame has come.
  func peerClosed(_ frame: CloseFrame) {
    let reason = CloseReason.clean(code: frame.code ?? WebSocketCloseCode.noCode, reason: frame.reason)
    switch phase {
    case .open:
      drain(reason, answer: CloseFrame(code: frame.code, reason: ""))
    case .closing:
      drain(reason, answer: nil)
    case .lineEnded:
      phase = .lineEnded(reason)
      dropInput()
    case .draining, .ended:
      break
    }
  }

  /// The peer broke a rule: it is told the code, and what it says from now on does not count.
  func fail(_ fault: ProtocolFault) {
    let reason = CloseReason.error(fault.error)
    switch phase {
    case .open:
      drain(reason, answer: CloseFrame(code: fault.closeCode, reason: ""))
    case .closing:
      drain(reason, answer: nil)
    case .lineEnded:
      phase = .lineEnded(reason)
      dropInput()
    case .draining, .ended:
      break
    }
  }

  /// Waits for the end of the line, which is the server's to bring about (RFC 6455, 7.1.1), for at most the close
  /// limit.
  ///
  /// A server half-closes rather than closes: bytes of the peer that nobody read would turn the close into a reset, and
  /// that could overtake the close frame.
  private func drain(_ reason: CloseReason, answer: CloseFrame?) {
    phase = .draining(reason)
    isPaused = false
    stopKeepAlive()
    dropInput()
    startCloseTimer()
    let written: EventLoopPromise<Void>? = role == .server ? context?.eventLoop.makePromise() : nil
    if let answer {
      sendControl(.close, answer.payload, promise: written)
    } else {
      written?.succeed()
    }
    written?.futureResult.assumeIsolated().whenSuccess { self.context?.close(mode: .output, promise: nil) }
    context?.read()
  }

  private func startCloseTimer() {
    guard closeTimer == nil else { return }
    closeTimer = context?.eventLoop.assumeIsolated().scheduleTask(in: configuration.closeLimit) {
      self.closeLimitPassed()
    }
  }

  private func closeLimitPassed() {
    closeTimer = nil
    context?.close(promise: nil)
  }

  // MARK: - Pings

  /// A peer that sends pings and does not read gets an answer to its newest one only, when there is room.
  func answerPing(_ payload: ByteBuffer) {
    guard case .open = phase else { return }
    guard context?.channel.isWritable == true else {
      owedPong = ByteBuffer(bytes: payload.readableBytesView)
      return
    }
    sendControl(.pong, payload)
  }

  /// Begins the wait for the next ping.
  func schedulePing() {
    stopKeepAlive()
    guard case .open = phase, let interval = configuration.pingInterval else { return }
    keepAliveTimer = context?.eventLoop.assumeIsolated().scheduleTask(in: interval) { self.sendPing() }
  }

  private func sendPing() {
    guard case .open = phase else { return }
    sendControl(.ping, keepAlive.ping())
    schedulePongLimit()
  }

  private func schedulePongLimit() {
    keepAliveTimer = context?.eventLoop.assumeIsolated().scheduleTask(in: configuration.pongLimit) {
      self.pongLimitPassed()
    }
  }

  private func pongLimitPassed() {
    guard case .open = phase else { return }
    switch keepAlive.limitPassed(isPaused: isPaused) {
    case .waitOn:
      schedulePongLimit()
    case .dead:
      finish(.pingTimeout)
      context?.close(promise: nil)
    }
  }

  private func stopKeepAlive() {
    keepAliveTimer?.cancel()
    keepAliveTimer = nil
  }

  func cancelTimers() {
    stopKeepAlive()
    closeTimer?.cancel()
    closeTimer = nil
  }
}
