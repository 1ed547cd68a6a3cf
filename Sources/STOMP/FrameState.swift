internal import NIOCore

/// Where the frame under way is, and by what rules it is read.
struct FramePlace {
  let frame: Int
  let offset: Int
  let dialect: Dialect
  let limits: FrameLimits

  func error(_ code: FrameError.Code, _ message: String, at position: Int) -> FrameError {
    FrameError(code, message, frame: frame, offset: offset + position)
  }
}

/// The parts of a complete frame, relative to its first byte. The NUL stands at the end of `body`.
struct FrameLayout {
  let command: Command
  let headers: Range<Int>
  let headerCount: Int
  let reading: EscapeReading
  let body: Range<Int>
}

/// How far the frame under way has been looked through. Positions are relative to its first byte, and no byte is
/// looked at twice, whatever pieces the frame comes in.
struct FrameState: Sendable {
  private enum Stage {
    case command
    case headers
    case body(start: Int)
  }

  private var stage = Stage.command
  /// The line under way; in the body, how far it has been searched for its NUL.
  private var line = LineScan(from: 0)
  /// The last complete line, for its reader.
  private var finished = LineScan(from: 0)
  private var lineStart = 0
  private var command = Command.message
  private var headersStart = 0
  private var headerCount = 0
  private var hasBackslash = false
  private var contentLength: Int?

  /// Whether nothing of a frame has been seen.
  var isBetweenFrames: Bool {
    if case .command = stage { line.position == 0 } else { false }
  }

  /// Looks at the bytes that are new; nil when the frame is not complete.
  mutating func advance(over bytes: ByteBuffer, at place: FramePlace) throws(FrameError) -> FrameLayout? {
    while true {
      switch stage {
      case .command:
        guard let content = try nextLine(of: bytes, at: place) else { return nil }
        command = try readCommand(bytes, content, at: place)
        headersStart = lineStart
        stage = .headers
      case .headers:
        if try isOneTooMany(bytes, at: place) { return nil }
        guard let content = try nextLine(of: bytes, at: place) else { return nil }
        if content.isEmpty {
          stage = .body(start: lineStart)
        } else {
          try readHeader(bytes, content, at: place)
        }
      case .body(let start):
        guard let end = try bodyEnd(bytes, from: start, at: place) else { return nil }
        let reading = hasBackslash ? place.dialect.reading(command) : .raw
        let headersEnd = start - (finished.endsWithCR ? 2 : 1)
        return FrameLayout(
          command: command, headers: headersStart..<headersEnd, headerCount: headerCount, reading: reading,
          body: start..<end)
      }
    }
  }

  // MARK: Lines

  /// The content of the next line, without its line end, and moves to the line after it.
  private mutating func nextLine(of bytes: ByteBuffer, at place: FramePlace) throws(FrameError) -> Range<Int>? {
    let limit = place.limits.maxLineLength
    // A line of the longest length, its CR and its LF.
    let window = min(bytes.readableBytes, lineStart + limit + 2)
    let stop = bytes.scanLine(&line, upTo: window)
    let end = stop ?? window
    let hasCR = line.endsWithCR
    guard end - lineStart - (hasCR ? 1 : 0) <= limit else {
      throw place.error(.lineTooLong, "line longer than \(limit) bytes (limit maxLineLength)", at: lineStart)
    }
    guard let stop else { return nil }
    guard !line.hasNUL else { throw nulError(bytes, lineStart..<stop, at: place) }
    let content = lineStart..<(hasCR ? stop - 1 : stop)
    finished = line
    lineStart = stop + 1
    line = LineScan(from: lineStart)
    return content
  }

  private func nulError(_ bytes: ByteBuffer, _ range: Range<Int>, at place: FramePlace) -> FrameError {
    switch stage {
    case .command:
      let shown = Redaction.excerpt(bytes.part(range))
      return place.error(.invalidCommand, "NUL in the command line: \(shown)", at: range.upperBound)
    case .headers, .body:
      return place.error(.nulInHeaders, "NUL before the empty line that ends the headers", at: range.upperBound)
    }
  }

  private func readCommand(
    _ bytes: ByteBuffer, _ content: Range<Int>, at place: FramePlace
  ) throws(FrameError) -> Command {
    if let known = Command.Known(bytes, content) { return Command(known) }
    let line = bytes.part(content)
    let invalid = finished.isASCII ? nil : bytes.firstInvalidUTF8(in: content)
    let control = line.readableBytesView.firstIndex { $0 < 0x20 || $0 == 0x7F }
    guard invalid == nil, control == nil else {
      throw place.error(.invalidCommand, "invalid command: \(Redaction.excerpt(line))", at: content.lowerBound)
    }
    return Command(String(buffer: line))
  }

  // MARK: Headers

  /// Whether the line that begins cannot be the empty one although no header is left; waits (true) after a CR.
  private func isOneTooMany(_ bytes: ByteBuffer, at place: FramePlace) throws(FrameError) -> Bool {
    let limit = place.limits.maxHeaderCount
    guard headerCount >= limit, lineStart < bytes.readableBytes else { return false }
    let first = bytes.byte(at: lineStart)
    if first == 0x0A || first == 0 { return false }
    if first == 0x0D {
      if lineStart + 1 == bytes.readableBytes { return true }
      if bytes.byte(at: lineStart + 1) == 0x0A { return false }
    }
    throw place.error(.tooManyHeaders, "more than \(limit) headers (limit maxHeaderCount)", at: lineStart)
  }

  private mutating func readHeader(
    _ bytes: ByteBuffer, _ content: Range<Int>, at place: FramePlace
  ) throws(FrameError) {
    guard finished.colon >= 0 else {
      let shown = excerpt(bytes, content)
      throw place.error(.headerWithoutColon, "header line without a colon: \(shown)", at: content.lowerBound)
    }
    let name = content.lowerBound..<finished.colon
    guard !name.isEmpty else {
      let shown = excerpt(bytes, content)
      throw place.error(.emptyHeaderName, "header line without a name: \(shown)", at: content.lowerBound)
    }
    if !finished.isASCII, let invalid = bytes.firstInvalidUTF8(in: content) {
      let shown = Redaction.excerpt(bytes.part(name))
      throw place.error(.invalidUTF8, "the header line \(shown) is not valid UTF-8", at: invalid)
    }
    if finished.hasBackslash {
      hasBackslash = true
      if place.dialect.reading(command) == .strict, let undefined = Escapes.firstUndefined(in: bytes, content) {
        let shown = Redaction.excerpt(bytes.part(name))
        throw place.error(.undefinedEscape, "undefined escape in the header line \(shown)", at: undefined)
      }
    }
    headerCount += 1
    if contentLength == nil, name.count == 14, bytes.matches("content-length", at: name.lowerBound) {
      contentLength = try readContentLength(bytes, finished.colon + 1..<content.upperBound, at: place)
    }
  }

  /// The beginning of a faulty line; nothing where it may be the rest of a passcode broken by a line feed.
  private func excerpt(_ bytes: ByteBuffer, _ line: Range<Int>) -> String {
    let mayBeSecret = command.opensConnection || Redaction.namesSecret(bytes.part(0..<line.lowerBound))
    return mayBeSecret ? Redaction.mark : Redaction.excerpt(bytes.part(line))
  }

  private func readContentLength(
    _ bytes: ByteBuffer, _ value: Range<Int>, at place: FramePlace
  ) throws(FrameError) -> Int {
    let limit = place.limits.maxBodySize
    var length = 0
    var isNumber = !value.isEmpty
    for position in value {
      let byte = bytes.byte(at: position)
      guard (0x30...0x39).contains(byte) else {
        isNumber = false
        break
      }
      // Once over the limit it stays so, and cannot overflow.
      length = min(length, limit + 1) * 10 + Int(byte & 0x0F)
    }
    guard isNumber else {
      let shown = Redaction.excerpt(bytes.part(value))
      throw place.error(.badContentLength, "content-length is not a number: \(shown)", at: value.lowerBound)
    }
    guard length <= limit else {
      let shown = Redaction.excerpt(bytes.part(value))
      let message = "content-length \(shown) is more than \(limit) bytes (limit maxBodySize)"
      throw place.error(.bodyTooLarge, message, at: value.lowerBound)
    }
    return length
  }

  // MARK: Body

  /// The place of the NUL that ends the body.
  private mutating func bodyEnd(_ bytes: ByteBuffer, from start: Int, at place: FramePlace) throws(FrameError) -> Int? {
    if let contentLength {
      let end = start + contentLength
      guard end < bytes.readableBytes else { return nil }
      guard bytes.byte(at: end) == 0 else {
        throw place.error(.missingNUL, "no NUL after the \(contentLength) bytes of content-length", at: end)
      }
      return end
    }
    let limit = place.limits.maxBodySize
    let window = min(bytes.readableBytes, start + limit + 1)
    if let end = bytes.firstIndex(of: 0, from: line.position, upTo: window) { return end }
    line.position = window
    guard window - start <= limit else {
      throw place.error(.bodyTooLarge, "body longer than \(limit) bytes (limit maxBodySize)", at: start + limit)
    }
    return nil
  }
}

extension Command.Known {
  /// The known command that stands in a range, without making a string.
  fileprivate init?(_ bytes: ByteBuffer, _ range: Range<Int>) {
    func stands(_ text: StaticString) -> Bool { bytes.matches(text, at: range.lowerBound) }
    switch range.count {
    case 4 where stands("SEND"): self = .send
    case 5 where stands("REPLY"): self = .reply
    case 5 where stands("ERROR"): self = .error
    case 5 where stands("STOMP"): self = .stomp
    case 6 where stands("CLOSED"): self = .closed
    case 7 where stands("MESSAGE"): self = .message
    case 7 where stands("RECEIPT"): self = .receipt
    case 7 where stands("REQUEST"): self = .request
    case 7 where stands("CONNECT"): self = .connect
    case 9 where stands("SUBSCRIBE"): self = .subscribe
    case 9 where stands("CONNECTED"): self = .connected
    case 10 where stands("DISCONNECT"): self = .disconnect
    case 11 where stands("UNSUBSCRIBE"): self = .unsubscribe
    default: return nil
    }
  }
}
