import NIOCore
import NIOEmbedded

@testable import WebSocketTransport

/// A client's and a server's TLS handler on virtual lines; the test carries the bytes.
struct TLSPair {
  struct Side {
    let channel = EmbeddedChannel()
    let tail = Tail()
    let halfCloser = HalfCloser()
    private let handshake: NIOLoopBoundBox<Result<Void, any Error>?>

    /// How the handshake ended; throws also when it has not ended.
    func checkHandshake() throws {
      guard let result = handshake.value else { throw NotOver() }
      try result.get()
    }
    struct NotOver: Error {}

    init(_ connection: TLSConnection) throws {
      try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 9)).wait()
      let promise = channel.eventLoop.makePromise(of: Void.self)
      let box = NIOLoopBoundBox<Result<Void, any Error>?>(nil, eventLoop: channel.eventLoop)
      promise.futureResult.whenComplete { box.value = $0 }
      handshake = box
      try channel.pipeline.syncOperations.addHandler(halfCloser)
      try channel.pipeline.syncOperations.addHandler(TLSHandler(connection, limit: .seconds(10), promise: promise))
      try channel.pipeline.syncOperations.addHandler(tail)
    }

    func takeBytes() throws -> [UInt8] {
      var bytes: [UInt8] = []
      while let buffer = try channel.readOutbound(as: ByteBuffer.self) { bytes += buffer.readableBytesView }
      return bytes
    }

    /// Feeds the bytes in pieces, each followed by the end of a read.
    func feed(_ bytes: [UInt8], pieces: Int = .max) {
      var rest = bytes[...]
      while !rest.isEmpty, channel.isActive {
        channel.pipeline.fireChannelRead(ByteBuffer(bytes: rest.prefix(pieces)))
        channel.pipeline.fireChannelReadComplete()
        rest = rest.dropFirst(pieces)
      }
    }

    func advance(_ amount: TimeAmount) { channel.embeddedEventLoop.advanceTime(by: amount) }

    func finish() {
      // Without it the close would wait for the peer's answer.
      channel.pipeline.triggerUserOutboundEvent(LineCut(), promise: nil)
      _ = try? channel.finish(acceptAlreadyClosed: true)
      channel.embeddedEventLoop.run()
    }
  }

  /// What comes out of TLS.
  final class Tail: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    var bytes: [UInt8] = []
    var reads = 0
    var errors: [TransportError.Code] = []
    var isInactive = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      bytes += Self.unwrapInboundIn(data).readableBytesView
      reads += 1
    }
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      if let error = error as? TransportError { errors.append(error.code) }
    }
    func channelInactive(context: ChannelHandlerContext) { isInactive = true }
  }

  /// An embedded channel closes as a whole when it is asked to half-close.
  final class HalfCloser: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer
    var isOutputClosed = false

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
      guard case .output = mode else { return context.close(mode: mode, promise: promise) }
      isOutputClosed = true
      promise?.succeed()
    }
  }

  let client: Side
  let server: Side

  init(shakeHands: Bool = true, pieces: Int = .max, certificate: String = "good") throws {
    let certificates = try Certificates.shared
    client = try Side(.client(certificates.client().context, peerName: PeerName("good.test")))
    server = try Side(.server(certificates.server(certificate).context))
    if shakeHands { try pump(pieces: pieces) }
  }

  /// Carries bytes until there are none.
  func pump(pieces: Int = .max) throws {
    while true {
      let toServer = try client.takeBytes()
      let toClient = try server.takeBytes()
      if toServer.isEmpty, toClient.isEmpty { return }
      server.feed(toServer, pieces: pieces)
      client.feed(toClient, pieces: pieces)
    }
  }

  func finish() {
    client.finish()
    server.finish()
  }
}
