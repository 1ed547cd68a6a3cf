import GatewaySimulator
import NIOCore
import STOMP
import Testing

/// A client on the other side of a session, with a clock that moves when it is told to.
final class Peer {
  let market: SimulatedMarket
  let session: GatewaySession
  /// 2024-07-01 12:18:53.789 in Moscow.
  var now = GatewayTime(milliseconds: 1_719_825_533_789)
  /// Every message of the gateway, in order.
  private(set) var messages: [ByteBuffer] = []
  private(set) var closeCode: UInt16?
  /// What was to be done to the line.
  private(set) var faults: [GatewayAction] = []
  private var read = 0

  init(
    _ switches: [String] = [], seed: UInt64 = 1, tickers: Int = 10, rate: Double? = nil, accounts: [Account] = [],
    number: Int = 1
  ) throws {
    market = SimulatedMarket(seed: seed, tickers: tickers, rate: rate)
    let configuration = GatewaySession.Configuration(
      accounts: accounts, switches: try SimulatorSwitches(switches))
    session = GatewaySession(market: market, configuration: configuration, number: number)
  }

  /// A peer that has connected as the guest; what came of it is read.
  static func connected(
    _ switches: [String] = [], seed: UInt64 = 1, tickers: Int = 10, rate: Double? = nil, number: Int = 1
  ) throws -> Peer {
    let peer = try Peer(switches, seed: seed, tickers: tickers, rate: rate, number: number)
    let frames = try peer.say(.connect, ["domain": "DEMO", "login": "guest", "passcode": "guest"])
    #expect(frames.map(\.command) == [.connected])
    return peer
  }

  /// Sends a frame and gives the frames that come back at once.
  @discardableResult
  func say(_ command: Command, _ headers: Headers = [:]) throws -> [Frame] {
    var bytes = ByteBuffer()
    try FrameEncoder().encode(Frame(command, headers: headers), into: &bytes)
    return try send(bytes)
  }

  @discardableResult
  func send(_ bytes: ByteBuffer) throws -> [Frame] {
    take(session.received(bytes, at: now))
    return try newFrames()
  }

  @discardableResult
  func subscribe(_ destination: String, _ selector: String? = nil, id: String = "1") throws -> [Frame] {
    var headers: Headers = ["id": id, "destination": destination]
    if let selector { headers.append(name: "selector", value: selector) }
    return try say(.subscribe, headers)
  }

  @discardableResult
  func request(_ destination: String, _ selector: String? = nil) throws -> [Frame] {
    var headers: Headers = ["id": "r1", "destination": destination]
    if let selector { headers.append(name: "selector", value: selector) }
    return try say(.request, headers)
  }

  /// Lets the clock go on, from timer to timer.
  @discardableResult
  func pass(milliseconds: Int64, canSend: Bool = true) throws -> [Frame] {
    let end = now.advanced(byMicroseconds: milliseconds * 1000)
    while let due = session.nextWakeUp, due <= end {
      now = max(now, due)
      take(session.wake(at: now, canSend: canSend))
    }
    now = end
    return try newFrames()
  }

  private func take(_ actions: [GatewayAction]) {
    for action in actions {
      switch action {
      case .send(let message): messages.append(message)
      case .close(let code, _): closeCode = code
      case .cut, .reset, .hold, .pauseReading: faults.append(action)
      }
    }
  }

  private func newFrames() throws -> [Frame] {
    var parser = FrameParser()
    var frames: [Frame] = []
    for message in messages[read...] {
      parser.append(message)
      while let frame = try parser.next() { frames.append(frame) }
    }
    read = messages.count
    return frames
  }
}

/// A packet as the tests read it.
struct ReadPacket {
  let type: String?
  let seqnum: UInt64?
  let columns: [String]
  let rows: [[JSON]]

  init(_ frame: Frame) throws {
    let body = try JSON(frame.body.readableBytesView)
    type = body["properties"]?["type"]?.text
    seqnum = body["properties"]?["seqnum"]?.number.flatMap { UInt64($0) }
    columns = try #require(body["columns"]?.elements).map { try #require($0.text) }
    rows = try #require(body["data"]?.elements).map { try #require($0.elements) }
    for row in rows { try #require(row.count == columns.count) }
  }
}

/// What a cell prints, worked out from its JSON alone.
func printed(_ cell: JSON) -> String? {
  switch cell {
  case .null: nil
  case .bool(let value): value ? "true" : "false"
  case .number(let text): text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  case .string(let text): text
  case .array(let parts): parts.first?.number
  case .object: "an object"
  }
}
