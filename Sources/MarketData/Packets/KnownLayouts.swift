/// The layouts of columns that a decoder has met, found again by the hash of their bytes.
///
/// The set of columns of a securities stream differs from packet to packet. How many are remembered is bounded, and how
/// many bytes of them: beyond that all are forgotten, so that a peer cannot fill the memory with them.
struct KnownLayouts {
  private var layouts: [UInt64: ColumnLayout] = [:]
  /// Those met last, by the low bits of the hash: a dictionary hashes the hash again.
  private var recent: [(hash: UInt64, layout: ColumnLayout)?] = []
  private var bytes = 0

  private static let limit = 1024
  private static let byteLimit = 1 << 20
  private static let recentCount = 64

  private static func place(of hash: UInt64) -> Int { Int(truncatingIfNeeded: hash) & (recentCount - 1) }

  /// The layout that was remembered last with that hash, which is not seeded: compare the bytes as well.
  @inline(__always)
  mutating func layout(_ hash: UInt64) -> ColumnLayout? {
    if recent.isEmpty { recent = Array(repeating: nil, count: Self.recentCount) }
    let place = Self.place(of: hash)
    if let known = recent[place], known.hash == hash { return known.layout }
    guard let known = layouts[hash] else { return nil }
    recent[place] = (hash, known)
    return known
  }

  /// Keeps a layout.
  mutating func remember(_ fresh: ColumnLayout, _ hash: UInt64) {
    if layouts.count == Self.limit || bytes + fresh.source.count > Self.byteLimit { forgetAll() }
    layouts[hash] = fresh
    if !recent.isEmpty { recent[Self.place(of: hash)] = (hash, fresh) }
    bytes += fresh.source.count
  }

  /// Forgets all.
  mutating func forgetAll() {
    layouts.removeAll(keepingCapacity: true)
    recent = []
    bytes = 0
  }
}
