/// A value of a table as a program sees it.
///
/// Two cells are equal exactly when they print alike (and are of one kind): 1.5 and 1.50 are different cells, because a
/// cell has changed when its printed form has (tables.md, Cells). Compare the decimals themselves for their values.
public enum Cell: Sendable, Hashable {
  /// Nothing; not the same as the empty string.
  case null
  /// A string, an enumeration id, a date, a time or a datetime, as sent.
  case text(String)
  /// An integer.
  case integer(Int64)
  /// A fixed-point number.
  case decimal(ExactDecimal)
  /// A floating-point number.
  case float(Double)
  /// A truth value.
  case bool(Bool)

  /// Whether both are of one kind and print alike.
  public static func == (left: Cell, right: Cell) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.text(let left), .text(let right)): left.utf8.elementsEqual(right.utf8)
    case (.integer(let left), .integer(let right)): left == right
    case (.decimal(let left), .decimal(let right)): left.isIdentical(to: right)
    case (.float(let left), .float(let right)): left == right
    case (.bool(let left), .bool(let right)): left == right
    case (.null, _), (.text, _), (.integer, _), (.decimal, _), (.float, _), (.bool, _): false
    }
  }

  /// Equal cells have equal hashes.
  public func hash(into hasher: inout Hasher) {
    switch self {
    case .null: hasher.combine(0)
    case .text(let value): for byte in value.utf8 { hasher.combine(byte) }
    case .integer(let value): hasher.combine(value)
    case .decimal(let value): hasher.combine(value)
    case .float(let value): hasher.combine(value)
    case .bool(let value): hasher.combine(value)
    }
  }

  /// Whether this is `null`.
  public var isNull: Bool { self == .null }

  /// The text of a text cell.
  public var text: String? { if case .text(let value) = self { value } else { nil } }

  /// The value of an integer cell.
  public var integer: Int64? { if case .integer(let value) = self { value } else { nil } }

  /// The value of a decimal cell, or of an integer cell as a decimal without fraction.
  public var decimal: ExactDecimal? {
    switch self {
    case .decimal(let value): value
    case .integer(let value): ExactDecimal(mantissa: value, scale: 0)
    case .null, .text, .float, .bool: nil
    }
  }

  /// The value of a float cell.
  public var float: Double? { if case .float(let value) = self { value } else { nil } }

  /// The value of a bool cell.
  public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
}

extension Cell: CustomStringConvertible {
  /// The printed form as in CSV, without quotes; empty for null.
  public var description: String {
    switch self {
    case .null: return ""
    case .text(let value): return value
    case .integer(let value): return String(value)
    case .decimal(let value): return value.description
    case .float(let value):
      var text = TextBuffer()
      text.append(float: value)
      return text.string
    case .bool(let value): return value ? "true" : "false"
    }
  }
}
