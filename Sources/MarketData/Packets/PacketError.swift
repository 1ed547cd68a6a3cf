/// Why a packet was refused, and where in its body.
///
/// A refused packet has changed nothing.
public struct PacketError: Error, Sendable, Equatable {
  /// The kind of fault. New kinds may come; compare with the ones you know.
  public struct Code: Sendable, Hashable, CustomStringConvertible {
    /// The name of the code.
    public let description: String

    private init(_ description: String) { self.description = description }

    /// The body is no JSON text by RFC 8259, or holds a lone surrogate.
    public static let syntax = Code("syntax")
    /// The body is JSON, but no packet: a member is missing, repeated or of another form.
    public static let shape = Code("shape")
    /// A cell does not have the form of its column's type.
    public static let cell = Code("cell")
    /// A value has the right form and does not fit: 64 bits, 255 fraction digits.
    public static let range = Code("range")
    /// A key column is missing or null.
    public static let key = Code("key")
    /// A column stands twice in `columns`.
    public static let repeatedColumn = Code("repeatedColumn")
    /// A row does not have as many cells as there are columns.
    public static let rowLength = Code("rowLength")
    /// Nested deeper than 64.
    public static let depth = Code("depth")
  }

  /// The kind of fault.
  public let code: Code
  /// What is wrong, in words.
  public let message: String
  /// The row, counted from 1, when the fault is in `data`.
  public let row: Int?
  /// The column, when the fault is in a cell.
  public let column: String?
  /// The byte of the body at which the fault was seen, counted from 0.
  public let offset: Int

  init(_ code: Code, _ message: String, row: Int? = nil, column: String? = nil, offset: Int) {
    self.code = code
    self.message = message
    self.row = row
    self.column = column
    self.offset = offset
  }
}

extension PacketError: CustomStringConvertible {
  /// `row 2, column PRICE, byte 143 of the body: …`
  public var description: String {
    var place = ""
    if let row { place += "row \(row), " }
    if let column { place += "column \(Self.visible(column)), " }
    return "\(place)byte \(offset) of the body: \(message)"
  }

  /// A name of the peer's on one line: control and invisible characters are escaped, and it ends after 60 characters.
  static func visible(_ name: String) -> String {
    var result = ""
    for (place, scalar) in name.unicodeScalars.enumerated() {
      if place == 60 { return result + "..." }
      switch scalar.properties.generalCategory {
      case _ where scalar == "\n": result += "\\n"
      case _ where scalar == "\r": result += "\\r"
      case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned, .surrogate:
        result += "\\u{\(String(scalar.value, radix: 16))}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
