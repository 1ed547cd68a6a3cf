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
      while decodes, let (header, payload) = try nextFrame() {
        try take(header, payload)
      }
    } catch {
      fail(error)
    }
    if undecoded.readableBytes == 0 { undecoded = ByteBuffer() }
  }

  /// Whether the next frame may be taken; after the end of the line what was held back still is.
  private var decodes: Bool {
    switch phase {
    case .open, .lineEnded: !isPaused
    case .closing: true
    case .draining, .ended: false
    }
  }

  private func nextFrame() throws(ProtocolFault) -> (FrameHeader, ByteBuffer)? {
    let peer: WebSocketRole = role == .client ? .server : .client
    guard let header = try FrameHeader.peek(undecoded, from: peer, maxFrameSize: configuration.maxFrameSize) else {
      return nil
    }
    try assembler.admit(header)
    guard undecoded.readableBytes >= header.frameLength else { return nil }
    if let key = header.maskingKey {
      undecoded.applyMask(key, offset: header.headerLength, length: header.payloadLength)
    }
    undecoded.moveReaderIndex(forwardBy: header.headerLength)
    guard let payload = undecoded.readSlice(length: header.payloadLength) else { return nil }
    return (header, payload)
  }

  private func take(_ header: FrameHeader, _ payload: ByteBuffer) throws(ProtocolFault) {
    switch header.kind {
    case .continuation, .text, .binary:
      guard let (message, kind) = try assembler.consume(header, payload) else { return }
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
  func dropInput() {
    undecoded = ByteBuffer()
  }

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
    if !isPaused { receiver?.readCompleted() }
    isInRead = wasInRead
    if !wasInRead { flushIfNeeded() }
    switch phase {
    case .open, .closing, .draining: if !isPaused { context?.read() }
    case .lineEnded(let reason): if !isPaused || undecoded.readableBytes == 0 { finish(reason) }
    case .ended: break
    }
  }

  /// The line has ended: the caller is told at once, or after what a pause holds back.
  func endOfLine(_ reason: CloseReason) {
    cancelTimers()
    switch phase {
    case .open where isPaused && undecoded.readableBytes > 0: phase = .lineEnded(reason)
    case .open, .closing: finish(reason)
    case .draining(let known): finish(known)
    case .lineEnded, .ended: break
    }
  }
}
