import Testing

@testable import WebSocketTransport

@Suite("Proxy URLs and the environment") struct ProxyURLTests {
  struct Good: Sendable {
    var text: String
    var host: String
    var port: Int
    var description: String
    var authorization: String?
  }

  @Test(
    "parts of a proxy's URL; no description shows the user",
    arguments: [
      Good(text: "http://proxy:3128", host: "proxy", port: 3128, description: "http://proxy:3128"),
      Good(text: "HTTP://proxy:3128/", host: "proxy", port: 3128, description: "http://proxy:3128"),
      Good(text: "proxy:3128", host: "proxy", port: 3128, description: "http://proxy:3128"),
      Good(text: "http://proxy", host: "proxy", port: 80, description: "http://proxy:80"),
      Good(text: "http://[::1]:8080", host: "::1", port: 8080, description: "http://[::1]:8080"),
      // RFC 7617's example.
      Good(
        text: "http://Aladdin:open%20sesame@10.0.0.1:3128", host: "10.0.0.1", port: 3128,
        description: "http://10.0.0.1:3128", authorization: "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="),
      Good(
        text: "http://u:p%40:%2f@h:1", host: "h", port: 1, description: "http://h:1",
        authorization: "Basic dTpwQDov"),
      Good(text: "http://u:a@b@h:1", host: "h", port: 1, description: "http://h:1", authorization: "Basic dTphQGI="),
      Good(text: "http://u@h:1", host: "h", port: 1, description: "http://h:1", authorization: "Basic dTo="),
      Good(
        text: "u:http%3A%2F%2F@h:1", host: "h", port: 1, description: "http://h:1",
        authorization: "Basic dTpodHRwOi8v"),
    ])
  func good(_ good: Good) throws {
    let proxy = try ProxyURL(good.text)
    #expect(proxy.host == good.host)
    #expect(proxy.port == good.port)
    #expect(proxy.credentials?.basicAuthorization == good.authorization)
    #expect(proxy.hasCredentials == (good.authorization != nil))
    #expect("\(proxy)" == good.description)
    #expect(String(reflecting: proxy) == good.description)
  }

  @Test("a password is in no description, reflection or dump, not even of what holds the proxy")
  func secrecy() throws {
    var configuration = WebSocketConnector.Configuration()
    configuration.waitLong()
    configuration.proxy = try ProxyURL("http://trader:hunter2@proxy:3128")
    var dumped = ""
    dump(configuration, to: &dumped)
    dump(configuration.proxy?.credentials as Any, to: &dumped)
    for text in ["\(configuration)", String(reflecting: configuration), dumped] {
      #expect(!text.contains("hunter2"))
      #expect(!text.contains("trader"))
      #expect(!text.contains("dHJhZGVyOmh1bnRlcjI"))
    }
  }

  @Test(
    "what is no proxy's URL is refused, and not repeated",
    arguments: [
      "", "http://", "https://sec:ret@h:1", "socks5://sec:ret@h:1", "http://sec:ret@", "http://sec:ret@h:x",
      "http://sec:ret@h:1/path", "http://sec:ret@h:1?q", "http://sec:ret@h:1#f", "http://sec:ret%@h:1",
      "http://sec:ret%4@h:1", "http://sec:ret%zz@h:1", "http://sec:ret%FF@h:1", "http://sec:ret%0D%0A@h:1",
      "http://sec%3Aret:x@h:1", "http://:secret@h:1", "http://sec:ret@h h:1", "http://sec:ret@h:1:2",
      "http://sec:r/et@h:1",
    ])
  func bad(_ text: String) throws {
    let error = #expect(throws: TransportError.self) { try ProxyURL(text) }
    #expect(error?.code == .invalidURL)
    #expect(error?.isRetriable == false)
    #expect(error?.message.hasPrefix("the proxy's URL ") == true)
    #expect("\(String(describing: error))".contains("sec") == false)
    #expect("\(String(describing: error))".contains("ret@") == false)
  }

  struct Choice: Sendable {
    var url = "wss://iss.moex.com/infocx/v3/websocket"
    var environment: [String: String]
    var proxy: String?
  }

  private static let https = ["HTTPS_PROXY": "http://p:1"]

  @Test(
    "which proxy the environment names",
    arguments: [
      Choice(environment: [:]),
      Choice(environment: https, proxy: "http://p:1"),
      Choice(environment: ["https_proxy": "p:2", "HTTPS_PROXY": "http://p:1"], proxy: "http://p:2"),
      Choice(environment: ["https_proxy": "", "HTTPS_PROXY": "http://p:1"], proxy: "http://p:1"),
      Choice(environment: ["http_proxy": "http://p:1"]),
      Choice(url: "ws://h/", environment: https),
      Choice(url: "ws://h/", environment: ["http_proxy": "http://p:1"], proxy: "http://p:1"),
      // A web server's client could set this one.
      Choice(url: "ws://h/", environment: ["HTTP_PROXY": "http://p:1"]),
      // Loopback is never behind a proxy.
      Choice(url: "wss://localhost/", environment: https),
      Choice(url: "wss://LOCALHOST./", environment: https),
      Choice(url: "wss://a.localhost/", environment: https),
      Choice(url: "wss://127.0.0.1/", environment: https),
      Choice(url: "wss://127.8.9.1/", environment: https),
      Choice(url: "wss://[::1]/", environment: https),
      Choice(url: "wss://localhost.example/", environment: https, proxy: "http://p:1"),
      Choice(url: "wss://128.0.0.1/", environment: https, proxy: "http://p:1"),
    ])
  func environment(_ choice: Choice) throws {
    let proxy = try ProxyEnvironment.proxy(for: WebSocketURL(choice.url), in: choice.environment)
    #expect(proxy.map(\.description) == choice.proxy)
  }

  @Test(
    "what NO_PROXY excludes",
    arguments: [
      ("*", true), ("moex.com", true), (".moex.com", true), ("*.moex.com", true), ("iss.moex.com", true),
      ("ISS.Moex.Com", true), ("a.b, iss.moex.com ,c", true), ("a.b iss.moex.com", true), ("iss.moex.com:443", true),
      ("moex.com:443", true), ("iss.moex.com:8443", false), ("ex.com", false), ("oex.com", false),
      ("x.iss.moex.com", false), ("", false), (",", false), (".", false), (":443", false), ("10.0.0.0/8", false),
      ("com", true), ("iss", false),
    ])
  func noProxy(_ list: String, _ isExcluded: Bool) throws {
    let url = try WebSocketURL("wss://iss.moex.com/infocx/v3/websocket")
    for name in ["no_proxy", "NO_PROXY"] {
      let environment = ["HTTPS_PROXY": "http://p:1", name: list]
      #expect(try (ProxyEnvironment.proxy(for: url, in: environment) == nil) == isExcluded)
    }
  }

  @Test(
    "addresses in NO_PROXY",
    arguments: [
      ("10.1.2.3", "10.1.2.3", true), ("10.1.2.3", "10.1.2.3:443", true), ("10.1.2.3", "10.1.2.3:80", false),
      ("10.1.2.3", "2.3", false), ("[2001:db8::1]", "2001:DB8:0::1", true), ("[2001:db8::1]", "[2001:db8::1]", true),
      ("[2001:db8::1]", "[2001:db8::1]:443", true), ("[2001:db8::1]", "[2001:db8::1]:1", false),
      ("[2001:db8::1]", "2001:db8::2", false),
    ])
  func noProxyAddresses(_ host: String, _ list: String, _ isExcluded: Bool) throws {
    let environment = ["HTTPS_PROXY": "http://p:1", "NO_PROXY": list]
    let url = try WebSocketURL("wss://\(host)/")
    #expect(try (ProxyEnvironment.proxy(for: url, in: environment) == nil) == isExcluded)
  }

  @Test("a broken variable is named and its value is not")
  func broken() throws {
    let error = #expect(throws: TransportError.self) {
      try ProxyEnvironment.proxy(for: WebSocketURL("wss://h/"), in: ["HTTPS_PROXY": "http://u:hunter2@h:x"])
    }
    #expect(error?.code == .invalidURL)
    #expect(error?.message.hasPrefix("HTTPS_PROXY: the proxy's URL has a port") == true)
    #expect("\(String(describing: error))".contains("hunter2") == false)
  }
}
