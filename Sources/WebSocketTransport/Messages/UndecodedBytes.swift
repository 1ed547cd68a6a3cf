internal import NIOCore

/// What came from the socket and is no frame yet.
///
/// A frame that stands in two reads is put together from its parts, and what stands behind it stays where it is: to join
/// the reads themselves would copy each byte of a busy line once more.
struct UndecodedBytes {
  /// Begins with the next frame.
  private(set) var front: ByteBuffer
  /// What stands behind a frame that was put together; empty when `front` does not end with a frame.
  private var rest = ByteBuffer()
  /// Whether `front` is the beginning of one frame and was put together here, so that nobody holds a part of it.
  private var isPutTogether = false

  private let peer: WebSocketRole
  private let maxFrameSize: Int

  /// Nothing, from that peer.
  init(from peer: WebSocketRole, maxFrameSize: Int) {
    self.peer = peer
    self.maxFrameSize = maxFrameSize
    front = ByteBuffer()
  }

  /// Whether there is nothing.
  var isEmpty: Bool { front.readableBytes == 0 && rest.readableBytes == 0 }

  /// Forgets all.
  mutating func removeAll() {
    front = ByteBuffer()
    rest = ByteBuffer()
    isPutTogether = false
  }

  // MARK: - What comes

  /// Takes what a read brought.
  mutating func append(_ read: ByteBuffer, _ allocator: ByteBufferAllocator) {
    guard front.readableBytes > 0 else {
      front = read
      return
    }
    var read = read
    if rest.readableBytes > 0 {
      // Only while reading is paused.
      rest.writeBuffer(&read)
      return
    }
    if !isPutTogether {
      // Messages that were given out share the old buffer: to write into it would copy all of it first.
      var own = allocator.buffer(capacity: front.readableBytes + min(read.readableBytes, 4096) + Self.padding)
      own.writeBuffer(&front)
      front = own
      isPutTogether = true
    }
    front.move(Swift.max(0, FrameHeader.maximumLength - front.readableBytes), from: &read)
    if let missing = missingBytes() {
      front.move(missing, from: &read)
      rest = read
    } else {
      // Shorter than the longest header, or broken: nothing to be put together.
      front.writeBuffer(&read)
      isPutTogether = false
    }
    if read.readableBytes == 0 { rest = ByteBuffer() }
  }

  /// How many bytes the frame in front lacks; `nil` when it ends before `front` does, or cannot be told.
  private func missingBytes() -> Int? {
    do {
      guard let header = try FrameHeader.peek(front, from: peer, maxFrameSize: maxFrameSize),
        header.frameLength >= front.readableBytes
      else { return nil }
      return header.frameLength - front.readableBytes
    } catch {
      // Told by `header()`, in its turn.
      return nil
    }
  }

  // MARK: - Frames

  /// The header of the next frame; `nil` when more bytes are needed.
  func header() throws(ProtocolFault) -> FrameHeader? {
    try FrameHeader.peek(front, from: peer, maxFrameSize: maxFrameSize)
  }

  /// Takes the frame of that header and returns its payload, unmasked; `nil` when not all of it is there.
  mutating func takeFrame(_ header: FrameHeader) -> ByteBuffer? {
    guard front.readableBytes >= header.frameLength else { return nil }
    if let key = header.maskingKey {
      front.applyMask(key, offset: header.headerLength, length: header.payloadLength)
    }
    front.moveReaderIndex(forwardBy: header.headerLength)
    defer { moveOn() }
    return front.readSlice(length: header.payloadLength)
  }

  /// Takes the payload of an unmasked binary frame that is a whole message and all there; nil for anything else, which
  /// goes the long way.
  mutating func takeQuickMessage(limit: Int) -> ByteBuffer? {
    guard let size = front.quickBinaryFrame(limit: limit) else { return nil }
    front.moveReaderIndex(forwardBy: size.header)
    let end = front.writerIndex
    // Some bytes behind the message may be looked at, which saves the decoder of its body a copy.
    let lacking = size.payload + Self.padding - front.readableBytes
    if lacking > 0 { front.moveWriterIndex(forwardBy: min(lacking, front.writableBytes)) }
    let reach = min(size.payload + Self.padding, front.readableBytes)
    var message = front.getSlice(at: front.readerIndex, length: reach)
    message?.moveWriterIndex(to: size.payload)
    if lacking > 0 { front.moveWriterIndex(to: end) }
    front.moveReaderIndex(forwardBy: size.payload)
    moveOn()
    return message
  }

  /// How many bytes behind a message can be looked at, where the input has them.
  private static let padding = 32

  /// Behind a frame: lets go of bytes that were read.
  private mutating func moveOn() {
    if front.readableBytes > 0 { return }
    isPutTogether = false
    front = rest
    if rest.readableBytes > 0 { rest = ByteBuffer() }
  }
}

extension ByteBuffer {
  /// Moves up to that many bytes of another here.
  fileprivate mutating func move(_ count: Int, from other: inout ByteBuffer) {
    guard var piece = other.readSlice(length: Swift.min(count, other.readableBytes)) else { return }
    writeBuffer(&piece)
  }
}
