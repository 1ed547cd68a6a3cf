/// Change sets merged by key while their reader is away (tables.md, Change sets).
///
/// insert+update is an insert, insert+remove nothing, update+remove a remove, remove+insert an update (nothing when the
/// rows are equal). Memory is bounded by the rows that the reader knows and the rows that there are; in a table without
/// a key waiting inserts are kept up to the table's own limit.
public struct Conflator: Sendable {
  /// Rows before and after, as slots of the stores; -1 for none.
  private struct Entry: Sendable {
    var before: Int
    var after: Int
    /// In a table without a key: the next entry with an equal row, -1 at the end. Only the first one is in the index,
    /// so that many equal rows cost no more than many different ones.
    var next = -1
    /// The last entry with an equal row; only the first one knows.
    var last = -1
    var isEmpty: Bool { before < 0 && after < 0 }
  }

  /// The columns.
  public let schema: Schema
  /// How many waiting inserts a table without a key keeps.
  public let looseRowLimit: Int
  /// Waiting inserts that were given up because of `looseRowLimit`.
  public private(set) var evictedRows = 0
  /// How many change sets were merged since the last `take`.
  public private(set) var mergedSets = 0

  private let allColumns: [Int]
  private var entries: [Entry] = []
  private var hashes: [UInt64] = []
  private var index = KeyIndex()
  private var befores: RowStore
  private var afters: RowStore
  private var emptyEntries = 0
  private var waitingInserts = 0
  private var firstInsert = 0
  private var properties = PacketProperties()
  private var received: Int64?

  /// Nothing merged yet.
  public init(schema: Schema, looseRowLimit: Int = 100_000) {
    self.schema = schema
    self.looseRowLimit = max(1, looseRowLimit)
    allColumns = Array(schema.columns.indices)
    befores = RowStore(width: schema.columns.count)
    afters = befores
  }

  /// Whether nothing was merged since the last `take`.
  public var isEmpty: Bool { mergedSets == 0 }

  /// Merges a change set.
  public mutating func merge(_ changes: ChangeSet) {
    properties = changes.properties
    received = changes.received
    mergedSets += 1
    for record in changes.records {
      if schema.isKeyed { mergeKeyed(record, changes) } else { mergeLoose(record, changes) }
    }
    befores.squeezeTextIfNeeded()
    afters.squeezeTextIfNeeded()
    // A row that comes and goes keeps its entry and leaves a dead slot each time.
    let dead = afters.slotCount - afters.liveCount
    if max(emptyEntries, dead) > 32, max(emptyEntries, dead) > entries.count / 2 { rebuild() }
  }

  /// Gives what was merged, with seqnum and times of the last packet, and starts anew; `nil` when nothing was merged.
  ///
  /// Removals come first, then the rest, each in the order in which their rows were first touched.
  public mutating func take() -> ChangeSet? {
    guard mergedSets > 0 else { return nil }
    var merged = ChangeSet(schema: schema)
    merged.reset(properties, received: received)
    for entry in entries where entry.after < 0 && entry.before >= 0 {
      merged.remove(before: merged.copy(befores, slot: entry.before))
    }
    for entry in entries where entry.after >= 0 {
      if entry.before < 0 {
        merged.insert(after: merged.copy(afters, slot: entry.after))
      } else if !afters.isSame(slot: entry.after, as: entry.before, of: befores) {
        let before = merged.copy(befores, slot: entry.before)
        merged.update(before: before, after: merged.copy(afters, slot: entry.after))
      }
    }
    clear()
    return merged
  }

  private mutating func clear() {
    let evicted = evictedRows
    self = Conflator(schema: schema, looseRowLimit: looseRowLimit)
    evictedRows = evicted
  }

  /// How many rows are held, given up ones included.
  var heldRows: Int { befores.slotCount + afters.slotCount }

  /// How many bytes of long texts are held.
  var heldText: Int { befores.area.count + afters.area.count }

  // MARK: Keyed tables

  private mutating func mergeKeyed(_ record: ChangeSet.Record, _ changes: ChangeSet) {
    let place = record.before >= 0 ? record.before : record.after
    let hash = hash(changes, at: place, columns: schema.keys, byValue: true)
    let found = index.find(hash) { hasKey($0, changes, at: place) }
    guard let found else {
      let before = record.before < 0 ? -1 : Self.append(to: &befores, changes, record.before)
      let after = record.after < 0 ? -1 : Self.append(to: &afters, changes, record.after)
      return add(Entry(before: before, after: after), hash: hash)
    }
    var entry = entries[found]
    if record.after < 0 {
      if entry.after >= 0 { afters.kill(entry.after) }
      entry.after = -1
    } else if entry.after < 0 {
      entry.after = Self.append(to: &afters, changes, record.after)
    } else {
      afters.replace(slot: entry.after, changes.cells, at: record.after, area: changes.area)
    }
    entries[found] = entry
    if entry.isEmpty { forget(found) }
  }

  private func hasKey(_ place: Int, _ changes: ChangeSet, at start: Int) -> Bool {
    let entry = entries[place]
    if entry.isEmpty { return false }
    let store = entry.after >= 0 ? afters : befores
    let slot = entry.after >= 0 ? entry.after : entry.before
    for column in schema.keys {
      let own = store.cells[slot * store.width + column]
      let cell = changes.cells[start + column]
      if !Self.isSame(own, store.area, cell, changes.area, byValue: true) { return false }
    }
    return true
  }

  // MARK: Tables without a key

  private mutating func mergeLoose(_ record: ChangeSet.Record, _ changes: ChangeSet) {
    let place = record.before >= 0 ? record.before : record.after
    let isInsert = record.after >= 0
    let hash = hash(changes, at: place, columns: allColumns, byValue: false)
    let first = index.find(hash) { isEqual($0, changes, at: place) }
    // Equal rows all wait for the same: an insert meets a waiting remove, or the other way round, and both are nothing.
    if let first, (entries[first].after >= 0) != isInsert { return forgetFirst(first) }
    let entry =
      isInsert
      ? Entry(before: -1, after: Self.append(to: &afters, changes, place))
      : Entry(before: Self.append(to: &befores, changes, place), after: -1)
    if let first {
      let fresh = entries.count
      entries.append(entry)
      hashes.append(hash)
      let last = entries[first].last
      entries[last < 0 ? first : last].next = fresh
      entries[first].last = fresh
    } else {
      add(entry, hash: hash)
    }
    if isInsert {
      waitingInserts += 1
      if waitingInserts > looseRowLimit { evict() }
    }
  }

  /// Whether the entry's row prints as the change's in all cells.
  private func isEqual(_ place: Int, _ changes: ChangeSet, at start: Int) -> Bool {
    let entry = entries[place]
    if entry.isEmpty { return false }
    let store = entry.after >= 0 ? afters : befores
    let slot = entry.after >= 0 ? entry.after : entry.before
    return schema.columns.indices.allSatisfy {
      Self.isSame(
        store.cells[slot * store.width + $0], store.area, changes.cells[start + $0], changes.area, byValue: false)
    }
  }

  /// Gives up the oldest waiting insert, which is the first of its equal rows.
  private mutating func evict() {
    while firstInsert < entries.count {
      let place = firstInsert
      firstInsert += 1
      if entries[place].after < 0 { continue }
      evictedRows += 1
      return forgetFirst(place)
    }
  }

  /// Forgets the first entry of equal rows; the next one takes its place in the index.
  private mutating func forgetFirst(_ place: Int) {
    let entry = entries[place]
    if entry.after >= 0 {
      afters.kill(entry.after)
      waitingInserts -= 1
    } else {
      befores.kill(entry.before)
    }
    forget(place)
    guard entry.next >= 0 else { return }
    entries[entry.next].last = entry.next == entry.last ? -1 : entry.last
    index.insert(entry.next, hash: hashes[entry.next])
  }

  // MARK: Entries

  private mutating func add(_ entry: Entry, hash: UInt64) {
    entries.append(entry)
    hashes.append(hash)
    index.insert(entries.count - 1, hash: hashes[entries.count - 1])
  }

  private mutating func forget(_ place: Int) {
    index.remove(place, hash: hashes[place])
    entries[place] = Entry(before: -1, after: -1)
    emptyEntries += 1
  }

  /// Builds the entries anew without those that came to nothing.
  private mutating func rebuild() {
    var fresh = Conflator(schema: schema, looseRowLimit: looseRowLimit)
    /// Where the entries stand now; -1 for those that are left out.
    var places = Array(repeating: -1, count: entries.count)
    for (place, entry) in entries.enumerated() where !entry.isEmpty {
      var copy = Entry(before: -1, after: -1, next: entry.next, last: entry.last)
      if entry.before >= 0 { copy.before = Self.append(to: &fresh.befores, befores, entry.before) }
      if entry.after >= 0 { copy.after = Self.append(to: &fresh.afters, afters, entry.after) }
      places[place] = fresh.entries.count
      fresh.entries.append(copy)
      fresh.hashes.append(hashes[place])
    }
    var isFirst = Array(repeating: true, count: fresh.entries.count)
    for place in fresh.entries.indices {
      let entry = fresh.entries[place]
      if entry.last >= 0 { fresh.entries[place].last = places[entry.last] }
      guard entry.next >= 0 else { continue }
      fresh.entries[place].next = places[entry.next]
      isFirst[places[entry.next]] = false
    }
    for place in fresh.entries.indices where isFirst[place] { fresh.index.insert(place, hash: fresh.hashes[place]) }
    fresh.evictedRows = evictedRows
    fresh.mergedSets = mergedSets
    fresh.waitingInserts = waitingInserts
    fresh.properties = properties
    fresh.received = received
    self = fresh
  }

  private static func append(to store: inout RowStore, _ changes: ChangeSet, _ start: Int) -> Int {
    store.append(changes.cells, at: start, area: changes.area, hash: 1)
    return store.slotCount - 1
  }

  private static func append(to store: inout RowStore, _ source: RowStore, _ slot: Int) -> Int {
    store.append(source.cells, at: slot * source.width, area: source.area, hash: 1)
    return store.slotCount - 1
  }

  private func hash(_ changes: ChangeSet, at start: Int, columns: [Int], byValue: Bool) -> UInt64 {
    var hash = KeyHash.seed
    for column in columns {
      let cell = changes.cells[start + column]
      if cell.isLongText {
        hash = KeyHash.mix(hash, area: changes.area, cell.textRange)
      } else {
        hash = KeyHash.mix(hash, cell: byValue ? cell.keyForm : cell)
      }
    }
    return KeyHash.finish(hash)
  }

  private static func isSame(
    _ left: PackedCell, _ leftArea: [UInt8], _ right: PackedCell, _ rightArea: [UInt8], byValue: Bool
  ) -> Bool {
    if left.isLongText || right.isLongText {
      guard left.isLongText, right.isLongText, left.textCount == right.textCount else { return false }
      return leftArea[left.textOffset..<left.textOffset + left.textCount]
        == rightArea[right.textOffset..<right.textOffset + right.textCount]
    }
    return left == right || (byValue && left.keyForm == right.keyForm)
  }
}
