public import MarketData
import NIOCore
import STOMP

/// What a table is known by: its session, the id of its subscription and its destination (tables.md, Capture file).
public final class TableIdentity: Sendable {
  /// The place in its feed.
  public let number: Int
  /// The `id` of SUBSCRIBE, echoed by every MESSAGE.
  public let subscriptionID: String
  /// What was asked for, for example `MXSE.orderbooks`.
  public let destination: String
  /// The selector as sent; `nil` when it had none or the SUBSCRIBE was not seen.
  public let selector: String?
  /// Whether its SUBSCRIBE was seen; without one the table comes from its first MESSAGE.
  public let wasRequested: Bool
  /// What `_ticker` shows: the value of the selector's term named ticker; without the SUBSCRIBE the subscription's id.
  public let ticker: String

  init(number: Int, subscriptionID: String, destination: String, selector: String?, wasRequested: Bool) {
    self.number = number
    self.subscriptionID = subscriptionID
    self.destination = destination
    self.selector = selector
    self.wasRequested = wasRequested
    ticker = wasRequested ? selector.flatMap { Selector.ticker(in: $0) } ?? "" : subscriptionID
  }
}

/// A table of a feed: one subscription and what is known of it.
public struct FeedTable {
  /// What it is known by.
  public internal(set) var identity: TableIdentity
  /// How far the rows can be taken for the market's state.
  public internal(set) var state: TableState = .awaitingSnapshot
  /// The rows; `nil` until the columns are known.
  public internal(set) var table: KeyedTable?
  /// Packets applied.
  public internal(set) var packets = 0
  /// Packets refused.
  public internal(set) var refused = 0
  /// Columns that the schema does not have, in the order in which they were met.
  public internal(set) var droppedColumns: [String] = []
  /// Packets that had such columns.
  public internal(set) var packetsWithDroppedColumns = 0

  /// Whether its packets came in the order of their sequence numbers.
  public internal(set) var orderCheck = OrderCheck()

  /// Which rows of its changes are wanted.
  var keptRows: ChangeSet.KeptRows
  /// Where the change sets of a reader that gives them back come from.
  var supply: RoomSupply?
  /// Whether frames for it are still wanted.
  var isOpen = true
  let channel: FeedChannel
  /// The destination as frames spell it: compared without making a string.
  let destinationBytes: ByteBuffer
  /// What its frames are routed by, as they spell it.
  private let subscriptionRoute: [UInt8]
  private let destinationRoute: [UInt8]
  var lastDropped: [String] = []
  var hasReportedRemoval = false
  var hasReportedNoColumns = false

  init(_ identity: TableIdentity, channel: FeedChannel, keptRows: ChangeSet.KeptRows) {
    self.identity = identity
    self.channel = channel
    self.keptRows = keptRows
    destinationBytes = ByteBuffer(string: identity.destination)
    subscriptionRoute = Array(identity.subscriptionID.utf8)
    destinationRoute = Array(identity.destination.utf8)
  }

  /// Whether the headers of a frame route it here, as they spell it.
  ///
  /// Mutating only so that the whole is not copied to look at a part of it.
  mutating func isRoute(of headers: Headers) -> Bool {
    headers.hasRoute(subscription: subscriptionRoute, destination: destinationRoute)
  }

  /// Applies the packet that the decoder holds.
  mutating func apply(_ decoder: PacketDecoder, _ received: Int64?, into changes: inout ChangeSet) {
    changes.keptRows = keptRows
    table?.apply(decoder, received: received, into: &changes)
    packets += 1
  }

  /// The columns, as far as they are known.
  public var schema: Schema? { channel.schema }
}

/// The destinations of a session: its connections share them, so that a destination has one schema.
final class FeedChannels {
  private var channels: [String: FeedChannel] = [:]

  /// The channel of that destination; the first caller's schema holds.
  func channel(_ destination: String, schema: () -> Schema?) -> FeedChannel {
    if let known = channels[destination] { return known }
    let channel = FeedChannel(destination: destination, schema: schema())
    channels[destination] = channel
    return channel
  }
}

/// What all tables of one destination share: the schema and a decoder with its room.
final class FeedChannel {
  let destination: String
  let decoder: PacketDecoder
  var changes: ChangeSet?

  init(destination: String, schema: Schema?) {
    self.destination = destination
    decoder = PacketDecoder(schema: schema)
  }

  var schema: Schema? { decoder.schema }

  /// The change set of the packet before, taken out while it is filled, so that its room is used again when nobody kept
  /// it.
  func takeRoom() -> ChangeSet? {
    var room: ChangeSet?
    swap(&room, &changes)
    return room
  }
}
