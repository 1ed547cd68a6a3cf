import NIOCore

/// The rows of a decoded packet as tables read them: plain values, lent by the decoder for the time of an `apply`.
///
/// Reading them through the decoder would check each access for exclusivity, which cost more than the comparison itself;
/// a copy would count references up and down for each packet.
struct PacketRows {
  /// The properties of the packet.
  var properties = PacketProperties()
  /// The cells, row by row, `stored` each.
  var cells: [PackedCell] = []
  /// How many rows there are.
  var rowCount = 0
  /// How many cells of a row are stored.
  private(set) var stored = 0
  private(set) var layout = ColumnLayout.empty
  /// Whether the packet has columns that the schema does not have.
  private(set) var hasDroppedColumns = false

  /// The body, for its long texts, and the texts in it that had escapes.
  var body = ByteBuffer()
  var side: [UInt8] = []

  /// Says where the cells belong.
  @inline(__always)
  mutating func use(_ layout: consuming ColumnLayout) {
    stored = layout.targets.count
    hasDroppedColumns = !layout.dropped.isEmpty
    self.layout = layout
  }

  /// The schema's place of each stored cell.
  var targets: [Int] { layout.targets }
  /// Place among the stored cells of each column of the schema, or -1.
  var places: [Int] { layout.places }
  /// The schema's places of the columns that the packet does not have.
  var absent: [Int] { layout.absent }
  /// Places among the stored cells of the key columns, in the schema's order.
  var keys: [Int] { layout.keys }
  /// Whether the packet has just the columns of the schema in its order.
  var isWhole: Bool { layout.isWhole }

  // MARK: Long texts

  /// The bytes of a long text, which are the body's or, when it had escapes, the side text's.
  @inline(__always)
  private func withText<Result>(of cell: PackedCell, _ use: (UnsafeRawBufferPointer) -> Result) -> Result {
    let range = cell.textOffset..<cell.textOffset + cell.textCount
    if cell.tag == PackedCell.Tag.longText {
      return unsafe body.withUnsafeReadableBytes { unsafe use(UnsafeRawBufferPointer(rebasing: $0[range])) }
    }
    return unsafe side.withUnsafeBytes { unsafe use(UnsafeRawBufferPointer(rebasing: $0[range])) }
  }

  /// Appends a long text.
  func appendText(of cell: PackedCell, to area: inout [UInt8]) {
    unsafe withText(of: cell) { unsafe area.append(contentsOf: $0) }
  }

  /// Whether a long text has the bytes of a range of an area.
  func text(of cell: PackedCell, equals area: [UInt8], _ range: Range<Int>) -> Bool {
    unsafe withText(of: cell) { text in
      unsafe area.withUnsafeBytes { unsafe CellMemory.isEqual(text, UnsafeRawBufferPointer(rebasing: $0[range])) }
    }
  }

  /// Mixes a key cell into a hash.
  @inline(__always)
  func mix(_ hash: UInt64, key cell: PackedCell) -> UInt64 {
    if !cell.isLongText { return KeyHash.mix(hash, cell: cell.keyForm) }
    return mixLong(hash, cell)
  }

  /// Mixes a cell into the hash of a whole row, where 1.5 and 1.50 are different.
  func mix(_ hash: UInt64, row cell: PackedCell) -> UInt64 {
    cell.isLongText ? mixLong(hash, cell) : KeyHash.mix(hash, cell: cell)
  }

  private func mixLong(_ hash: UInt64, _ cell: PackedCell) -> UInt64 {
    unsafe withText(of: cell) { unsafe KeyHash.mix(hash, bytes: $0) }
  }
}
