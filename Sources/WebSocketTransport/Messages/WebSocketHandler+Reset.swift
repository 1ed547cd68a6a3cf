internal import NIOCore

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Glibc
#endif

extension WebSocketHandler {
  /// Cuts the line so that the peer sees a reset, and nothing of TLS before it.
  func reset() {
    context?.triggerUserOutboundEvent(LineCut(), promise: nil)
    guard let provider = context?.channel as? any SocketOptionProvider else { return abort() }
    provider.setSoLinger(linger(l_onoff: 1, l_linger: 0)).assumeIsolated().whenComplete { _ in self.abort() }
  }
}
