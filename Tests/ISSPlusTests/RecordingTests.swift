import Capture
import ISSPlus
import MarketData
import NIOCore
import Testing

/// Captures and raw frames read back.
@Suite struct RecordingTests {
  /// What a recording gave out, and how it ended.
  struct Outcome: Equatable {
    var lines: [String] = []
    var error: String?
    var torn: TornTail?
  }

  private static func read(
    _ recording: inout Recording, _ bytes: ByteBuffer, file: String = "f", pieces: Int = .max
  ) -> Outcome {
    var outcome = Outcome()
    var rest = bytes
    recording.begin(file: file)
    do throws(RecordingError) {
      while let piece = rest.readSlice(length: min(pieces, rest.readableBytes)), piece.readableBytes > 0 {
        try recording.append(piece) { outcome.lines.append(Self.line($0)) }
      }
      outcome.torn = try recording.end { outcome.lines.append(Self.line($0)) }
    } catch {
      outcome.error = "\(error)"
    }
    return outcome
  }

  private static func line(_ item: Recording.Item) -> String {
    "\(item.connection) \(item.time.map { "\($0)" } ?? "-") \(FeedProbe.line(item.event))"
  }

  private static func capture(_ records: [(Int64, Int, CaptureRecord.Kind, String)]) -> ByteBuffer {
    var bytes = ByteBuffer()
    let writer = CaptureWriter()
    writer.writeFirstLine(into: &bytes)
    for (time, connection, kind, text) in records {
      let payload = ByteBuffer(string: text)
      writer.write(
        CaptureRecord(nanoseconds: time, connection: connection, kind: kind, payload: payload), into: &bytes)
    }
    return bytes
  }

  private static let subscribe = "SUBSCRIBE\nid:1\ndestination:MXCX.orderbooks\nselector:TICKER=\"A\"\n\n\0"
  private static let book = FeedProbe.message(#"[["B",[1,0],1]]"#)

  private static let session = capture([
    (1, 0, .open, ""), (2, 0, .outgoing, subscribe), (3, 0, .incoming, book), (4, 1, .incoming, book),
    (5, 0, .close, ""),
    (6, 0, .open, ""), (7, 0, .outgoing, subscribe), (8, 0, .incoming, book), (9, 0, .close, ""),
  ])

  private static let sessionLines = [
    "0 3 changes 0:1 snapshot insert(B 1 1)", "0 3 state 0:1 awaitingSnapshot -> live",
    "1 4 changes 0:1 snapshot insert(B 1 1)", "1 4 state 0:1 awaitingSnapshot -> live",
    "0 5 state 0:1 live -> stale(disconnected)", "0 8 changes 0:1 snapshot",
    "0 8 state 0:1 stale(disconnected) -> live",
  ]

  @Test(arguments: [1, 2, 3, 7, 64, .max]) func captureInPieces(size: Int) {
    var recording = Recording()
    let outcome = Self.read(&recording, Self.session, pieces: size)
    #expect(outcome == Outcome(lines: Self.sessionLines))
    #expect(recording.tables.map(\.identity.ticker) == ["A", "1"])
    #expect(recording.tables.map(\.rowTexts) == [["B 1 1"], ["B 1 1"]])
    #expect(recording.incomingBytes == 3 * Self.book.utf8.count)
    #expect(recording.unfinishedFrames == 0)
  }

  @Test(arguments: [1, 5, .max]) func rawFramesInPieces(size: Int) {
    var recording = Recording()
    let text = Self.subscribe + "\n" + Self.book + "\n\n" + Self.book
    let outcome = Self.read(&recording, ByteBuffer(string: text), pieces: size)
    #expect(
      outcome.lines == [
        "0 - changes 0:1 snapshot insert(B 1 1)", "0 - state 0:1 awaitingSnapshot -> live", "0 - changes 0:1 snapshot",
      ])
    #expect(outcome.error == nil)
    #expect(recording.tables.map(\.identity.ticker) == ["A"])
  }

  /// However a capture is cut off, what came before comes out and nothing fails.
  @Test func everyTornTail() {
    for length in 0..<Self.session.readableBytes {
      var recording = Recording()
      let outcome = Self.read(&recording, Self.session.getSlice(at: 0, length: length) ?? ByteBuffer())
      #expect(outcome.error == nil, "\(length)")
      #expect(outcome.lines == Array(Self.sessionLines.prefix(outcome.lines.count)), "\(length)")
      #expect((outcome.torn.map { $0.offset + $0.byteCount } ?? length) == length)
    }
  }

  @Test func severalFilesAreOneSession() {
    var recording = Recording()
    var first = Self.read(&recording, Self.session, file: "one")
    #expect(first.error == nil)
    // Raw frames belong to connection 0.
    let second = Self.read(&recording, ByteBuffer(string: FeedProbe.message(#"[["B",[1,0],2]]"#)), file: "two")
    #expect(second.lines == ["0 - changes 0:1 snapshot update(B 1 2)"])
    first = Self.read(&recording, ByteBuffer(string: Self.book + "MESSAGE\nx"), file: "three")
    #expect(first.lines == ["0 - changes 0:1 snapshot update(B 1 1)"])
    let end = Self.book.utf8.count
    #expect(first.error == "three: frame 2 byte \(end + 9): the input ends within the frame that began at byte \(end)")
  }

  @Test func errorsSayWhere() {
    var recording = Recording()
    var bytes = Self.capture([(3, 0, .incoming, Self.book), (4, 0, .incoming, FeedProbe.message(#"[["B",[1],1]]"#))])
    let at = 18 + "3 0 in \(Self.book.utf8.count)\n".utf8.count + Self.book.utf8.count + 1
    #expect(
      Self.read(&recording, bytes, file: "book.capture").error
        == "book.capture: record 2 at byte \(at): frame 2: packet refused: row 1, column PRICE, byte 88 of the body: "
        + "must be [number, decimals] or null")
    #expect(recording.tables[0].state == .stale(.badPacket))
    #expect(recording.tables[0].rowTexts == ["B 1 1"])

    recording = Recording()
    bytes = Self.capture([(3, 0, .incoming, "MESSAGE\nno colon\n\n\0")])
    #expect(
      Self.read(&recording, bytes).error
        == "f: record 1 at byte 18: frame 1 byte 8: header line without a colon: \"no colon\"")

    recording = Recording()
    bytes = ByteBuffer(string: "ISSPLUS-CAPTURE 1\n3 0 in x\n")
    #expect(
      Self.read(&recording, bytes).error == "f: record 1 byte 18: the byte count is not a number: \"3 0 in x\"")

    recording = Recording()
    #expect(Self.read(&recording, ByteBuffer(string: Self.book + "{}")).error?.hasPrefix("f: frame 2 byte ") == true)
  }

  @Test func aRefusedPacketIsNamed() throws {
    var recording = Recording()
    recording.begin(file: "f")
    #expect {
      try recording.append(ByteBuffer(string: FeedProbe.message(#"[["B",[1],1]]"#))) { _ in }
    } throws: { error in
      guard let error = error as? RecordingError else { return false }
      return error.packet?.code == .cell && error.packet?.row == 1 && error.packet?.column == "PRICE"
        && error.place.frame == 1 && error.place.record == nil && error.place.file == "f"
    }
  }

  @Test func framesThatALostLineCutOffAreCounted() {
    var recording = Recording()
    let bytes = Self.capture([
      (1, 0, .open, ""), (2, 0, .incoming, "MESSAGE\nx"), (3, 0, .close, ""), (4, 0, .open, ""),
      (5, 0, .incoming, "MESS"),
      (6, 1, .incoming, "\n"),
    ])
    #expect(Self.read(&recording, bytes) == Outcome())
    #expect(recording.unfinishedFrames == 2)
  }

  /// A destination that nothing declares has the columns of its first packet, whatever the connection.
  @Test func connectionsShareSchemas() {
    var recording = Recording()
    func message(_ columns: String, _ row: String) -> String {
      FeedProbe.message(row, destination: "NEW.stream", columns: columns)
    }
    let bytes = Self.capture([
      (1, 0, .incoming, message(#"["A","B"]"#, "[[1,2]]")), (2, 1, .incoming, message(#"["B","A"]"#, "[[3,4]]")),
      (3, 2, .incoming, message(#"["B"]"#, "[[5]]")),
    ])
    #expect(Self.read(&recording, bytes).error == nil)
    #expect(recording.tables.map(\.rowTexts) == [["1 2"], ["4 3"], ["null 5"]])
    #expect(recording.resource("NEW.stream") == nil)
    #expect(recording.resource("MXSE.orderbooks")?.columns.count == 4)
  }
}
