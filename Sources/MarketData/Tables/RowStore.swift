/// Rows in the order in which they appeared: cells row by row, long texts in an area beside them.
///
/// A slot is the place of a row; a row that leaves only marks its slot dead, so that the order of the others stays.
/// Dead slots and unused text are squeezed out when they outweigh what is alive.
struct RowStore: Sendable {
  let width: Int
  var cells: [PackedCell] = []
  /// Hash of the key (or of the whole row, where there is none) by slot; 0 marks a dead slot.
  var hashes: [UInt64] = []
  var area: [UInt8] = []
  private(set) var liveCount = 0
  /// No slot before this one is live.
  private(set) var firstLive = 0
  /// Bytes of `area` that no live cell points to.
  private var unusedText = 0

  init(width: Int) { self.width = width }

  var slotCount: Int { hashes.count }

  func isLive(_ slot: Int) -> Bool { hashes[slot] != 0 }

  /// Forgets all rows and keeps the room.
  mutating func removeAll() {
    cells.removeAll(keepingCapacity: true)
    hashes.removeAll(keepingCapacity: true)
    area.removeAll(keepingCapacity: true)
    liveCount = 0
    firstLive = 0
    unusedText = 0
  }

  mutating func reserve(rows: Int) {
    cells.reserveCapacity(rows * width)
    hashes.reserveCapacity(rows)
  }

  // MARK: Rows of a packet

  /// Appends a row of the packet; columns that it does not have are null.
  mutating func append(_ packet: PacketRows, row: Int, hash: UInt64) {
    let stored = packet.stored
    let first = row * stored
    let start = cells.count
    if packet.isWhole {
      cells.append(contentsOf: packet.cells[first..<first + stored])
    } else {
      for column in 0..<packet.places.count {
        let place = packet.places[column]
        cells.append(place < 0 ? .null : packet.cells[first + place])
      }
    }
    for index in start..<start + width where cells[index].isLongText {
      cells[index] = keep(cells[index], of: packet)
    }
    hashes.append(hash)
    liveCount += 1
  }

  /// Puts a row of the packet into the place of another.
  mutating func replace(slot: Int, _ packet: PacketRows, row: Int) {
    let first = row * packet.stored
    for column in 0..<packet.places.count {
      let place = packet.places[column]
      set(slot: slot, column: column, place < 0 ? .null : packet.cells[first + place], of: packet)
    }
  }

  /// Sets a cell to one of the packet.
  @inline(__always)
  mutating func set(slot: Int, column: Int, _ cell: PackedCell, of packet: PacketRows) {
    let index = slot * width + column
    if cells[index].isLongText { unusedText += cells[index].textCount }
    cells[index] = cell.isLongText ? keep(cell, of: packet) : cell
  }

  /// Sets the cells of a packet's row from `place` on, up to where a long text comes or goes, and returns that place.
  @inline(__always)
  mutating func setPlain(slot: Int, _ packet: PacketRows, first: Int, from place: Int) -> Int {
    CellMemory.write(
      packet.cells, first, targets: packet.targets, from: place, to: &cells, at: slot * width, width: width)
  }

  /// Copies a long text of the packet into the area.
  private mutating func keep(_ cell: PackedCell, of packet: PacketRows) -> PackedCell {
    let offset = area.count
    packet.appendText(of: cell, to: &area)
    return PackedCell(textAt: offset, count: cell.textCount, tag: PackedCell.Tag.longText)
  }

  /// Whether the cell prints as the packet's does.
  @inline(__always)
  func isSame(slot: Int, column: Int, _ cell: PackedCell, of packet: PacketRows) -> Bool {
    let own = cells[slot * width + column]
    if !cell.isLongText { return own == cell }
    guard own.isLongText, own.textCount == cell.textCount else { return false }
    return packet.text(of: cell, equals: area, own.textRange)
  }

  // MARK: Rows of a store

  /// Whether two cells of two stores print alike.
  @inline(__always)
  func isSame(_ own: PackedCell, _ cell: PackedCell, of other: RowStore) -> Bool {
    if !cell.isLongText { return own == cell }
    guard own.isLongText, own.textCount == cell.textCount else { return false }
    return CellMemory.isEqual(area, own.textRange, other.area, cell.textRange)
  }

  /// Whether two rows of two stores of one width print alike in all cells.
  func isSame(slot: Int, as otherSlot: Int, of other: RowStore) -> Bool {
    let start = slot * width
    let otherStart = otherSlot * width
    var column = CellMemory.nextDifference(cells, start, other.cells, otherStart, from: 0, width: width)
    while column < width {
      if !isSame(cells[start + column], other.cells[otherStart + column], of: other) { return false }
      column = CellMemory.nextDifference(cells, start, other.cells, otherStart, from: column + 1, width: width)
    }
    return true
  }

  /// Appends a row of another area: of a change set, or of another store.
  mutating func append(_ source: [PackedCell], at start: Int, area sourceArea: [UInt8], hash: UInt64) {
    _ = CellMemory.append(source, at: start, area: sourceArea, width: width, to: &cells, area: &area)
    hashes.append(hash)
    liveCount += 1
  }

  /// Puts a row of another area into the place of another.
  mutating func replace(slot: Int, _ source: [PackedCell], at start: Int, area sourceArea: [UInt8]) {
    for column in 0..<width {
      let index = slot * width + column
      if cells[index].isLongText { unusedText += cells[index].textCount }
      var cell = source[start + column]
      if cell.isLongText {
        let offset = area.count
        area.append(contentsOf: sourceArea[cell.textOffset..<cell.textOffset + cell.textCount])
        cell = PackedCell(textAt: offset, count: cell.textCount, tag: PackedCell.Tag.longText)
      }
      cells[index] = cell
    }
  }

  /// Marks a slot dead.
  mutating func kill(_ slot: Int) {
    guard hashes[slot] != 0 else { return }
    hashes[slot] = 0
    liveCount -= 1
    if slot == firstLive { firstLive += 1 }
    let start = slot * width
    for index in start..<start + width where cells[index].isLongText { unusedText += cells[index].textCount }
  }

  /// Whether dead slots outweigh live ones so far that squeezing pays; slots change their places then.
  var wantsSqueeze: Bool { slotCount - liveCount > 32 && slotCount - liveCount > liveCount }

  /// Removes dead slots; the order of the live ones stays.
  mutating func squeeze() {
    var keptCells: [PackedCell] = []
    keptCells.reserveCapacity(liveCount * width)
    var keptHashes: [UInt64] = []
    keptHashes.reserveCapacity(liveCount)
    for slot in 0..<slotCount where hashes[slot] != 0 {
      keptCells.append(contentsOf: cells[slot * width..<(slot + 1) * width])
      keptHashes.append(hashes[slot])
    }
    cells = keptCells
    hashes = keptHashes
    firstLive = 0
  }

  /// Squeezes unused text out when it outweighs the rest.
  mutating func squeezeTextIfNeeded() {
    guard unusedText > 4096, unusedText > area.count / 2 else { return }
    var kept: [UInt8] = []
    kept.reserveCapacity(area.count - unusedText)
    for slot in 0..<slotCount where hashes[slot] != 0 {
      for index in slot * width..<(slot + 1) * width where cells[index].isLongText {
        let cell = cells[index]
        let offset = kept.count
        kept.append(contentsOf: area[cell.textOffset..<cell.textOffset + cell.textCount])
        cells[index] = PackedCell(textAt: offset, count: cell.textCount, tag: PackedCell.Tag.longText)
      }
    }
    area = kept
    unusedText = 0
  }
}
