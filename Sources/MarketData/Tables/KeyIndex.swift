/// A flat hash from keys to slots: open addressing, linear probing, no tombstones.
///
/// It holds slots, each with a half of its hash beside it, so that a look at the store is a look at the right row; keys
/// are the store's.
struct KeyIndex: Sendable {
  /// Slot + 1 in the upper half and the lower half of the hash by place, 0 for none; a power of two long.
  private var entries: [UInt64] = []
  private var count = 0

  /// Forgets all and keeps the room.
  mutating func removeAll() {
    for place in entries.indices { entries[place] = 0 }
    count = 0
  }

  /// Makes room for that many slots.
  mutating func reserve(_ wanted: Int) {
    if wanted * 4 <= entries.count * 3 { return }
    var size = max(8, entries.count)
    while wanted * 4 > size * 3 { size *= 2 }
    let old = entries
    entries = Array(repeating: 0, count: size)
    for entry in old where entry != 0 { put(entry) }
  }

  /// Where a hash begins to be looked for; of an entry as well.
  @inline(__always)
  private func home(_ hash: UInt64) -> Int {
    Int(truncatingIfNeeded: UInt32(truncatingIfNeeded: hash)) & (entries.count - 1)
  }

  private mutating func put(_ entry: UInt64) {
    let mask = entries.count - 1
    var place = home(entry)
    while entries[place] != 0 { place = (place + 1) & mask }
    entries[place] = entry
  }

  private static func entry(_ slot: Int, _ hash: UInt64) -> UInt64 {
    UInt64(truncatingIfNeeded: slot + 1) << 32 | hash & 0xFFFF_FFFF
  }

  /// Adds a slot whose key, of that hash, is not in yet.
  mutating func insert(_ slot: Int, hash: UInt64) {
    reserve(count + 1)
    put(Self.entry(slot, hash))
    count += 1
  }

  /// The slot with that hash, or half of it, for which `isMatch` holds.
  @inline(__always)
  func find(_ hash: UInt64, _ isMatch: (Int) -> Bool) -> Int? {
    if count == 0 { return nil }
    let mask = entries.count - 1
    var place = home(hash)
    while true {
      let entry = entries[place]
      if entry == 0 { return nil }
      if UInt32(truncatingIfNeeded: entry) == UInt32(truncatingIfNeeded: hash) {
        let slot = Int(truncatingIfNeeded: entry >> 32) - 1
        if isMatch(slot) { return slot }
      }
      place = (place + 1) & mask
    }
  }

  /// Takes a slot out; the entries behind it move up, so that no probe breaks off early.
  mutating func remove(_ slot: Int, hash: UInt64) {
    let mask = entries.count - 1
    let wanted = Self.entry(slot, hash)
    var hole = home(hash)
    while entries[hole] != wanted {
      if entries[hole] == 0 { return }
      hole = (hole + 1) & mask
    }
    count -= 1
    var probe = hole
    while true {
      probe = (probe + 1) & mask
      let entry = entries[probe]
      if entry == 0 { break }
      if (probe - home(entry)) & mask >= (probe - hole) & mask {
        entries[hole] = entry
        hole = probe
      }
    }
    entries[hole] = 0
  }

  /// Builds the index anew over all live slots.
  mutating func rebuild(_ store: RowStore) {
    removeAll()
    reserve(store.liveCount)
    for slot in 0..<store.slotCount where store.isLive(slot) { insert(slot, hash: store.hashes[slot]) }
  }
}

/// Hashes of keys and rows, seeded once a process, so that a peer cannot choose keys that collide.
enum KeyHash {
  static let seed = UInt64.random(in: 1...UInt64.max)

  @inline(__always)
  static func mix(_ hash: UInt64, _ value: UInt64) -> UInt64 {
    let (high, low) = (hash ^ value).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
    return high ^ low &+ 0x2545_F491_4F6C_DD1D
  }

  /// 0 marks a dead slot and is no hash.
  @inline(__always)
  static func finish(_ hash: UInt64) -> UInt64 { hash == 0 ? 1 : hash }

  /// Mixes in a cell that is no long text.
  @inline(__always)
  static func mix(_ hash: UInt64, cell: PackedCell) -> UInt64 { mix(mix(hash, cell.low), cell.high) }
}
