import NIOCore
import NIOPosix
import WebSocketTransport

/// An echo client for Autobahn's fuzzing server, on the transport's own API:
/// `AutobahnEcho URL [--ca-file PEM]`. It asks how many cases there are, runs each, and has the report written.
@main
struct AutobahnEcho {
  struct Usage: Error, CustomStringConvertible {
    var description: String { "usage: AutobahnEcho ws[s]://HOST:PORT [--ca-file PEM]" }
  }

  static let agent = "issplus"
  let base: String
  let connector: WebSocketConnector

  init(_ arguments: [String]) throws {
    var rest = arguments[...]
    guard let base = rest.popFirst(), base.hasPrefix("ws") else { throw Usage() }
    var configuration = WebSocketConnector.Configuration()
    // Case 9.* sends up to 16 MB and waits; our own pings would only be noise in the report.
    configuration.connection.pingInterval = nil
    if let option = rest.popFirst() {
      guard option == "--ca-file", let file = rest.popFirst(), rest.isEmpty else { throw Usage() }
      configuration.tls = try TLSConfiguration.client(caFile: file)
    }
    self.base = base
    self.connector = WebSocketConnector(group: MultiThreadedEventLoopGroup.singleton, configuration: configuration)
  }

  static func main() async throws {
    let client = try AutobahnEcho(Array(CommandLine.arguments.dropFirst()))
    guard let count = Int(try await client.run("/getCaseCount", echoes: false)) else { throw Usage() }
    for number in 1...max(1, count) {
      _ = try await client.run("/runCase?case=\(number)&agent=\(agent)", echoes: true)
    }
    _ = try await client.run("/updateReports?agent=\(agent)", echoes: false)
    print("\(count) cases")
  }

  /// One connection, from its beginning to its end; gives the last message.
  private func run(_ target: String, echoes: Bool) async throws -> String {
    let closing = MultiThreadedEventLoopGroup.singleton.any().makePromise(of: String.self)
    _ = try await connector.connect(to: WebSocketURL(base + target)) { Echo(echoes: echoes, closing: closing) }
    return try await closing.futureResult.get()
  }
}

/// Sends back what comes, and tells what came last.
final class Echo: WebSocketMessageHandler {
  private let echoes: Bool
  private let closing: EventLoopPromise<String>
  private var connection: WebSocketConnection?
  private var last = ""

  init(echoes: Bool, closing: EventLoopPromise<String>) {
    self.echoes = echoes
    self.closing = closing
  }

  func opened(_ connection: WebSocketConnection) { self.connection = connection }

  func received(_ message: ByteBuffer, kind: WebSocketMessageKind) {
    if echoes {
      connection?.send(message, kind: kind)
    } else {
      last = String(decoding: message.readableBytesView, as: UTF8.self)
    }
  }

  func closed(_ reason: CloseReason) {
    connection = nil
    closing.succeed(last)
  }
}
