/// Places of names, found byte by byte: Swift's own equality takes texts of other bytes for the same.
///
/// A flat hash with open addressing: columns are looked up by name for each cell that a program reads.
struct NameIndex: Sendable {
  /// The bytes of all names, one after the other.
  private var bytes: [UInt8] = []
  private var ranges: [Range<Int>] = []
  /// The place of the name, by number of the name.
  private var places: [Int] = []
  /// Number of the name + 1, 0 for none; a power of two long, and never full.
  private var entries: [UInt32]

  /// An index of these names; of two equal ones the first is found.
  init(_ names: some Collection<String>) {
    var size = 8
    while size < 2 * names.count + 1 { size *= 2 }
    entries = Array(repeating: 0, count: size)
    for (place, name) in names.enumerated() {
      var name = name
      name.withUTF8 { text in unsafe insert(UnsafeRawBufferPointer(text), place) }
    }
  }

  /// The place of a name; `nil` when it is none of them.
  func place(of name: String) -> Int? {
    var name = name
    return name.withUTF8 { text in
      let entry = unsafe entries[find(UnsafeRawBufferPointer(text))]
      return entry == 0 ? nil : places[Int(entry) - 1]
    }
  }

  private mutating func insert(_ text: UnsafeRawBufferPointer, _ place: Int) {
    let slot = unsafe find(text)
    if entries[slot] != 0 { return }
    let start = bytes.count
    unsafe bytes.append(contentsOf: text)
    ranges.append(start..<bytes.count)
    places.append(place)
    entries[slot] = UInt32(truncatingIfNeeded: places.count)
  }

  /// Where the name stands in `entries`, or the free place where it belongs.
  private func find(_ text: UnsafeRawBufferPointer) -> Int {
    let mask = entries.count &- 1
    var slot = Int(truncatingIfNeeded: unsafe Self.hash(text)) & mask
    while entries[slot] != 0 {
      let range = ranges[Int(entries[slot]) &- 1]
      let isFound =
        unsafe range.count == text.count
        && bytes.withUnsafeBytes {
          unsafe CellMemory.isEqual(UnsafeRawBufferPointer(rebasing: $0[range]), text)
        }
      if isFound { return slot }
      slot = (slot &+ 1) & mask
    }
    return slot
  }

  /// All bytes, eight at a time; the last eight may overlap those before. Seeded, as columns are the peer's to name.
  @inline(__always)
  private static func hash(_ text: UnsafeRawBufferPointer) -> UInt64 {
    let count = text.count
    var hash = KeyHash.seed ^ UInt64(truncatingIfNeeded: count)
    guard count >= 8 else {
      var word: UInt64 = 0
      for index in 0..<count { word = word << 8 | UInt64(unsafe text[index]) }
      return KeyHash.mix(hash, word)
    }
    var index = 0
    while index &+ 8 < count {
      hash = KeyHash.mix(hash, unsafe text.loadUnaligned(fromByteOffset: index, as: UInt64.self))
      index &+= 8
    }
    return KeyHash.mix(hash, unsafe text.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self))
  }
}
