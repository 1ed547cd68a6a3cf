import Testing
import WebSocketTransport

@Suite("WebSocket URLs") struct WebSocketURLTests {
  struct Good: Sendable {
    let text: String
    let host: String
    let port: Int
    let target: String
    let hostHeader: String
    var isSecure = false
  }

  @Test(
    "parts of a URL; path and query stay as they are",
    arguments: [
      Good(text: "ws://localhost", host: "localhost", port: 80, target: "/", hostHeader: "localhost"),
      Good(text: "ws://localhost:80/", host: "localhost", port: 80, target: "/", hostHeader: "localhost"),
      Good(text: "ws://h:443/a", host: "h", port: 443, target: "/a", hostHeader: "h:443"),
      Good(
        text: "WS://Host.example./A/b", host: "Host.example.", port: 80, target: "/A/b", hostHeader: "Host.example."),
      Good(
        text: "wss://iss.moex.com/infocx/v3/websocket", host: "iss.moex.com", port: 443,
        target: "/infocx/v3/websocket", hostHeader: "iss.moex.com", isSecure: true),
      Good(text: "wss://h:80", host: "h", port: 80, target: "/", hostHeader: "h:80", isSecure: true),
      Good(
        text: "ws://127.0.0.1:9999/?url=wss://host:8443/p", host: "127.0.0.1", port: 9999,
        target: "/?url=wss://host:8443/p", hostHeader: "127.0.0.1:9999"),
      Good(text: "ws://h?x=y@z:1", host: "h", port: 80, target: "/?x=y@z:1", hostHeader: "h"),
      Good(
        text: "ws://h/%D0%AF/../a;b=c?d=%20", host: "h", port: 80, target: "/%D0%AF/../a;b=c?d=%20", hostHeader: "h"),
      Good(text: "ws://[::1]:15674/ws", host: "::1", port: 15674, target: "/ws", hostHeader: "[::1]:15674"),
      Good(text: "ws://[2001:db8::1]", host: "2001:db8::1", port: 80, target: "/", hostHeader: "[2001:db8::1]"),
      Good(text: "ws://a_b-c.d1/", host: "a_b-c.d1", port: 80, target: "/", hostHeader: "a_b-c.d1"),
    ])
  func good(_ good: Good) throws {
    let url = try WebSocketURL(good.text)
    #expect(url.host == good.host)
    #expect(url.port == good.port)
    #expect(url.target == good.target)
    #expect(url.hostHeader == good.hostHeader)
    #expect(url.isSecure == good.isSecure)
  }

  @Test(
    "what is no URL is refused",
    arguments: [
      "", "host", "http://h/", "ws:/h", "ws:h", "://h", "ws://", "ws:///p", "ws://:80/", "ws://h:/", "ws://h:0/",
      "ws://h:65536/", "ws://h:+80/", "ws://h:8o/", "ws://h:1:2/", "ws://h/#f", "ws://h#f", "ws://h/a b",
      "ws://h/\u{7}",
      "ws://h/\r\nX: y", " ws://h", "ws://h/\u{44F}", "ws://\u{44F}.example", "ws://a..b/", "ws://.a/", "ws://-\u{0}/",
      "ws://1.2.3/", "ws://1.2.3.256/", "ws://1.2.3.4.5/", "ws://1234/", "ws://1.2.3.4./", "ws://[::1", "ws://[::1]x/",
      "ws://[1.2.3.4]/", "ws://[::g]/", "ws://[fe80::1%25eth0]/", "ws://[]/", "ws://h\\p/", "ws://a,b/", "ws://%41/",
      "ws://" + String(repeating: "a", count: 64) + ".b/", "ws://h/" + String(repeating: "a", count: 9000),
    ])
  func bad(_ text: String) throws {
    let error = try #require(throws: TransportError.self) { try WebSocketURL(text) }
    #expect(error.code == .invalidURL)
    #expect(!error.isRetriable)
  }

  @Test("a password in a URL is refused and not repeated", arguments: ["ws://u:hunter2@h/", "ws://hunter2@[::1]:80/p"])
  func userInformation(_ text: String) throws {
    let error = try #require(throws: TransportError.self) { try WebSocketURL(text) }
    #expect(!error.description.contains("hunter2"))
  }
}
