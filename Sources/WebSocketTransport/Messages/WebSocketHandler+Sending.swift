internal import NIOCore

/// Frames on their way out.
extension WebSocketHandler {
  /// Sends a message in one frame.
  func send(_ message: ByteBuffer, kind: WebSocketMessageKind, flush: Bool, promise: EventLoopPromise<Void>?) {
    guard mayWrite(promise) else { return }
    writeFrame(kind.frameKind, isFinal: true, message, promise: promise)
    if flush { requestFlush() }
  }

  /// Sends a message as one frame a piece.
  func send(fragments: [ByteBuffer], kind: WebSocketMessageKind, promise: EventLoopPromise<Void>?) {
    guard mayWrite(promise) else { return }
    guard let last = fragments.indices.last else {
      writeFrame(kind.frameKind, isFinal: true, ByteBuffer(), promise: promise)
      return requestFlush()
    }
    for (index, piece) in fragments.enumerated() {
      let frameKind = index == 0 ? kind.frameKind : .continuation
      writeFrame(frameKind, isFinal: index == last, piece, promise: index == last ? promise : nil)
    }
    requestFlush()
  }

  /// Writes bytes as they are, past all framing.
  func sendRaw(_ bytes: ByteBuffer, promise: EventLoopPromise<Void>?) {
    guard mayWrite(promise) else { return }
    context?.write(Self.wrapOutboundOut(bytes), promise: promise)
    requestFlush()
  }

  func sendControl(_ kind: FrameKind, _ payload: ByteBuffer, promise: EventLoopPromise<Void>? = nil) {
    guard context != nil else {
      promise?.fail(TransportError(.closed, "the connection is closed"))
      return
    }
    writeFrame(kind, isFinal: true, payload, promise: promise)
    requestFlush()
  }

  /// How many bytes wait to be written.
  var pendingBytes: Int {
    (try? context?.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
  }

  /// Only a channel that is not writable can hold more than the limit, so only then it is asked.
  private func mayWrite(_ promise: EventLoopPromise<Void>?) -> Bool {
    guard case .open = phase, let context else {
      promise?.fail(TransportError(.closed, "the connection is closed or closing"))
      return false
    }
    guard context.channel.isWritable || pendingBytes <= configuration.maxPendingWriteBytes else {
      promise?.fail(TransportError(.writeBufferFull, "the peer does not read what is sent", isRetriable: true))
      return false
    }
    return true
  }

  private func writeFrame(
    _ kind: FrameKind, isFinal: Bool, _ payload: ByteBuffer, promise: EventLoopPromise<Void>?
  ) {
    guard let context else { return }
    let length = payload.readableBytes
    let isJoined = role == .client || length <= Self.joinedPayload
    var frame = context.channel.allocator.buffer(capacity: FrameHeader.maximumLength + (isJoined ? length : 0))
    switch role {
    case .client:
      let key = UInt32.random(in: .min ... .max)
      frame.writeFrameHeader(kind, isFinal: isFinal, payloadLength: length, maskingKey: key)
      let headerLength = frame.readableBytes
      frame.writeImmutableBuffer(payload)
      frame.applyMask(key, offset: headerLength, length: length)
    case .server:
      frame.writeFrameHeader(kind, isFinal: isFinal, payloadLength: length, maskingKey: nil)
      if isJoined { frame.writeImmutableBuffer(payload) }
    }
    guard isJoined else {
      context.write(Self.wrapOutboundOut(frame), promise: nil)
      context.write(Self.wrapOutboundOut(payload), promise: promise)
      return
    }
    context.write(Self.wrapOutboundOut(frame), promise: promise)
  }

  /// A server copies payloads up to here behind their header: cheaper than a second write.
  private static var joinedPayload: Int { 4096 }
}

extension WebSocketMessageKind {
  var frameKind: FrameKind {
    switch self {
    case .binary: .binary
    case .text: .text
    }
  }
}
