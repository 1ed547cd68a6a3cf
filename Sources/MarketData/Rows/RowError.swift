/// Why a row could not be read as a value of a type: which row, which column, and what stands there.
public struct RowError: Error, Sendable, Hashable {
  /// The kind of fault. New kinds may come; compare with the ones you know.
  public struct Code: Sendable, Hashable, CustomStringConvertible {
    /// The name of the code.
    public let description: String

    private init(_ description: String) { self.description = description }

    /// The table has no such column.
    public static let noColumn = Code("noColumn")
    /// The cell is null, and the type needs a value.
    public static let null = Code("null")
    /// The cell holds something else than the type needs: another kind of value, or a text of another form.
    public static let value = Code("value")
  }

  /// The kind of fault.
  public let code: Code
  /// The column.
  public let column: String
  /// What stands in the cell; `nil` when there is no such column.
  public let cell: Cell?
  /// What is needed, in words.
  public let expected: String
  /// The cells that the row is known by, `TICKER=MXSE.TQBR.SBER`; empty in a table without a key.
  public let key: String
  /// The number of the row in its table, or of the change in its change set, counted from 1; `nil` for a row alone.
  public let number: Int?

  init(_ code: Code, _ row: Row, column: String, cell: Cell?, expected: String) {
    self.code = code
    self.column = column
    self.cell = cell
    self.expected = expected
    key = row.keyText
    number = nil
  }

  private init(_ error: RowError, number: Int) {
    code = error.code
    column = error.column
    cell = error.cell
    expected = error.expected
    key = error.key
    self.number = number
  }

  /// The same fault, with the row's number.
  func numbered(_ number: Int) -> RowError { RowError(self, number: number) }
}

extension RowError: CustomStringConvertible {
  /// `row 2 (TICKER=MXSE.TQBR.SBER), column LAST: an exact decimal is needed, the cell holds the text “n/a”`
  public var description: String {
    var place = ""
    switch (number, key.isEmpty) {
    case (let number?, false): place = "row \(number) (\(key)), "
    case (let number?, true): place = "row \(number), "
    case (nil, false): place = "row \(key), "
    case (nil, true): break
    }
    guard let cell else {
      return "\(place)column \(PacketError.visible(column)): there is no such column, and \(expected) is needed"
    }
    return "\(place)column \(PacketError.visible(column)): \(expected) is needed, the cell holds \(Self.words(cell))"
  }

  private static func words(_ cell: Cell) -> String {
    switch cell {
    case .null: "null"
    case .text(let text): "the text “\(PacketError.visible(text))”"
    case .integer, .decimal, .float: "the number \(cell)"
    case .bool: "\(cell)"
    }
  }
}

extension Row {
  /// The cells of the key as `NAME=value`, for messages.
  var keyText: String {
    schema.keys.map { "\(PacketError.visible(schema.columns[$0].name))=\(PacketError.visible(self[$0].description))" }
      .joined(separator: " ")
  }
}
