import ISSPlus
import MarketData
import NIOCore
import STOMP

/// A feed and what it gave out, a short line an event.
struct FeedProbe {
  var feed: Feed
  private(set) var lines: [String] = []
  /// Change sets as they were given out, kept to see that later packets do not touch them.
  private(set) var sets: [ChangeSet] = []

  init(_ configure: (inout Feed.Configuration) -> Void = { _ in }) {
    var configuration = Feed.Configuration()
    configure(&configuration)
    feed = Feed(configuration)
  }

  /// The lines since the last call.
  mutating func take() -> [String] {
    defer { lines = [] }
    return lines
  }

  /// Takes a message of the gateway as text and returns what it brought.
  mutating func receive(_ text: String, at received: Int64? = nil) throws -> [String] {
    var events: [FeedEvent] = []
    try feed.receive(ByteBuffer(string: text), at: received) { events.append($0) }
    for event in events { note(event) }
    return take()
  }

  /// Takes a MESSAGE with a packet of MXCX.orderbooks.
  mutating func packet(
    _ kind: String, _ rows: String, id: String = "1", at received: Int64? = nil
  ) throws -> [String] {
    try receive(Self.message(kind, rows, id: id), at: received)
  }

  /// Takes a snapshot.
  mutating func packet(_ rows: String, id: String = "1", at received: Int64? = nil) throws -> [String] {
    try packet("snapshot", rows, id: id, at: received)
  }

  mutating func breakLine(_ reason: StaleReason = .disconnected) -> [String] {
    var events: [FeedEvent] = []
    feed.breakLine(reason) { events.append($0) }
    for event in events { note(event) }
    return take()
  }

  mutating func markStale(_ number: Int, _ reason: StaleReason) -> [String] {
    var events: [FeedEvent] = []
    feed.markStale(number, reason) { events.append($0) }
    for event in events { note(event) }
    return take()
  }

  static func message(
    _ kind: String, _ rows: String, id: String = "1", destination: String = "MXCX.orderbooks",
    columns: String = #"["BUYSELL","PRICE","QUANTITY"]"#
  ) -> String {
    "MESSAGE\ndestination:\(destination)\nsubscription:\(id)\n\n"
      + #"{"properties":{"type":"\#(kind)"},"columns":\#(columns),"data":\#(rows)}"# + "\0"
  }

  /// A snapshot.
  static func message(
    _ rows: String, id: String = "1", destination: String = "MXCX.orderbooks",
    columns: String = #"["BUYSELL","PRICE","QUANTITY"]"#
  ) -> String {
    message("snapshot", rows, id: id, destination: destination, columns: columns)
  }

  private mutating func note(_ event: FeedEvent) {
    if case .changes(_, let set) = event { sets.append(set) }
    lines.append(Self.line(event))
  }

  static func line(_ event: FeedEvent) -> String {
    switch event {
    case .connected(let structure, let error):
      "connected markets=\(structure?.catalogue.markets.count ?? -1) error=\(error.map(\.description) ?? "none")"
    case .changes(let table, let set):
      "changes \(name(table)) \(set.properties.kind?.rawValue ?? "-")"
        + set.map { " \($0.kind.rawValue)(\(cells($0.row)))" }.joined()
    case .state(let table, let before, let after): "state \(name(table)) \(before) -> \(after)"
    case .refused(let table, let error): "refused \(name(table)) \(error.code)"
    case .droppedColumns(let table, let columns): "dropped \(name(table)) \(columns.joined(separator: ","))"
    case .ignoredRemoval(let table): "ignored removal \(name(table))"
    case .withoutColumns(let table): "without columns \(name(table))"
    case .outOfOrder(let table, let seqnum, let before): "out of order \(name(table)) \(seqnum) after \(before)"
    case .reply(let reply):
      "reply \(reply.requestID) \(reply.destination ?? "-") \(reply.selector ?? "-")"
        + reply.table.rows.map { " (\(cells($0)))" }.joined()
        + (reply.droppedColumns.isEmpty ? "" : " dropped \(reply.droppedColumns.joined(separator: ","))")
    case .refusedReply(let id, let error): "refused reply \(id) \(error.code)"
    case .receipt(let id): "receipt \(id)"
    case .refusal(let refusal): "refusal \(refusal.code.rawValue)"
    case .closed: "closed"
    case .late(let id): "late \(id)"
    case .unknown(let command): "unknown \(command)"
    }
  }

  private static func name(_ table: TableIdentity) -> String { "\(table.number):\(table.subscriptionID)" }

  static func cells(_ row: Row?) -> String {
    (row?.values ?? []).map { $0.isNull ? "null" : "\($0)" }.joined(separator: " ")
  }
}

extension FeedTable {
  /// The rows as text.
  var rowTexts: [String] { (table?.rows ?? []).map { FeedProbe.cells($0) } }
}
