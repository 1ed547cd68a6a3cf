public import Capture
public import MarketData
public import NIOCore
import STOMP

/// A session read back from files: captures and raw STOMP frames, through the same feed as a live line.
///
/// Files given one after another are one session. In a capture each connection has a feed of its own; raw frames belong
/// to connection 0. Whatever is broken stops the reading with the place; what came before has been given out.
public struct Recording {
  /// What a frame of the recording brought.
  public struct Item {
    /// The connection of the session.
    public let connection: Int
    /// When the message was recorded, in nanoseconds since 1970-01-01 UTC; `nil` in a `.stomp` file.
    public let time: Int64?
    /// What it brought.
    public let event: FeedEvent
  }

  /// A part of the session, by the times of its records, in nanoseconds since 1970-01-01 UTC; both ends belong to it.
  public struct Window: Sendable, Hashable {
    /// From the first record that is not before it; everything earlier is applied, and gives nothing out.
    public var from: Int64?
    /// To the first record that is later; nothing behind that is read, for a clock that was set back too.
    public var through: Int64?

    /// A window; without ends it is the whole session.
    public init(from: Int64? = nil, through: Int64? = nil) {
      self.from = from
      self.through = through
    }
  }

  /// A connection of the session with its feed.
  private struct Line {
    let connection: Int
    var feed: Feed
    var incoming: FrameParser
    var outgoing: FrameParser
    /// When it was closed, until it is opened again.
    var closed: Int64?
    /// How many of the feed's tables are in `order`.
    var knownTables = 0
  }

  private var lines: [Line] = []
  private var lineOfConnection: [Int: Int] = [:]
  /// The line of the last record, which mostly is the next one's too.
  private var lastLine = 0
  /// All tables in the order of their first SUBSCRIBE, or MESSAGE without one.
  private var order: [(line: Int, number: Int)] = []
  /// Bytes of the gateway's messages.
  public private(set) var incomingBytes = 0

  /// Whether a record later than the end of the window has come: the rest is not read.
  public private(set) var hasPassedEnd = false
  /// Whether a window is asked for and a file without times has come: nothing of it is read.
  public private(set) var lacksTimes = false

  private let window: Window
  private let configuration: Feed.Configuration
  private let channels = FeedChannels()
  /// Frames that were cut off where a connection was lost.
  private var cutFrames = 0
  private var file = ""
  private var format: CaptureFormat = .needsMore
  private var head = ByteBuffer()
  private var captures = CaptureReader()
  private var raw: FrameParser
  private var place = RecordingError.Place(file: "")
  /// Whether the window has begun.
  private var hasBegun: Bool

  /// A recording from which nothing was read yet. The feeds take tables without their SUBSCRIBE.
  ///
  /// - Parameters:
  ///   - configuration: of the feeds.
  ///   - window: the part that gives something out; files without times then give nothing (``lacksTimes``).
  public init(_ configuration: Feed.Configuration = Feed.Configuration(), window: Window = Window()) {
    self.window = window
    hasBegun = window.from == nil
    var configuration = configuration
    configuration.acceptsUnrequested = true
    self.configuration = configuration
    raw = FrameParser(dialect: configuration.dialect, limits: configuration.limits)
  }

  /// All tables of all connections in the order of their first SUBSCRIBE, or MESSAGE without one.
  public var tables: [FeedTable] { order.map { lines[$0.line].feed.tables[$0.number] } }

  /// What is known of a destination: from the caller, else from the last CONNECTED, else built in.
  public func resource(_ destination: String) -> Resource? {
    (lines.last?.feed ?? Feed(configuration)).resource(destination)
  }

  /// Messages of the gateway that ended within a frame: the recording stopped there, or the line was lost.
  public var unfinishedFrames: Int { cutFrames + lines.count { !$0.incoming.isAtFrameBoundary } }

  /// Begins a file; the name is for errors.
  public mutating func begin(file: String) {
    self.file = file
    format = .needsMore
    head = ByteBuffer()
    captures = CaptureReader()
    raw = FrameParser(dialect: configuration.dialect, limits: configuration.limits)
    place = RecordingError.Place(file: file)
  }

  /// Takes bytes of the file and gives out what the frames in them bring.
  ///
  /// - Throws: where the file is broken, or which packet was refused.
  public mutating func append(_ bytes: ByteBuffer, _ handle: (Item) -> Void) throws(RecordingError) {
    switch format {
    case .capture: captures.append(bytes)
    case .stomp: raw.append(bytes)
    case .needsMore:
      if head.readableBytes == 0 { head = bytes } else { head.writeImmutableBuffer(bytes) }
      try detect(isComplete: false)
    }
    try drain(handle)
  }

  /// Ends the file.
  ///
  /// - Returns: the torn tail of a capture whose writer was killed, which is no error.
  /// - Throws: as `append`, and for a last raw frame without its NUL.
  public mutating func end(_ handle: (Item) -> Void) throws(RecordingError) -> TornTail? {
    if hasPassedEnd { return nil }
    if format == .needsMore { try detect(isComplete: true) }
    try drain(handle)
    if lacksTimes { return nil }
    switch format {
    case .needsMore: return nil
    case .stomp:
      do { try raw.finish() } catch { throw RecordingError(place, error) }
      return nil
    case .capture:
      do { return try captures.finish() } catch { throw RecordingError(place, error) }
    }
  }

  private mutating func detect(isComplete: Bool) throws(RecordingError) {
    do { format = try CaptureFormat.detect(head, isComplete: isComplete) } catch { throw RecordingError(place, error) }
    switch format {
    case .capture: captures.append(head)
    case .stomp: raw.append(head)
    case .needsMore: return
    }
    head = ByteBuffer()
  }

  private mutating func drain(_ handle: (Item) -> Void) throws(RecordingError) {
    switch format {
    case .needsMore: return
    case .stomp where window != Window(): lacksTimes = true
    case .stomp:
      var before = raw.frameOffset
      while let frame = try nextRaw() {
        defer { before = raw.frameOffset }
        place.frame = raw.frameCount
        let isOurs = Self.isClient(frame.command)
        if !isOurs { incomingBytes += raw.frameOffset - before }
        try take(frame, line: line(of: 0), time: nil, isOurs: isOurs, handle)
      }
    case .capture:
      while !hasPassedEnd, let record = try nextRecord() {
        if let through = window.through, record.nanoseconds > through {
          passEnd(handle)
          return
        }
        if let from = window.from, !hasBegun, record.nanoseconds >= from { hasBegun = true }
        if hasBegun { try take(record, handle) } else { try take(record) { _ in } }
      }
    }
  }

  private mutating func nextRaw() throws(RecordingError) -> Frame? {
    do { return try raw.next() } catch { throw RecordingError(place, error) }
  }

  @inline(__always)
  private mutating func nextIncoming(_ line: Int) throws(RecordingError) -> Frame? {
    do { return try lines[line].incoming.next() } catch { throw RecordingError(place, error) }
  }

  private mutating func nextOutgoing(_ line: Int) throws(RecordingError) -> Frame? {
    do { return try lines[line].outgoing.next() } catch { throw RecordingError(place, error) }
  }

  @inline(__always)
  private mutating func nextRecord() throws(RecordingError) -> CaptureRecord? {
    // Before the first record the reader still stands at the first line.
    place.offset = max(captures.recordOffset, CaptureFormat.firstLine.utf8.count + 1)
    do { return try captures.next() } catch { throw RecordingError(place, error) }
  }

  private mutating func take(_ record: CaptureRecord, _ handle: (Item) -> Void) throws(RecordingError) {
    place.record = captures.recordCount
    let line = line(of: record.connection)
    switch record.kind {
    case .close: lines[line].closed = record.nanoseconds
    case .open:
      // A close without an open after it is the end of the session, no break.
      if !lines[line].incoming.isAtFrameBoundary { cutFrames += 1 }
      lines[line].incoming = freshParser
      lines[line].outgoing = freshParser
      // The break is when the line was lost, not when the next one was made.
      let time = lines[line].closed ?? record.nanoseconds
      lines[line].closed = nil
      lines[line].feed.breakLine(.disconnected) {
        handle(Item(connection: record.connection, time: time, event: $0))
      }
    case .outgoing:
      lines[line].outgoing.append(record.payload)
      while let frame = try nextOutgoing(line) {
        try take(frame, line: line, time: record.nanoseconds, isOurs: true, handle)
      }
    case .incoming:
      if hasBegun { incomingBytes += record.payload.readableBytes }
      lines[line].incoming.append(record.payload)
      while let frame = try nextIncoming(line) {
        place.frame = lines[line].incoming.frameCount
        try take(frame, line: line, time: record.nanoseconds, isOurs: false, handle)
      }
    }
  }

  /// The session goes on behind the window: a connection that is closed there is broken, not at its end.
  private mutating func passEnd(_ handle: (Item) -> Void) {
    hasPassedEnd = true
    for line in lines.indices {
      guard let time = lines[line].closed else { continue }
      let connection = lines[line].connection
      lines[line].closed = nil
      lines[line].feed.breakLine(.disconnected) {
        handle(Item(connection: connection, time: time, event: $0))
      }
    }
  }

  private var freshParser: FrameParser { FrameParser(dialect: configuration.dialect, limits: configuration.limits) }

  private mutating func line(of connection: Int) -> Int {
    if lastLine < lines.count, lines[lastLine].connection == connection { return lastLine }
    if let known = lineOfConnection[connection] {
      lastLine = known
      return known
    }
    lines.append(
      Line(
        connection: connection, feed: Feed(configuration, channels: channels), incoming: freshParser,
        outgoing: freshParser))
    lineOfConnection[connection] = lines.count - 1
    return lines.count - 1
  }

  private mutating func take(
    _ frame: Frame, line: Int, time: Int64?, isOurs: Bool, _ handle: (Item) -> Void
  ) throws(RecordingError) {
    let connection = lines[line].connection
    // At most one. No optional: giving up one in memory calls into the runtime, for each frame.
    var refused: [PacketError] = []
    if isOurs {
      lines[line].feed.send(frame)
    } else {
      lines[line].feed.receive(frame, at: time) { event in
        switch event {
        case .refused(_, let error), .refusedReply(_, let error): refused = [error]
        default: break
        }
        handle(Item(connection: connection, time: time, event: event))
      }
    }
    while lines[line].knownTables < lines[line].feed.tables.count {
      order.append((line, lines[line].knownTables))
      lines[line].knownTables += 1
    }
    if let refused = refused.first { throw RecordingError(place, refused) }
  }

  /// Whether a frame of a `.stomp` file is one that a client sends.
  private static func isClient(_ command: Command) -> Bool {
    switch command.known {
    case .connect, .stomp, .subscribe, .unsubscribe, .request, .send, .disconnect: true
    case .connected, .error, .receipt, .message, .reply, .closed, nil: false
    }
  }
}
