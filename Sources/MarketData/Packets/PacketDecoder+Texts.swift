import NIOCore

/// The long texts of the last packet: where a cell points to.
extension PacketDecoder {
  /// The bytes of a long text, which are the body's or, when it had escapes, the side text's.
  private func bodyView(of cell: PackedCell) -> ByteBufferView? {
    guard cell.tag == PackedCell.Tag.longText else { return nil }
    return body.viewBytes(at: body.readerIndex + cell.textOffset, length: cell.textCount)
  }

  /// Appends a long text of the last packet.
  func appendText(of cell: PackedCell, to area: inout [UInt8]) {
    if let view = bodyView(of: cell) {
      area.append(contentsOf: view)
    } else {
      area.append(contentsOf: notes.side[cell.textOffset..<cell.textOffset + cell.textCount])
    }
  }

  /// Whether a long text of the last packet has these bytes.
  func text(of cell: PackedCell, equals bytes: ArraySlice<UInt8>) -> Bool {
    if let view = bodyView(of: cell) { return view.elementsEqual(bytes) }
    return notes.side[cell.textOffset..<cell.textOffset + cell.textCount] == bytes
  }

  /// Mixes a key cell of the last packet into a hash.
  @inline(__always)
  func mix(_ hash: UInt64, key cell: PackedCell) -> UInt64 {
    if !cell.isLongText { return KeyHash.mix(hash, cell: cell.keyForm) }
    return mixLong(hash, cell)
  }

  private func mixLong(_ hash: UInt64, _ cell: PackedCell) -> UInt64 {
    if let view = bodyView(of: cell) { return KeyHash.mix(hash, text: view) }
    return KeyHash.mix(hash, text: notes.side[cell.textOffset..<cell.textOffset + cell.textCount])
  }
}
