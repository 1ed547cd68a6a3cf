/// A cell as the simulated market holds it, before it is written (protocol facts, 3.2).
enum WireValue: Sendable, Hashable {
  case null
  /// A string or the id of an enumeration.
  case text(String)
  case integer(Int64)
  /// `mantissa / 10^decimals`, written with exactly `decimals` digits.
  case fixed(Int64, decimals: UInt8)
  case float(Double)
  case bool(Bool)
  /// Days since 1970-01-01.
  case date(Int)
  /// Seconds of the day.
  case time(Int)
  /// Seconds since 1970-01-01 00:00 of a clock without a zone.
  case datetime(Int)
}

extension WireValue {
  /// What a table prints: the text of the cell, nil for null. A float has no `.0` (tables.md, Cells).
  var printed: String? {
    var text = ByteText()
    switch self {
    case .null: return nil
    case .text(let value): return value
    case .integer(let value): text.append(integer: value)
    case .fixed(let mantissa, let decimals): text.append(mantissa, decimals: decimals)
    case .float(let value):
      let digits = value.description
      return digits.hasSuffix(".0") ? String(digits.dropLast(2)) : digits
    case .bool(let value): return value ? "true" : "false"
    case .date(let days): text.append(date: days)
    case .time(let seconds): text.append(time: seconds)
    case .datetime(let seconds): text.append(datetime: seconds)
    }
    return text.string
  }
}

extension ByteText {
  /// Writes the cell as JSON.
  mutating func append(cell: WireValue) {
    switch cell {
    case .null: append("null")
    case .text(let value): append(quoted: value)
    case .integer(let value): append(integer: value)
    case .fixed(let mantissa, let decimals):
      append(byte: UInt8(ascii: "["))
      append(mantissa, decimals: decimals)
      append(byte: UInt8(ascii: ","))
      append(integer: Int64(decimals))
      append(byte: UInt8(ascii: "]"))
    case .float(let value): append(text: value.description)
    case .bool(let value): append(value ? "true" : "false")
    case .date(let days): quote { $0.append(date: days) }
    case .time(let seconds): quote { $0.append(time: seconds) }
    case .datetime(let seconds): quote { $0.append(datetime: seconds) }
    }
  }

  private mutating func quote(_ write: (inout ByteText) -> Void) {
    append(byte: UInt8(ascii: "\""))
    write(&self)
    append(byte: UInt8(ascii: "\""))
  }
}
