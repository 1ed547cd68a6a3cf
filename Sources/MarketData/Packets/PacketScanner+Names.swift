/// A member of a packet's body or of its `properties`.
enum PacketName {
  case properties, columns, data
  case type, seqnum, published, timestamp
  case other

  /// The name that a text is.
  init(_ cell: PackedCell) {
    switch cell {
    case PacketDecoder.Member.properties: self = .properties
    case PacketDecoder.Member.columns: self = .columns
    case PacketDecoder.Member.data: self = .data
    case PacketDecoder.Member.type: self = .type
    case PacketDecoder.Member.seqnum: self = .seqnum
    case PacketDecoder.Member.published: self = .published
    case PacketDecoder.Member.timestamp: self = .timestamp
    default: self = .other
    }
  }

  /// The first eight bytes of the names from the quote on, the first in the lowest place, and what follows up to the
  /// colon. Constants, as those of `PacketDecoder.Member`; a test holds them against the words.
  enum Word {
    static var properties: (UInt64, UInt32) { (0x7472_6570_6F72_7022, 0x2273_6569) }
    static var columns: (UInt64, UInt32) { (0x736E_6D75_6C6F_6322, 0x3A22) }
    static var data: UInt64 { 0x003A_2261_7461_6422 }
    static var type: UInt64 { 0x003A_2265_7079_7422 }
    static var seqnum: UInt64 { 0x226D_756E_7165_7322 }
    static var published: (UInt64, UInt32) { (0x6873_696C_6275_7022, 0x3A22_6465) }
    static var timestamp: (UInt64, UInt32) { (0x6174_7365_6D69_7422, 0x3A22_706D) }
    static var updates: UInt64 { 0x7365_7461_6470_7522 }
    static var removal: UInt64 { 0x6C61_766F_6D65_7222 }
    static var snapshot: UInt64 { 0x6F68_7370_616E_7322 }
  }
}

/// Names and kinds of packets, by the words they begin with: in the usual spelling two comparisons tell one from all
/// others. Any other spelling goes through `memberName(at:)`.
extension PacketScanner {
  /// Reads the name of a member of the body, with its colon.
  @inline(__always)
  func bodyName(at start: Int) -> (next: Int, name: PacketName) {
    typealias Word = PacketName.Word
    let first = word(at: start)
    let rest = quad(at: start &+ 8)
    if first == Word.columns.0, rest & 0xFFFF == Word.columns.1 { return (start &+ 10, .columns) }
    if first & 0xFF_FFFF_FFFF_FFFF == Word.data { return (start &+ 7, .data) }
    if first == Word.properties.0, rest == Word.properties.1, byte(at: start &+ 12) == 0x3A {
      return (start &+ 13, .properties)
    }
    return otherName(at: start)
  }

  /// Reads the name of a member of `properties`, with its colon.
  @inline(__always)
  func propertyName(at start: Int) -> (next: Int, name: PacketName) {
    typealias Word = PacketName.Word
    let first = word(at: start)
    let rest = quad(at: start &+ 8)
    if first & 0xFF_FFFF_FFFF_FFFF == Word.type { return (start &+ 7, .type) }
    if first == Word.seqnum, rest & 0xFF == 0x3A { return (start &+ 9, .seqnum) }
    if first == Word.published.0, rest == Word.published.1 { return (start &+ 12, .published) }
    if first == Word.timestamp.0, rest == Word.timestamp.1 { return (start &+ 12, .timestamp) }
    return otherName(at: start)
  }

  @inline(never)
  private func otherName(at start: Int) -> (next: Int, name: PacketName) {
    let (next, cell) = memberName(at: start)
    return (next, PacketName(cell))
  }

  /// Reads the kind of a packet in its usual spelling; nil for any other text.
  @inline(__always)
  func kind(at start: Int) -> (next: Int, kind: PacketKind)? {
    typealias Word = PacketName.Word
    let first = word(at: start)
    let rest = quad(at: start &+ 8)
    if first == Word.updates, rest & 0xFF == 0x22 { return (start &+ 9, .updates) }
    if first == Word.snapshot, rest & 0xFFFF == 0x2274 { return (start &+ 10, .snapshot) }
    if first == Word.removal, rest & 0xFF == 0x22 { return (start &+ 9, .removal) }
    return nil
  }
}
