import NIOCore

/// What a decoder knows and how it reads a body: the last packet, the layouts of columns met, and their room.
struct PacketReader {
  typealias Member = PacketDecoder.Member

  /// The columns that cells are stored for: given, or taken from the first good packet.
  private(set) var schema: Schema?

  /// The last packet.
  var packet = PacketRows()

  /// Whether there is one: not before the first and not after a refused one.
  private(set) var hasPacket = false

  let notes = PacketNotes()
  /// Whether there is something in the notes. A good packet leaves texts at most, and those seldom.
  private var hasNotes = false
  private var scratch: [UInt8] = []
  private var layouts = KnownLayouts()
  /// The hash of the last packet's columns; nil when they have none.
  private var packetHash: UInt64?

  init(schema: Schema?) { self.schema = schema }

  /// Decodes a message and returns what stands above its rows.
  mutating func decodeHead(_ body: ByteBuffer) throws(PacketError) -> PacketHead {
    let hadSchema = schema != nil
    try decode(body, isReply: false)
    return PacketHead(
      properties: packet.properties, hadSchema: hadSchema, hasDroppedColumns: packet.hasDroppedColumns)
  }

  mutating func forgetProvisionalSchema() {
    guard schema?.isProvisional == true else { return }
    schema = nil
    hasPacket = false
    layouts.forgetAll()
    packet.rowCount = 0
    packet.properties = PacketProperties()
  }

  mutating func decode(_ body: ByteBuffer, isReply: Bool) throws(PacketError) {
    packet.properties = PacketProperties()
    packet.rowCount = 0
    if hasNotes {
      notes.reset()
      hasNotes = false
    }
    let hadSchema = schema != nil
    // Aside, because the scan holds all of `self` meanwhile.
    var room: [UInt8] = []
    swap(&room, &scratch)
    let isGood = PacketScanner.scan(body, scratch: &room, notes: notes) { scanner in
      members(scanner, isReply: isReply)
    }
    swap(&room, &scratch)
    guard isGood else {
      hasNotes = true
      packet.rowCount = 0
      packet.properties = PacketProperties()
      hasPacket = false
      if !hadSchema {
        schema = nil
        layouts.forgetAll()
      }
      throw notes.fault ?? PacketError(.syntax, "unreadable", offset: 0)
    }
    packet.body = body
    if notes.hasSide || !packet.side.isEmpty {
      // The room of the packet before goes back; it is emptied with the notes.
      swap(&packet.side, &notes.side)
      hasNotes = true
    }
  }

  /// Lends the rows of the packet; false when there is none.
  @inline(__always)
  mutating func lendRows(_ use: (inout PacketRows) -> Void) -> Bool {
    if hasPacket { use(&packet) }
    return hasPacket
  }

  /// Reads the body's object. Members may come in any order; `data` before `columns` is read twice.
  private mutating func members(_ scanner: PacketScanner, isReply: Bool) -> Bool {
    var index = scanner.skipBlanks(0)
    guard scanner.byte(at: index) == 0x7B else { return notAnObject(scanner, at: index) }
    var hasProperties = false
    var hasColumns = false
    var dataStart: Int?
    var hasRows = false
    index = scanner.skipBlanks(index + 1)
    var isOpen = scanner.byte(at: index) != 0x7D
    if !isOpen { index += 1 }
    while isOpen {
      let nameStart = index
      let name: PacketName
      (index, name) = scanner.bodyName(at: index)
      if index < 0 { return false }
      index = scanner.behindBlanks(index)
      switch name {
      case .properties:
        if hasProperties { return repeated("properties", at: nameStart, scanner) }
        hasProperties = true
        index = readProperties(scanner, at: index)
      case .columns:
        if hasColumns { return repeated("columns", at: nameStart, scanner) }
        hasColumns = true
        index = readColumns(scanner, at: index)
      case .data:
        if dataStart != nil { return repeated("data", at: nameStart, scanner) }
        dataStart = index
        hasRows = hasColumns
        index = hasColumns ? readRows(scanner, at: index) : scanner.skipValue(index, depth: 2)
      case .type, .seqnum, .published, .timestamp, .other: index = scanner.skipValue(index, depth: 2)
      }
      if index < 0 { return false }
      index = scanner.behindBlanks(index)
      switch scanner.byte(at: index) {
      case 0x2C: index = scanner.behindBlanks(index + 1)
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
    if !isReply, packet.properties.kind == nil { return missing(hasProperties ? "type" : "properties", scanner) }
    if !hasColumns { return missing("columns", scanner) }
    guard let dataStart else { return missing("data", scanner) }
    if !hasRows, readRows(scanner, at: dataStart) < 0 { return false }
    return true
  }

  /// A body that begins with something else than an object: says whether it is JSON at all.
  private func notAnObject(_ scanner: PacketScanner, at start: Int) -> Bool {
    switch scanner.byte(at: start) {
    case 0x22, 0x2D, 0x30...0x39, 0x5B, UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "t"):
      let end = scanner.skipValue(start, depth: 1)
      if end < 0 { return false }
      if scanner.skipBlanks(end) == scanner.count {
        notes.fail(.shape, "the body must be an object", offset: start, in: scanner)
      } else {
        notes.unexpected("the end of the body", at: scanner.skipBlanks(end), in: scanner)
      }
    default: notes.unexpected("`{`", at: start, in: scanner)
    }
    return false
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

  private mutating func readProperties(_ scanner: PacketScanner, at start: Int) -> Int {
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
      let name: PacketName
      (index, name) = scanner.propertyName(at: index)
      if index < 0 { return index }
      index = scanner.behindBlanks(index)
      var bit: UInt8 = 0
      switch name {
      case .type:
        bit = 1
        (index, found.kind) = readKind(scanner, at: index)
      case .seqnum:
        bit = 2
        (index, found.seqnum) = readUnsigned(scanner, at: index)
      case .timestamp:
        bit = 4
        (index, found.timestamp) = readSigned(scanner, at: index, "timestamp")
      case .published:
        bit = 8
        (index, found.published) = readSigned(scanner, at: index, "published")
      case .properties, .columns, .data, .other: index = scanner.skipValue(index, depth: 3)
      }
      if index < 0 { return index }
      if seen & bit != 0 {
        notes.fail(.shape, "a member of `properties` stands twice", offset: nameStart, in: scanner)
        return PacketScanner.failed
      }
      seen |= bit
      index = scanner.behindBlanks(index)
      switch scanner.byte(at: index) {
      case 0x2C: index = scanner.behindBlanks(index + 1)
      case 0x7D:
        packet.properties = found
        return index + 1
      default:
        notes.unexpected("`,` or `}`", at: index, in: scanner)
        return PacketScanner.failed
      }
    }
  }

  @inline(__always)
  private func readKind(_ scanner: PacketScanner, at start: Int) -> (next: Int, kind: PacketKind?) {
    if let (next, kind) = scanner.kind(at: start) { return (next, kind) }
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

  @inline(__always)
  private func readUnsigned(_ scanner: PacketScanner, at start: Int) -> (next: Int, value: UInt64?) {
    let quick = scanner.digits(at: start)
    if quick.next >= 0 { return quick }
    return readNumber(scanner, at: start, "seqnum", "an unsigned 64-bit integer") { $0.uint64 }
  }

  @inline(__always)
  private func readSigned(_ scanner: PacketScanner, at start: Int, _ name: String) -> (next: Int, value: Int64?) {
    let quick = scanner.digits(at: start)
    if quick.next >= 0 { return (quick.next, Int64(truncatingIfNeeded: quick.value)) }
    return readNumber(scanner, at: start, name, "a signed 64-bit integer") { $0.int64 }
  }

  @inline(never)
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

  private mutating func readColumns(_ scanner: PacketScanner, at start: Int) -> Int {
    let hash = scanner.hashOfList(at: start)
    // Those of the packet before are compared only when the hash is theirs: that counts a reference up and down.
    if hasPacket, hash == packetHash, scanner.matches(packet.layout.source, at: start) {
      return start + packet.layout.source.count
    }
    if let hash, let known = layouts.layout(hash), scanner.matches(known.source, at: start) {
      let end = start + known.source.count
      use(consume known, hash)
      return end
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
    if let hash { layouts.remember(fresh, hash) }
    use(fresh, hash)
    return end
  }

  @inline(__always)
  private mutating func use(_ layout: consuming ColumnLayout, _ hash: UInt64?) {
    packet.use(layout)
    packetHash = hash
    hasPacket = true
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

  private mutating func readRows(_ scanner: PacketScanner, at start: Int) -> Int {
    guard scanner.byte(at: start) == 0x5B else {
      if scanner.skipValue(start, depth: 2) >= 0 {
        notes.fail(.shape, "`data` must be an array of rows", offset: start, in: scanner)
      }
      return PacketScanner.failed
    }
    var index = scanner.skipBlanks(start + 1)
    if scanner.byte(at: index) == 0x5D { return index + 1 }
    var stored = 0
    while true {
      let (next, end) = scanner.rows(
        from: index, layout: packet.layout, into: &packet.cells, stored: &stored, row: &packet.rowCount)
      switch end {
      case .done: return next
      case .failed: return PacketScanner.failed
      case .needsRoom:
        let more = max(64, packet.cells.count, packet.stored)
        packet.cells.append(contentsOf: repeatElement(.null, count: more))
        index = next
      }
    }
  }
}
