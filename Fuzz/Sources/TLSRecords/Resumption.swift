internal import CISSPlusOpenSSL
import FuzzSupport

@testable import WebSocketTransport

/// A client whose connections go on from the session of a first handshake. Then no certificate is sent and verified, and
/// by TLS 1.2 no key is agreed on, which is nearly all that a handshake costs; our side of it is the same code.
enum Resumption {
  /// The highest version that the client takes, as it stands on the wire.
  enum Version: Int {
    case tls12 = 0x0303
    case tls13 = 0x0304
  }

  /// Where a connection that resumes has its mark.
  private static let mark = CRYPTO_get_ex_new_index(CRYPTO_EX_INDEX_SSL, 0, nil, nil, nil, nil)

  /// Prepares a context that nobody uses yet: the first session that a server gives it is kept.
  static func prepare(_ context: TLSContext, _ version: Version) {
    guard let ssl = context.makeSSL() else { difference("no memory for TLS") }
    defer { SSL_free(ssl) }
    limit(context, to: version)
    let pointer = SSL_get_SSL_CTX(ssl)
    _ = SSL_CTX_ctrl(
      pointer, SSL_CTRL_SET_SESS_CACHE_MODE, Int(SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE), nil)
    SSL_CTX_sess_set_new_cb(pointer) { ssl, session in
      let context = SSL_get_SSL_CTX(ssl)
      guard SSL_CTX_get_ex_data(context, 0) == nil, let session else { return 0 }
      // Copies here and below, for OpenSSL takes no session again whose connection failed or was not shut down.
      _ = SSL_CTX_set_ex_data(context, 0, SSL_SESSION_dup(session).map { UnsafeMutableRawPointer($0) })
      return 0
    }
    SSL_CTX_set_info_callback(pointer) { ssl, place, _ in
      guard let session = SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), 0) else { return }
      switch place {
      case SSL_CB_HANDSHAKE_START:
        let copy = SSL_SESSION_dup(OpaquePointer(session))
        expect(SSL_set_session(ssl, copy) == 1, "a session that OpenSSL refuses")
        SSL_SESSION_free(copy)
        _ = SSL_set_ex_data(ssl, Resumption.mark, session)
      case SSL_CB_HANDSHAKE_DONE:
        // Once: a ticket behind the handshake is one more to OpenSSL.
        guard SSL_get_ex_data(ssl, Resumption.mark) != nil else { return }
        expect(SSL_session_reused(ssl) == 1, "a session that was not resumed", SSL_version(ssl))
        _ = SSL_set_ex_data(ssl, Resumption.mark, nil)
      default: break
      }
    }
  }

  static func limit(_ context: TLSContext, to version: Version) {
    guard let ssl = context.makeSSL() else { difference("no memory for TLS") }
    _ = SSL_CTX_ctrl(SSL_get_SSL_CTX(ssl), SSL_CTRL_SET_MAX_PROTO_VERSION, version.rawValue, nil)
    SSL_free(ssl)
  }

  /// Sessions of this server hold for longer than any run.
  static func prolong(_ server: TLSContext) {
    guard let ssl = server.makeSSL() else { difference("no memory for TLS") }
    _ = SSL_CTX_set_timeout(SSL_get_SSL_CTX(ssl), 7 * 24 * 3600)
    SSL_free(ssl)
  }

  static func hasSession(_ context: TLSContext) -> Bool {
    guard let ssl = context.makeSSL() else { return false }
    defer { SSL_free(ssl) }
    return SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), 0) != nil
  }
}
