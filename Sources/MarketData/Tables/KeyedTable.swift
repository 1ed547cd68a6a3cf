/// The rows of one subscription, kept by key (tables.md, Tables).
///
/// A value: a copy stays as it was. Applying a decoded packet cannot fail, because the decoder has validated all of it;
/// so nothing is ever half applied.
public struct KeyedTable: Sendable {
  /// The columns and keys.
  public let schema: Schema

  /// How many rows a table without a key keeps; older ones leave without a change.
  public let looseRowLimit: Int

  /// Rows of `removal` packets that were not there, or, in a table without a key, all of them.
  public private(set) var ignoredRemovals = 0

  /// Rows that left a table without a key because of `looseRowLimit`.
  public internal(set) var evictedRows = 0

  var store: RowStore
  var index = KeyIndex()
  /// The store of the snapshot before, for its room.
  private var spare: RowStore
  private var spareIndex = KeyIndex()
  /// Room for the first rows of a snapshot that differ.
  private var differing: [Int] = []

  /// In place of where the row before stands: no cell differs yet.
  private static let unchanged = Int.min

  /// A store of at most that many cells is kept for its room.
  private static let spareLimit = 8192
  /// So many rows that differ are noted; the others are looked for again.
  private static let notedRows = 64

  /// An empty table.
  public init(schema: Schema, looseRowLimit: Int = 100_000) {
    self.schema = schema
    self.looseRowLimit = max(1, looseRowLimit)
    store = RowStore(width: schema.columns.count)
    spare = store
  }

  /// How many rows there are.
  public var count: Int { store.liveCount }

  /// The rows in the order in which they appeared.
  public var rows: [Row] {
    (0..<store.slotCount).filter { store.isLive($0) }.map {
      Row(schema: schema, cells: store.cells, start: $0 * store.width, area: store.area)
    }
  }

  /// Applies the packet that the decoder holds and says what it changed.
  ///
  /// - Parameters:
  ///   - packet: a decoder of the table's schema that has decoded a packet.
  ///   - received: when the message arrived, in nanoseconds since 1970-01-01 UTC, for the change set.
  public mutating func apply(_ packet: PacketDecoder, received: Int64? = nil) -> ChangeSet {
    var changes = ChangeSet(schema: schema)
    apply(packet, received: received, into: &changes)
    return changes
  }

  /// As `apply(_:received:)`, into a change set whose room is used again.
  public mutating func apply(_ decoder: PacketDecoder, received: Int64?, into changes: inout ChangeSet) {
    let isApplied = decoder.withRows { packet in apply(&packet, received, &changes) }
    if !isApplied { changes.reset(PacketProperties(), received: received) }
  }

  private mutating func apply(_ packet: inout PacketRows, _ received: Int64?, _ changes: inout ChangeSet) {
    changes.reset(packet.properties, received: received)
    switch (packet.properties.kind ?? .snapshot, schema.isKeyed) {
    case (.snapshot, true): snapshot(packet, &changes)
    case (.snapshot, false): looseSnapshot(packet, &changes)
    case (.updates, true): updates(packet, &changes)
    case (.updates, false): looseUpdates(packet, &changes)
    case (.removal, true): removal(packet, &changes)
    case (.removal, false): ignoredRemovals += packet.rowCount
    }
  }

  // MARK: Keys

  @inline(__always)
  private func keyHash(_ packet: PacketRows, row: Int) -> UInt64 {
    let first = row * packet.stored
    var hash = KeyHash.seed
    for index in 0..<packet.keys.count {
      hash = packet.mix(hash, key: packet.cells[first + packet.keys[index]])
    }
    return KeyHash.finish(hash)
  }

  /// Whether the row at `slot` has the key of the packet's row.
  @inline(__always)
  private func hasKey(_ store: RowStore, slot: Int, _ packet: PacketRows, row: Int) -> Bool {
    let first = row * packet.stored
    let columns = schema.keys
    for index in 0..<columns.count {
      let column = columns[index]
      let cell = packet.cells[first + packet.keys[index]]
      if store.isSame(slot: slot, column: column, cell, of: packet) { continue }
      if cell.isLongText || cell.keyForm != store.cells[slot * store.width + column].keyForm { return false }
    }
    return true
  }

  /// Whether two rows of two stores have one key.
  private func hasKey(_ store: RowStore, slot: Int, as otherSlot: Int, of other: RowStore) -> Bool {
    let keys = schema.keys
    for index in 0..<keys.count {
      let column = keys[index]
      let own = store.cells[slot * store.width + column]
      let cell = other.cells[otherSlot * other.width + column]
      if store.isSame(own, cell, of: other) { continue }
      if cell.isLongText || cell.keyForm != own.keyForm { return false }
    }
    return true
  }

  private func find(_ packet: PacketRows, row: Int, hash: UInt64) -> Int? {
    index.find(hash) { hasKey(store, slot: $0, packet, row: row) }
  }

  // MARK: Packets

  private mutating func updates(_ packet: PacketRows, _ changes: inout ChangeSet) {
    for row in 0..<packet.rowCount {
      let hash = keyHash(packet, row: row)
      if let slot = find(packet, row: row, hash: hash) {
        update(slot, packet, row, &changes)
      } else {
        let slot = store.slotCount
        store.append(packet, row: row, hash: hash)
        index.insert(slot, hash: hash)
        changes.insert(after: changes.copy(store, slot: slot))
      }
    }
    store.squeezeTextIfNeeded()
  }

  /// Sets the cells that the packet has and that differ; in a snapshot the columns that it does not have become null.
  private mutating func update(
    _ slot: Int, _ packet: PacketRows, _ row: Int, _ changes: inout ChangeSet, absentIsNull: Bool = false
  ) {
    let stored = packet.stored
    let first = row * stored
    let start = slot * store.width
    var before = Self.unchanged
    var place = -1
    while true {
      place = CellMemory.nextDifference(
        store.cells, start, width: store.width, targets: packet.targets, packet.cells, first, from: place + 1)
      if place >= stored { break }
      let cell = packet.cells[first + place]
      let column = packet.targets[place]
      if cell.isLongText, store.isSame(slot: slot, column: column, cell, of: packet) { continue }
      if before == Self.unchanged { before = changes.copyBefore(store, slot: slot) }
      store.set(slot: slot, column: column, cell, of: packet)
      // A row that has one changed cell mostly has more.
      place = store.setPlain(slot: slot, packet, first: first, from: place + 1) - 1
    }
    if absentIsNull {
      for column in packet.absent where !store.cells[start + column].isNull {
        if before == Self.unchanged { before = changes.copyBefore(store, slot: slot) }
        store.set(slot: slot, column: column, .null, of: packet)
      }
    }
    if before != Self.unchanged { changes.update(before: before, after: changes.copy(store, slot: slot)) }
  }

  private mutating func removal(_ packet: PacketRows, _ changes: inout ChangeSet) {
    for row in 0..<packet.rowCount {
      guard let slot = find(packet, row: row, hash: keyHash(packet, row: row)) else {
        ignoredRemovals += 1
        continue
      }
      changes.remove(before: changes.copy(store, slot: slot))
      index.remove(slot, hash: store.hashes[slot])
      store.kill(slot)
    }
    squeezeIfNeeded()
  }

  mutating func squeezeIfNeeded() {
    store.squeezeTextIfNeeded()
    guard store.wantsSqueeze else { return }
    store.squeeze()
    if schema.isKeyed { index.rebuild(store) }
  }

  private mutating func snapshot(_ packet: PacketRows, _ changes: inout ChangeSet) {
    if packet.isWhole, packet.rowCount == store.liveCount, store.slotCount == store.liveCount {
      // The usual book: all its cells are compared in one go, and only the rows that differ are looked at.
      if noteDifferences(packet) {
        for place in differing.indices { update(differing[place], packet, differing[place], &changes) }
        if differing.count == Self.notedRows, let last = differing.last {
          var row = nextDifference(packet, from: last + 1)
          while row < packet.rowCount {
            update(row, packet, row, &changes)
            row = nextDifference(packet, from: row + 1)
          }
        }
        store.squeezeTextIfNeeded()
        return
      }
    } else if hasSameKeysInOrder(packet) {
      for row in 0..<packet.rowCount { update(row, packet, row, &changes, absentIsNull: true) }
      store.squeezeTextIfNeeded()
      return
    }
    // Built aside and swapped in; of a key that stands twice the last row takes the place of the first.
    spare.removeAll()
    spare.reserve(rows: packet.rowCount)
    spareIndex.removeAll()
    spareIndex.reserve(packet.rowCount)
    for row in 0..<packet.rowCount {
      let hash = keyHash(packet, row: row)
      let known = spareIndex.find(hash) { hasKey(spare, slot: $0, packet, row: row) }
      if let known {
        spare.replace(slot: known, packet, row: row)
      } else {
        spare.append(packet, row: row, hash: hash)
        spareIndex.insert(spare.slotCount - 1, hash: hash)
      }
    }
    for slot in 0..<store.slotCount where store.isLive(slot) {
      let stays = spareIndex.find(store.hashes[slot]) {
        hasKey(spare, slot: $0, as: slot, of: store)
      }
      if stays == nil { changes.remove(before: changes.copy(store, slot: slot)) }
    }
    for slot in 0..<spare.slotCount {
      let old = index.find(spare.hashes[slot]) { hasKey(store, slot: $0, as: slot, of: spare) }
      if let old {
        if spare.isSame(slot: slot, as: old, of: store) { continue }
        let before = changes.copyBefore(store, slot: old)
        changes.update(before: before, after: changes.copy(spare, slot: slot))
      } else {
        changes.insert(after: changes.copy(spare, slot: slot))
      }
    }
    swap(&store, &spare)
    swap(&index, &spareIndex)
    if spare.cells.capacity > Self.spareLimit {
      spare = RowStore(width: store.width)
      spareIndex = KeyIndex()
    }
  }

  /// Notes the first rows of a whole packet that may differ from the store's row at the same place; false when the keys
  /// are not the same in the same order.
  private mutating func noteDifferences(_ packet: PacketRows) -> Bool {
    differing.removeAll(keepingCapacity: true)
    var row = nextDifference(packet, from: 0)
    while row < packet.rowCount {
      if !hasKey(store, slot: row, packet, row: row) { return false }
      if differing.count < Self.notedRows { differing.append(row) }
      row = nextDifference(packet, from: row + 1)
    }
    return true
  }

  /// The first row from `row` on that may differ, or the row count.
  @inline(__always)
  private func nextDifference(_ packet: PacketRows, from row: Int) -> Int {
    let width = store.width
    if width == 0 { return packet.rowCount }
    return CellMemory.nextDifference(
      store.cells, 0, packet.cells, 0, from: row * width, width: packet.rowCount * width) / width
  }

  /// The same levels in the same order, so that no row comes, goes or moves.
  private func hasSameKeysInOrder(_ packet: PacketRows) -> Bool {
    guard packet.rowCount == store.liveCount, store.slotCount == store.liveCount else { return false }
    for row in 0..<packet.rowCount where !hasKey(store, slot: row, packet, row: row) { return false }
    return true
  }
}
