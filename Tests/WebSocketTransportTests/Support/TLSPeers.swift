import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

@testable import WebSocketTransport

/// Every name is this machine.
struct LoopbackResolver: Resolver {
  func initiateAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> {
    let loop = MultiThreadedEventLoopGroup.singleton.any()
    return loop.makeCompletedFuture { [try SocketAddress(ipAddress: "127.0.0.1", port: port)] }
  }

  func initiateAAAAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> {
    MultiThreadedEventLoopGroup.singleton.any().makeSucceededFuture([])
  }

  func cancelQueries() {}
}

/// A server of bytes: the test says what it does with a connection and with what comes.
final class RawServer: Sendable {
  private final class Handler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    let received: @Sendable (any Channel, ByteBuffer) -> Void
    init(_ received: @escaping @Sendable (any Channel, ByteBuffer) -> Void) { self.received = received }
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      received(context.channel, Self.unwrapInboundIn(data))
    }
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
  }

  let port: Int
  private let channel: any Channel
  private let children: NIOLockedValueBox<[any Channel]>

  private init(_ channel: any Channel, _ children: NIOLockedValueBox<[any Channel]>) {
    self.channel = channel
    self.children = children
    self.port = channel.localAddress?.port ?? 0
  }

  /// A port that is free, and that no other test can get by asking for any: the system gives those from 32768 on.
  static func freePort() async throws -> Int {
    while true {
      let port = Int.random(in: 20_000..<32_000)
      let server = try? await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .bind(host: "127.0.0.1", port: port).get()
      guard let server else { continue }
      try await server.close().get()
      return port
    }
  }

  static func start(
    accepted: @escaping @Sendable (any Channel) throws -> Void = { _ in },
    received: @escaping @Sendable (any Channel, ByteBuffer) -> Void = { _, _ in }
  ) async throws -> RawServer {
    let children = NIOLockedValueBox<[any Channel]>([])
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelInitializer { child in
        children.withLockedValue { $0.append(child) }
        return child.eventLoop.makeCompletedFuture {
          try accepted(child)
          try child.pipeline.syncOperations.addHandler(Handler(received))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    return RawServer(channel, children)
  }

  func shutdown() async {
    try? await channel.close().get()
    for child in children.withLockedValue({ $0 }) { child.close(promise: nil) }
  }
}

/// A small HTTP CONNECT proxy: every tunnel goes to this machine.
final class TestProxy: Sendable {
  private let server: RawServer
  /// The heads of the requests, in order.
  let heads: NIOLockedValueBox<[String]>

  var port: Int { server.port }

  private init(_ server: RawServer, _ heads: NIOLockedValueBox<[String]>) {
    self.server = server
    self.heads = heads
  }

  static func start(_ answer: @escaping @Sendable (String) -> String? = { _ in "200 OK" }) async throws -> TestProxy {
    let heads = NIOLockedValueBox<[String]>([])
    let tunnels = NIOLockedValueBox<[ObjectIdentifier: any Channel]>([:])
    let server = try await RawServer.start(received: { channel, bytes in
      if let far = tunnels.withLockedValue({ $0[ObjectIdentifier(channel)] }) {
        return far.writeAndFlush(bytes, promise: nil)
      }
      let head = String(decoding: bytes.readableBytesView, as: UTF8.self)
      heads.withLockedValue { $0.append(head) }
      guard let status = answer(head) else { return }
      guard status.hasPrefix("200"),
        let port = head.split(separator: " ")[1].split(separator: ":").last.flatMap({ Int($0) })
      else {
        let written = channel.eventLoop.makePromise(of: Void.self)
        written.futureResult.whenComplete { _ in channel.close(promise: nil) }
        let text = status.hasPrefix("raw:") ? String(status.dropFirst(4)) : "HTTP/1.1 \(status)\r\n\r\n"
        return channel.writeAndFlush(ByteBuffer(string: text), promise: written)
      }
      ClientBootstrap(group: channel.eventLoop)
        .channelInitializer { far in
          far.eventLoop.makeCompletedFuture { try far.pipeline.syncOperations.addHandler(Forwarder(to: channel)) }
        }
        .connect(host: "127.0.0.1", port: port)
        .whenSuccess { far in
          tunnels.withLockedValue { $0[ObjectIdentifier(channel)] = far }
          channel.closeFuture.whenComplete { _ in far.close(promise: nil) }
          channel.writeAndFlush(ByteBuffer(string: "HTTP/1.1 \(status)\r\nVia: test\r\n\r\n"), promise: nil)
        }
    })
    return TestProxy(server, heads)
  }

  func shutdown() async { await server.shutdown() }

  private final class Forwarder: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    let near: any Channel
    init(to near: any Channel) { self.near = near }
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      near.writeAndFlush(Self.unwrapInboundIn(data), promise: nil)
    }
    func channelInactive(context: ChannelHandlerContext) { near.close(promise: nil) }
  }
}
