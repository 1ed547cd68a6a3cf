/// What one packet changed in a table: the rows that came, changed and went.
///
/// Every applied packet gives one, also when nothing changed. Inside a snapshot's the removals come first, in the
/// table's order, then the rest in packet order (tables.md, Change sets).
public struct ChangeSet: Sendable {
  /// The columns of all rows.
  public let schema: Schema
  /// Kind, seqnum and times of the packet; of the last one when several were merged.
  public internal(set) var properties = PacketProperties()
  /// When the message arrived here, in nanoseconds since 1970-01-01 UTC; `nil` where that was not recorded.
  public internal(set) var received: Int64?

  /// Which rows the changes come with.
  package enum KeptRows: Sendable, Hashable {
    /// None: the changes are only counted, by their kinds.
    case none
    /// The row as it stands last: after an insert or update, before a remove. What a line of CSV shows.
    case last
    /// The row before and the row after.
    case both
  }

  /// Which rows are kept when packets are applied.
  package var keptRows = KeptRows.both

  struct Record: Sendable {
    var kind: Change.Kind
    /// Where the row before stands in `cells`; -1 for an insert, and where it is not kept.
    var before: Int
    /// Where the row after stands in `cells`; -1 for a remove, and where it is not kept.
    var after: Int
  }

  private(set) var records: [Record] = []
  private(set) var cells: [PackedCell] = []
  private(set) var area: [UInt8] = []
  /// Packets in a row that have used only a small part of the room.
  private var roomyPackets = 0

  /// A change set without changes.
  public init(schema: Schema) { self.schema = schema }

  /// How many bytes of cells and texts it has room for without more memory.
  package var room: Int { cells.capacity * MemoryLayout<PackedCell>.stride + area.capacity }

  /// Forgets the changes and, when nobody else holds them, keeps the room.
  mutating func reset(_ properties: PacketProperties, received: Int64?) {
    self.properties = properties
    self.received = received
    let place = CellMemory.place(of: cells)
    let isRoomy = cells.capacity > 4 * Swift.max(cells.count, 32) || area.capacity > 4 * Swift.max(area.count, 256)
    roomyPackets = isRoomy ? roomyPackets + 1 : 0
    if roomyPackets > Self.roomyLimit { return giveRoomBack() }
    let (recordCount, cellCount, byteCount) = (records.count, cells.count, area.count)
    // Asked first: emptying what is empty is dearer than looking, and rows that are only counted leave no cells.
    if recordCount > 0 { records.removeAll(keepingCapacity: true) }
    if cellCount > 0 { cells.removeAll(keepingCapacity: true) }
    if byteCount > 0 { area.removeAll(keepingCapacity: true) }
    // Somebody holds the rows when the cells have moved. `removeAll(keepingCapacity:)` then gives a buffer as large as
    // the largest so far: each row of one cell that a reader keeps would hold the room of a whole snapshot.
    if isRoomy, CellMemory.place(of: cells) != place { giveRoomBack(recordCount, cellCount, byteCount) }
  }

  /// After that many packets that used only a small part of the room it is given back though nobody else holds it: a
  /// large snapshot now and then does not have to make its room anew.
  private static let roomyLimit = 4096

  private mutating func giveRoomBack() { giveRoomBack(records.count, cells.count, area.count) }

  private mutating func giveRoomBack(_ recordCount: Int, _ cellCount: Int, _ byteCount: Int) {
    roomyPackets = 0
    records = []
    cells = []
    area = []
    records.reserveCapacity(recordCount)
    cells.reserveCapacity(cellCount)
    area.reserveCapacity(byteCount)
  }

  /// Copies a row of a store as it is before an update and returns where it stands; nowhere when it is not kept.
  @inline(__always)
  mutating func copyBefore(_ store: RowStore, slot: Int) -> Int {
    keptRows == .both ? copy(store, slot: slot) : -1
  }

  /// Copies a row of a store and returns where it stands; nowhere when rows are not kept.
  @inline(__always)
  mutating func copy(_ store: RowStore, slot: Int) -> Int {
    if keptRows == .none { return -1 }
    return copy(store.cells, at: slot * store.width, area: store.area, width: store.width)
  }

  /// Copies a row from elsewhere and returns where it stands.
  mutating func copy(_ source: [PackedCell], at start: Int, area sourceArea: [UInt8], width: Int) -> Int {
    CellMemory.append(source, at: start, area: sourceArea, width: width, to: &cells, area: &area)
  }

  mutating func insert(after: Int) { records.append(Record(kind: .insert, before: -1, after: after)) }

  mutating func update(before: Int, after: Int) {
    records.append(Record(kind: .update, before: before, after: after))
  }

  mutating func remove(before: Int) { records.append(Record(kind: .remove, before: before, after: -1)) }
}

extension ChangeSet: RandomAccessCollection {
  /// The place of the first change.
  public var startIndex: Int { 0 }
  /// The place behind the last change.
  public var endIndex: Int { records.count }

  /// The change at that place; its rows share the cells of the set.
  public subscript(position: Int) -> Change {
    let record = records[position]
    return Change(
      kind: record.kind,
      before: record.before < 0 ? nil : Row(schema: schema, cells: cells, start: record.before, area: area),
      after: record.after < 0 ? nil : Row(schema: schema, cells: cells, start: record.after, area: area))
  }
}

/// One row that came, changed or went.
public struct Change: Sendable, Hashable {
  /// What happened to the row.
  public enum Kind: String, Sendable, Hashable {
    /// The row is new.
    case insert
    /// At least one cell prints otherwise than before.
    case update
    /// The row is gone.
    case remove
  }

  /// What happened.
  public let kind: Kind
  /// The row before; `nil` for an insert.
  public let before: Row?
  /// The row after; `nil` for a remove.
  public let after: Row?

  /// Places in the schema of the columns whose cells changed; all of them for an insert or a remove.
  public var changedColumns: [Int] {
    guard let before, let after else { return Array((before ?? after)?.schema.columns.indices ?? 0..<0) }
    return after.schema.columns.indices.filter { !after.isSame($0, as: before) }
  }

  /// The row as it stands after the change, or before it for a remove.
  public var row: Row? { after ?? before }
}
