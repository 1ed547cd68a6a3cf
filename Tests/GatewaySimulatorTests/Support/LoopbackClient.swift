import NIOCore
import NIOPosix
import STOMP
import WebSocketTransport

/// A client over the project's own transport: frames as an asynchronous sequence, for tests that end by themselves.
struct LoopbackClient {
  enum Event: Sendable {
    case frame(Frame, WebSocketMessageKind)
    case closed(CloseReason)
  }

  let connection: WebSocketConnection
  let events: AsyncStream<Event>

  init(_ url: String, subprotocol: String? = "STOMP") async throws {
    let (events, continuation) = AsyncStream.makeStream(of: Event.self)
    let connector = WebSocketConnector(
      group: MultiThreadedEventLoopGroup.singleton, configuration: .init(subprotocol: subprotocol))
    connection = try await connector.connect(to: try WebSocketURL(url)) { Handler(continuation) }
    self.events = events
  }

  func say(_ command: Command, _ headers: Headers = [:]) throws {
    var bytes = ByteBuffer()
    try FrameEncoder().encode(Frame(command, headers: headers), into: &bytes)
    connection.send(bytes)
  }

  private final class Handler: WebSocketMessageHandler {
    private let continuation: AsyncStream<Event>.Continuation
    private var parser = FrameParser()

    init(_ continuation: AsyncStream<Event>.Continuation) { self.continuation = continuation }

    func opened(_ connection: WebSocketConnection) {}

    func received(_ message: ByteBuffer, kind: WebSocketMessageKind) {
      parser.append(message)
      while let frame = try? parser.next() { continuation.yield(.frame(frame, kind)) }
    }

    func closed(_ reason: CloseReason) {
      continuation.yield(.closed(reason))
      continuation.finish()
    }
  }
}
