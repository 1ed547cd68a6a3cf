extension TextBuffer {
  /// Appends a CSV field: quoted when it holds comma, quote, CR or LF or is empty.
  public mutating func append(csv field: String) {
    let start = count
    append(field)
    quoteIfNeeded(from: start)
  }

  /// Puts quotes around the text from `start` on when CSV asks for them.
  private mutating func quoteIfNeeded(from start: Int) {
    if start < count, !TextMemory.needsQuotes(bytes[start...]) { return }
    let plain = Array(bytes[start...])
    truncate(to: start)
    append(UInt8(ascii: "\""))
    for byte in plain {
      if byte == UInt8(ascii: "\"") { append(byte) }
      append(byte)
    }
    append(UInt8(ascii: "\""))
  }

  /// Appends a cell as a CSV field; nothing for null.
  mutating func append(csv cell: PackedCell, area: [UInt8]) {
    let start = count
    append(cell, area: area)
    if cell.tag >= PackedCell.Tag.shortText { quoteIfNeeded(from: start) }
  }

  /// Appends a JSON string.
  public mutating func append(json string: String) {
    append(UInt8(ascii: "\""))
    for byte in string.utf8 { append(jsonByte: byte) }
    append(UInt8(ascii: "\""))
  }

  private mutating func append(jsonByte byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""): append("\\\"")
    case UInt8(ascii: "\\"): append("\\\\")
    case 0x08: append("\\b")
    case 0x09: append("\\t")
    case 0x0A: append("\\n")
    case 0x0C: append("\\f")
    case 0x0D: append("\\r")
    case 0..<0x20:
      append("\\u00")
      for digit in [byte >> 4, byte & 15] {
        append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
      }
    default: append(byte)
    }
  }

  /// Appends a cell as a JSON value: decimals as numbers with their digits.
  mutating func append(json cell: PackedCell, area: [UInt8]) {
    switch cell.tag {
    case PackedCell.Tag.null: append("null")
    case PackedCell.Tag.shortText:
      append(UInt8(ascii: "\""))
      for index in 0..<cell.textCount { append(jsonByte: cell.shortTextByte(index)) }
      append(UInt8(ascii: "\""))
    case PackedCell.Tag.longText, PackedCell.Tag.sideText:
      append(UInt8(ascii: "\""))
      for byte in area[cell.textOffset..<cell.textOffset + cell.textCount] { append(jsonByte: byte) }
      append(UInt8(ascii: "\""))
    default: append(cell, area: area)
    }
  }
}
