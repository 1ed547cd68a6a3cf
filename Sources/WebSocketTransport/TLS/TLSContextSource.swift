internal import NIOConcurrencyHelpers
internal import NIOCore
internal import NIOPosix

/// The context of a connector: the caller's, or the default one, built on the first use and away from the event loop,
/// because the system's trust store takes its time to load.
final class TLSContextSource: Sendable {
  private let context: NIOLockedValueBox<TLSContext?>

  init(_ configuration: TLSConfiguration?) {
    context = NIOLockedValueBox(configuration?.context)
  }

  func get(on loop: any EventLoop) -> EventLoopFuture<TLSContext> {
    if let context = context.withLockedValue({ $0 }) { return loop.makeSucceededFuture(context) }
    return NIOThreadPool.singleton.runIfActive(eventLoop: loop) { [context] in
      // Two that come at the same time build one each, and one of them is kept.
      let built = try TLSContext.client(caFile: nil)
      return context.withLockedValue { known in
        let chosen = known ?? built
        known = chosen
        return chosen
      }
    }
  }
}
