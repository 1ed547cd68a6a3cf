public import Capture
public import MarketData
public import NIOCore
public import STOMP

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

  /// The feeds by connection.
  public private(set) var feeds: [Int: Feed] = [:]
  /// All tables in the order of their first SUBSCRIBE, or MESSAGE without one.
  public private(set) var order: [(connection: Int, number: Int)] = []
  /// Bytes of the gateway's messages.
  public private(set) var incomingBytes = 0

  private let configuration: Feed.Configuration
  private var file = ""
  private var format: CaptureFormat = .needsMore
  private var head = ByteBuffer()
  private var captures = CaptureReader()
  private var raw: FrameParser
  private var parsers: [Int: (incoming: FrameParser, outgoing: FrameParser)] = [:]
  private var place = RecordingError.Place(file: "")

  /// A recording from which nothing was read yet. The feeds take tables without their SUBSCRIBE.
  public init(_ configuration: Feed.Configuration = Feed.Configuration()) {
    var configuration = configuration
    configuration.acceptsUnrequested = true
    self.configuration = configuration
    raw = FrameParser(dialect: configuration.dialect, limits: configuration.limits)
  }

  /// The tables in `order`.
  public var tables: [FeedTable] { order.compactMap { feeds[$0.connection]?.tables[$0.number] } }

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
    if format == .needsMore { try detect(isComplete: true) }
    try drain(handle)
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
    case .stomp:
      while let frame = try next(&raw) {
        place.frame = raw.frameCount
        try take(frame, connection: 0, time: nil, isOurs: Self.isClient(frame.command), handle)
      }
    case .capture:
      while let record = try nextRecord() { try take(record, handle) }
    }
  }

  private func next(_ parser: inout FrameParser) throws(RecordingError) -> Frame? {
    do { return try parser.next() } catch { throw RecordingError(place, error) }
  }

  private mutating func nextRecord() throws(RecordingError) -> CaptureRecord? {
    place.offset = captures.recordOffset
    do { return try captures.next() } catch { throw RecordingError(place, error) }
  }

  private mutating func take(_ record: CaptureRecord, _ handle: (Item) -> Void) throws(RecordingError) {
    place.record = captures.recordCount
    let connection = record.connection
    switch record.kind {
    case .close: return
    case .open:
      // A close without an open after it is the end of the session, no break.
      parsers[connection] = nil
      let time = record.nanoseconds
      feeds[connection]?.breakLine(.disconnected) { handle(Item(connection: connection, time: time, event: $0)) }
    case .incoming, .outgoing:
      let fresh = FrameParser(dialect: configuration.dialect, limits: configuration.limits)
      var pair = parsers.removeValue(forKey: connection) ?? (fresh, fresh)
      let isOurs = record.kind == .outgoing
      if isOurs {
        pair.outgoing.append(record.payload)
        while let frame = try next(&pair.outgoing) {
          try take(frame, connection: connection, time: record.nanoseconds, isOurs: true, handle)
        }
      } else {
        incomingBytes += record.payload.readableBytes
        pair.incoming.append(record.payload)
        while let frame = try next(&pair.incoming) {
          place.frame = pair.incoming.frameCount
          try take(frame, connection: connection, time: record.nanoseconds, isOurs: false, handle)
        }
      }
      parsers[connection] = pair
    }
  }

  private mutating func take(
    _ frame: Frame, connection: Int, time: Int64?, isOurs: Bool, _ handle: (Item) -> Void
  ) throws(RecordingError) {
    // Taken out while it works, so that its storage is not shared.
    var feed = feeds.removeValue(forKey: connection) ?? Feed(configuration)
    var refused: PacketError?
    if isOurs {
      feed.send(frame)
    } else {
      if format == .stomp { incomingBytes += frame.body.readableBytes }
      feed.receive(frame, at: time) { event in
        switch event {
        case .refused(_, let error), .refusedReply(_, let error): refused = error
        default: break
        }
        handle(Item(connection: connection, time: time, event: event))
      }
    }
    let known = order.count { $0.connection == connection }
    if known < feed.tables.count {
      for number in known..<feed.tables.count { order.append((connection, number)) }
    }
    feeds[connection] = feed
    if let refused { throw RecordingError(place, refused) }
  }

  /// Whether a frame of a `.stomp` file is one that a client sends.
  private static func isClient(_ command: Command) -> Bool {
    switch command.known {
    case .connect, .stomp, .subscribe, .unsubscribe, .request, .send, .disconnect: true
    case .connected, .error, .receipt, .message, .reply, .closed, nil: false
    }
  }
}
