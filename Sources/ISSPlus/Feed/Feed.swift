public import MarketData
public import NIOCore
public import STOMP

/// What one session's messages come to: tables, changes, replies and refusals.
///
/// Pure: message bytes and a time go in, events come out; no clock, no I/O. The session's driver, `decode`, the fixtures
/// and the fuzzers are its callers, so that live data and replay run the same code (architecture.md).
public struct Feed {
  /// How this feed reads.
  public let configuration: Configuration
  /// The tables in the order of their SUBSCRIBE, or of their first MESSAGE.
  public private(set) var tables: [FeedTable] = []
  /// The structure of the last CONNECTED.
  public private(set) var structure: Structure?
  /// Frames received.
  public private(set) var frames = 0
  /// Packets whose seqnum did not grow, of all tables.
  public private(set) var outOfOrderPackets = 0
  /// Whether the next MESSAGE's `X-gateway-stamp` is wanted; becomes `false` with it.
  var wantsStamp = false
  /// The last `X-gateway-stamp` that was wanted: milliseconds since 1970-01-01 UTC by the gateway's clock.
  var stamp: Int64?

  private var incoming: FrameParser
  private var outgoing: FrameParser
  private let channels: FeedChannels
  private var bySubscription: [ByteBuffer: [Int]] = [:]
  private var freeNumbers: [Int] = []
  /// Where frames with a hash of subscription and destination went last; forgotten when tables come or go.
  private var routes = RouteIndex()
  private var requests: [String: (destination: String, selector: String?)] = [:]

  /// A feed at the start of a session.
  public init(_ configuration: Configuration = Configuration()) {
    self.init(configuration, channels: FeedChannels())
  }

  /// A feed of one connection of a session, which shares the schemas of the others.
  init(_ configuration: Configuration, channels: FeedChannels) {
    self.configuration = configuration
    self.channels = channels
    incoming = FrameParser(dialect: configuration.dialect, limits: configuration.limits)
    outgoing = incoming
  }

  // MARK: Our side

  /// Takes a message that was sent to the gateway.
  ///
  /// - Throws: `FrameError` when it is no STOMP.
  public mutating func send(_ message: ByteBuffer) throws(FrameError) {
    outgoing.append(message)
    while let frame = try outgoing.next() { send(frame) }
  }

  /// Takes a frame that was sent to the gateway: what it asks for decides what the answers are.
  public mutating func send(_ frame: Frame) {
    switch frame.command.known {
    case .subscribe:
      guard let destination = frame.headers["destination"] else { return }
      let id = frame.headers["id"] ?? ""
      _ = subscribe(id: id, destination: destination, selector: frame.headers["selector"])
    case .unsubscribe: unsubscribe(id: frame.headers["id"] ?? "")
    case .request:
      guard let destination = frame.headers["destination"] else { return }
      request(id: frame.headers["id"] ?? "", destination: destination, selector: frame.headers["selector"])
    case .connect, .stomp, .disconnect, .send, .connected, .error, .receipt, .message, .reply, .closed, nil: return
    }
  }

  /// Expects the answers to a SUBSCRIBE and returns the number of its table.
  ///
  /// The same id, destination and selector again (after a reconnect) is the same table.
  public mutating func subscribe(id: String, destination: String, selector: String?) -> Int {
    let key = ByteBuffer(string: id)
    let known = bySubscription[key, default: []].last { tables[$0].identity.destination == destination }
    if let known, isSameTable(tables[known].identity, selector) {
      // What came while it was closed is missed; nobody is told, because nobody wanted it then.
      if !tables[known].isOpen, tables[known].state == .live { tables[known].state = .stale(.resubscribed) }
      tables[known].isOpen = true
      tables[known].orderCheck.restart()
      if !tables[known].identity.wasRequested || tables[known].identity.selector != selector {
        tables[known].identity = TableIdentity(
          number: known, subscriptionID: id, destination: destination, selector: selector, wasRequested: true)
      }
      return known
    }
    return addTable(key, id: id, destination: destination, selector: selector, requested: true)
  }

  /// Whether a SUBSCRIBE with that selector asks for the same table again. For another ticker it does not: its rows
  /// would be told under a name that is not theirs.
  private func isSameTable(_ identity: TableIdentity, _ selector: String?) -> Bool {
    guard identity.wasRequested else { return true }
    return identity.ticker == selector.flatMap { Selector.ticker(in: $0) } ?? ""
  }

  /// Says which rows of a table's changes are wanted from now on, and where change sets come from that their reader has
  /// done with.
  mutating func keepRows(_ kept: ChangeSet.KeptRows, rooms: ChangeRooms? = nil, ofTable number: Int) {
    tables[number].keptRows = kept
    // One for all tables of a reader: thousands would else hold a supply each.
    tables[number].supply = rooms.map { rooms in
      tables.lazy.compactMap(\.supply).first { $0.rooms === rooms } ?? RoomSupply(rooms)
    }
  }

  /// Frames for that subscription are late from now on. Its tables stay to be looked at.
  public mutating func unsubscribe(id: String) {
    for number in bySubscription[ByteBuffer(string: id)] ?? [] { tables[number].isOpen = false }
  }

  /// Forgets a table that nobody looks at any more; its number may be given to another.
  public mutating func releaseTable(_ number: Int) {
    guard tables.indices.contains(number), !freeNumbers.contains(number) else { return }
    let key = ByteBuffer(string: tables[number].identity.subscriptionID)
    routes.removeAll()
    bySubscription[key]?.removeAll { $0 == number }
    if bySubscription[key]?.isEmpty == true { bySubscription[key] = nil }
    tables[number].isOpen = false
    tables[number].table = nil
    tables[number].supply = nil
    freeNumbers.append(number)
  }

  /// Expects the reply to a REQUEST.
  public mutating func request(id: String, destination: String, selector: String?) {
    requests[id] = (destination, selector)
  }

  /// Forgets a REQUEST: its reply would come too late.
  public mutating func forgetRequest(id: String) { requests[id] = nil }

  /// The line was lost, or is new: half a frame is given up and every live table is stale until its next snapshot.
  public mutating func breakLine(_ reason: StaleReason, _ handle: (FeedEvent) -> Void) {
    incoming = FrameParser(dialect: configuration.dialect, limits: configuration.limits)
    outgoing = incoming
    requests.removeAll()
    for number in tables.indices where tables[number].isOpen { markStale(number, reason, handle) }
  }

  /// Marks one table stale, for example because it was silent for too long.
  public mutating func markStale(_ number: Int, _ reason: StaleReason, _ handle: (FeedEvent) -> Void) {
    let before = tables[number].state
    let hasRows = before == .awaitingSnapshot && (tables[number].table?.count ?? 0) > 0
    guard before == .live || hasRows else { return }
    tables[number].state = .stale(reason)
    handle(.state(tables[number].identity, from: before, to: .stale(reason)))
  }

  // MARK: The gateway's side

  /// Takes a message of the gateway, which may hold several frames or a part of one.
  ///
  /// - Parameters:
  ///   - message: its bytes; they may hold several frames, or a part of one.
  ///   - received: when it arrived, in nanoseconds since 1970-01-01 UTC; `nil` where nothing recorded it.
  ///   - handle: gets the events in order.
  /// - Throws: `FrameError` when the bytes are no STOMP; the line is then of no use any more.
  public mutating func receive(
    _ message: ByteBuffer, at received: Int64?, _ handle: (FeedEvent) -> Void
  ) throws(FrameError) {
    incoming.append(message)
    while let frame = try incoming.next() { receive(frame, at: received, handle) }
  }

  /// As above, with the changes apart from all other events, and to be moved out: to take a change set out of an event is
  /// to copy it, which counts all its references, for each packet.
  mutating func receive(
    _ message: ByteBuffer, at received: Int64?, changes: (TableIdentity, inout ChangeSet) -> Void,
    others: (FeedEvent) -> Void
  ) throws(FrameError) {
    incoming.append(message)
    while let frame = try incoming.next() { take(frame, received, isApart: true, changes, others) }
  }

  /// Takes a frame of the gateway.
  public mutating func receive(_ frame: Frame, at received: Int64?, _ handle: (FeedEvent) -> Void) {
    take(frame, received, isApart: false, { _, _ in }, handle)
  }

  @inline(__always)
  private mutating func take(
    _ frame: Frame, _ received: Int64?, isApart: Bool, _ changes: (TableIdentity, inout ChangeSet) -> Void,
    _ handle: (FeedEvent) -> Void
  ) {
    frames += 1
    switch frame.command.known {
    case .message: message(frame, received, isApart: isApart, changes, handle)
    case .reply: reply(frame, handle)
    case .connected: connected(frame, handle)
    case .receipt: handle(.receipt(frame.headers["receipt-id"] ?? ""))
    case .error:
      let refusal = GatewayRefusal(frame)
      if let id = refusal.requestID { requests[id] = nil }
      handle(.refusal(refusal))
    case .closed: handle(.closed)
    case .connect, .stomp, .subscribe, .unsubscribe, .request, .send, .disconnect, nil:
      handle(.unknown(frame.command))
    }
  }

  private mutating func connected(_ frame: Frame, _ handle: (FeedEvent) -> Void) {
    guard configuration.readsStructure else { return handle(.connected(nil, nil)) }
    do {
      let structure = try Structure(body: frame.body)
      self.structure = structure
      handle(.connected(structure, nil))
    } catch {
      handle(.connected(nil, error))
    }
  }

  @inline(__always)
  private mutating func message(
    _ frame: Frame, _ received: Int64?, isApart: Bool, _ changes: (TableIdentity, inout ChangeSet) -> Void,
    _ handle: (FeedEvent) -> Void
  ) {
    if wantsStamp, let text = frame.headers.bytes(of: "X-gateway-stamp") {
      wantsStamp = false
      stamp = Self.stamp(text)
    }
    guard let number = table(of: frame), tables[number].isOpen else {
      return handle(.late(subscriptionID: frame.headers["subscription"] ?? ""))
    }
    let channel = tables[number].channel
    let head: PacketHead
    do {
      head = try channel.decoder.decodeHead(frame.body)
    } catch {
      tables[number].refused += 1
      handle(.refused(tables[number].identity, error))
      return markStale(number, .badPacket, handle)
    }
    let properties = head.properties
    if !head.hadSchema, properties.kind != .snapshot {
      // The columns come with the first snapshot, which replaces all rows; those of a part are no schema.
      channel.decoder.forgetProvisionalSchema()
      if !tables[number].hasReportedNoColumns { handle(.withoutColumns(tables[number].identity)) }
      tables[number].hasReportedNoColumns = true
      return
    }
    if isOutOfOrder(number, properties.seqnum, handle) { return }
    if tables[number].table == nil, let schema = channel.schema {
      tables[number].table = KeyedTable(schema: schema, looseRowLimit: configuration.looseRowLimit)
    }
    apply(number, channel, head, received, isApart: isApart, changes, handle)
  }

  /// The number that a stamp is; nearly always plain digits, for which no string is made.
  private static func stamp(_ text: ByteBuffer) -> Int64? {
    let bytes = text.readableBytesView
    guard (1...18).contains(bytes.count), bytes.allSatisfy({ 0x30...0x39 ~= $0 }) else {
      return Int64(String(buffer: text))
    }
    return bytes.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
  }

  /// Checks the order of a packet and tells its first violation in a table.
  ///
  /// - Returns: whether the packet is to be dropped.
  @inline(__always)
  private mutating func isOutOfOrder(_ number: Int, _ seqnum: UInt64?, _ handle: (FeedEvent) -> Void) -> Bool {
    let before = tables[number].orderCheck.last
    switch tables[number].orderCheck.take(seqnum, dropsViolations: configuration.dropsOutOfOrder) {
    case .unknown, .grows: return false
    case .repeats, .falls:
      outOfOrderPackets += 1
      if tables[number].orderCheck.violations == 1, let seqnum, let before {
        handle(.outOfOrder(tables[number].identity, seqnum: seqnum, after: before))
      }
      return configuration.dropsOutOfOrder
    }
  }

  @inline(__always)
  private mutating func apply(
    _ number: Int, _ channel: FeedChannel, _ head: PacketHead, _ received: Int64?, isApart: Bool,
    _ deliver: (TableIdentity, inout ChangeSet) -> Void, _ handle: (FeedEvent) -> Void
  ) {
    let supply = tables[number].supply
    var changes: ChangeSet
    // Without a schema there is no packet.
    if let supply {
      guard let schema = channel.schema else { return }
      changes = supply.next(schema)
    } else if let room = channel.takeRoom() {
      changes = room
    } else {
      guard let schema = channel.schema else { return }
      changes = ChangeSet(schema: schema)
    }
    tables[number].apply(channel.decoder, received, into: &changes)
    if head.hasDroppedColumns { noteDropped(number, channel.decoder.droppedColumns, handle) }
    if head.properties.kind == .removal { noteIgnoredRemoval(number, handle) }
    if isApart {
      deliver(tables[number].identity, &changes)
      if supply == nil { channel.changes = consume changes }
    } else {
      // Moved into the event and back: a copy would count all its references up and down.
      let event = FeedEvent.changes(tables[number].identity, consume changes)
      handle(event)
      if supply == nil, case .changes(_, let room) = consume event { channel.changes = consume room }
    }
    if head.properties.kind == .snapshot { markLive(number, handle) }
  }

  private mutating func markLive(_ number: Int, _ handle: (FeedEvent) -> Void) {
    let before = tables[number].state
    if before == .live { return }
    tables[number].state = .live
    handle(.state(tables[number].identity, from: before, to: .live))
  }

  private mutating func noteIgnoredRemoval(_ number: Int, _ handle: (FeedEvent) -> Void) {
    guard !tables[number].hasReportedRemoval, let table = tables[number].table, !table.schema.isKeyed,
      table.ignoredRemovals > 0
    else { return }
    tables[number].hasReportedRemoval = true
    handle(.ignoredRemoval(tables[number].identity))
  }

  private mutating func noteDropped(_ number: Int, _ columns: [String], _ handle: (FeedEvent) -> Void) {
    tables[number].packetsWithDroppedColumns += 1
    if columns == tables[number].lastDropped { return }
    tables[number].lastDropped = columns
    let fresh = columns.filter { !tables[number].droppedColumns.contains($0) }
    // Bounded, so that a peer that invents names cannot fill the memory.
    guard !fresh.isEmpty, tables[number].droppedColumns.count < 1000 else { return }
    tables[number].droppedColumns += fresh
    handle(.droppedColumns(tables[number].identity, fresh))
  }

  private mutating func reply(_ frame: Frame, _ handle: (FeedEvent) -> Void) {
    let ids = ["request-id", "subscription", "receipt-id"].compactMap { frame.headers[$0] }
    let id = ids.first { requests[$0] != nil } ?? ids.first ?? ""
    let request = requests.removeValue(forKey: id)
    let destination = request?.destination ?? frame.headers["destination"]
    let schema = destination.flatMap { resource($0) }.map { Schema($0) }
    let decoder = PacketDecoder(schema: schema)
    do {
      try decoder.decodeReply(frame.body)
    } catch {
      return handle(.refusedReply(requestID: id, error))
    }
    guard let columns = decoder.schema else { return }
    decoder.treatAsSnapshot()
    var table = KeyedTable(schema: columns, looseRowLimit: .max)
    _ = table.apply(decoder)
    handle(
      .reply(
        FeedReply(
          requestID: id, destination: destination, selector: request?.selector, properties: decoder.properties,
          table: table, droppedColumns: decoder.droppedColumns)))
  }

  // MARK: Tables

  /// What is known of a destination: from the caller, else from CONNECTED, else built in.
  public func resource(_ destination: String) -> Resource? {
    if let catalogue = configuration.catalogue { return catalogue[destination] ?? Catalogue.builtIn[destination] }
    return structure?.catalogue[destination] ?? Catalogue.builtIn[destination]
  }

  @inline(__always)
  private mutating func table(of frame: Frame) -> Int? {
    guard let hash = frame.headers.routeHash else { return searchTable(of: frame) }
    if let known = routes[hash], tables[known].isRoute(of: frame.headers) { return known }
    let found = searchTable(of: frame)
    if let found { routes.insert(found, hash) }
    return found
  }

  private mutating func searchTable(of frame: Frame) -> Int? {
    let subscription = frame.headers.bytes(of: "subscription") ?? ByteBuffer()
    let destination = frame.headers.bytes(of: "destination")
    let candidates = bySubscription[subscription] ?? []
    guard let destination else { return candidates.last }
    if let known = candidates.last(where: { tables[$0].destinationBytes == destination }) { return known }
    guard configuration.acceptsUnrequested else { return nil }
    let id = String(buffer: subscription)
    return addTable(subscription, id: id, destination: String(buffer: destination), selector: nil, requested: false)
  }

  private mutating func addTable(
    _ key: ByteBuffer, id: String, destination: String, selector: String?, requested: Bool
  ) -> Int {
    let channel = channels.channel(destination) { resource(destination).map { Schema($0) } }
    routes.removeAll()
    let number = freeNumbers.popLast() ?? tables.count
    let identity = TableIdentity(
      number: number, subscriptionID: id, destination: destination, selector: selector, wasRequested: requested)
    let table = FeedTable(identity, channel: channel, keptRows: configuration.keptRows)
    if number == tables.count { tables.append(table) } else { tables[number] = table }
    // A copy of the key's own: a slice would keep the whole network buffer alive.
    bySubscription[ByteBuffer(bytes: key.readableBytesView), default: []].append(number)
    return number
  }
}
