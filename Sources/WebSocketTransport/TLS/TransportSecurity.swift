internal import NIOCore

/// What stands between the TCP connection and the upgrade: nothing for `ws://`, TLS for `wss://`.
///
/// `establish` adds its handlers to a connected channel whose `autoRead` is off, and completes on the channel's event
/// loop when the upgrade request may be written: for TLS after the handshake, within a limit of its own. A handler it
/// leaves in the pipeline passes `ByteBuffer`s both ways and reads on when a read gave it no plaintext.
struct TransportSecurity: Sendable {
  var establish: @Sendable (any Channel, WebSocketURL) -> EventLoopFuture<Void>

  /// Nothing at all.
  static let plaintext = TransportSecurity { channel, _ in channel.eventLoop.makeSucceededVoidFuture() }

  /// A client's TLS; the certificate has to name the URL's host.
  static func tls(_ context: TLSContext, limit: TimeAmount) -> TransportSecurity {
    TransportSecurity { channel, url in
      let promise = channel.eventLoop.makePromise(of: Void.self)
      do {
        let connection = try TLSConnection.client(context, peerName: PeerName(url.host))
        let handler = TLSHandler(connection, limit: limit, promise: promise)
        try channel.pipeline.syncOperations.addHandler(handler)
      } catch {
        let lost = TransportError(.connectionLost, "the connection was closed before TLS", underlying: "\(error)")
        promise.fail((error as? TransportError) ?? lost)
      }
      return promise.futureResult
    }
  }
}
