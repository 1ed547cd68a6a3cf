internal import NIOCore

/// Bytes to messages, and how a pause holds them back.
extension WebSocketHandler {
  var takesInput: Bool {
    switch phase {
    case .open, .closing: true
    case .draining, .lineEnded, .ended: false
    }
  }

  func decode() {
    guard !isDecoding else { return }
    isDecoding = true
    defer { isDecoding = false }
    do throws(ProtocolFault) {
      while decodes {
        // The usual message comes in one binary frame, and needs nothing of what frames can be beside that.
        if case .open = phase, let message = input.quickMessage() {
          receiver?.received(message, kind: .binary)
          continue
        }
        guard let (header, payload) = try input.nextFrame() else { break }
        try take(header, payload)
      }
    } catch {
      fail(error)
    }
  }

  /// Whether the next frame may be taken; after the end of the line what was held back still is.
  private var decodes: Bool {
    switch phase {
    case .open, .lineEnded: !isPaused
    case .closing: true
    case .draining, .ended: false
    }
  }

  private func take(_ header: FrameHeader, _ payload: ByteBuffer) throws(ProtocolFault) {
    switch header.kind {
    case .continuation, .text, .binary:
      guard let (message, kind) = try input.message(header, payload) else { return }
      switch phase {
      case .open, .lineEnded: receiver?.received(message, kind: kind)
      case .closing, .draining, .ended: break
      }
    case .ping: answerPing(payload)
    case .pong: if keepAlive.pong(payload) { schedulePing() }
    case .close: peerClosed(try CloseFrame(payload))
    }
  }

  /// Nothing that came is of use any more.
  func dropInput() { input.removeAll() }

  // MARK: - Back-pressure

  func pause() {
    switch phase {
    case .open, .lineEnded: isPaused = true
    case .closing, .draining, .ended: break
    }
  }

  func resume() {
    guard isPaused else { return }
    isPaused = false
    guard !isDecoding else { return }
    let wasInRead = isInRead
    isInRead = true
    decode()
    receiver?.readCompleted()
    isInRead = wasInRead
    if !wasInRead { flushIfNeeded() }
    switch phase {
    case .open, .closing, .draining: if !isPaused { context?.read() }
    case .lineEnded(let reason): if !isPaused || input.isEmpty { finish(reason) }
    case .ended: break
    }
  }

  /// The line has ended: the caller is told at once, or after what a pause holds back.
  func endOfLine(_ reason: CloseReason) {
    cancelTimers()
    switch phase {
    case .open where isPaused && !input.isEmpty: phase = .lineEnded(reason)
    case .open, .closing: finish(reason)
    case .draining(let known): finish(known)
    case .lineEnded, .ended: break
    }
  }
}
