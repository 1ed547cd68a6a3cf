internal import CISSPlusOpenSSL

/// What OpenSSL says about a failure.
struct OpenSSLError: Error {
  /// The texts of the queue, the oldest first.
  let text: String
  /// The reason codes of the queue.
  let reasons: [Int32]

  /// Takes the whole queue of this thread; it has to be cleared before the call that may fail.
  static func takeAll() -> OpenSSLError {
    var texts: [String] = []
    var reasons: [Int32] = []
    while true {
      let code = ERR_get_error()
      guard code != 0 else { break }
      reasons.append(ISSPlus_ERR_reason(code))
      guard let reason = ERR_reason_error_string(code) else {
        texts.append("error \(String(code, radix: 16))")
        continue
      }
      texts.append(String(cString: reason))
    }
    return OpenSSLError(text: PrintableText.quote(texts.prefix(8).joined(separator: "; ")), reasons: reasons)
  }

  /// Prepares the library; every use begins here. Safe to call again, from any thread.
  static func prepareLibrary() throws(TransportError) {
    guard ISSPlus_SSL_init() == 1 else { throw TransportError(.tls, "OpenSSL cannot start", isRetriable: false) }
  }
}
