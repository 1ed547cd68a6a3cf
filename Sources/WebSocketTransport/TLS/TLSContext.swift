internal import CISSPlusOpenSSL
internal import NIOCore

/// The settings that connections share: an `SSL_CTX` that nobody changes once it is built.
///
/// To build one reads files, the whole trust store for a client: not on an event loop.
final class TLSContext: Sendable {
  enum Role: Sendable, Hashable {
    case client
    case server
  }

  let role: Role
  /// The address of the `SSL_CTX`, which OpenSSL counts and locks by itself; pointers are not `Sendable`.
  private let address: UInt

  private init(role: Role, address: UInt) {
    self.role = role
    self.address = address
  }

  deinit {
    SSL_CTX_free(OpaquePointer(bitPattern: address))
  }

  /// A new connection of this kind; `nil` when there is no memory.
  func makeSSL() -> OpaquePointer? {
    SSL_new(OpaquePointer(bitPattern: address))
  }

  /// Trusts the system's store (or `SSL_CERT_FILE`, `SSL_CERT_DIR`) and the file's certificates besides.
  static func client(caFile: String?) throws(TransportError) -> TLSContext {
    let context = try make(.client, TLS_client_method())
    let pointer = OpaquePointer(bitPattern: context.address)
    guard SSL_CTX_set_default_verify_paths(pointer) == 1 else {
      throw failure("the system's trust store cannot be used")
    }
    if let caFile {
      try probe(caFile)
      guard SSL_CTX_load_verify_locations(pointer, caFile, nil) == 1 else {
        throw invalid(caFile, "holds no certificates in PEM form")
      }
      // OpenSSL leaves an error behind for a system store that is not there.
      ERR_clear_error()
    }
    SSL_CTX_set_verify(pointer, SSL_VERIFY_PEER, nil)
    // Asked only when the peer wants a certificate of ours: there is none, but the error can say so.
    SSL_CTX_set_client_cert_cb(pointer) { ssl, _, _ in
      SSL_set_ex_data(ssl, 0, UnsafeMutableRawPointer(bitPattern: 1))
      return 0
    }
    return context
  }

  /// Shows the chain of the file, its first certificate the server's own.
  static func server(certificateChainFile: String, privateKeyFile: String) throws(TransportError) -> TLSContext {
    let context = try make(.server, TLS_server_method())
    let pointer = OpaquePointer(bitPattern: context.address)
    try probe(certificateChainFile)
    try probe(privateKeyFile)
    guard SSL_CTX_use_certificate_chain_file(pointer, certificateChainFile) == 1 else {
      throw invalid(certificateChainFile, "holds no certificate chain in PEM form")
    }
    // A key that needs a password would be asked for on the terminal: it gets none.
    SSL_CTX_set_default_passwd_cb(pointer) { _, _, _, _ in 0 }
    guard SSL_CTX_use_PrivateKey_file(pointer, privateKeyFile, SSL_FILETYPE_PEM) == 1 else {
      throw invalid(privateKeyFile, "holds no private key in PEM form that fits \(certificateChainFile)")
    }
    guard SSL_CTX_check_private_key(pointer) == 1 else {
      throw invalid(privateKeyFile, "holds a key that does not fit \(certificateChainFile)")
    }
    return context
  }

  private static func make(_ role: Role, _ method: OpaquePointer?) throws(TransportError) -> TLSContext {
    try OpenSSLError.prepareLibrary()
    ERR_clear_error()
    guard let pointer = SSL_CTX_new(method) else { throw failure("OpenSSL has no context for TLS") }
    let context = TLSContext(role: role, address: UInt(bitPattern: pointer))
    guard ISSPlus_SSL_CTX_harden(pointer) == 1 else { throw failure("TLS 1.2 cannot be asked for") }
    return context
  }

  /// OpenSSL's own error for a file that cannot be opened is worth less than the operating system's.
  private static func probe(_ file: String) throws(TransportError) {
    guard let bio = BIO_new_file(file, "r") else {
      throw TransportError(
        .tlsFileUnreadable, "cannot read the file \(file)", underlying: OpenSSLError.takeAll().text)
    }
    BIO_free(bio)
  }

  private static func invalid(_ file: String, _ what: String) -> TransportError {
    TransportError(.tlsFileInvalid, "the file \(file) \(what)", underlying: OpenSSLError.takeAll().text)
  }

  private static func failure(_ what: String) -> TransportError {
    TransportError(.tls, what, underlying: OpenSSLError.takeAll().text, isRetriable: false)
  }
}
