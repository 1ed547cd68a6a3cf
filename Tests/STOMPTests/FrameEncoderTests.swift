import NIOCore
import STOMP
import Testing

@Suite struct FrameEncoderTests {
  private func encoded(_ frame: Frame, _ dialect: Dialect = .issPlus) throws -> String {
    var buffer = ByteBuffer()
    try FrameEncoder(dialect: dialect).encode(frame, into: &buffer)
    return String(buffer: buffer)
  }

  private func refusal(_ frame: Frame, _ dialect: Dialect = .issPlus) -> FrameEncodingError.Code? {
    var buffer = ByteBuffer(string: "before")
    do throws(FrameEncodingError) {
      try FrameEncoder(dialect: dialect).encode(frame, into: &buffer)
      return nil
    } catch {
      #expect(buffer == ByteBuffer(string: "before"))
      return error.code
    }
  }

  @Test func bytesOfTheOfficialClient() throws {
    let connect = Frame(.connect, headers: ["domain": "DEMO", "login": "guest", "passcode": "guest"])
    #expect(try encoded(connect) == "CONNECT\ndomain:DEMO\nlogin:guest\npasscode:guest\n\n\0")
    #expect(try encoded(connect).utf8.count == 49)
    let request = Frame(.request, headers: ["id": "1", "selector": "pattern=\"SBER\""])
    #expect(try encoded(request) == "REQUEST\nid:1\nselector:pattern=\"SBER\"\n\n\0")
    #expect(try encoded(Frame(.disconnect)) == "DISCONNECT\n\n\0")
  }

  @Test func contentLengthIsAddedFirstWhenThereIsABody() throws {
    let body = ByteBuffer(string: "П\0")
    #expect(try encoded(Frame(.message, headers: ["a": "1"], body: body)) == "MESSAGE\ncontent-length:3\na:1\n\nП\0\0")
    let given: Headers = ["a": "1", "content-length": "3"]
    #expect(try encoded(Frame(.message, headers: given, body: body)) == "MESSAGE\na:1\ncontent-length:3\n\nП\0\0")
    #expect(try encoded(Frame(.message, headers: ["content-length": "0"])) == "MESSAGE\ncontent-length:0\n\n\0")
    #expect(refusal(Frame(.message, headers: ["content-length": "4"], body: body)) == .contentLengthMismatch)
  }

  @Test func issPlusWritesRawAndRefusesWhatItCannotWrite() throws {
    let frame = Frame(.send, headers: ["a": "x:y\\z\\n"])
    #expect(try encoded(frame) == "SEND\na:x:y\\z\\n\n\n\0")
    for bad in ["\r", "\n", "\0", "a\nb", "a\r\nb"] {
      #expect(refusal(Frame(.send, headers: ["a": bad])) == .invalidHeaderValue)
      #expect(refusal(Frame(.send, headers: [bad: "a"])) == .invalidHeaderName)
      #expect(refusal(Frame(Command("A\(bad)"))) == .invalidCommand)
    }
    #expect(refusal(Frame(.send, headers: ["a:b": "c"])) == .invalidHeaderName)
    #expect(refusal(Frame(.send, headers: ["": "c"])) == .invalidHeaderName)
    #expect(refusal(Frame(Command(""))) == .invalidCommand)
  }

  @Test func stomp12WritesEscapes() throws {
    let frame = Frame(.send, headers: ["a:b": "1\n2\r3\\4:5"])
    #expect(try encoded(frame, .stomp12) == "SEND\na\\cb:1\\n2\\r3\\\\4\\c5\n\n\0")
    #expect(refusal(Frame(.send, headers: ["a": "\0"]), .stomp12) == .invalidHeaderValue)
  }

  @Test(arguments: [Command.connect, .stomp, .connected]) func stomp12OpensRaw(command: Command) throws {
    let frame = Frame(command, headers: ["passcode": "a:b\\c"])
    #expect(try encoded(frame, .stomp12) == "\(command)\npasscode:a:b\\c\n\n\0")
    #expect(refusal(Frame(command, headers: ["passcode": "a\nb"]), .stomp12) == .invalidHeaderValue)
    #expect(refusal(Frame(command, headers: ["a:b": "c"]), .stomp12) == .invalidHeaderName)
  }

  @Test func refusalsShowNoValue() {
    var buffer = ByteBuffer()
    let error = #expect(throws: FrameEncodingError.self) {
      try FrameEncoder().encode(Frame(.connect, headers: ["passcode": "hunter2\n"]), into: &buffer)
    }
    #expect(error?.description == "the value of the header \"passcode\" holds a line feed")
  }

  @Test func heartbeatIsALineFeed() {
    #expect(FrameEncoder.heartbeat == ByteBuffer(string: "\n"))
  }

  @Test func whatIsWrittenReadsBack() throws {
    let alphabet = Array("ab:\\crn П\t\"€").map(String.init)
    for seed in 1...500 as ClosedRange<UInt64> {
      var generator = SeededGenerator(seed: seed)
      func text(_ allowed: [String]) -> String {
        (0...Int.random(in: 0...6, using: &generator)).compactMap { _ in allowed.randomElement(using: &generator) }
          .joined()
      }
      // Raw values cannot hold an escape, and names no colon; everything can be written with escapes.
      let plain = alphabet.filter { $0 != "\\" && $0 != ":" }
      for dialect in [Dialect.issPlus, .stomp12] {
        let letters = dialect == .stomp12 ? alphabet + ["\n", "\r"] : plain
        let values = dialect == .stomp12 ? letters : plain + [":"]
        let headers = Headers((0..<3).map { _ in (name: text(letters), value: text(values)) })
        let command = Command(["MESSAGE", "REPLY", "NEWS"].randomElement(using: &generator) ?? "")
        let body = ByteBuffer(string: Bool.random(using: &generator) ? text(alphabet) + "\0" : "")
        let frame = Frame(command, headers: headers, body: body)
        let outcome = parse(try encoded(frame, dialect), .random(seed: seed), dialect: dialect)
        let read = try #require(outcome.frames.first, "seed \(seed)")
        let fields = read.headers.filter { $0.name != "content-length" }
        #expect(Headers(fields) == headers, "seed \(seed)")
        #expect(read.command == command && read.body == body, "seed \(seed)")
      }
    }
  }
}
