import NIOCore
import Testing

@testable import WebSocketTransport

/// Each rule of RFC 6455 that a peer can break or use, on a virtual line.
@Suite("RFC 6455") struct RFC6455Tests {
  struct Fault: Sendable, CustomTestStringConvertible {
    let name: String
    let bytes: [UInt8]
    var close: UInt16 = 1002
    var code: TransportError.Code = .protocolViolation
    var testDescription: String { name }
  }

  static let faultsOfAServer: [Fault] = [
    Fault(name: "RSV1", bytes: [0xC2, 0]),
    Fault(name: "RSV2", bytes: [0xA2, 0]),
    Fault(name: "RSV3", bytes: [0x92, 0]),
    Fault(name: "RSV on a ping, before its length", bytes: [0xC9]),
    Fault(name: "reserved opcode 3", bytes: [0x83, 0]),
    Fault(name: "reserved opcode 7", bytes: [0x87]),
    Fault(name: "reserved opcode 11", bytes: [0x8B, 0]),
    Fault(name: "reserved opcode 15", bytes: [0x8F, 0]),
    Fault(name: "masked by a server", bytes: [0x82, 0x80, 1, 2, 3, 4]),
    Fault(name: "fragmented ping", bytes: [0x09, 0]),
    Fault(name: "fragmented close", bytes: [0x08, 0]),
    Fault(name: "ping of 126 bytes", bytes: [0x89, 126, 0, 126]),
    Fault(name: "close of 64-bit length", bytes: [0x88, 127]),
    Fault(name: "overlong 16-bit length", bytes: [0x82, 126, 0, 125]),
    Fault(name: "overlong 64-bit length", bytes: [0x82, 127, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]),
    Fault(name: "continuation first", bytes: [0x80, 0]),
    Fault(name: "continuation first, not final", bytes: [0x00, 1, 65]),
    Fault(name: "text within a message", bytes: [0x01, 1, 65, 0x81, 0]),
    Fault(name: "binary within a message", bytes: [0x02, 1, 65, 0x02, 0]),
    Fault(name: "continuation after the end", bytes: [0x02, 0, 0x80, 0, 0x80, 0]),
    Fault(name: "close of one byte", bytes: [0x88, 1, 3]),
    Fault(name: "close 999", bytes: [0x88, 2, 0x03, 0xE7]),
    Fault(name: "close 1004", bytes: [0x88, 2, 0x03, 0xEC]),
    Fault(name: "close 1005", bytes: [0x88, 2, 0x03, 0xED]),
    Fault(name: "close 1006", bytes: [0x88, 2, 0x03, 0xEE]),
    Fault(name: "close 1015", bytes: [0x88, 2, 0x03, 0xF7]),
    Fault(name: "close 2999", bytes: [0x88, 2, 0x0B, 0xB7]),
    Fault(name: "close 5000", bytes: [0x88, 2, 0x13, 0x88]),
    Fault(name: "close 0", bytes: [0x88, 2, 0, 0]),
    Fault(name: "close 65535", bytes: [0x88, 2, 0xFF, 0xFF]),
    Fault(name: "close reason no UTF-8", bytes: [0x88, 3, 0x03, 0xE8, 0xFF], close: 1007, code: .invalidUTF8),
    Fault(name: "close reason cut UTF-8", bytes: [0x88, 3, 0x03, 0xE8, 0xD0], close: 1007, code: .invalidUTF8),
    Fault(name: "text no UTF-8", bytes: [0x81, 1, 0xFF], close: 1007, code: .invalidUTF8),
    Fault(name: "text ends in a character", bytes: [0x81, 1, 0xD0], close: 1007, code: .invalidUTF8),
    Fault(name: "first fragment no UTF-8", bytes: [0x01, 2, 0xC0, 0x80], close: 1007, code: .invalidUTF8),
    Fault(
      name: "character broken by the next fragment", bytes: [0x01, 1, 0xD0, 0x00, 1, 0x41], close: 1007,
      code: .invalidUTF8),
    Fault(name: "surrogate over fragments", bytes: [0x01, 1, 0xED, 0x00, 1, 0xA0], close: 1007, code: .invalidUTF8),
    Fault(name: "frame over the limit", bytes: [0x82, 126, 0x04, 0x01], close: 1009, code: .messageTooBig),
    Fault(
      name: "frame of 2^63 bytes", bytes: [0x82, 127, 0x80, 0, 0, 0, 0, 0, 0, 0], close: 1009, code: .messageTooBig),
    Fault(
      name: "message over the limit", bytes: WireFrame.bytes(0x02, [UInt8](repeating: 0, count: 1000)) + [0x80, 25],
      close: 1009, code: .messageTooBig),
    Fault(name: "too many fragments", bytes: [2, 0, 0, 0, 0, 0, 0, 0, 0x80, 0], close: 1009, code: .messageTooBig),
  ]

  @Test("a fault is answered with its close code, and nothing after it counts", arguments: faultsOfAServer)
  func fault(_ fault: Fault) throws {
    let line = try Line {
      $0.maxFrameSize = 1024
      $0.maxMessageSize = 1024
      $0.maxFragments = 4
    }
    defer { line.finish() }
    try line.feed(raw: fault.bytes)
    try line.feed(0x82, [1, 2, 3])
    let sent = try line.sent()
    #expect(sent == [WireFrame(first: 0x88, isMasked: true, payload: closePayload(fault.close))])
    #expect(line.recorder.closeReason == nil)
    line.endOfLine()
    guard case .error(let error)? = line.recorder.closeReason else {
      Issue.record("no error: \(line.recorder.events)")
      return
    }
    #expect(error.code == fault.code)
    #expect(!line.recorder.events.contains(.binary([1, 2, 3])))
  }

  @Test("a client that does not mask is told 1002, and the server ends the line")
  func unmaskedClient() throws {
    let line = try Line(.server)
    defer { line.finish() }
    try line.feed(raw: [0x82, 0])
    #expect(try line.sent() == [WireFrame(first: 0x88, isMasked: false, payload: closePayload(1002))])
    #expect(!line.isOpen)
    guard case .error? = line.recorder.closeReason else {
      Issue.record("no error")
      return
    }
  }

  @Test("codes that may be sent are taken", arguments: [1000, 1001, 1003, 1007, 1011, 1014, 3000, 4999] as [UInt16])
  func goodCodes(code: UInt16) throws {
    let line = try Line()
    defer { line.finish() }
    try line.feed(0x88, closePayload(code, "привет"))
    #expect(try line.sent() == [WireFrame(first: 0x88, isMasked: true, payload: closePayload(code))])
    line.endOfLine()
    #expect(line.recorder.closeReason == .clean(code: code, reason: "привет"))
  }

  @Test("messages of one frame, of every length form, empty ones too")
  func singleFrames() throws {
    for role in [WebSocketRole.client, .server] {
      let line = try Line(role)
      defer { line.finish() }
      var expected: [Event] = []
      for count in [0, 1, 125, 126, 65535, 65536] {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try line.feed(0x82, bytes)
        expected.append(.binary(bytes))
      }
      try line.feed(0x81, "Сбербанк €")
      expected.append(.text("Сбербанк €"))
      #expect(line.recorder.afterOpening == expected)
      #expect(line.recorder.readsCompleted == 7)
    }
  }

  @Test("fragments are joined, control frames may stand between them")
  func fragments() throws {
    let line = try Line()
    defer { line.finish() }
    try line.feed(0x01, [0xD0])
    try line.feed(0x89, "ping")
    try line.feed(0x00, [])
    try line.feed(0x8A, "nobody asked")
    try line.feed(0x80, [0x96, 0x21])
    try line.feed(0x02, [1])
    try line.feed(0x80, [2])
    #expect(line.recorder.afterOpening == [.text("Ж!"), .binary([1, 2])])
    #expect(try line.sent() == [WireFrame(first: 0x8A, isMasked: true, payload: Array("ping".utf8))])
  }

  @Test("the largest message that may be is taken")
  func atTheLimits() throws {
    let line = try Line {
      $0.maxFrameSize = 1000
      $0.maxMessageSize = 1024
      $0.maxFragments = 2
    }
    defer { line.finish() }
    try line.feed(0x02, [UInt8](repeating: 7, count: 1000))
    try line.feed(0x80, [UInt8](repeating: 7, count: 24))
    #expect(line.recorder.afterOpening == [.binary([UInt8](repeating: 7, count: 1024))])
  }

  @Test("pings are answered with their payload; the answers of one read leave together")
  func pings() throws {
    let line = try Line(.server)
    defer { line.finish() }
    let mask: [UInt8] = [9, 8, 7, 6]
    let long = [UInt8](repeating: 3, count: 125)
    try line.feed(raw: WireFrame.bytes(0x89, [], mask: mask) + WireFrame.bytes(0x89, long, mask: mask))
    #expect(
      try line.sent() == [
        WireFrame(first: 0x8A, isMasked: false, payload: []), WireFrame(first: 0x8A, isMasked: false, payload: long),
      ])
  }

  @Test("a peer that pings and does not read is answered once, with the newest payload")
  func pingFlood() throws {
    let line = try Line()
    defer { line.finish() }
    line.setWritable(false)
    for index in UInt8(0)..<200 { try line.feed(0x89, [index]) }
    #expect(try line.sent().isEmpty)
    line.setWritable(true)
    #expect(try line.sent() == [WireFrame(first: 0x8A, isMasked: true, payload: [199])])
    #expect(line.recorder.afterOpening == [.writability(false), .writability(true)])
  }

  @Test("each frame of a client has a masking key of its own")
  func maskingKeys() throws {
    let line = try Line()
    defer { line.finish() }
    var keys: Set<[UInt8]> = []
    for _ in 0..<64 {
      line.connection.send(ByteBuffer(string: "abc"), kind: .text)
      let bytes = try line.sentBytes()
      #expect(WireFrame.parse(bytes) == [WireFrame(first: 0x81, isMasked: true, payload: Array("abc".utf8))])
      keys.insert(Array(bytes[2..<6]))
    }
    #expect(keys.count > 60)
  }

  @Test("sent messages arrive whole in either role and at every length form; the caller's buffer is not touched")
  func sending() throws {
    for role in [WebSocketRole.client, .server] {
      let line = try Line(role)
      defer { line.finish() }
      for count in [0, 1, 125, 126, 4096, 4097, 65535, 65536] {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 13) }
        let message = ByteBuffer(bytes: bytes)
        line.connection.send(message)
        #expect(try line.sent() == [WireFrame(first: 0x82, isMasked: role == .client, payload: bytes)])
        #expect(Array(message.readableBytesView) == bytes)
      }
      line.connection.send(fragments: [[1], [], [2, 3]].map { ByteBuffer(bytes: $0) })
      #expect(try line.sent().map(\.first) == [0x02, 0x00, 0x80])
      line.connection.send(fragments: [])
      #expect(try line.sent().map(\.first) == [0x82])
    }
  }
}
