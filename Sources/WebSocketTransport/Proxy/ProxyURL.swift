/// The URL of an HTTP proxy, `http://[user:password@]host[:port]`. No description of it shows the user information.
public struct ProxyURL: Sendable, Hashable {
  /// The host: a DNS name, an IPv4 address, or an IPv6 address without its brackets.
  public let host: String
  /// The port; 80 when the URL names none.
  public let port: Int
  /// Whether the URL holds a user, and with it a password.
  public var hasCredentials: Bool { credentials != nil }

  /// User and password as Basic authentication joins them.
  let credentials: Credentials?
  private let origin: String

  /// Takes a URL apart, or says in one sentence why it cannot be used. No message repeats the URL.
  ///
  /// - Parameter text: `http://host:port`; without a scheme it is read as one of `http`, as in the environment of many.
  public init(_ text: String) throws(TransportError) {
    var rest = text[...]
    if let scheme = Self.scheme(of: text) {
      guard scheme.lowercased() == "http" else {
        throw Self.invalid("must begin with http:// (SOCKS and TLS to the proxy are not supported)")
      }
      rest = text.dropFirst(scheme.count + 3)
    }
    let authorityEnd = rest.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? rest.endIndex
    guard rest[authorityEnd...].isEmpty || rest[authorityEnd...] == "/" else {
      throw Self.invalid("has something behind its host and port")
    }
    let authority = rest[..<authorityEnd]
    let hostAndPort: Substring
    if let at = authority.lastIndex(of: "@") {
      self.credentials = try Credentials(userInfo: authority[..<at])
      hostAndPort = authority[authority.index(after: at)...]
    } else {
      self.credentials = nil
      hostAndPort = authority
    }
    do throws(TransportError) {
      // The same rules for host and port, and the same default port.
      let url = try WebSocketURL("ws://\(hostAndPort)")
      (self.host, self.port) = (url.host, url.port)
      self.origin = "http://" + (url.isIPv6 ? "[\(url.host)]" : url.host) + ":\(url.port)"
    } catch {
      throw TransportError(.invalidURL, error.message.replacingPrefix("the URL", by: "the proxy's URL"))
    }
  }

  private static func scheme(of text: String) -> Substring? {
    var rest = text[...]
    while let colon = rest.firstIndex(of: ":") {
      if rest[colon...].hasPrefix("://") { return text[..<colon] }
      rest = rest[rest.index(after: colon)...]
    }
    return nil
  }

  static func invalid(_ why: String) -> TransportError {
    TransportError(.invalidURL, "the proxy's URL \(why)")
  }
}

extension ProxyURL {
  /// A user and a password that no description shows.
  struct Credentials: Sendable, Hashable {
    private let text: String

    /// Reads what stands before the `@`, percent-encoded.
    init(userInfo: Substring) throws(TransportError) {
      let parts = userInfo.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      guard let user = parts.first.flatMap(Self.decode), let password = Self.decode(parts.count > 1 ? parts[1] : "")
      else {
        throw ProxyURL.invalid("has user information that is not percent-encoded UTF-8")
      }
      // RFC 7617: a user with a colon, and controls, cannot be said.
      guard !user.isEmpty, !user.utf8.contains(0x3A),
        !(user + password).utf8.contains(where: { $0 < 0x20 || $0 == 0x7F })
      else {
        throw ProxyURL.invalid("has a user or a password that Basic authentication cannot carry")
      }
      text = "\(user):\(password)"
    }

    /// The value of the header `Proxy-Authorization`.
    var basicAuthorization: String { "Basic " + Base64.encode(Array(text.utf8)) }

    private static func decode(_ text: Substring) -> String? {
      var bytes: [UInt8] = []
      var rest = text.utf8[...]
      while let byte = rest.popFirst() {
        guard byte == 0x25 else {
          bytes.append(byte)
          continue
        }
        guard let digits = String(rest.prefix(2)), digits.utf8.count == 2, digits.allSatisfy(\.isHexDigit),
          let value = UInt8(digits, radix: 16)
        else { return nil }
        bytes.append(value)
        rest = rest.dropFirst(2)
      }
      return String(validating: bytes, as: UTF8.self)
    }
  }
}

extension ProxyURL: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// Scheme, host and port.
  public var description: String { origin }
  /// Scheme, host and port.
  public var debugDescription: String { origin }
  /// Host and port.
  public var customMirror: Mirror { Mirror(self, children: ["host": host, "port": port]) }
}

extension ProxyURL.Credentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  var description: String { "<hidden>" }
  var debugDescription: String { description }
  var customMirror: Mirror { Mirror(self, children: []) }
}

/// RFC 4648, section 4.
enum Base64 {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  static func encode(_ bytes: [UInt8]) -> String {
    var result: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      var bits = group.reduce(0) { $0 << 8 | Int($1) }
      bits <<= 8 * (3 - group.count)
      for index in 0..<4 {
        result.append(index <= group.count ? alphabet[bits >> (18 - 6 * index) & 63] : UInt8(ascii: "="))
      }
    }
    return String(decoding: result, as: UTF8.self)
  }
}

extension String {
  fileprivate func replacingPrefix(_ prefix: String, by other: String) -> String {
    hasPrefix(prefix) ? other + dropFirst(prefix.count) : self
  }
}
