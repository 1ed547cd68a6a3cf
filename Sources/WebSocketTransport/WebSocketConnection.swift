public import NIOCore

/// The caller's end of an open connection, in either role. Every method may be called from any thread; on the
/// connection's event loop it takes effect at once, elsewhere after a hop.
///
/// One-shot: after `closed` every send fails with `TransportError.Code.closed`.
public struct WebSocketConnection: Sendable {
  /// The event loop on which the handler is called.
  public let eventLoop: any EventLoop
  /// The sub-protocol both sides agreed on, if any.
  public let subprotocol: String?
  /// The peer's address.
  public let remoteAddress: SocketAddress?
  let channel: any Channel
  let handler: NIOLoopBound<WebSocketHandler>

  init(channel: any Channel, handler: WebSocketHandler, subprotocol: String?) {
    self.eventLoop = channel.eventLoop
    self.channel = channel
    self.subprotocol = subprotocol
    self.remoteAddress = channel.remoteAddress
    self.handler = NIOLoopBound(handler, eventLoop: channel.eventLoop)
  }

  /// Sends a message. Sends made within a handler's call leave together when the read is over.
  ///
  /// - Parameters:
  ///   - message: the payload. Text is not checked.
  ///   - kind: bytes or text.
  ///   - flush: whether it leaves now; `false` to collect several before `flush()`.
  ///   - promise: succeeds when the operating system has the bytes; fails with `closed`, or with `writeBufferFull` when
  ///     more than `maxPendingWriteBytes` is waiting.
  public func send(
    _ message: ByteBuffer,
    kind: WebSocketMessageKind = .binary,
    flush: Bool = true,
    promise: EventLoopPromise<Void>? = nil
  ) {
    // Spelt out, because a closure would be allocated for each message.
    if eventLoop.inEventLoop {
      handler.value.send(message, kind: kind, flush: flush, promise: promise)
    } else {
      eventLoop.execute { [handler] in handler.value.send(message, kind: kind, flush: flush, promise: promise) }
    }
  }

  /// Sends a message and waits until the operating system has it, which is the way to send much from a task. In an
  /// asynchronous function `promise: nil` chooses the other `send`, which does not wait.
  public func send(_ message: ByteBuffer, kind: WebSocketMessageKind = .binary) async throws {
    let promise = eventLoop.makePromise(of: Void.self)
    send(message, kind: kind, promise: promise)
    try await promise.futureResult.get()
  }

  /// Lets go what was sent with `flush: false`.
  public func flush() {
    onLoop { $0.requestFlush() }
  }

  /// Stops reading from the socket. No `received` comes until `resumeReading()`.
  ///
  /// What the current read brought stays undecoded: at most four socket reads of 64 KiB and one frame that is not
  /// whole. When the peer closes meanwhile, the event loop reads what the kernel still holds; `received` gives it
  /// after `resumeReading()`, and `closed` comes last: a paused connection has to be resumed, closed or aborted.
  /// While paused, pings are not answered and a dead peer is not noticed.
  public func pauseReading() {
    onLoop { $0.pause() }
  }

  /// Reads on; messages that were held back are given before this returns when called on the event loop.
  public func resumeReading() {
    onLoop { $0.resume() }
  }

  /// Closes with a handshake: no `received` comes any more, and `closed` when the peer has answered and the line has
  /// ended, or the close limit has passed. Messages sent before leave first.
  ///
  /// - Parameters:
  ///   - code: one that RFC 6455 lets a close frame carry; any other becomes 1000.
  ///   - reason: cut to 123 bytes.
  public func close(code: UInt16 = WebSocketCloseCode.normal, reason: String = "") {
    onLoop { $0.close(code: code, reason: reason) }
  }

  /// Cuts the line without a handshake; the handler is told `localAbort`. Over TLS the peer still gets a close_notify.
  public func abort() {
    onLoop { $0.abort() }
  }

  /// Whether the channel takes more without holding it back; changes are told by `writabilityChanged`.
  public var isWritable: Bool { channel.isWritable }

  /// How many bytes wait to be written. Only on the event loop.
  public var pendingWriteBytes: Int { handler.value.pendingBytes }

  private func onLoop(_ body: @escaping @Sendable (WebSocketHandler) -> Void) {
    if eventLoop.inEventLoop {
      body(handler.value)
    } else {
      eventLoop.execute { [handler] in body(handler.value) }
    }
  }
}

/// Faults on purpose, for simulators and tests.
extension WebSocketConnection {
  /// Sends one message as one frame a piece.
  public func send(
    fragments: [ByteBuffer], kind: WebSocketMessageKind = .binary, promise: EventLoopPromise<Void>? = nil
  ) {
    onLoop { $0.send(fragments: fragments, kind: kind, promise: promise) }
  }

  /// Writes bytes past all framing: broken frames, unanswered control frames.
  public func sendRaw(_ bytes: ByteBuffer, promise: EventLoopPromise<Void>? = nil) {
    onLoop { $0.sendRaw(bytes, promise: promise) }
  }

  /// Ends the line as a crash would: over TLS without a close_notify; the handler is told `localAbort`.
  public func cut() {
    onLoop { $0.cut() }
  }

  /// Ends the line with a TCP reset (a linger time of 0); the handler is told `localAbort`.
  public func reset() {
    onLoop { $0.reset() }
  }
}
