// WebSocket frames to messages: all bytes at once and in pieces, against a model of RFC 6455, sections 5 and 7, in one loop.
// Input: a byte of choices, a seed for the pieces, then what the peer sends.

import FuzzSupport
import NIOCore
import NIOEmbedded

@testable import WebSocketTransport

@main enum Messages {
  static func main() {
    runFuzzer { start, count in
      Messages.one(Input(start, count))
      return 0
    }
  }

  /// What came out.
  private struct Outcome: Equatable {
    var messages: [[UInt8]] = []
    var kinds: [WebSocketMessageKind] = []
    /// The code of the close frame that was sent, if one was.
    var closeCode: Int?
    var pongs: [[UInt8]] = []
  }

  static func one(_ input: Input) {
    var input = input
    let choices = input.byte()
    let seed = input.byte()
    let bytes = Array(input.rest())
    let role: WebSocketRole = choices & 1 == 0 ? .client : .server
    var configuration = WebSocketConfiguration()
    configuration.pingInterval = nil
    if choices & 2 != 0 {
      configuration.maxMessageSize = 100
      configuration.maxFrameSize = 60
      configuration.maxFragments = 3
    }
    let whole = run(bytes, role, configuration) { bytes.count }
    var sizes = Pieces(seed: seed, of: bytes.count)
    let pieces = run(bytes, role, configuration) { sizes.next() }
    expect(whole == pieces, "in pieces", whole, pieces)
    let expected = model(bytes, role, configuration)
    expect(whole.messages == expected.messages && whole.kinds == expected.kinds, "messages", whole, expected)
    expect(whole.closeCode == expected.closeCode, "the close frame", whole, expected)
    expect(whole.pongs == expected.pongs, "pongs", whole, expected)
  }

  private final class Receiver: WebSocketMessageHandler {
    var outcome = Outcome()
    var isClosed = false
    func opened(_ connection: WebSocketConnection) {}
    func received(_ message: ByteBuffer, kind: WebSocketMessageKind) {
      expect(!isClosed, "a message after the end")
      outcome.messages.append(Array(message.readableBytesView))
      outcome.kinds.append(kind)
    }
    func closed(_ reason: CloseReason) {
      expect(!isClosed, "closed twice")
      isClosed = true
    }
  }

  private static func run(
    _ bytes: [UInt8], _ role: WebSocketRole, _ configuration: WebSocketConfiguration, _ size: () -> Int
  ) -> Outcome {
    let channel = EmbeddedChannel()
    let receiver = Receiver()
    let handler = WebSocketHandler(role: role, configuration: configuration, receiver: receiver)
    _ = try? channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 9)).wait()
    try? channel.pipeline.syncOperations.addHandler(handler)
    handler.start(WebSocketConnection(channel: channel, handler: handler, subprotocol: nil))
    var place = 0
    while place < bytes.count, channel.isActive {
      let end = min(bytes.count, place + size())
      _ = try? channel.writeInbound(ByteBuffer(bytes: bytes[place..<end]))
      place = end
    }
    var sent: [UInt8] = []
    while let buffer = try? channel.readOutbound(as: ByteBuffer.self) { sent += buffer.readableBytesView }
    take(sent, role, &receiver.outcome)
    _ = try? channel.finish(acceptAlreadyClosed: true)
    channel.embeddedEventLoop.run()
    expect(receiver.isClosed, "never closed")
    return receiver.outcome
  }

  /// The control frames that were sent: their payloads are short.
  private static func take(_ sent: [UInt8], _ role: WebSocketRole, _ outcome: inout Outcome) {
    var place = 0
    while place < sent.count {
      let isMasked = sent[place + 1] & 0x80 != 0
      expect(isMasked == (role == .client), "the mask of a frame sent", sent)
      let length = Int(sent[place + 1] & 0x7F)
      expect(length <= 125 && sent[place] & 0x70 == 0 && sent[place] & 0x88 == 0x88, "a control frame", sent)
      let start = place + (isMasked ? 6 : 2)
      let payload = (0..<length).map { sent[start + $0] ^ (isMasked ? sent[place + 2 + $0 % 4] : 0) }
      switch sent[place] & 0x0F {
      case 8:
        expect(outcome.closeCode == nil, "two close frames", sent)
        outcome.closeCode = payload.isEmpty ? 0 : Int(payload[0]) << 8 | Int(payload[1])
      case 10: outcome.pongs.append(payload)
      default: difference("a ping", sent)
      }
      place = start + length
    }
  }

  // MARK: The model

  private static func model(_ bytes: [UInt8], _ role: WebSocketRole, _ limits: WebSocketConfiguration) -> Outcome {
    var outcome = Outcome()
    var place = 0
    var open: (kind: WebSocketMessageKind, bytes: [UInt8], fragments: Int)?
    /// One violation is enough: its code goes out and nothing counts any more.
    func end(_ code: Int) -> Outcome {
      outcome.closeCode = code
      return outcome
    }
    while place < bytes.count {
      let first = bytes[place]
      let opcode = first & 0x0F
      let isFinal = first & 0x80 != 0
      let isControl = opcode & 8 != 0
      if first & 0x70 != 0 { return end(1002) }
      if ![0, 1, 2, 8, 9, 10].contains(opcode) { return end(1002) }
      if isControl, !isFinal { return end(1002) }
      guard place + 1 < bytes.count else { return outcome }
      let second = bytes[place + 1]
      if (second & 0x80 != 0) != (role == .server) { return end(1002) }
      var start = place + 2
      var length = Int(second & 0x7F)
      if length > 125 {
        if isControl { return end(1002) }
        let size = length == 126 ? 2 : 8
        guard start + size <= bytes.count else { return outcome }
        let value = bytes[start..<start + size].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        if value <= (size == 2 ? 125 : 65535) { return end(1002) }
        if value > UInt64(limits.maxFrameSize) { return end(1009) }
        length = Int(value)
        start += size
      }
      if length > limits.maxFrameSize { return end(1009) }
      var mask: [UInt8] = [0, 0, 0, 0]
      if role == .server {
        guard start + 4 <= bytes.count else { return outcome }
        mask = Array(bytes[start..<start + 4])
        start += 4
      }
      switch (opcode, open) {
      case (0, nil): return end(1002)
      case (1, .some), (2, .some): return end(1002)
      case (1, nil), (2, nil): if length > limits.maxMessageSize { return end(1009) }
      case (0, .some(let message)):
        if message.bytes.count + length > limits.maxMessageSize || message.fragments >= limits.maxFragments {
          return end(1009)
        }
      default: break
      }
      guard start + length <= bytes.count else { return outcome }
      let payload = (0..<length).map { bytes[start + $0] ^ mask[$0 % 4] }
      place = start + length
      switch opcode {
      case 9: outcome.pongs.append(payload)
      case 10: break
      case 8:
        if length == 0 { return end(0) }
        if length == 1 { return end(1002) }
        let code = Int(payload[0]) << 8 | Int(payload[1])
        let isKnown =
          (1000...1014).contains(code) && ![1004, 1005, 1006].contains(code) || (3000...4999).contains(code)
        if !isKnown { return end(1002) }
        return end(String(validating: payload[2...], as: UTF8.self) == nil ? 1007 : code)
      default:
        var message = open ?? (opcode == 1 ? .text : .binary, [], 0)
        message.bytes += payload
        message.fragments += 1
        if message.kind == .text, !mayBecomeText(message.bytes, isFinal) { return end(1007) }
        open = isFinal ? nil : message
        if isFinal {
          outcome.messages.append(message.bytes)
          outcome.kinds.append(message.kind)
        }
      }
    }
    return outcome
  }

  /// Whether the bytes are UTF-8, or the beginning of it.
  private static func mayBecomeText(_ bytes: [UInt8], _ isFinal: Bool) -> Bool {
    if String(validating: bytes, as: UTF8.self) != nil { return true }
    if isFinal { return false }
    // A character under way has at most three bytes, and some ending makes it whole.
    for cut in 1...3 where cut <= bytes.count {
      guard String(validating: bytes.dropLast(cut), as: UTF8.self) != nil else { continue }
      let rest = Array(bytes.suffix(cut))
      for second in [0x80, 0x90, 0xA0, 0xBF] as [UInt8] {
        for count in 1...3 {
          let ending = (0..<count).map { cut == 1 && $0 == 0 ? second : 0x80 }
          if String(validating: rest + ending, as: UTF8.self) != nil { return true }
        }
      }
    }
    return false
  }
}
