/// The content of a MESSAGE or REPLY body: some columns, and rows of as many cells, one after another.
struct Packet: Sendable, Hashable {
  enum Kind: Sendable, Hashable {
    case snapshot
    case updates
    case removal
  }

  var kind: Kind
  var columns: [String]
  var cells: [WireValue]

  /// The cells row by row.
  var rows: [[WireValue]] {
    guard !columns.isEmpty else { return [] }
    return stride(from: 0, to: cells.count, by: columns.count).map { Array(cells[$0..<$0 + columns.count]) }
  }
}

/// What stands in `properties`.
struct PacketProperties {
  var kind: Packet.Kind
  var seqnum: UInt64
  var milliseconds: Int64
  var hasPublished: Bool
}

extension ByteText {
  /// Writes a body: compact, with the two line feeds of the recorded packets (protocol facts, 3.1.1).
  mutating func append(_ packet: Packet, properties: PacketProperties?) {
    append(byte: UInt8(ascii: "{"))
    if let properties {
      append("\"properties\":{\"type\":")
      switch properties.kind {
      case .snapshot: append("\"snapshot\"")
      case .updates: append("\"updates\"")
      case .removal: append("\"removal\"")
      }
      append(",\"seqnum\":")
      append(integer: properties.seqnum)
      if properties.hasPublished {
        append(",\"published\":")
        append(integer: properties.milliseconds)
      }
      append(",\"timestamp\":")
      append(integer: properties.milliseconds)
      append("},\n")
    }
    append("\"columns\":[")
    for (place, column) in packet.columns.enumerated() {
      if place > 0 { append(byte: UInt8(ascii: ",")) }
      append(quoted: column)
    }
    append("],\n\"data\":[")
    let width = packet.columns.count
    for (place, cell) in packet.cells.enumerated() {
      if place % width == 0 { append(place == 0 ? "[" : ",[") } else { append(byte: UInt8(ascii: ",")) }
      append(cell: cell)
      if place % width == width - 1 { append(byte: UInt8(ascii: "]")) }
    }
    append("]}")
  }
}
