/// The rows of a decoded packet as tables read them: plain values, taken from the decoder once a packet.
///
/// Reading them through the decoder would check each access for exclusivity, which cost more than the comparison itself.
struct PacketRows {
  /// The cells, row by row, `stored` each.
  let cells: [PackedCell]
  /// How many cells of a row are stored.
  let stored: Int
  /// How many rows there are.
  let rowCount: Int
  /// The schema's place of each stored cell.
  let targets: [Int]
  /// Place among the stored cells of each column of the schema, or -1.
  let places: [Int]
  /// Places among the stored cells of the key columns, in the schema's order.
  let keys: [Int]
  /// Whether the packet has just the columns of the schema in its order.
  let isWhole: Bool

  private let decoder: PacketDecoder

  /// The rows of the packet that the decoder holds; `nil` when it holds none.
  init?(_ decoder: PacketDecoder) {
    guard let layout = decoder.layout else { return nil }
    self.decoder = decoder
    cells = decoder.cells
    rowCount = decoder.rowCount
    stored = layout.targets.count
    targets = layout.targets
    places = layout.places
    keys = layout.keys
    isWhole = layout.isWhole
  }

  /// Appends a long text.
  func appendText(of cell: PackedCell, to area: inout [UInt8]) { decoder.appendText(of: cell, to: &area) }

  /// Whether a long text has these bytes.
  func text(of cell: PackedCell, equals bytes: ArraySlice<UInt8>) -> Bool { decoder.text(of: cell, equals: bytes) }

  /// Mixes a key cell into a hash.
  @inline(__always)
  func mix(_ hash: UInt64, key cell: PackedCell) -> UInt64 {
    if !cell.isLongText { return KeyHash.mix(hash, cell: cell.keyForm) }
    return decoder.mix(hash, key: cell)
  }

  /// Mixes a cell into the hash of a whole row, where 1.5 and 1.50 are different.
  func mix(_ hash: UInt64, row cell: PackedCell) -> UInt64 {
    cell.isLongText ? decoder.mix(hash, key: cell) : KeyHash.mix(hash, cell: cell)
  }
}
