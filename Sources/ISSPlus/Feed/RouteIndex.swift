/// Where frames with a hash of subscription and destination go: a small open hash of hashes.
///
/// A dictionary would hash the hash again, for each frame. The hashes are not seeded and entries are found by hash alone:
/// whoever looks one up compares the bytes as well, and nothing is entered for a frame that no table takes. When the
/// places are half full all are forgotten, so that whatever a gateway sends a probe stays short.
struct RouteIndex {
  /// Number + 1 by place; 0 for none. A power of two of places.
  private var entries: [(hash: UInt64, number: Int)] = []
  private var count = 0

  private static let leastSize = 64
  private static let sizeLimit = 1 << 16

  /// Forgets all.
  mutating func removeAll() {
    entries = []
    count = 0
  }

  /// The number entered last for that hash.
  subscript(hash: UInt64) -> Int? {
    if entries.isEmpty { return nil }
    let place = place(of: hash)
    return entries[place].number > 0 ? entries[place].number - 1 : nil
  }

  /// Enters a number, in the place of the one before.
  mutating func insert(_ number: Int, _ hash: UInt64) {
    if count * 2 >= entries.count { grow() }
    let place = place(of: hash)
    if entries[place].number == 0 { count += 1 }
    entries[place] = (hash, number + 1)
  }

  /// Where the hash stands, or the free place where it would.
  @inline(__always)
  private func place(of hash: UInt64) -> Int {
    let mask = entries.count - 1
    var place = Int(truncatingIfNeeded: hash) & mask
    while entries[place].number > 0, entries[place].hash != hash { place = (place + 1) & mask }
    return place
  }

  private mutating func grow() {
    let old = entries
    let size = max(Self.leastSize, old.count * 2)
    entries = Array(repeating: (0, 0), count: min(size, Self.sizeLimit))
    count = 0
    if size > Self.sizeLimit { return }
    for entry in old where entry.number > 0 {
      entries[place(of: entry.hash)] = entry
      count += 1
    }
  }
}
