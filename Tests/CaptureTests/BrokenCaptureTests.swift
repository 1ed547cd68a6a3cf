import Capture
import NIOCore
import Testing

@Suite struct BrokenCaptureTests {
  static let good = "ISSPLUS-CAPTURE 1\n1 0 in 2\nab\n"

  static let cases: [(String, String)] = [
    ("2 0 in\n", "the line of the record has 3 words instead of 4: \"2 0 in\""),
    ("2 0 in 1 x\na\n", "the line of the record has 5 words instead of 4: \"2 0 in 1 x\""),
    ("\n", "the line of the record has 1 words instead of 4: \"\""),
    ("x 0 in 1\na\n", "the time is not a number: \"x 0 in 1\""),
    ("-2 0 in 1\na\n", "the time is not a number: \"-2 0 in 1\""),
    ("+2 0 in 1\na\n", "the time is not a number: \"+2 0 in 1\""),
    (" 2 0 in\n", "the time is missing: \" 2 0 in\""),
    ("9223372036854775808 0 in 1\na\n", "the time is too large a number: \"9223372036854775808 0 in 1\""),
    ("2 a in 1\na\n", "the connection is not a number: \"2 a in 1\""),
    ("2 99999999999999999999 in 1\na\n", "the connection is too large a number: \"2 99999999999999999999 in 1\""),
    ("2 0 IN 1\na\n", "the kind is none of in, out, open, close: \"2 0 IN 1\""),
    ("2 0  1\na\n", "the kind is none of in, out, open, close: \"2 0  1\""),
    ("2 0 in -1\na\n", "the byte count is not a number: \"2 0 in -1\""),
    ("2 0 in \na\n", "the byte count is missing: \"2 0 in \""),
    ("2 0 in 1\r\na\n", "the byte count is not a number: \"2 0 in 1\\x0d\""),
    ("2 0 in 99999999999999999999\n", "the byte count is too large a number: \"2 0 in 99999999999999999999\""),
    ("2 0 in 68157441\n", "a record of 68157441 bytes is over the limit of 68157440 bytes: \"2 0 in 68157441\""),
    ("2 0 open 1\na\n", "open carries 1 bytes instead of 0: \"2 0 open 1\""),
    ("2 0 close 1\na\n", "close carries 1 bytes instead of 0: \"2 0 close 1\""),
    (String(repeating: "1", count: 129), "the line of the record is longer than 128 bytes"),
    ("garbage", "the time is not a number: \"garbage\""),
    ("2 0 inn", "the kind is none of in, out, open, close: \"2 0 inn\""),
    ("\0\0\0", "the time is not a number: \"\\x00\\x00\\x00\""),
    ("passcode:hunter2\n", "the line of the record has 1 words instead of 4: \"\"..."),
  ]

  @Test(arguments: cases) func brokenSecondRecord(text: String, message: String) {
    for pieces in [Int.max, 1, 3] {
      let outcome = read((Self.good + text).utf8, pieces: { pieces })
      #expect(outcome.records.count == 1)
      #expect(outcome.error?.description == "record 2 byte 30: \(message)")
    }
  }

  @Test func missingLineFeed() {
    let error = read((Self.good + "2 0 in 2\nabc\n").utf8).error
    #expect(error?.code == .missingLineFeed)
    #expect(error?.description == "record 2 byte 41: no line feed after the 2 bytes of the record")
  }

  @Test func staysFailed() throws {
    var reader = CaptureReader()
    reader.append(ByteBuffer(string: Self.good + "x\n" + Self.good))
    #expect(try reader.next() != nil)
    #expect(reader.recordOffset == 30)
    let error = try #require(throws: CaptureError.self) { try reader.next() }
    reader.append(ByteBuffer(string: Self.good))
    #expect(throws: error) { try reader.next() }
    #expect(throws: error) { try reader.finish() }
  }

  @Test func limitIsRefusedBeforeTheBytesCome() {
    var reader = CaptureReader(limits: CaptureLimits(maxPayloadSize: 10))
    reader.append(ByteBuffer(string: "ISSPLUS-CAPTURE 1\n1 0 in 11\n"))
    let error = #expect(throws: CaptureError.self) { try reader.next() }
    #expect(error?.code == .payloadTooLarge)
  }

  @Test(arguments: [
    ("CONNECT\n", "first line byte 0: the first line is \"CONNECT\", not \"ISSPLUS-CAPTURE 1\""),
    ("ISSPLUS-CAPTURE 2\n", "first line byte 16: the capture has version \"2\", this program reads version 1"),
    ("ISSPLUS-CAPTURE 12", "first line byte 16: the capture has version \"12\", this program reads version 1"),
    (
      "ISSPLUS-CAPTURE 1\r\n",
      "first line byte 16: the capture has version \"1\\x0d\", this program reads version 1"
    ),
    ("x", "first line byte 0: the first line is \"x\", not \"ISSPLUS-CAPTURE 1\""),
  ])
  func firstLine(text: String, message: String) {
    for pieces in [Int.max, 1] { #expect(read(text.utf8, pieces: { pieces }).error?.description == message) }
  }
}

@Suite struct CaptureFormatTests {
  @Test func tellsTheFormsApart() throws {
    for length in 0..<18 {
      let prefix = ByteBuffer(string: String("ISSPLUS-CAPTURE 1\n".prefix(length)))
      #expect(try CaptureFormat.detect(prefix) == .needsMore)
      #expect(try CaptureFormat.detect(prefix, isComplete: true) == (length == 0 ? .stomp : .capture))
    }
    #expect(try CaptureFormat.detect(ByteBuffer(string: "ISSPLUS-CAPTURE 1\n1 0")) == .capture)
    for text in ["MESSAGE\n", "\n", "ISSPLUS\n", "I\n", "ISSPLUS-CAPTURE\n"] {
      #expect(try CaptureFormat.detect(ByteBuffer(string: text)) == .stomp)
    }
  }

  @Test(arguments: ["2", "", "11", "1 ", "x"]) func namesAnotherVersion(version: String) {
    let error = #expect(throws: CaptureError.self) {
      try CaptureFormat.detect(ByteBuffer(string: "ISSPLUS-CAPTURE \(version)\n"))
    }
    #expect(error?.code == .unsupportedVersion)
    #expect(error?.message == "the capture has version \"\(version)\", this program reads version 1")
  }

  @Test func anEndlessFirstLineIsRefused() {
    let text = "ISSPLUS-CAPTURE 1" + String(repeating: "1", count: 200)
    #expect(throws: CaptureError.self) { try CaptureFormat.detect(ByteBuffer(string: text)) }
  }
}
