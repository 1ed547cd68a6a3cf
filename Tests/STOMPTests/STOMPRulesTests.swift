import NIOCore
import STOMP
import Testing

/// The rules of frames, one by one, by the sections of the STOMP 1.2 specification (stomp.github.io), with what 1.0 and 1.1
/// say otherwise. Dialect `stomp12` unless the test says something else.
@Suite struct STOMPRulesTests {
  private func read(_ text: String, _ dialect: Dialect = .stomp12) -> Outcome { parse(text, dialect: dialect) }

  private func written(_ frame: Frame, _ dialect: Dialect = .stomp12) throws -> String {
    var buffer = ByteBuffer()
    try FrameEncoder(dialect: dialect).encode(frame, into: &buffer)
    return String(buffer: buffer)
  }

  // MARK: STOMP Frames

  /// "The command is followed by zero or more header entries in <key>:<value> format", a blank line, a body, a NUL.
  @Test func aFrameIsCommandHeadersBlankLineBodyAndNUL() throws {
    let frame = try #require(read("SEND\nk:v\nl:w\n\nbody\0").frames.first)
    #expect(frame.command == .send)
    #expect(frame.headers == ["k": "v", "l": "w"])
    #expect(String(buffer: frame.body) == "body")
    #expect(read("SEND\n\n\0").frames == [Frame(.send)])
  }

  /// "which MAY be followed by an optional carriage return (octet 13) and a line feed": 1.2; with 1.0 and 1.1 a CR is content.
  @Test func linesMayEndWithCRLF() {
    #expect(
      read("SEND\r\nk:v\r\n\r\nbody\0").frames == [Frame(.send, headers: ["k": "v"], body: ByteBuffer(string: "body"))])
    #expect(
      read("SEND\nk:v\r\n\nbody\0").frames == [Frame(.send, headers: ["k": "v"], body: ByteBuffer(string: "body"))])
    // Only the CR before the LF goes.
    #expect(read("SEND\nk:v\r\r\n\n\0").frames.first?.headers["k"] == "v\r")
  }

  /// "The NULL octet can be optionally followed by multiple EOLs."
  @Test func lineEndsMayFollowAFrame() {
    let outcome = read("\n\r\nSEND\n\n\0\n\n\r\n\nSEND\n\n\0\n")
    #expect(outcome.frames.count == 2)
    #expect(outcome.heartbeats == 7)
    #expect(outcome.error == nil)
  }

  /// "Commands and headers are encoded in UTF-8"; 1.0 says nothing of it.
  @Test func commandsAndHeadersAreUTF8() {
    #expect(read("SEND\nимя:значение\n\n\0").frames.first?.headers["имя"] == "значение")
    #expect(parse(Array("SEND\nk:".utf8) + [0xC3, 0x28] + Array("\n\n\0".utf8)).error?.code == .invalidUTF8)
    #expect(parse([0xC3, 0x28] + Array("\n\n\0".utf8)).error?.code == .invalidCommand)
  }

  /// "Only the SEND, MESSAGE, and ERROR frames MAY have a body": reading is kinder, for ISS+ has bodies in others.
  @Test(arguments: ["CONNECTED", "RECEIPT", "REPLY", "UNHEARD-OF"]) func anyFrameMayHaveABody(command: String) {
    #expect(read("\(command)\n\nbody\0").frames.map { String(buffer: $0.body) } == ["body"])
  }

  /// Commands are case-sensitive.
  @Test func commandsAreCaseSensitive() {
    #expect(read("message\n\n\0").frames.first?.command.known == nil)
    #expect(read("MESSAGE\n\n\0").frames.first?.command == .message)
  }

  // MARK: Value Encoding

  /// "\r (octet 92 and 114) translates to carriage return", "\n" to line feed, "\c" to `:`, "\\" to `\`.
  @Test func theFourEscapes() {
    #expect(read(#"MESSAGE"# + "\n" + #"k\c\\:a\r\n\c\\b"# + "\n\n\0").frames.first?.headers[#"k:\"#] == "a\r\n:\\b")
  }

  /// "Undefined escape sequences such as \t MUST be treated as a fatal protocol error."
  @Test(arguments: ["\\t", "\\C", "\\x", "\\ ", "\\", "a\\"]) func undefinedEscapes(value: String) {
    #expect(read("MESSAGE\nk:\(value)\n\n\0").error?.code == .undefinedEscape)
    #expect(read("MESSAGE\nk\(value):v\n\n\0").error?.code == .undefinedEscape)
    // The gateway does not escape: there it stands for itself.
    #expect(read("MESSAGE\nk:\(value)\n\n\0", .issPlus).frames.first?.headers["k"] == value)
  }

  /// "The CONNECT and CONNECTED frames ... do not escape the carriage return, line feed or colon octets."
  @Test(arguments: ["CONNECT", "CONNECTED", "STOMP"]) func framesOfConnectingAreNotEscaped(command: String) throws {
    #expect(read("\(command)\nk:a\\cb\\t:c\n\n\0").frames.first?.headers["k"] == "a\\cb\\t:c")
    #expect(try written(Frame(Command(command), headers: ["k": "a\\:b"])) == "\(command)\nk:a\\:b\n\n\0")
  }

  /// "All frames except the CONNECT and CONNECTED frames will also escape": CR is one of them since 1.2.
  @Test func valuesAreEscapedWhenTheyAreWritten() throws {
    #expect(try written(Frame(.send, headers: ["k:": "a\r\n:\\b"])) == "SEND\nk\\c:a\\r\\n\\c\\\\b\n\n\0")
  }

  /// A colon in a value: 1.1 and 1.2 escape it; 1.0 has it raw, which is read too.
  @Test func onlyTheFirstColonDivides() {
    #expect(read("MESSAGE\nk:a:b:c\n\n\0").frames.first?.headers["k"] == "a:b:c")
  }

  /// "Header ... values ... MUST NOT trim or pad": 1.2. 1.0 let readers trim.
  @Test func nothingIsTrimmed() {
    #expect(read("MESSAGE\n k : v \n\n\0").frames.first?.headers[" k "] == " v ")
    #expect(read("MESSAGE\nk:\n\n\0").frames.first?.headers["k"] == "")
  }

  // MARK: Body, Standard Headers

  /// "If a content-length header is included, this number of octets MUST be read, regardless of whether or not there are
  /// NULL octets in the body."
  @Test func aBodyWithLengthMayHoldNULs() {
    #expect(
      read("SEND\ncontent-length:3\n\na\0b\0").frames.map { Array($0.body.readableBytesView) } == [[0x61, 0, 0x62]])
  }

  /// "The frame still needs to be terminated with a NULL octet."
  @Test func noNULWhereContentLengthSays() {
    #expect(read("SEND\ncontent-length:2\n\nabc\0").error?.code == .missingNUL)
    #expect(read("MESSAGE\ncontent-length:0\n\na\0").error?.code == .missingNUL)
    #expect(read("SEND\ncontent-length:4\n\nabc\0").error?.code == .truncated)
  }

  /// Without it the body ends at the first NUL.
  @Test func aBodyWithoutLengthEndsAtTheFirstNUL() {
    #expect(read("SEND\n\na\0SEND\n\nb\0").frames.map { String(buffer: $0.body) } == ["a", "b"])
  }

  /// "an octet count": digits and nothing else.
  @Test(arguments: ["", "-1", "+1", "1 ", " 1", "0x1", "1.0", "١", "1,0"]) func contentLengthIsDigits(value: String) {
    #expect(read("SEND\ncontent-length:\(value)\n\n\0").error?.code == .badContentLength)
  }

  /// "Frames SHOULD include a content-length header if a frame body is present."
  @Test func aBodyIsWrittenWithItsLength() throws {
    #expect(try written(Frame(.send, body: ByteBuffer(bytes: [0, 1]))) == "SEND\ncontent-length:2\n\n\0\u{1}\0")
    #expect(try written(Frame(.send)) == "SEND\n\n\0")
  }

  // MARK: Repeated Header Entries, Size Limits

  /// "If a client or a server receives repeated frame header entries, only the first header entry SHOULD be used."
  @Test func theFirstOfRepeatedHeadersCounts() {
    let headers = read("MESSAGE\nk:first\nk:second\nk:third\n\n\0").frames.first?.headers
    #expect(headers?["k"] == "first")
    #expect(headers?.count == 3)
  }

  @Test func firstContentLengthCounts() {
    for command in ["MESSAGE", "SEND"] {
      let text = "\(command)\ncontent-length:3\ncontent-length:1\n\na\0b\0"
      #expect(read(text).frames.map { $0.body.readableBytes } == [3])
      #expect(parse(text, .every(1), dialect: .stomp12).frames.map { $0.body.readableBytes } == [3])
    }
  }

  /// "Servers MAY place maximum limits on: the number of frame headers allowed in a single frame, the maximum length of header
  /// lines, the maximum size of a frame body."
  @Test func limitsHoldToTheByte() {
    let limits = FrameLimits(maxHeaderCount: 2, maxLineLength: 16, maxBodySize: 3)
    func code(_ text: String) -> [FrameError.Code?] {
      [Cut.whole, .every(1)].map { parse(text, $0, limits: limits).error?.code }
    }
    for command in ["MESSAGE", "SEND"] {
      #expect(code("\(command)\na:1\nb:2\n\n\0") == [nil, nil])
      #expect(code("\(command)\na:1\nb:2\nc:3\n\n\0") == [.tooManyHeaders, .tooManyHeaders])
      #expect(code("\(command)\na:\(String(repeating: "x", count: 14))\n\n\0") == [nil, nil])
      #expect(code("\(command)\na:\(String(repeating: "x", count: 15))\n\n\0") == [.lineTooLong, .lineTooLong])
      #expect(code("\(command)\n\nabc\0") == [nil, nil])
      #expect(code("\(command)\n\nabcd\0") == [.bodyTooLarge, .bodyTooLarge])
      // The line itself is 16 bytes long.
      #expect(code("\(command)\ncontent-length:3\n\nabc\0") == [nil, nil])
      #expect(code("\(command)\ncontent-length:4\n\nabcd\0") == [.bodyTooLarge, .bodyTooLarge])
    }
  }

  // MARK: Connecting, Heart-beating

  /// "STOMP 1.2 servers MUST handle a STOMP frame in the same manner as a CONNECT frame."
  @Test func theOtherSpellingOfConnect() {
    #expect(read("STOMP\naccept-version:1.2\nhost:h\n\n\0").frames.first?.command == .stomp)
  }

  /// A heart-beat is "a single newline byte 0x0A" (an EOL).
  @Test func aHeartbeatIsALineFeed() {
    #expect(FrameEncoder.heartbeat == ByteBuffer(bytes: [0x0A]))
    let outcome = read("\n\n\n")
    #expect(outcome.heartbeats == 3)
    #expect(outcome.frames.isEmpty && outcome.error == nil)
  }

  // MARK: Augmented BNF

  /// `header-name = 1*<any OCTET except CR or LF or ":">`, and a line of headers has a colon.
  @Test func aHeaderHasANameAndAColon() {
    #expect(read("SEND\n:v\n\n\0").error?.code == .emptyHeaderName)
    #expect(read("SEND\nk\n\n\0").error?.code == .headerWithoutColon)
    #expect(read("SEND\nk:a\0\n\n\0").error?.code == .nulInHeaders)
    #expect(read("SEND\0\n\n\0").error?.code == .invalidCommand)
  }
}
