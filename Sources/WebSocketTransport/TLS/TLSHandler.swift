internal import NIOCore

/// TLS between the socket and whatever speaks through it, for either role.
///
/// Reads on demand: it reads on by itself during the handshake and when a read gave no plaintext. Flushed writes are
/// joined to records of up to 16 KiB; ciphertext goes straight to the socket's buffer, so that the channel's
/// writability stays the truth.
final class TLSHandler: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  enum State {
    /// The channel is not active yet.
    case idle
    case handshaking
    case open
    /// Our close_notify is out, the peer may go on.
    case outputClosed
    /// Our close_notify is out and nothing that comes counts; the peer's is awaited.
    case closing
    /// Over; what is asked of the channel goes straight to it.
    case closed
  }

  let connection: TLSConnection
  let limit: TimeAmount
  var state = State.idle
  var timer: Scheduled<Void>?
  /// To be told when the line has ended.
  var closePromises: [EventLoopPromise<Void>] = []
  /// The next close ends the line at once, without a word.
  var isCut = false
  /// For the handshake, where nobody listens in the pipeline yet.
  private var handshakePromise: EventLoopPromise<Void>?
  private var wantsRead = false
  private var gavePlaintext = false
  /// What waits for a record to become full or for a flush, and who waits for it.
  private var staged = ByteBuffer()
  private var stagedPromises: [EventLoopPromise<Void>] = []

  /// - Parameters:
  ///   - limit: for the handshake.
  ///   - promise: told how the handshake ended; without it a failure is an error in the pipeline.
  init(_ connection: TLSConnection, limit: TimeAmount, promise: EventLoopPromise<Void>?) {
    self.connection = connection
    self.limit = limit
    self.handshakePromise = promise
  }

  // MARK: - The beginning

  func handlerAdded(context: ChannelHandlerContext) {
    timer = context.eventLoop.assumeIsolated().scheduleTask(in: limit) { self.limitPassed(context) }
    if context.channel.isActive { begin(context) }
  }

  func channelActive(context: ChannelHandlerContext) {
    begin(context)
    context.fireChannelActive()
  }

  /// Once: NIO succeeds the connect promise before it tells the pipeline that the channel is active.
  private func begin(_ context: ChannelHandlerContext) {
    guard case .idle = state else { return }
    state = .handshaking
    advanceHandshake(context)
    context.read()
  }

  private func advanceHandshake(_ context: ChannelHandlerContext) {
    do throws(TransportError) {
      let isComplete = try connection.handshake()
      sendCiphertext(context)
      guard isComplete else { return }
      state = .open
      stopTimer()
      endHandshake(.success(()))
    } catch {
      sendCiphertext(context)
      fail(context, error)
    }
  }

  private func limitPassed(_ context: ChannelHandlerContext) {
    fail(context, TransportError(.tlsTimeout, "the TLS handshake was not complete within \(limit.inWords)"))
  }

  // MARK: - Inbound

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let ciphertext = Self.unwrapInboundIn(data)
    switch state {
    case .idle, .closed: return
    case .handshaking, .open, .outputClosed, .closing: break
    }
    connection.feed(ciphertext)
    if case .handshaking = state { advanceHandshake(context) }
    decrypt(context, atMost: ciphertext.readableBytes)
  }

  private func decrypt(_ context: ChannelHandlerContext, atMost estimate: Int) {
    switch state {
    case .idle, .handshaking, .closed: return
    case .open, .outputClosed, .closing: break
    }
    var plaintext = context.channel.allocator.buffer(capacity: max(estimate, 1024))
    let end = connection.read(into: &plaintext)
    sendCiphertext(context)
    if plaintext.readableBytes > 0 { deliver(context, plaintext) }
    switch end {
    case .needsMore:
      break
    case .closeNotify:
      completeRead(context)
      peerClosed(context)
    case .failed(let error):
      completeRead(context)
      fail(context, error)
    }
  }

  private func deliver(_ context: ChannelHandlerContext, _ plaintext: ByteBuffer) {
    switch state {
    case .open, .outputClosed: break
    case .idle, .handshaking, .closing, .closed: return
    }
    wantsRead = false
    gavePlaintext = true
    context.fireChannelRead(Self.wrapInboundOut(plaintext))
  }

  private func completeRead(_ context: ChannelHandlerContext) {
    guard gavePlaintext else { return }
    gavePlaintext = false
    context.fireChannelReadComplete()
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    let readsOn =
      switch state {
      case .handshaking, .closing: true
      case .open, .outputClosed: wantsRead && !gavePlaintext
      case .idle, .closed: false
      }
    completeRead(context)
    if readsOn { context.read() }
  }

  func read(context: ChannelHandlerContext) {
    wantsRead = true
    context.read()
  }

  func channelInactive(context: ChannelHandlerContext) {
    lineEnded(context)
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    switch state {
    case .idle, .handshaking:
      fail(
        context,
        TransportError(.connectionLost, "the connection broke during the TLS handshake", underlying: "\(error)"))
    case .open, .outputClosed, .closing, .closed:
      context.fireErrorCaught(error)
    }
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    state = .closed
    stopTimer()
    let over = TransportError(.closed, "the connection was closed during the TLS handshake")
    dropStaged(over)
    endHandshake(.failure(over))
    completeClose()
  }

  // MARK: - Outbound

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    guard case .open = state else {
      promise?.fail(TransportError(.closed, "the TLS connection is not open"))
      return
    }
    var bytes = Self.unwrapOutboundIn(data)
    repeat {
      let room = min(Self.recordSize - staged.readableBytes, bytes.readableBytes)
      if var piece = bytes.readSlice(length: room) { staged.writeBuffer(&piece) }
      if bytes.readableBytes == 0, let promise { stagedPromises.append(promise) }
      if staged.readableBytes >= Self.recordSize { seal(context) }
    } while bytes.readableBytes > 0
  }

  func flush(context: ChannelHandlerContext) {
    seal(context)
    context.flush()
  }

  /// Makes a record of what is staged and writes it, not flushed.
  func seal(_ context: ChannelHandlerContext) {
    let promises = stagedPromises
    stagedPromises = []
    guard staged.readableBytes > 0 else {
      // Empty writes are done when what was written before them is.
      if let promise = Self.join(promises) { context.write(Self.wrapOutboundOut(ByteBuffer()), promise: promise) }
      return
    }
    do throws(TransportError) {
      try connection.write(staged)
    } catch {
      for promise in promises { promise.fail(error) }
      return fail(context, error)
    }
    staged.clear()
    guard let ciphertext = connection.takeCiphertext(context.channel.allocator) else { return }
    context.write(Self.wrapOutboundOut(ciphertext), promise: Self.join(promises))
  }

  func sendCiphertext(_ context: ChannelHandlerContext, promise: EventLoopPromise<Void>? = nil) {
    guard let ciphertext = connection.takeCiphertext(context.channel.allocator) else {
      promise?.succeed()
      return
    }
    context.writeAndFlush(Self.wrapOutboundOut(ciphertext), promise: promise)
  }

  func dropStaged(_ error: TransportError) {
    let promises = stagedPromises
    stagedPromises = []
    staged.clear()
    for promise in promises { promise.fail(error) }
  }

  private static func join(_ promises: [EventLoopPromise<Void>]) -> EventLoopPromise<Void>? {
    guard let first = promises.first else { return nil }
    for promise in promises.dropFirst() { first.futureResult.cascade(to: promise) }
    return first
  }

  func endHandshake(_ result: Result<Void, TransportError>) {
    let promise = handshakePromise
    handshakePromise = nil
    switch result {
    case .success: promise?.succeed()
    case .failure(let error): promise?.fail(error)
    }
  }

  /// The most that a record holds.
  private static var recordSize: Int { 16384 }
}
