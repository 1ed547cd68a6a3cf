/// The certificates of one side; read once, then shared by all of its connections.
///
/// To make one reads files (a client's, the system's whole trust store): do it before there are connections to serve,
/// not on an event loop. TLS 1.2 at least, the limits of `openssl.cnf` beyond that.
public struct TLSConfiguration: Sendable {
  let context: TLSContext

  private init(context: TLSContext) {
    self.context = context
  }

  /// A client that trusts what the system trusts. `SSL_CERT_FILE` and `SSL_CERT_DIR` take the place of its store.
  ///
  /// - Parameter caFile: certificates in PEM form that are trusted in addition.
  /// - Throws: `tlsFileUnreadable` or `tlsFileInvalid`, with the file's name.
  public static func client(caFile: String? = nil) throws(TransportError) -> TLSConfiguration {
    TLSConfiguration(context: try .client(caFile: caFile))
  }

  /// A server.
  ///
  /// - Parameters:
  ///   - certificateChainFile: PEM; the server's certificate first, then those that vouch for it.
  ///   - privateKeyFile: PEM, without a password.
  /// - Throws: `tlsFileUnreadable` or `tlsFileInvalid`, with the file's name.
  public static func server(
    certificateChainFile: String, privateKeyFile: String
  ) throws(TransportError) -> TLSConfiguration {
    TLSConfiguration(
      context: try .server(certificateChainFile: certificateChainFile, privateKeyFile: privateKeyFile))
  }
}
