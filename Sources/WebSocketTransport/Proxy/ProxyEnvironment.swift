internal import NIOCore

/// The proxy that the environment names for a URL, by the customs of curl and of most other programs.
///
/// - `wss://` takes `https_proxy`, else `HTTPS_PROXY`.
/// - `ws://` takes `http_proxy`, in lower case only: a web server gives its programs the client's header `Proxy` as
///   `HTTP_PROXY`.
/// - `no_proxy`, else `NO_PROXY`, lists hosts to reach without a proxy, with commas or spaces between: `*` is every
///   host; a name is itself and every name below it, with or without a dot before it; an IP address is itself; each may
///   have a `:port`. Networks (`10.0.0.0/8`) are not understood and match nothing.
/// - Loopback is always reached without one.
public enum ProxyEnvironment {
  /// The proxy for a URL; `nil` to go straight.
  ///
  /// - Parameter environment: the variables by their names.
  /// - Throws: `invalidURL` with the variable's name, never with its value.
  public static func proxy(
    for url: WebSocketURL, in environment: [String: String]
  ) throws(TransportError) -> ProxyURL? {
    let names = url.isSecure ? ["https_proxy", "HTTPS_PROXY"] : ["http_proxy"]
    guard let (name, value) = first(of: names, in: environment) else { return nil }
    guard !url.isLoopback else { return nil }
    if let (_, list) = first(of: ["no_proxy", "NO_PROXY"], in: environment), excludes(list, url) { return nil }
    do throws(TransportError) {
      return try ProxyURL(value)
    } catch {
      throw TransportError(error.code, "\(name): \(error.message)", isRetriable: false)
    }
  }

  /// The first variable that is there and not empty.
  private static func first(of names: [String], in environment: [String: String]) -> (name: String, value: String)? {
    for name in names {
      if let value = environment[name], !value.isEmpty { return (name, value) }
    }
    return nil
  }

  private static func excludes(_ list: String, _ url: WebSocketURL) -> Bool {
    list.split { $0 == "," || $0 == " " || $0 == "\t" }.contains { entry in
      entry == "*" || matches(entry.lowercased(), url)
    }
  }

  private static func matches(_ entry: String, _ url: WebSocketURL) -> Bool {
    var (name, port) = (entry[...], Substring?.none)
    if name.first == "[", let bracket = name.firstIndex(of: "]") {
      let behind = name[name.index(after: bracket)...]
      guard behind.isEmpty || behind.first == ":" else { return false }
      if !behind.isEmpty { port = behind.dropFirst() }
      name = name[..<bracket].dropFirst()
    } else if let colon = name.firstIndex(of: ":"), colon == name.lastIndex(of: ":") {
      // More colons than one make an IPv6 address.
      port = name[name.index(after: colon)...]
      name = name[..<colon]
    }
    if let port, Int(port) != url.port { return false }
    if let address = try? SocketAddress(ipAddress: url.host, port: 0) {
      return address == (try? SocketAddress(ipAddress: String(name), port: 0))
    }
    if name.hasPrefix("*.") { name = name.dropFirst() }
    if name.hasPrefix(".") { name = name.dropFirst() }
    guard !name.isEmpty else { return false }
    let host = url.normalHost
    return host == name || host.hasSuffix("." + name)
  }
}

extension WebSocketURL {
  /// Whether the host is this machine by its name or address: `localhost`, 127.0.0.0/8 or `::1`.
  public var isLoopback: Bool {
    if let address = try? SocketAddress(ipAddress: host, port: 0) {
      switch address {
      case .v4: return host.hasPrefix("127.")
      case .v6: return address == (try? SocketAddress(ipAddress: "::1", port: 0))
      case .unixDomainSocket: return false
      }
    }
    return normalHost == "localhost" || normalHost.hasSuffix(".localhost")
  }

  /// In lower case and without a trailing dot.
  fileprivate var normalHost: String {
    let host = host.lowercased()
    return host.last == "." ? String(host.dropLast()) : host
  }
}
