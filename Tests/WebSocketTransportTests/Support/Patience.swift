import NIOCore
import WebSocketTransport

extension WebSocketConnector.Configuration {
  /// Every limit is an hour, but for those that a test is about: no test depends on the machine's speed.
  mutating func waitLong() {
    connectLimit = .hours(1)
    proxyLimit = .hours(1)
    tlsLimit = .hours(1)
    upgradeLimit = .hours(1)
  }
}

extension WebSocketListener.Configuration {
  /// As for the connector.
  mutating func waitLong() { upgradeLimit = .hours(1) }
}
