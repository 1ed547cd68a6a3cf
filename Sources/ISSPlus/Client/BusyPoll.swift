import Logging
import NIOCore
import NIOPosix

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Keeps an event loop from sleeping while it is on: a byte goes round in a pipe whose both ends are the loop's, so that
/// one of its descriptors is readable whenever it asks the kernel, and it asks again and again in place of waiting.
///
/// A timer that is always due would do the same with less, but a loop does all that is due before it looks at a socket
/// again: how soon is not too soon depends on the machine. With the pipe every turn asks all sockets.
final class BusyPoll {
  private let loop: any EventLoop
  private let logger: Logger
  /// The pipe, there or on the way; nil while it is off.
  private(set) var channel: EventLoopFuture<any Channel>?

  /// A poll that is off; it belongs to the event loop, as all that is asked of it.
  ///
  /// - Parameter loop: an event loop of sockets.
  init(_ loop: any EventLoop, logger: Logger) {
    self.loop = loop
    self.logger = logger
  }

  /// Whether the loop is kept awake.
  var isOn: Bool {
    get { channel != nil }
    set {
      if newValue == isOn { return }
      if newValue {
        channel = open()
      } else {
        channel?.whenSuccess { $0.close(promise: nil) }
        channel = nil
      }
    }
  }

  private func open() -> EventLoopFuture<any Channel> {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return failed(String(cString: strerror(errno))) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let opened = NIOPipeBootstrap(group: loop)
      .channelOption(.maxMessagesPerRead, value: 1)
      .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 1))
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Round()) }
      }
      .takingOwnershipOfDescriptors(input: ends[0], output: ends[1])
    // The channel has closed both ends; what can fail before there is one does not fail on a new pipe.
    opened.whenFailure { [logger] in logger.info("no busy polling: \($0)") }
    return opened
  }

  private func failed(_ reason: String) -> EventLoopFuture<any Channel> {
    logger.info("no busy polling: \(reason)")
    return loop.makeFailedFuture(ChannelError.operationUnsupported)
  }

  /// Writes the byte, and again whenever it has come.
  private final class Round: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    func channelActive(context: ChannelHandlerContext) {
      context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: [0])), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      context.writeAndFlush(data, promise: nil)
    }
  }
}
