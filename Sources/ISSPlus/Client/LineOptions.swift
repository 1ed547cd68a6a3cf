import WebSocketTransport

/// What the line needs besides its URL: whom TLS trusts, and the proxy to go through.
///
/// Made with the client, off the event loop, because trust stores are read from files.
struct LineOptions: Sendable {
  let tls: TLSConfiguration?
  let proxy: ProxyURL?

  /// Reads what the configuration names.
  ///
  /// - Throws: `usage` for a file that cannot be used or a proxy that is no URL; `transport` says which.
  init(_ configuration: ISSPlusConfiguration, _ url: WebSocketURL) throws(ISSPlusError) {
    do {
      tls = url.isSecure ? try TLSConfiguration.client(caFile: configuration.caFile) : nil
      if let explicit = configuration.proxy {
        proxy = try ProxyURL(explicit)
      } else {
        proxy = try ProxyEnvironment.proxy(for: url, in: configuration.proxyEnvironment)
      }
    } catch {
      let detail = error.underlying.map { " (\($0))" } ?? ""
      throw ISSPlusError(.usage, error.message + detail, transport: error)
    }
  }
}
