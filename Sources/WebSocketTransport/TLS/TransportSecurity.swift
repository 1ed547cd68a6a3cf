internal import NIOCore

/// What stands between the TCP connection and the upgrade: nothing for `ws://`; TLS, and a proxy's CONNECT before it,
/// come in here.
///
/// `establish` adds its handlers to a connected channel whose `autoRead` is off, and completes on the channel's event
/// loop when the upgrade request may be written: for TLS after the handshake, within a limit of its own. A handler it
/// leaves in the pipeline passes `ByteBuffer`s both ways and reads on when a read gave it no plaintext.
struct TransportSecurity: Sendable {
  var establish: @Sendable (any Channel, WebSocketURL) -> EventLoopFuture<Void>

  /// Nothing at all.
  static let plaintext = TransportSecurity { channel, _ in channel.eventLoop.makeSucceededVoidFuture() }

  /// What the scheme of a URL asks for.
  static func required(by url: WebSocketURL) throws(TransportError) -> TransportSecurity {
    guard url.isSecure else { return .plaintext }
    throw TransportError(.unsupported, "wss:// comes with a later version")
  }
}
