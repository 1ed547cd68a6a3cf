internal import NIOCore

/// Bytes of the socket to messages and control frames. No I/O.
///
/// One value, so that the handler's property is accessed once for a message: each access of a property that changes in
/// place is checked at run time.
struct MessageInput {
  private var bytes: UndecodedBytes
  private var assembler: MessageAssembler
  private let isClient: Bool
  private let quickLimit: Int

  /// - Parameter role: ours.
  init(role: WebSocketRole, _ configuration: WebSocketConfiguration) {
    bytes = UndecodedBytes(from: role == .client ? .server : .client, maxFrameSize: configuration.maxFrameSize)
    assembler = MessageAssembler(
      maxMessageSize: configuration.maxMessageSize, maxFragments: configuration.maxFragments)
    isClient = role == .client
    quickLimit = min(configuration.maxFrameSize, configuration.maxMessageSize)
  }

  /// Whether no bytes wait.
  var isEmpty: Bool { bytes.isEmpty }

  /// Takes what a read brought.
  mutating func append(_ read: ByteBuffer, _ allocator: ByteBufferAllocator) { bytes.append(read, allocator) }

  /// Forgets the bytes that wait.
  mutating func removeAll() { bytes.removeAll() }

  /// The next message when it is of the usual kind, one binary frame, and all there; nil for anything else, which goes
  /// the long way.
  mutating func quickMessage() -> ByteBuffer? {
    guard isClient, !assembler.isOpen else { return nil }
    return bytes.takeQuickMessage(limit: quickLimit)
  }

  /// The next frame; `nil` when it is not all there.
  mutating func nextFrame() throws(ProtocolFault) -> (FrameHeader, ByteBuffer)? {
    guard let header = try bytes.header() else { return nil }
    try assembler.admit(header)
    guard let payload = bytes.takeFrame(header) else { return nil }
    return (header, payload)
  }

  /// Takes a data frame; gives the message when it is whole.
  mutating func message(
    _ header: FrameHeader, _ payload: ByteBuffer
  ) throws(ProtocolFault) -> (message: ByteBuffer, kind: WebSocketMessageKind)? {
    try assembler.consume(header, payload)
  }
}
