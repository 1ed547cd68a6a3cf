internal import CISSPlusOpenSSL
internal import NIOCore

/// One TLS connection as bytes in and bytes out; knows no pipeline, no clock and no socket.
///
/// What came from the socket goes in by `feed`, what has to go there comes out by `takeCiphertext`. After a failure
/// only `takeCiphertext` is of use: it holds the alert for the peer.
final class TLSConnection {
  /// Why a read ended.
  enum ReadEnd {
    /// More ciphertext is needed.
    case needsMore
    /// The peer has said that nothing more comes.
    case closeNotify
    /// The peer broke TLS, or refuses this side with an alert.
    case failed(TransportError)
  }

  private let role: TLSContext.Role
  private let peerName: PeerName?
  private let ssl: OpaquePointer
  private let incoming: MemoryBIO
  private let outgoing: MemoryBIO
  /// What came and is not OpenSSL's yet.
  private var unfed = ByteBuffer()
  /// The peer's first bytes: they tell plain HTTP from TLS.
  private var beginning: [UInt8] = []
  /// Whether the peer has sent its close_notify.
  private(set) var isClosedByPeer = false

  /// A client's connection before its handshake; the certificate has to name the peer.
  static func client(_ context: TLSContext, peerName: PeerName) throws(TransportError) -> TLSConnection {
    guard context.role == .client else { throw wrongRole("a server's, not a client's") }
    return try TLSConnection(context, peerName: peerName)
  }

  /// A server's connection before its handshake.
  static func server(_ context: TLSContext) throws(TransportError) -> TLSConnection {
    guard context.role == .server else { throw wrongRole("a client's, not a server's") }
    return try TLSConnection(context, peerName: nil)
  }

  private static func wrongRole(_ what: String) -> TransportError {
    TransportError(.tls, "the TLS configuration is \(what)", isRetriable: false)
  }

  private init(_ context: TLSContext, peerName: PeerName?) throws(TransportError) {
    ERR_clear_error()
    guard let ssl = context.makeSSL(), let incoming = MemoryBIO() else { throw Self.noMemory }
    guard let outgoing = MemoryBIO() else {
      incoming.free()
      SSL_free(ssl)
      throw Self.noMemory
    }
    SSL_set_bio(ssl, incoming.pointer, outgoing.pointer)
    self.role = context.role
    self.peerName = peerName
    self.ssl = ssl
    self.incoming = incoming
    self.outgoing = outgoing
    switch role {
    case .server: SSL_set_accept_state(ssl)
    case .client:
      SSL_set_connect_state(ssl)
      guard let peerName, expect(peerName) else {
        throw TransportError(
          .tls, "OpenSSL refuses the host's name", underlying: OpenSSLError.takeAll().text, isRetriable: false)
      }
    }
  }

  deinit {
    SSL_free(ssl)
  }

  private func expect(_ name: PeerName) -> Bool {
    switch name {
    case .dns(let name):
      SSL_set_hostflags(ssl, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS))
      return SSL_set1_host(ssl, name) == 1 && ISSPlus_SSL_set_tlsext_host_name(ssl, name) == 1
    case .address(let address):
      return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), address) == 1
    }
  }

  // MARK: - Bytes

  /// Takes what came from the socket.
  func feed(_ ciphertext: ByteBuffer) {
    if beginning.count < 5 { beginning += ciphertext.readableBytesView.prefix(5 - beginning.count) }
    guard unfed.readableBytes > 0 else {
      unfed = ciphertext
      return
    }
    unfed.discardReadBytes()
    unfed.writeImmutableBuffer(ciphertext)
  }

  /// Gives OpenSSL the next piece; false when there is none. About a record at a time: the memory BIO clears and copies
  /// all that it is given, which is cheap only while it stays in the cache.
  private func supply() -> Bool {
    guard let piece = unfed.readSlice(length: min(Self.pieceSize, unfed.readableBytes)), piece.readableBytes > 0 else {
      return false
    }
    if unfed.readableBytes == 0 { unfed = ByteBuffer() }
    return incoming.write(piece)
  }

  private static var pieceSize: Int { 16384 + 256 }

  /// What has to go to the socket; `nil` when there is nothing.
  func takeCiphertext(_ allocator: ByteBufferAllocator) -> ByteBuffer? {
    outgoing.takeAll(allocator)
  }

  /// Goes as far in the handshake as what came allows; true when it is complete.
  func handshake() throws(TransportError) -> Bool {
    while true {
      ERR_clear_error()
      let result = SSL_do_handshake(ssl)
      guard result != 1 else {
        try checkVerification()
        return true
      }
      guard SSL_get_error(ssl, result) == SSL_ERROR_WANT_READ else { throw handshakeFailure() }
      guard supply() else { return false }
    }
  }

  /// Decrypts everything that is whole.
  func read(into buffer: inout ByteBuffer) -> ReadEnd {
    // Before the first question: with nothing to read OpenSSL goes a long way to say so.
    if incoming.isEmpty { _ = supply() }
    // Once: what succeeds leaves no error behind, and to clear all places of the queue is dear.
    ERR_clear_error()
    while true {
      var result: Int32 = 0
      buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: 1024) { room in
        result = SSL_read(ssl, room.baseAddress, Int32(clamping: room.count))
        return max(0, Int(result))
      }
      if result > 0 { continue }
      switch SSL_get_error(ssl, result) {
      case SSL_ERROR_WANT_READ:
        guard supply() else { return .needsMore }
      case SSL_ERROR_ZERO_RETURN:
        isClosedByPeer = true
        return .closeNotify
      default:
        return .failed(lineFailure())
      }
    }
  }

  /// Encrypts the bytes as one record for each 16 KiB.
  func write(_ bytes: ByteBuffer) throws(TransportError) {
    guard bytes.readableBytes > 0 else { return }
    ERR_clear_error()
    let result = bytes.withUnsafeReadableBytes { SSL_write(ssl, $0.baseAddress, Int32(clamping: $0.count)) }
    // A memory BIO takes everything, so nothing is ever written in part.
    guard Int(result) == bytes.readableBytes else { throw lineFailure() }
  }

  /// Makes the close_notify of this side.
  func closeOutput() {
    ERR_clear_error()
    SSL_shutdown(ssl)
    ERR_clear_error()
  }

  // MARK: - Failures

  /// A client's certificate check once more, from its result: whatever openssl.cnf switched on, nobody goes unnamed.
  private func checkVerification() throws(TransportError) {
    guard case .client = role else { return }
    guard SSL_get0_peer_certificate(ssl) != nil, SSL_get_verify_result(ssl) == Int(X509_V_OK) else {
      throw certificateFailure(underlying: nil)
    }
  }

  private func handshakeFailure() -> TransportError {
    let error = OpenSSLError.takeAll()
    if role == .client, error.reasons.contains(SSL_R_CERTIFICATE_VERIFY_FAILED) {
      return certificateFailure(underlying: error.text)
    }
    if let missing = missingClientCertificate(error) { return missing }
    if beginning.starts(with: "HTTP".utf8) || error.reasons.contains(SSL_R_HTTP_REQUEST) {
      return TransportError(.tls, "the peer speaks plain HTTP, not TLS", underlying: error.text)
    }
    let versions = [SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_TLSV1_ALERT_PROTOCOL_VERSION, SSL_R_VERSION_TOO_LOW]
    if error.reasons.contains(where: versions.contains) {
      return TransportError(.tls, "no version of TLS that both sides take", underlying: error.text)
    }
    if error.reasons.contains(where: [SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE, SSL_R_NO_SHARED_CIPHER].contains) {
      return TransportError(
        .tls, "no cipher, curve or signature that both sides take", underlying: error.text)
    }
    return TransportError(.tls, "the TLS handshake failed", underlying: error.text)
  }

  /// A failure after the handshake. In TLS 1.3 a peer that misses a certificate of ours says so only here.
  private func lineFailure() -> TransportError {
    let error = OpenSSLError.takeAll()
    return missingClientCertificate(error) ?? TransportError(.tls, "the TLS connection failed", underlying: error.text)
  }

  private func certificateFailure(underlying: String?) -> TransportError {
    let result = SSL_get_verify_result(ssl)
    let reason =
      result == Int(X509_V_OK) ? "there is none" : String(cString: X509_verify_cert_error_string(result))
    return TransportError(
      .certificate, "the certificate of \(peerName?.text ?? "the peer") is refused: \(reason)", underlying: underlying)
  }

  private func missingClientCertificate(_ error: OpenSSLError) -> TransportError? {
    // Set when the peer asked for a certificate: see the context.
    guard SSL_get_ex_data(ssl, 0) != nil else { return nil }
    let alerts = [
      SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED, SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE, SSL_R_SSLV3_ALERT_BAD_CERTIFICATE,
      SSL_R_SSLV3_ALERT_NO_CERTIFICATE, SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN, SSL_R_TLSV1_ALERT_ACCESS_DENIED,
    ]
    guard error.reasons.contains(where: alerts.contains) else { return nil }
    return TransportError(
      .clientCertificate, "the peer demands a client certificate, and there is none to show", underlying: error.text)
  }

  private static var noMemory: TransportError { TransportError(.tls, "no memory for TLS") }
}
