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

/// Decodes the bodies of MESSAGE and REPLY frames against a schema.
///
/// One pass over the bytes, specialised for `properties`, `columns` and `data`; fully validating; nothing is kept of a
/// packet that is refused. The decoder holds the last packet until the next one, so that nothing is allocated in the
/// long run; `KeyedTable.apply` takes it from there.
///
/// The body is best followed by a NUL and 31 readable bytes, which the bodies of `STOMP.FrameParser` are; others are
/// copied first.
public final class PacketDecoder {
  /// The columns that cells are stored for: given, or taken from the first good packet.
  public private(set) var schema: Schema?

  /// The properties of the last packet.
  public private(set) var properties = PacketProperties()

  /// How many rows the last packet has.
  public private(set) var rowCount = 0

  /// The cells of the last packet, row by row, `layout.targets.count` each.
  private(set) var cells: [PackedCell] = []

  /// Where the cells of the last packet belong; `nil` when there is no packet: before the first, after a refused one.
  private(set) var layout: ColumnLayout?

  /// The body of the last packet, for its long texts.
  private(set) var body = ByteBuffer()

  let notes = PacketNotes()
  private var scratch: [UInt8] = []
  private var layouts: [ColumnLayout] = []

  /// How many lists of columns are remembered: the set of a securities stream differs from packet to packet.
  private static let layoutLimit = 64

  /// A decoder for packets of that schema; without one the first good packet's columns become it, without types.
  public init(schema: Schema?) { self.schema = schema }

  /// The columns of the last packet that the schema does not have.
  public var droppedColumns: [String] { layout?.dropped ?? [] }

  /// Names of the last packet's columns, in its order.
  public var columnNames: [String] { layout?.names ?? [] }

  /// Decodes the body of a MESSAGE: a known `type`, `columns` and `data` must be there.
  ///
  /// - Throws: what is wrong and where; the decoder then holds no packet.
  public func decodeMessage(_ body: ByteBuffer) throws(PacketError) { try decode(body, isReply: false) }

  /// Forgets the packet and the columns that were taken from it: a schema of the decoder's own comes from a snapshot.
  public func forgetProvisionalSchema() {
    guard schema?.isProvisional == true else { return }
    schema = nil
    layout = nil
    layouts.removeAll()
    rowCount = 0
    properties = PacketProperties()
  }

  /// Makes the packet a snapshot, whatever it calls itself: the rows of a REPLY stand for themselves.
  public func treatAsSnapshot() { properties.kind = .snapshot }

  /// Decodes the body of a REPLY, which may lack `properties`.
  ///
  /// - Throws: what is wrong and where; the decoder then holds no packet.
  public func decodeReply(_ body: ByteBuffer) throws(PacketError) { try decode(body, isReply: true) }

  private func decode(_ body: ByteBuffer, isReply: Bool) throws(PacketError) {
    properties = PacketProperties()
    rowCount = 0
    notes.reset()
    let schemaBefore = schema
    let isGood = PacketScanner.scan(body, scratch: &scratch, notes: notes) { scanner in
      self.members(scanner, isReply: isReply)
    }
    guard isGood else {
      rowCount = 0
      properties = PacketProperties()
      layout = nil
      if schemaBefore == nil {
        schema = nil
        layouts.removeAll()
      }
      throw notes.fault ?? PacketError(.syntax, "unreadable", offset: 0)
    }
    self.body = body
  }

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

  /// Reads the body's object. Members may come in any order; `data` before `columns` is read twice.
  private func members(_ scanner: PacketScanner, isReply: Bool) -> Bool {
    var index = scanner.skipBlanks(0)
    guard scanner.byte(at: index) == 0x7B else {
      notes.unexpected("`{`", at: index, in: scanner)
      return false
    }
    var hasProperties = false
    var hasColumns = false
    var dataStart: Int?
    var hasRows = false
    index = scanner.skipBlanks(index + 1)
    var isOpen = scanner.byte(at: index) != 0x7D
    if !isOpen { index += 1 }
    while isOpen {
      let nameStart = index
      let name: PackedCell
      (index, name) = scanner.memberName(at: index)
      if index < 0 { return false }
      if scanner.byte(at: index) <= 0x20 { index = scanner.skipBlanks(index) }
      switch name {
      case Member.properties:
        if hasProperties { return repeated("properties", at: nameStart, scanner) }
        hasProperties = true
        index = readProperties(scanner, at: index)
      case Member.columns:
        if hasColumns { return repeated("columns", at: nameStart, scanner) }
        hasColumns = true
        index = readColumns(scanner, at: index)
      case Member.data:
        if dataStart != nil { return repeated("data", at: nameStart, scanner) }
        dataStart = index
        hasRows = hasColumns
        index = hasColumns ? readRows(scanner, at: index) : scanner.skipValue(index, depth: 2)
      default: index = scanner.skipValue(index, depth: 2)
      }
      if index < 0 { return false }
      if scanner.byte(at: index) <= 0x20 { index = scanner.skipBlanks(index) }
      switch scanner.byte(at: index) {
      case 0x2C: index = scanner.skipBlanks(index + 1)
      case 0x7D:
        index += 1
        isOpen = false
      default:
        notes.unexpected("`,` or `}`", at: index, in: scanner)
        return false
      }
    }
    index = scanner.skipBlanks(index)
    if index != scanner.count {
      notes.unexpected("the end of the body", at: index, in: scanner)
      return false
    }
    if !isReply, properties.kind == nil { return missing(hasProperties ? "type" : "properties", scanner) }
    if !hasColumns { return missing("columns", scanner) }
    guard let dataStart else { return missing("data", scanner) }
    if !hasRows, readRows(scanner, at: dataStart) < 0 { return false }
    return true
  }

  private func missing(_ member: String, _ scanner: PacketScanner) -> Bool {
    notes.fail(.shape, "no member `\(member)`", offset: scanner.count, in: scanner)
    return false
  }

  private func repeated(_ member: String, at index: Int, _ scanner: PacketScanner) -> Bool {
    notes.fail(.shape, "a second member `\(member)`", offset: index, in: scanner)
    return false
  }

  // MARK: properties

  private func readProperties(_ scanner: PacketScanner, at start: Int) -> Int {
    guard scanner.byte(at: start) == 0x7B else {
      if scanner.skipValue(start, depth: 2) >= 0 {
        notes.fail(.shape, "`properties` must be an object", offset: start, in: scanner)
      }
      return PacketScanner.failed
    }
    var index = scanner.skipBlanks(start + 1)
    if scanner.byte(at: index) == 0x7D { return index + 1 }
    var found = PacketProperties()
    var seen: UInt8 = 0
    while true {
      let nameStart = index
      let name: PackedCell
      (index, name) = scanner.memberName(at: index)
      if index < 0 { return index }
      if scanner.byte(at: index) <= 0x20 { index = scanner.skipBlanks(index) }
      var bit: UInt8 = 0
      switch name {
      case Member.type:
        bit = 1
        (index, found.kind) = readKind(scanner, at: index)
      case Member.seqnum:
        bit = 2
        (index, found.seqnum) = readUnsigned(scanner, at: index)
      case Member.timestamp:
        bit = 4
        (index, found.timestamp) = readSigned(scanner, at: index, "timestamp")
      case Member.published:
        bit = 8
        (index, found.published) = readSigned(scanner, at: index, "published")
      default: index = scanner.skipValue(index, depth: 3)
      }
      if index < 0 { return index }
      if seen & bit != 0 {
        notes.fail(.shape, "a member of `properties` stands twice", offset: nameStart, in: scanner)
        return PacketScanner.failed
      }
      seen |= bit
      if scanner.byte(at: index) <= 0x20 { index = scanner.skipBlanks(index) }
      switch scanner.byte(at: index) {
      case 0x2C:
        index += 1
        if scanner.byte(at: index) <= 0x20 { index = scanner.skipBlanks(index) }
      case 0x7D:
        properties = found
        return index + 1
      default:
        notes.unexpected("`,` or `}`", at: index, in: scanner)
        return PacketScanner.failed
      }
    }
  }

  private func readKind(_ scanner: PacketScanner, at start: Int) -> (next: Int, kind: PacketKind?) {
    if scanner.byte(at: start) == 0x22 {
      let (next, cell) = scanner.text(at: start + 1)
      if next < 0 { return (next, nil) }
      switch cell {
      case Member.snapshot: return (next, .snapshot)
      case Member.updates: return (next, .updates)
      case Member.removal: return (next, .removal)
      default: notes.fail(.shape, "`type` is none of snapshot, updates, removal", offset: start, in: scanner)
      }
      return (PacketScanner.failed, nil)
    }
    if scanner.skipValue(start, depth: 3) >= 0 {
      notes.fail(.shape, "`type` must be a string", offset: start, in: scanner)
    }
    return (PacketScanner.failed, nil)
  }

  private func readUnsigned(_ scanner: PacketScanner, at start: Int) -> (next: Int, value: UInt64?) {
    let quick = scanner.digits(at: start)
    if quick.next >= 0 { return quick }
    return readNumber(scanner, at: start, "seqnum", "an unsigned 64-bit integer") { $0.uint64 }
  }

  private func readSigned(_ scanner: PacketScanner, at start: Int, _ name: String) -> (next: Int, value: Int64?) {
    let quick = scanner.digits(at: start)
    if quick.next >= 0 { return (quick.next, Int64(truncatingIfNeeded: quick.value)) }
    return readNumber(scanner, at: start, name, "a signed 64-bit integer") { $0.int64 }
  }

  private func readNumber<Value>(
    _ scanner: PacketScanner, at start: Int, _ name: String, _ form: String, take: (DecimalLiteral) -> Value?
  ) -> (next: Int, value: Value?) {
    if scanner.byte(at: start) == UInt8(ascii: "n") { return (scanner.word("null", at: start), nil) }
    var cursor = PacketScanner.Cursor(scanner: scanner, position: start)
    guard let literal = DecimalLiteral(&cursor) else {
      if scanner.skipValue(start, depth: 3) >= 0 {
        notes.fail(.shape, "`\(name)` must be \(form)", offset: start, in: scanner)
      }
      return (PacketScanner.failed, nil)
    }
    if let value = take(literal) { return (cursor.position, value) }
    notes.fail(.range, "`\(name)` must be \(form)", offset: start, in: scanner)
    return (PacketScanner.failed, nil)
  }

  // MARK: columns and data

  private func readColumns(_ scanner: PacketScanner, at start: Int) -> Int {
    if let layout, scanner.matches(layout.source, at: start) { return start + layout.source.count }
    if let known = layouts.first(where: { scanner.matches($0.source, at: start) }) {
      layout = known
      return start + known.source.count
    }
    var names: [String] = []
    let end = readNames(scanner, at: start, into: &names)
    if end < 0 { return end }
    let schema = self.schema ?? Schema(columns: names.map { Column($0) }, isProvisional: true)
    let fresh = ColumnLayout(source: scanner.bytes(start..<end), names: names, schema: schema)
    if let key = fresh.missingKey {
      notes.fail(.key, "the key column \(PacketError.visible(key)) is missing in `columns`", offset: start, in: scanner)
      return PacketScanner.failed
    }
    self.schema = schema
    if layouts.count == Self.layoutLimit { layouts.removeFirst() }
    layouts.append(fresh)
    layout = fresh
    return end
  }

  private func readNames(_ scanner: PacketScanner, at start: Int, into names: inout [String]) -> Int {
    guard scanner.byte(at: start) == 0x5B else { return notNames(scanner, at: start) }
    var seen: Set<[UInt8]> = []
    var index = scanner.skipBlanks(start + 1)
    if scanner.byte(at: index) == 0x5D { return index + 1 }
    while true {
      guard scanner.byte(at: index) == 0x22 else { return notNames(scanner, at: start) }
      let nameStart = index
      let side = notes.side.count
      let cell: PackedCell
      (index, cell) = scanner.text(at: index + 1)
      if index < 0 { return index }
      let name =
        cell.tag == PackedCell.Tag.longText
        ? String(decoding: scanner.bytes(cell.textOffset..<cell.textOffset + cell.textCount), as: UTF8.self)
        : cell.cell(in: notes.side).text ?? ""
      notes.side.removeSubrange(side...)
      guard seen.insert(Array(name.utf8)).inserted else {
        let shown = PacketError.visible(name)
        notes.fail(.repeatedColumn, "the column \(shown) stands twice in `columns`", offset: nameStart, in: scanner)
        return PacketScanner.failed
      }
      names.append(name)
      index = scanner.skipBlanks(index)
      switch scanner.byte(at: index) {
      case 0x2C: index = scanner.skipBlanks(index + 1)
      case 0x5D: return index + 1
      default:
        notes.unexpected("`,` or `]`", at: index, in: scanner)
        return PacketScanner.failed
      }
    }
  }

  private func notNames(_ scanner: PacketScanner, at start: Int) -> Int {
    if scanner.skipValue(start, depth: 2) >= 0 {
      notes.fail(.shape, "`columns` must be an array of strings", offset: start, in: scanner)
    }
    return PacketScanner.failed
  }

  private func readRows(_ scanner: PacketScanner, at start: Int) -> Int {
    guard scanner.byte(at: start) == 0x5B, let layout else {
      if scanner.skipValue(start, depth: 2) >= 0 {
        notes.fail(.shape, "`data` must be an array of rows", offset: start, in: scanner)
      }
      return PacketScanner.failed
    }
    var index = scanner.skipBlanks(start + 1)
    if scanner.byte(at: index) == 0x5D { return index + 1 }
    var stored = 0
    while true {
      let (next, end) = scanner.rows(from: index, layout: layout, into: &cells, stored: &stored, row: &rowCount)
      switch end {
      case .done: return next
      case .failed: return PacketScanner.failed
      case .needsRoom:
        let more = max(64, cells.count, layout.targets.count)
        cells.append(contentsOf: repeatElement(.null, count: more))
        index = next
      }
    }
  }
}
