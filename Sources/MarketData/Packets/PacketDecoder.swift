public import NIOCore

/// What a packet does to its table (protocol facts, 3.1.2).
public enum PacketKind: String, Sendable, Hashable {
  /// Replaces all rows.
  case snapshot
  /// Adds rows and changes cells.
  case updates
  /// Takes rows away.
  case removal
}

/// The `properties` of a packet. What is absent (or null) is nothing, not zero.
public struct PacketProperties: Sendable, Hashable {
  /// What the packet does; `nil` only in a REPLY that does not say.
  public var kind: PacketKind?
  /// The gateway's number, 64 bits; its gaps mean nothing (protocol facts, 3.1.7).
  public var seqnum: UInt64?
  /// Milliseconds since 1970-01-01 UTC, by the source of the data.
  public var timestamp: Int64?
  /// Milliseconds since 1970-01-01 UTC, by the gateway.
  public var published: Int64?

  /// Properties that say nothing but perhaps the kind.
  public init(kind: PacketKind? = nil, seqnum: UInt64? = nil, timestamp: Int64? = nil, published: Int64? = nil) {
    self.kind = kind
    self.seqnum = seqnum
    self.timestamp = timestamp
    self.published = published
  }
}

/// What stands above the rows of the last packet; without references, so that handing it on counts none.
package struct PacketHead {
  /// The properties.
  package let properties: PacketProperties
  /// Whether the columns that cells are stored for were known before the packet.
  package let hadSchema: Bool
  /// Whether the packet has columns that the schema does not have.
  package let hasDroppedColumns: Bool
}

/// Decodes the bodies of MESSAGE and REPLY frames against a schema.
///
/// One pass over the bytes, specialised for `properties`, `columns` and `data`; fully validating; nothing is kept of a
/// packet that is refused. The decoder holds the last packet until the next one, so that nothing is allocated in the
/// long run; `KeyedTable.apply` takes it from there.
///
/// The body is best followed by a NUL and 31 readable bytes, which the bodies of `STOMP.FrameParser` are; others are
/// copied first.
public final class PacketDecoder {
  /// All that changes, as one value: a property of the class would be checked for exclusivity at every use.
  private var reader: PacketReader

  /// A decoder for packets of that schema; without one the first good packet's columns become it, without types.
  public init(schema: Schema?) { reader = PacketReader(schema: schema) }

  /// The columns that cells are stored for: given, or taken from the first good packet.
  public var schema: Schema? { reader.schema }

  /// The properties of the last packet.
  public var properties: PacketProperties { reader.packet.properties }

  /// How many rows the last packet has.
  public var rowCount: Int { reader.packet.rowCount }

  /// The columns of the last packet that the schema does not have.
  public var droppedColumns: [String] { reader.hasPacket ? reader.packet.layout.dropped : [] }

  /// As ``decodeMessage(_:)``, and says what a feed asks of the packet before it is applied, in one look.
  package func decodeHead(_ body: ByteBuffer) throws(PacketError) -> PacketHead { try reader.decodeHead(body) }

  /// Lends the rows of the last packet; false when there is none.
  ///
  /// `inout` only so that they are handed on in place: `use` must not come back to the decoder.
  @inline(__always)
  @discardableResult
  func withRows(_ use: (inout PacketRows) -> Void) -> Bool { reader.lendRows(use) }

  /// Names of the last packet's columns, in its order.
  public var columnNames: [String] { reader.hasPacket ? reader.packet.layout.names : [] }

  /// Decodes the body of a MESSAGE: a known `type`, `columns` and `data` must be there.
  ///
  /// - Throws: what is wrong and where; the decoder then holds no packet.
  public func decodeMessage(_ body: ByteBuffer) throws(PacketError) { try reader.decode(body, isReply: false) }

  /// Decodes the body of a REPLY, which may lack `properties`.
  ///
  /// - Throws: what is wrong and where; the decoder then holds no packet.
  public func decodeReply(_ body: ByteBuffer) throws(PacketError) { try reader.decode(body, isReply: true) }

  /// Forgets the packet and the columns that were taken from it: a schema of the decoder's own comes from a snapshot.
  public func forgetProvisionalSchema() { reader.forgetProvisionalSchema() }

  /// Makes the packet a snapshot, whatever it calls itself: the rows of a REPLY stand for themselves.
  public func treatAsSnapshot() { reader.packet.properties.kind = .snapshot }

  /// The known names and kinds in the form of a short text, as constants: a static property would be looked at for
  /// its first use each time. A test holds them against the words.
  enum Member {
    static var properties: PackedCell { PackedCell(low: 0x6974_7265_706F_7270, high: 0x0000_0000_7365_0A05) }
    static var columns: PackedCell { PackedCell(low: 0x0073_6E6D_756C_6F63, high: 0x0000_0000_0000_0705) }
    static var data: PackedCell { PackedCell(low: 0x0000_0000_6174_6164, high: 0x0000_0000_0000_0405) }
    static var type: PackedCell { PackedCell(low: 0x0000_0000_6570_7974, high: 0x0000_0000_0000_0405) }
    static var seqnum: PackedCell { PackedCell(low: 0x0000_6D75_6E71_6573, high: 0x0000_0000_0000_0605) }
    static var timestamp: PackedCell { PackedCell(low: 0x6D61_7473_656D_6974, high: 0x0000_0000_0070_0905) }
    static var published: PackedCell { PackedCell(low: 0x6568_7369_6C62_7570, high: 0x0000_0000_0064_0905) }
    static var snapshot: PackedCell { PackedCell(low: 0x746F_6873_7061_6E73, high: 0x0000_0000_0000_0805) }
    static var updates: PackedCell { PackedCell(low: 0x0073_6574_6164_7075, high: 0x0000_0000_0000_0705) }
    static var removal: PackedCell { PackedCell(low: 0x006C_6176_6F6D_6572, high: 0x0000_0000_0000_0705) }
  }
}
