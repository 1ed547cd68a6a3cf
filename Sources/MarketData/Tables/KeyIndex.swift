/// A flat hash from keys to slots: open addressing, linear probing, no tombstones.
///
/// It holds slots only; hashes and keys are the store's.
struct KeyIndex: Sendable {
  /// Slot + 1 by place, 0 for none; a power of two long.
  private var entries: [UInt32] = []
  private var count = 0

  /// Forgets all and keeps the room.
  mutating func removeAll() {
    for place in entries.indices { entries[place] = 0 }
    count = 0
  }

  /// Makes room for that many slots; `hashes` are those of the slots already in.
  mutating func reserve(_ wanted: Int, hashes: [UInt64]) {
    if wanted * 4 <= entries.count * 3 { return }
    var size = max(8, entries.count)
    while wanted * 4 > size * 3 { size *= 2 }
    let old = entries
    entries = Array(repeating: 0, count: size)
    for entry in old where entry != 0 { place(entry, hash: hashes[Int(entry) - 1]) }
  }

  private mutating func place(_ entry: UInt32, hash: UInt64) {
    let mask = entries.count - 1
    var place = Int(truncatingIfNeeded: hash) & mask
    while entries[place] != 0 { place = (place + 1) & mask }
    entries[place] = entry
  }

  /// Adds a slot whose key is not in yet.
  mutating func insert(_ slot: Int, hashes: [UInt64]) {
    reserve(count + 1, hashes: hashes)
    place(UInt32(truncatingIfNeeded: slot + 1), hash: hashes[slot])
    count += 1
  }

  /// The slot with that hash for which `isMatch` holds.
  @inline(__always)
  func find(_ hash: UInt64, hashes: [UInt64], _ isMatch: (Int) -> Bool) -> Int? {
    if count == 0 { return nil }
    let mask = entries.count - 1
    var place = Int(truncatingIfNeeded: hash) & mask
    while true {
      let entry = entries[place]
      if entry == 0 { return nil }
      let slot = Int(entry) - 1
      if hashes[slot] == hash, isMatch(slot) { return slot }
      place = (place + 1) & mask
    }
  }

  /// Takes a slot out; the entries behind it move up, so that no probe breaks off early.
  mutating func remove(_ slot: Int, hashes: [UInt64]) {
    let mask = entries.count - 1
    var hole = Int(truncatingIfNeeded: hashes[slot]) & mask
    while entries[hole] != UInt32(truncatingIfNeeded: slot + 1) {
      if entries[hole] == 0 { return }
      hole = (hole + 1) & mask
    }
    count -= 1
    var probe = hole
    while true {
      probe = (probe + 1) & mask
      let entry = entries[probe]
      if entry == 0 { break }
      let home = Int(truncatingIfNeeded: hashes[Int(entry) - 1]) & mask
      if (probe - home) & mask >= (probe - hole) & mask {
        entries[hole] = entry
        hole = probe
      }
    }
    entries[hole] = 0
  }

  /// Builds the index anew over all live slots.
  mutating func rebuild(_ store: RowStore) {
    removeAll()
    reserve(store.liveCount, hashes: store.hashes)
    for slot in 0..<store.slotCount where store.isLive(slot) { insert(slot, hashes: store.hashes) }
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
