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
        if case .open = phase, let message = quickMessage() {
          receiver?.received(message, kind: .binary)
          continue
        }
        guard let (header, payload) = try nextFrame() else { break }
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

  /// The payload of an unmasked binary frame that is a whole message and all there; nil for anything else, which goes
  /// the long way.
  private func quickMessage() -> ByteBuffer? {
    let limit = min(configuration.maxFrameSize, configuration.maxMessageSize)
    guard role == .client, !assembler.isOpen, let size = undecoded.quickBinaryFrame(limit: limit) else { return nil }
    let start = undecoded.readerIndex + size.header
    // Some bytes behind the message may be looked at, which saves the decoder of its body a copy.
    var whole = undecoded
    whole.moveWriterIndex(forwardBy: min(Self.padding, whole.writableBytes))
    let reach = min(size.payload + Self.padding, whole.writerIndex - start)
    guard var message = whole.getSlice(at: start, length: reach) else { return nil }
    message.moveWriterIndex(to: message.readerIndex + size.payload)
    undecoded.moveReaderIndex(forwardBy: size.header + size.payload)
    return message
  }

  /// How many bytes behind a message can be looked at, where the input has them.
  private static let padding = 32

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
