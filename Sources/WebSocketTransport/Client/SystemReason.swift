internal import NIOCore

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// What the operating system says of a failure, in its own words and without NIO's around them.
enum SystemReason {
  /// The words of an error number, for example `Connection refused`; of anything else its description.
  static func words(_ error: any Error) -> String {
    guard let error = error as? IOError else { return String(describing: error) }
    return String(cString: strerror(error.errnoCode))
  }

  /// `127.0.0.1:8080` or `[::1]:8080`.
  static func address(_ address: SocketAddress) -> String {
    guard let host = address.ipAddress, let port = address.port else { return String(describing: address) }
    return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
  }
}
