internal import Capture
public import NIOCore
internal import STOMP

/// Why a recording cannot be served: it is broken, or too large.
public struct ReplayError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong, and where.
  public let description: String
}

/// Reads a recording, a capture or raw STOMP frames, for a replay. Everything is kept in memory.
public struct ReplayReader {
  /// A line of the recording.
  private struct Line {
    var incoming = FrameParser()
    var outgoing = FrameParser()
    /// The stream of each subscription id.
    var streams: [String: Int] = [:]
    /// The subscription id of each receipt that was asked for.
    var receipts: [String: String] = [:]
    var requests: [String: (destination: String, selector: SelectorKey, time: Int64)] = [:]
  }

  /// What makes a subscription the same one after a reconnect.
  private struct StreamKey: Hashable {
    let connection: Int
    let id: String
    let destination: String
    let selector: SelectorKey?
  }

  private let limit: Int
  private var size = 0
  private var format = CaptureFormat.needsMore
  private var head = ByteBuffer()
  private var captures = CaptureReader()
  private var lines: [Int: Line] = [:]
  private var streamOfKey: [StreamKey: Int] = [:]
  private var replay = Replay()
  private var hasTime = false

  /// A reader at the start of a file.
  ///
  /// - Parameter limit: how many bytes a recording may have at most.
  public init(limit: Int = 4 << 30) { self.limit = limit }

  /// Takes the next bytes; pieces of at most 16 MiB are not copied.
  ///
  /// - Throws: where the recording is broken, or that it is too large.
  public mutating func append(_ bytes: ByteBuffer) throws(ReplayError) {
    size += bytes.readableBytes
    guard size <= limit else { throw ReplayError(description: "larger than \(limit) bytes") }
    var bytes = bytes
    if format == .needsMore {
      head.writeImmutableBuffer(bytes)
      try detect(isComplete: false)
      if format == .needsMore { return }
      bytes = head
      head = ByteBuffer()
    }
    try take(bytes)
  }

  /// Ends the recording.
  ///
  /// - Throws: as `append(_:)`, for a last raw frame without its NUL, and for a recording with nothing to serve.
  public mutating func finish() throws(ReplayError) -> Replay {
    if format == .needsMore {
      try detect(isComplete: true)
      try take(head)
    }
    switch format {
    case .needsMore: break
    case .capture:
      do throws(CaptureError) {
        if let torn = try captures.finish() { replay.tornTail = (torn.offset, torn.byteCount) }
      } catch {
        throw ReplayError(description: "\(error)")
      }
    case .stomp:
      do throws(FrameError) { try lines[0]?.incoming.finish() } catch { throw ReplayError(description: "\(error)") }
    }
    replay.cutFrameCount += lines.values.count { !$0.incoming.isAtFrameBoundary }
    guard !replay.streams.isEmpty || !replay.answers.isEmpty else {
      throw ReplayError(description: "no subscription and no request in it: there is nothing to serve")
    }
    return replay
  }

  private mutating func detect(isComplete: Bool) throws(ReplayError) {
    do throws(CaptureError) {
      format = try CaptureFormat.detect(head, isComplete: isComplete)
    } catch {
      throw ReplayError(description: "\(error)")
    }
  }

  private mutating func take(_ bytes: ByteBuffer) throws(ReplayError) {
    switch format {
    case .needsMore: return
    case .stomp:
      // Frames of both sides in one row: they have no times, and one parser reads them.
      var line = lines.removeValue(forKey: 0) ?? Line()
      defer { lines[0] = line }
      line.incoming.append(bytes)
      while let frame = try Self.next(&line.incoming, "") {
        if Self.isClient(frame.command) { sent(frame, &line, 0, at: 0) } else { received(frame, &line, 0, at: 0) }
      }
    case .capture:
      captures.append(bytes)
      while let record = try nextRecord() { try take(record) }
    }
  }

  private mutating func nextRecord() throws(ReplayError) -> CaptureRecord? {
    do throws(CaptureError) { return try captures.next() } catch { throw ReplayError(description: "\(error)") }
  }

  private static func next(_ parser: inout FrameParser, _ place: String) throws(ReplayError) -> Frame? {
    do throws(FrameError) { return try parser.next() } catch { throw ReplayError(description: "\(place)\(error)") }
  }

  private mutating func take(_ record: CaptureRecord) throws(ReplayError) {
    let time = pass(record.nanoseconds)
    let connection = record.connection
    let place = "record \(captures.recordCount) "
    var line = lines.removeValue(forKey: connection) ?? Line()
    defer { lines[connection] = line }
    switch record.kind {
    case .close: break
    case .open:
      if !line.incoming.isAtFrameBoundary { replay.cutFrameCount += 1 }
      line = Line()
    case .outgoing:
      line.outgoing.append(record.payload)
      while let frame = try Self.next(&line.outgoing, place) { sent(frame, &line, connection, at: time) }
    case .incoming:
      line.incoming.append(record.payload)
      while let frame = try Self.next(&line.incoming, place) { received(frame, &line, connection, at: time) }
    }
  }

  /// The time of a record; a clock that was set back stands still until it has caught up.
  private mutating func pass(_ nanoseconds: Int64) -> Int64 {
    if !hasTime { replay.begin = nanoseconds }
    hasTime = true
    replay.end = max(replay.end, nanoseconds)
    return replay.end
  }

  // MARK: Frames

  private static func isClient(_ command: Command) -> Bool {
    switch command.known {
    case .connect, .stomp, .subscribe, .unsubscribe, .request, .send, .disconnect: true
    case .connected, .error, .receipt, .message, .reply, .closed, nil: false
    }
  }

  private mutating func sent(_ frame: Frame, _ line: inout Line, _ connection: Int, at time: Int64) {
    let id = frame.headers["id"] ?? ""
    let destination = frame.headers["destination"] ?? ""
    let text = frame.headers["selector"] ?? ""
    switch frame.command.known {
    case .subscribe:
      line.streams[id] = stream(connection, id, destination, text, at: time)
      if let receipt = frame.headers["receipt"] { line.receipts[receipt] = id }
    case .request: line.requests[id] = (destination, SelectorKey(text), time)
    case .connect, .stomp, .unsubscribe, .send, .disconnect, .connected, .error, .receipt, .message, .reply, .closed,
      nil:
      break
    }
  }

  private mutating func received(_ frame: Frame, _ line: inout Line, _ connection: Int, at time: Int64) {
    let headers = frame.headers
    switch frame.command.known {
    case .connected: replay.connected = replay.connected ?? frame
    case .receipt: break
    case .message:
      let id = headers["subscription"] ?? ""
      let destination = headers["destination"] ?? ""
      var number = line.streams[id]
      if number.map({ replay.streams[$0].destination != destination }) ?? true {
        number = stream(connection, id, destination, nil, at: time)
        // Looked up once only, unless the id is used for several destinations.
        if line.streams[id] == nil { line.streams[id] = number }
      }
      if let number { add(frame, to: number, at: time) }
    case .reply: answer(frame, headers["request-id"] ?? "", &line, at: time)
    case .error:
      if let id = headers["request-id"] {
        answer(frame, id, &line, at: time)
      } else if let id = headers["subscription"] ?? headers["receipt-id"].flatMap({ line.receipts[$0] }),
        let number = line.streams[id]
      {
        add(frame, to: number, at: time)
      } else {
        replay.leftOutCount += 1
      }
    case .closed, .connect, .stomp, .subscribe, .unsubscribe, .request, .send, .disconnect, nil:
      replay.leftOutCount += 1
    }
  }

  private mutating func stream(
    _ connection: Int, _ id: String, _ destination: String, _ text: String?, at time: Int64
  ) -> Int {
    let selector = text.map { SelectorKey($0) }
    let key = StreamKey(connection: connection, id: id, destination: destination, selector: selector)
    if let known = streamOfKey[key] { return known }
    replay.streams.append(
      Replay.Stream(id: id, destination: destination, selector: selector, selectorText: text ?? "", begin: time))
    streamOfKey[key] = replay.streams.count - 1
    return replay.streams.count - 1
  }

  private mutating func add(_ frame: Frame, to stream: Int, at time: Int64) {
    replay.streams[stream].items.append(replay.items.count)
    replay.items.append(Replay.Item(time: time, frame: frame))
  }

  private mutating func answer(_ frame: Frame, _ id: String, _ line: inout Line, at time: Int64) {
    guard let (destination, selector, asked) = line.requests.removeValue(forKey: id) else {
      replay.leftOutCount += 1
      return
    }
    replay.answers.append(
      Replay.Answer(destination: destination, selector: selector, latency: time - asked, frame: frame))
  }
}
