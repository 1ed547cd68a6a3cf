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
    cutTLS()
    guard let provider = context?.channel as? any SocketOptionProvider else { return abort() }
    provider.setSoLinger(linger(l_onoff: 1, l_linger: 0)).assumeIsolated().whenComplete { _ in self.abort() }
  }

  /// Ends the line as a crash of the program would: the end of the stream, and nothing of TLS before it.
  func cut() {
    cutTLS()
    abort()
  }

  private func cutTLS() {
    context?.triggerUserOutboundEvent(LineCut(), promise: nil)
  }
}
