import MarketData
import NIOCore
import NIOPosix
import STOMP
import Testing
import WebSocketTransport

@testable import ISSPlus

/// A gateway that a test plays itself, over loopback: expect a frame, send a frame, cut the line.
final class ScriptedPeer: Sendable {
  private let listener: WebSocketListener
  private let lines: AsyncStream<PeerLine.Ends>

  private init(listener: WebSocketListener, lines: AsyncStream<PeerLine.Ends>) {
    self.listener = listener
    self.lines = lines
  }

  var url: String { "ws://127.0.0.1:\(listener.port)/" }

  static func start() async throws -> ScriptedPeer {
    let (lines, continuation) = AsyncStream.makeStream(of: PeerLine.Ends.self)
    let listener = try await WebSocketListener.start(
      group: MultiThreadedEventLoopGroup.singleton,
      decide: { .accept(subprotocol: $0.subprotocols.first) },
      makeHandler: { _ in PeerHandler(continuation) })
    return ScriptedPeer(listener: listener, lines: lines)
  }

  func stop() async { await listener.shutdown() }

  /// The next connection that a client makes.
  func accept() async throws -> PeerLine {
    for await ends in lines { return PeerLine(ends) }
    throw CancellationError()
  }

  /// The next connection, with CONNECT taken and answered.
  func acceptSession() async throws -> PeerLine {
    let line = try await accept()
    try await line.expect("CONNECT")
    line.send("CONNECTED", body: "{}")
    return line
  }
}

/// One connection as the peer sees it.
final class PeerLine {
  struct Ends: Sendable {
    let connection: WebSocketConnection
    let events: AsyncStream<Event>
  }

  enum Event: Sendable {
    case frame(Frame)
    case closed(CloseReason)
  }

  let connection: WebSocketConnection
  private var events: AsyncStream<Event>.Iterator

  fileprivate init(_ ends: Ends) {
    connection = ends.connection
    events = ends.events.makeAsyncIterator()
  }

  /// The next frame, which has to be that command with at least these headers.
  @discardableResult
  func expect(
    _ command: String, _ headers: [String: String] = [:], sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> Frame {
    guard case .frame(let frame)? = await events.next(isolation: #isolation) else {
      Issue.record("the line ended, \(command) was expected", sourceLocation: sourceLocation)
      throw CancellationError()
    }
    #expect(frame.command.name == command, "\(frame)", sourceLocation: sourceLocation)
    for (name, value) in headers { #expect(frame.headers[name] == value, sourceLocation: sourceLocation) }
    return frame
  }

  /// A SUBSCRIBE, answered by RECEIPT and a packet; gives its id.
  func takeSubscribe(_ packet: String, sourceLocation: SourceLocation = #_sourceLocation) async throws -> String {
    let id = try await expect("SUBSCRIBE", sourceLocation: sourceLocation).headers["id"] ?? ""
    send("RECEIPT", ["receipt-id": id])
    message(id, packet)
    return id
  }

  /// The end of the line; nothing else may come before it.
  func expectClose(sourceLocation: SourceLocation = #_sourceLocation) async -> CloseReason? {
    guard case .closed(let reason)? = await events.next(isolation: #isolation) else {
      Issue.record("a frame came where the close was expected", sourceLocation: sourceLocation)
      return nil
    }
    return reason
  }

  func send(_ command: String, _ headers: KeyValuePairs<String, String> = [:], body: String = "") {
    send([frame(command, headers, body)])
  }

  func frame(_ command: String, _ headers: KeyValuePairs<String, String> = [:], _ body: String = "") -> Frame {
    Frame(Command(command), headers: Headers(headers.map { ($0.key, $0.value) }), body: ByteBuffer(string: body))
  }

  /// Frames in one WebSocket message.
  func send(_ frames: [Frame]) {
    var bytes = ByteBuffer()
    for frame in frames { try? FrameEncoder().encode(frame, into: &bytes) }
    connection.send(bytes, promise: nil)
  }

  func send(raw text: String, kind: WebSocketMessageKind = .binary) {
    connection.send(ByteBuffer(string: text), kind: kind, promise: nil)
  }

  /// A MESSAGE of MXSE.orderbooks.
  func message(_ id: String, _ packet: String) { send([messageFrame(id, packet)]) }

  func messageFrame(_ id: String, _ packet: String) -> Frame {
    frame("MESSAGE", ["destination": "MXSE.orderbooks", "subscription": id], packet)
  }

  func cut() { connection.abort() }
}

private final class PeerHandler: WebSocketMessageHandler {
  private let lines: AsyncStream<PeerLine.Ends>.Continuation
  private var events: AsyncStream<PeerLine.Event>.Continuation?
  private var parser = FrameParser()

  init(_ lines: AsyncStream<PeerLine.Ends>.Continuation) { self.lines = lines }

  func opened(_ connection: WebSocketConnection) {
    let (events, continuation) = AsyncStream.makeStream(of: PeerLine.Event.self)
    self.events = continuation
    lines.yield(PeerLine.Ends(connection: connection, events: events))
  }

  func received(_ message: ByteBuffer, kind: WebSocketMessageKind) {
    parser.append(message)
    while let frame = try? parser.next() { events?.yield(.frame(frame)) }
  }

  func closed(_ reason: CloseReason) {
    events?.yield(.closed(reason))
    events?.finish()
  }
}

/// Packets of MXSE.orderbooks: levels as `B 100.5 7`.
enum Packets {
  static func snapshot(_ levels: String..., seqnum: Int = 1) -> String { packet("snapshot", levels, seqnum) }
  static func updates(_ levels: String..., seqnum: Int = 1) -> String { packet("updates", levels, seqnum) }

  private static func packet(_ kind: String, _ levels: [String], _ seqnum: Int) -> String {
    let rows = levels.map { level in
      let parts = level.split(separator: " ")
      return "[\"\(parts[0])\",[\(parts[1]),2],\(parts[2])]"
    }
    return """
      {"properties":{"type":"\(kind)","seqnum":\(seqnum)},"columns":["BUYSELL","PRICE","QUANTITY"],\
      "data":[\(rows.joined(separator: ","))]}
      """
  }

  static let broken = #"{"properties":{"type":"snapshot"},"columns":["BUYSELL","PRICE","QUANTITY"],"data":[[1]]}"#
}

extension ISSPlusConfiguration {
  /// Waits for an hour and sends no pings: no test depends on the machine's speed.
  static func patient(_ url: String) -> ISSPlusConfiguration {
    var configuration = ISSPlusConfiguration(url: url)
    configuration.timeout = .seconds(3600)
    configuration.connectTimeout = .seconds(3600)
    configuration.pingInterval = nil
    return configuration
  }
}

/// A client and its peer for as long as the body takes.
func withScriptedPeer(
  _ configure: (inout ISSPlusConfiguration) -> Void = { _ in },
  _ body: (ScriptedPeer, ISSPlusClient) async throws -> Void
) async throws {
  let peer = try await ScriptedPeer.start()
  var configuration = ISSPlusConfiguration.patient(peer.url)
  configuration.backoff.first = .milliseconds(1)
  configuration.subscriptionPace = .nanoseconds(0)
  configure(&configuration)
  let client = try ISSPlusClient(configuration)
  do {
    try await body(peer, client)
  } catch {
    Issue.record("\(error)")
  }
  await client.shutdown()
  await peer.stop()
}

extension TableState {
  /// For comparisons that read well.
  var word: String {
    switch self {
    case .awaitingSnapshot: "awaiting"
    case .live: "live"
    case .stale(let reason): "stale(\(reason))"
    }
  }
}

/// A level a line, in the table's order.
func levels(_ table: KeyedTable?) -> [String] {
  (table?.rows ?? []).map { row in
    "\(row["BUYSELL"].map { "\($0)" } ?? "-") \(row["PRICE"].map { "\($0)" } ?? "-")"
      + " \(row["QUANTITY"].map { "\($0)" } ?? "-")"
  }
}

/// Takes connections and never answers the upgrade.
final class SilentListener: Sendable {
  private let listener: WebSocketListener
  private let requests: EventLoopPromise<Void>

  private init(listener: WebSocketListener, requests: EventLoopPromise<Void>) {
    self.listener = listener
    self.requests = requests
  }

  var url: String { "ws://127.0.0.1:\(listener.port)/" }

  static func start() async throws -> SilentListener {
    let requests = MultiThreadedEventLoopGroup.singleton.next().makePromise(of: Void.self)
    let listener = try await WebSocketListener.start(
      group: MultiThreadedEventLoopGroup.singleton,
      decide: { _ in
        requests.succeed()
        return .hang
      },
      makeHandler: { _ in PeerHandler(AsyncStream.makeStream(of: PeerLine.Ends.self).continuation) })
    return SilentListener(listener: listener, requests: requests)
  }

  /// Waits for the upgrade request.
  func accepted() async throws { try await requests.futureResult.get() }

  func stop() async { await listener.shutdown() }
}
