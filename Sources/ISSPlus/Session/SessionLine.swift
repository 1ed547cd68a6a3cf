import NIOCore
import STOMP
import WebSocketTransport

/// An open connection as its session uses it: a WebSocket, or what a test plays in memory on a virtual clock.
protocol SessionConnection {
  /// Sends a message.
  func send(_ message: ByteBuffer)
  /// Stops and goes on reading; what was held back comes before `resumeReading` returns.
  func pauseReading()
  func resumeReading()
  /// Closes by the close handshake, or at once.
  func close()
  func abort()
}

extension WebSocketConnection: SessionConnection {
  func send(_ message: ByteBuffer) { send(message, flush: true, promise: nil) }
  func close() { close(code: WebSocketCloseCode.normal, reason: "") }
}

/// Makes the connections of a session, on its event loop.
protocol SessionConnector {
  /// Begins an attempt: the handler is told `opened`, or `failed`.
  func connect(_ handler: LineHandler)
}

/// Connects by WebSocket.
struct WebSocketSessionConnector: SessionConnector {
  let connector: WebSocketConnector
  let url: WebSocketURL
  let loop: any EventLoop

  init(_ configuration: ISSPlusConfiguration, url: WebSocketURL, options: LineOptions, loop: any EventLoop) {
    self.url = url
    self.loop = loop
    var transport = WebSocketConnector.Configuration(
      subprotocol: configuration.dialect == .stomp12 ? "v12.stomp" : "STOMP")
    transport.connectLimit = configuration.connectTimeout.timeAmount
    transport.proxyLimit = configuration.connectTimeout.timeAmount
    transport.tlsLimit = configuration.connectTimeout.timeAmount
    transport.upgradeLimit = configuration.connectTimeout.timeAmount
    transport.tls = options.tls
    transport.proxy = options.proxy
    transport.connection.pingInterval = configuration.pingInterval?.timeAmount
    transport.connection.pongLimit = configuration.pingTimeout.timeAmount
    connector = WebSocketConnector(group: loop, configuration: transport)
  }

  func connect(_ handler: LineHandler) {
    let bound = NIOLoopBound(handler, eventLoop: loop)
    connector.connect(to: url) { bound.value }.whenFailure { bound.value.failed($0) }
  }
}

/// Hands the events of one connection to the driver, on the event loop.
final class LineHandler: WebSocketMessageHandler {
  private let driver: SessionDriver
  private let line: Line

  init(driver: SessionDriver, line: Line) {
    self.driver = driver
    self.line = line
  }

  func opened(_ connection: WebSocketConnection) {
    line.wakes = Wakes()
    driver.opened(line, connection)
  }
  func opened(_ connection: any SessionConnection) { driver.opened(line, connection) }
  func failed(_ error: any Error) { driver.attemptFailed(line, error) }
  func received(_ message: ByteBuffer, kind: WebSocketMessageKind) { driver.received(line, message) }
  func readCompleted() {
    line.wakes?.run()
    driver.readCompleted()
  }
  func closed(_ reason: CloseReason) {
    line.wakes?.run()
    driver.closed(line, reason)
  }
}

/// One connection of a session; one-shot.
final class Line {
  let number: Int
  var connection: (any SessionConnection)?
  var isClosing = false
  var isOver = false
  /// Wakes subscribers once a read; nil on a line in memory, whose test sees each change at once.
  var wakes: Wakes?

  init(number: Int) { self.number = number }

  func close() {
    isClosing = true
    connection?.close()
  }
}
