internal import NIOCore

/// Whom the certificate has to name.
enum PeerName: Sendable, Hashable {
  /// A DNS name without a trailing dot; also goes into SNI.
  case dns(String)
  /// An IP address; has no place in SNI.
  case address(String)

  init(_ host: String) throws(TransportError) {
    let name = host.last == "." ? String(host.dropLast()) : host
    guard !name.isEmpty, !name.utf8.contains(0) else {
      throw TransportError(.invalidURL, "TLS needs a host name to verify", isRetriable: false)
    }
    self = (try? SocketAddress(ipAddress: name, port: 0)) != nil ? .address(name) : .dns(name)
  }

  var text: String {
    switch self {
    case .dns(let name), .address(let name): name
    }
  }
}
