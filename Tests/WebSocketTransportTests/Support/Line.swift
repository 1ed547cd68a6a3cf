import NIOCore
import NIOEmbedded

@testable import WebSocketTransport

/// Frames as the peer writes and reads them: the opposite codec, written on its own from RFC 6455, section 5.2.
struct WireFrame: Equatable {
  var first: UInt8
  var isMasked: Bool
  var payload: [UInt8]

  var opcode: UInt8 { first & 0x0F }

  /// The bytes of a frame.
  static func bytes(_ first: UInt8, _ payload: [UInt8] = [], mask: [UInt8]? = nil) -> [UInt8] {
    let maskBit: UInt8 = mask == nil ? 0 : 0x80
    var bytes = [first]
    switch payload.count {
    case ...125: bytes.append(maskBit | UInt8(payload.count))
    case ...65535: bytes += [maskBit | 126, UInt8(payload.count >> 8), UInt8(payload.count & 255)]
    default: bytes += [maskBit | 127] + (0..<8).map { UInt8(payload.count >> (56 - 8 * $0) & 255) }
    }
    guard let mask else { return bytes + payload }
    return bytes + mask + payload.enumerated().map { $1 ^ mask[$0 % 4] }
  }

  /// Every frame in the bytes, unmasked.
  static func parse(_ bytes: [UInt8]) -> [WireFrame] {
    var frames: [WireFrame] = []
    var rest = bytes[...]
    while let first = rest.popFirst(), let second = rest.popFirst() {
      var length = Int(second & 0x7F)
      let extra = length == 126 ? 2 : length == 127 ? 8 : 0
      if extra > 0 { length = rest.prefix(extra).reduce(0) { $0 << 8 | Int($1) } }
      rest = rest.dropFirst(extra)
      let isMasked = second & 0x80 != 0
      let mask = isMasked ? Array(rest.prefix(4)) : [0, 0, 0, 0]
      rest = rest.dropFirst(isMasked ? 4 : 0)
      let payload = rest.prefix(length).enumerated().map { $1 ^ mask[$0 % 4] }
      rest = rest.dropFirst(length)
      frames.append(WireFrame(first: first, isMasked: isMasked, payload: payload))
    }
    return frames
  }
}

/// An open connection on a virtual clock, seen from the peer.
struct Line {
  let channel = EmbeddedChannel()
  let recorder = Recorder()
  let connection: WebSocketConnection
  let role: WebSocketRole

  init(
    _ role: WebSocketRole = .client,
    configure: (inout WebSocketConfiguration) -> Void = { _ in },
    prepare: (Recorder) -> Void = { _ in }
  ) throws {
    self.role = role
    var configuration = WebSocketConfiguration()
    configure(&configuration)
    prepare(recorder)
    try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 9)).wait()
    let handler = WebSocketHandler(role: role, configuration: configuration, receiver: recorder)
    connection = WebSocketConnection(channel: channel, handler: handler, subprotocol: nil)
    try channel.pipeline.syncOperations.addHandler(handler)
    handler.start(connection)
  }

  /// The peer sends a frame, masked as its role asks for.
  func feed(_ first: UInt8, _ payload: [UInt8] = []) throws {
    try feed(raw: WireFrame.bytes(first, payload, mask: role == .server ? [0x12, 0xFE, 0, 0x7F] : nil))
  }

  func feed(_ first: UInt8, _ text: String) throws { try feed(first, Array(text.utf8)) }

  func feed(raw bytes: [UInt8]) throws {
    try channel.writeInbound(ByteBuffer(bytes: bytes))
  }

  /// What was sent since the last look.
  func sent() throws -> [WireFrame] { WireFrame.parse(try sentBytes()) }

  func sentBytes() throws -> [UInt8] {
    var bytes: [UInt8] = []
    while let buffer = try channel.readOutbound(as: ByteBuffer.self) { bytes += buffer.readableBytesView }
    return bytes
  }

  func advance(_ amount: TimeAmount) { channel.embeddedEventLoop.advanceTime(by: amount) }

  func setWritable(_ isWritable: Bool) {
    channel.isWritable = isWritable
    channel.pipeline.fireChannelWritabilityChanged()
  }

  /// The peer closes TCP.
  func endOfLine() { channel.pipeline.fireChannelInactive() }

  /// Ends the test's channel; whatever is left is thrown away.
  func finish() {
    _ = try? channel.finish(acceptAlreadyClosed: true)
    channel.embeddedEventLoop.run()
  }

  var isOpen: Bool { channel.isActive }
}

/// A close frame's payload.
func closePayload(_ code: UInt16, _ reason: String = "") -> [UInt8] {
  [UInt8(code >> 8), UInt8(code & 255)] + reason.utf8
}

extension Line {
  func fireError(_ error: any Error) { channel.pipeline.fireErrorCaught(error) }

  /// Counts the reads and flushes that reach the socket.
  func countReads() throws -> ReadCounter {
    let counter = ReadCounter()
    try channel.pipeline.syncOperations.addHandler(counter, position: .first)
    return counter
  }
}

/// Counts what the handler asks of the socket.
final class ReadCounter: ChannelOutboundHandler {
  typealias OutboundIn = ByteBuffer
  var count = 0
  var flushes = 0

  func read(context: ChannelHandlerContext) {
    count += 1
    context.read()
  }

  func flush(context: ChannelHandlerContext) {
    flushes += 1
    context.flush()
  }
}
