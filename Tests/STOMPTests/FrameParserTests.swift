import NIOCore
import STOMP
import Testing

@Suite struct FrameParserTests {
  private let message = "MESSAGE\ncontent-length:2\ndestination:MXSE.orderbooks\nsubscription:\n\n{}\0"

  @Test func readsAMessage() throws {
    let frame = try #require(parse(message).frames.first)
    #expect(frame.command == .message)
    #expect(frame.headers["destination"] == "MXSE.orderbooks")
    #expect(frame.headers["subscription"] == "")
    #expect(frame.headers["Destination"] == nil)
    #expect(String(buffer: frame.body) == "{}")
  }

  @Test func bodyIsASliceOfTheInputWithReadableBytesBehindIt() throws {
    let input = ByteBuffer(string: message + message)
    var parser = FrameParser()
    parser.append(input)
    let frame = try #require(try parser.next())
    let bodyAddress = frame.body.withUnsafeReadableBytes { UInt(bitPattern: $0.baseAddress) }
    let inputAddress = input.withUnsafeReadableBytes { UInt(bitPattern: $0.baseAddress) }
    #expect(bodyAddress == inputAddress + UInt(message.utf8.count - 3))
    #expect(frame.body.readableBytes == 2)
    frame.body.withVeryUnsafeBytes { bytes in
      #expect(bytes.count == 34)
      #expect(bytes[2] == 0)
      #expect(bytes[3] == UInt8(ascii: "M"))
    }
    let value = try #require(frame.headers.bytes(of: "destination"))
    let valueAddress = value.withUnsafeReadableBytes { UInt(bitPattern: $0.baseAddress) }
    #expect(valueAddress == inputAddress + 37)
  }

  @Test func bodyAtTheEndOfTheInputHasItsNULBehindIt() throws {
    let frame = try #require(parse(message).frames.first)
    frame.body.withVeryUnsafeBytes { bytes in
      // As much more as the buffer has room for; at least the NUL.
      #expect(bytes.count >= 3)
      #expect(bytes[2] == 0)
    }
  }

  @Test(arguments: [1, 7, 40]) func gatheredBodyHasZerosBehindIt(size: Int) throws {
    let outcome = parse(message, .every(size))
    let frame = try #require(outcome.frames.first)
    frame.body.withVeryUnsafeBytes { bytes in
      #expect(bytes.count == 34)
      #expect(bytes[2...].allSatisfy { $0 == 0 })
    }
  }

  @Test func framesGivenOutDoNotChangeWhenMoreComes() throws {
    var parser = FrameParser()
    var frames: [Frame] = []
    for index in 0..<200 {
      let text = "MESSAGE\nn:\(index)\n\nbody \(index)\0MESS"
      parser.append(ByteBuffer(string: index == 0 ? text : String(text.dropFirst(4))))
      while let frame = try parser.next() { frames.append(frame) }
    }
    #expect(frames.count == 200)
    for (index, frame) in frames.enumerated() {
      #expect(frame.headers["n"] == "\(index)")
      #expect(String(buffer: frame.body) == "body \(index)")
    }
    #expect(throws: FrameError.self) { try parser.finish() }
  }

  @Test func tellsWhereItStands() throws {
    var parser = FrameParser()
    #expect(parser.isAtFrameBoundary)
    parser.append(ByteBuffer(string: "\n\r\n" + message + "RECEIPT\n"))
    #expect(!parser.isAtFrameBoundary)
    _ = try parser.next()
    #expect(parser.frameCount == 1)
    #expect(parser.heartbeatCount == 2)
    #expect(parser.frameOffset == 3 + message.utf8.count)
    #expect(try parser.next() == nil)
    parser.append(ByteBuffer(string: "receipt-id:1\n\n\0"))
    #expect(try parser.next()?.headers == ["receipt-id": "1"])
    #expect(parser.isAtFrameBoundary)
    try parser.finish()
  }

  @Test func staysFailed() throws {
    var parser = FrameParser()
    parser.append(ByteBuffer(string: message + "MESSAGE\nfoo\n\n\0" + message))
    #expect(try parser.next() != nil)
    let offset = message.utf8.count + 8
    let expected = FrameError(
      .headerWithoutColon, "header line without a colon: \"foo\"", frame: 2, offset: offset)
    for _ in 0..<3 {
      #expect(throws: expected) { try parser.next() }
      parser.append(ByteBuffer(string: message))
    }
    #expect(throws: expected) { try parser.finish() }
    #expect(!parser.isAtFrameBoundary)
  }

  @Test func limitsAreCheckedBeforeTheRestComes() {
    func error(_ text: String, _ limits: FrameLimits) -> FrameError.Code? {
      var parser = FrameParser(limits: limits)
      parser.append(ByteBuffer(string: text))
      do throws(FrameError) {
        _ = try parser.next()
        return nil
      } catch {
        return error.code
      }
    }
    let limits = FrameLimits(maxHeaderCount: 1, maxLineLength: 20, maxBodySize: 4)
    #expect(error("MESSAGE\ncontent-length:5", limits) == nil)
    #expect(error("MESSAGE\ncontent-length:5\n", limits) == .bodyTooLarge)
    #expect(error("MESSAGE\nb:2\n\n1234", limits) == nil)
    #expect(error("MESSAGE\nb:2\n\n12345", limits) == .bodyTooLarge)
    #expect(error("MESSAGE\nb:2\n\r", limits) == nil)
    #expect(error("MESSAGE\nb:2\nc", limits) == .tooManyHeaders)
    #expect(error("MESSAGE\n" + String(repeating: "x", count: 20), limits) == nil)
    #expect(error("MESSAGE\n" + String(repeating: "x", count: 20) + "\r", limits) == nil)
    #expect(error("MESSAGE\n" + String(repeating: "x", count: 21), limits) == .lineTooLong)
    #expect(error(String(repeating: "X", count: 21), limits) == .lineTooLong)
  }

  @Test func frameWithinAllLimitsPasses() {
    let limits = FrameLimits(maxHeaderCount: 2, maxLineLength: 7, maxBodySize: 3)
    for cut in [Cut.whole, .every(1)] {
      let outcome = parse("MESSAGE\r\na:12345\r\nb:\r\n\r\nabc\0", cut, limits: limits)
      #expect(outcome.error == nil)
      #expect(outcome.frames == [Frame(.message, headers: ["a": "12345", "b": ""], body: ByteBuffer(string: "abc"))])
    }
  }

  @Test func largeBodyInSmallPieces() throws {
    let size = 5_000_000
    var text = Array("MESSAGE\ncontent-length:\(size)\n\n".utf8)
    text += (0..<size).map { UInt8(truncatingIfNeeded: $0) }
    text.append(0)
    let frame = try #require(parse(text, .every(1024)).frames.first)
    #expect(frame.body.readableBytes == size)
    #expect(frame.body.getInteger(at: 4_999_999) == UInt8(truncatingIfNeeded: 4_999_999))
  }

  @Test(arguments: [true, false]) func bodyByteByByte(withLength: Bool) throws {
    let size = 200_000
    let body = [UInt8](repeating: UInt8(ascii: "x"), count: size)
    let head = withLength ? "MESSAGE\ncontent-length:\(size)\n\n" : "MESSAGE\n\n"
    let outcome = parse(Array(head.utf8) + body + [0], .every(1))
    #expect(outcome.frames.first?.body == ByteBuffer(bytes: body))
  }

  @Test func errorsShowNoPasscode() {
    let faults = [
      "CONNECT\npasscode hunter2\n\n\0", "SEND\npasscode hunter2\n\n\0", "CONNECT\npasscode:x\nhunter2\n\n\0",
      "SEND\n:passcode:hunter2\n\n\0", "SEND\npasscode:hunter2\0", "SEND\npasscode:\\hunter2\n\n\0",
      "connect\npasscode:x\nhunter2\n\n\0", "Passcode:hunter2\0", "PASSCODE \u{1}hunter2\n\n\0",
      "SEND\npasscode:hunter2",
    ]
    for fault in faults {
      for dialect in [Dialect.issPlus, .stomp12] {
        let outcome = parse(fault, dialect: dialect)
        #expect(outcome.error != nil || dialect == .issPlus)
        #expect(!"\(outcome)".contains("hunter2"), "\(fault)")
      }
    }
  }

  @Test func errorsQuoteShortlyAndVisibly() {
    let long = String(repeating: "y", count: 100)
    #expect(
      parse("MESSAGE\n\(long)\n\n\0").error?.message
        == "header line without a colon: \"\(String(repeating: "y", count: 60))\"...")
    #expect(
      parse("MESSAGE\na\u{1B}\"\u{202E}\n\n\0").error?.message
        == "header line without a colon: \"a\\u{1b}\\\"\\u{202e}\"")
  }

  @Test func reparsedMutantsAreReadAlikeInAnyCut() {
    let seeds = [
      message, "\n\nCONNECTED\r\nversion:1.2\r\n\r\nbody\0\n",
      "ERROR\nmessage:a\\cb\\\\\\n\n\nП\0RECEIPT\nreceipt-id:1\n\n\0",
    ]
    let alphabet = Array("\0\n\r:\\c19-AП\u{7F}".utf8) + [0xFF, 0x80]
    let limits = FrameLimits(maxHeaderCount: 4, maxLineLength: 40, maxBodySize: 12)
    for seed in 1...1500 as ClosedRange<UInt64> {
      var generator = SeededGenerator(seed: seed)
      var bytes = Array((seeds.randomElement(using: &generator) ?? message).utf8)
      for _ in 0...Int.random(in: 0...4, using: &generator) {
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        let byte = alphabet.randomElement(using: &generator) ?? 0
        switch Int.random(in: 0...3, using: &generator) {
        case 0: bytes.insert(byte, at: place)
        case 1 where bytes.count > 1: bytes.remove(at: place)
        case 2: bytes.insert(contentsOf: bytes[place...], at: Int.random(in: 0...bytes.count, using: &generator))
        default: bytes[place] = byte
        }
        bytes = Array(bytes.prefix(400))
      }
      for dialect in [Dialect.issPlus, .stomp12] {
        let whole = parse(bytes, dialect: dialect, limits: limits)
        #expect(parse(bytes, .every(1), dialect: dialect, limits: limits) == whole, "seed \(seed)")
        #expect(parse(bytes, .random(seed: seed), dialect: dialect, limits: limits) == whole, "seed \(seed)")
      }
    }
  }
}
