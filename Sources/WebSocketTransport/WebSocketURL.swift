internal import NIOCore

/// A `ws://` or `wss://` URL, taken apart; path and query stay exactly as they were written.
public struct WebSocketURL: Sendable, Hashable {
  /// Whether the scheme is `wss`.
  public let isSecure: Bool
  /// The host: a DNS name, an IPv4 address, or an IPv6 address without its brackets.
  public let host: String
  /// Whether the host is an IPv6 address.
  public let isIPv6: Bool
  /// The port; 80 or 443 when the URL names none.
  public let port: Int
  /// Path and query as they stand in the request line; begins with `/`.
  public let target: String

  /// Takes a URL apart, or says in one sentence why it cannot be used. No message repeats the URL: it may hold a
  /// password.
  public init(_ text: String) throws(TransportError) {
    guard text.utf8.count <= Self.maximumLength else {
      throw Self.invalid("is longer than \(Self.maximumLength) bytes")
    }
    for byte in text.utf8 where byte <= 0x20 || byte >= 0x7F {
      throw Self.invalid("holds a space, a control character or a character that is not ASCII (percent-encode it)")
    }
    let afterScheme: Substring
    (self.isSecure, afterScheme) = try Self.scheme(of: text)
    guard !afterScheme.contains("#") else {
      throw Self.invalid("has a fragment (#), which a WebSocket URL cannot have")
    }

    let authorityEnd = afterScheme.firstIndex { $0 == "/" || $0 == "?" } ?? afterScheme.endIndex
    let authority = afterScheme[..<authorityEnd]
    guard !authority.contains("@") else {
      throw Self.invalid("holds user information (…@), which is refused: give credentials separately")
    }
    let rest = afterScheme[authorityEnd...]
    self.target = rest.first == "/" ? String(rest) : "/" + rest

    let portText: Substring?
    if authority.first == "[" {
      guard let bracket = authority.firstIndex(of: "]") else { throw Self.invalid("has a [ without a ]") }
      self.host = String(authority[authority.index(after: authority.startIndex)..<bracket])
      self.isIPv6 = true
      let behind = authority[authority.index(after: bracket)...]
      guard behind.isEmpty || behind.first == ":" else { throw Self.invalid("has something between ] and the port") }
      portText = behind.isEmpty ? nil : behind.dropFirst()
      guard host.contains(":"), !host.contains("%"), (try? SocketAddress(ipAddress: host, port: 0)) != nil else {
        throw Self.invalid("has no valid IPv6 address in its brackets")
      }
    } else {
      let colon = authority.firstIndex(of: ":")
      self.host = String(authority[..<(colon ?? authority.endIndex)])
      self.isIPv6 = false
      portText = colon.map { authority[authority.index(after: $0)...] }
      try Self.checkName(host)
    }
    self.port = try portText.map { text throws(TransportError) in try Self.port(of: text) } ?? (isSecure ? 443 : 80)
  }

  /// The value of the `Host` header: with the port when it is not the scheme's own.
  public var hostHeader: String {
    let name = isIPv6 ? "[\(host)]" : host
    return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
  }

  /// Scheme, host and port, without path and query: for messages and logs.
  public var origin: String {
    "\(isSecure ? "wss" : "ws")://\(hostHeader)"
  }

  private static let maximumLength = 8192

  private static func invalid(_ why: String) -> TransportError {
    TransportError(.invalidURL, "the URL \(why)")
  }

  private static func scheme(of text: String) throws(TransportError) -> (isSecure: Bool, rest: Substring) {
    guard let colon = text.firstIndex(of: ":") else {
      throw invalid("has no scheme: it must begin with ws:// or wss://")
    }
    let isSecure: Bool
    switch text[..<colon].lowercased() {
    case "ws": isSecure = false
    case "wss": isSecure = true
    default: throw invalid("must begin with ws:// or wss://")
    }
    let rest = text[text.index(after: colon)...]
    guard rest.hasPrefix("//") else { throw invalid("must begin with ws:// or wss://") }
    return (isSecure, rest.dropFirst(2))
  }

  private static func port(of text: Substring) throws(TransportError) -> Int {
    guard !text.isEmpty, text.utf8.count <= 5, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let port = Int(text), (1...65535).contains(port)
    else {
      throw invalid("has a port that is no number from 1 to 65535")
    }
    return port
  }

  /// A DNS name of letters, digits, `-` and `_`, or four numbers.
  private static func checkName(_ host: String) throws(TransportError) {
    guard !host.isEmpty else { throw invalid("has no host") }
    guard host.utf8.count <= 253 else { throw invalid("has a host name of more than 253 characters") }
    let labels = (host.last == "." ? host.dropLast() : host[...]).split(
      separator: ".", omittingEmptySubsequences: false)
    for label in labels {
      guard (1...63).contains(label.utf8.count) else { throw invalid("has a host name with an empty or overlong part") }
      guard label.utf8.allSatisfy(isNameByte) else {
        throw invalid("has a character in its host name that none can have")
      }
    }
    guard let last = labels.last, last.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return }
    guard host.last != ".", labels.count == 4, (try? SocketAddress(ipAddress: host, port: 0)) != nil else {
      throw invalid("has an IPv4 address that is not four numbers from 0 to 255")
    }
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F: true
    default: false
    }
  }
}

extension WebSocketURL: CustomStringConvertible {
  /// The URL in its normal form.
  public var description: String { origin + target }
}
