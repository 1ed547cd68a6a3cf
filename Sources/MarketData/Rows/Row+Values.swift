extension Row {
  /// The cell of a column as a value of the type that is asked for.
  ///
  /// ```swift
  /// let last: ExactDecimal? = try row.value("LAST")  // nil is null on the wire
  /// let lots: Int64 = try row.value("LOTSIZE")  // null is an error
  /// ```
  ///
  /// - Parameters:
  ///   - column: the exact name.
  ///   - type: what to read the cell as, where nothing else says it.
  /// - Throws: `RowError`: `noColumn` when the table has no such column, `null` when the cell is null and the type is no
  ///   optional, `value` when the cell holds something else.
  public func value<Value: CellValue>(_ column: String, as type: Value.Type = Value.self) throws(RowError) -> Value {
    guard let place = schema.place(of: column) else {
      throw RowError(.noColumn, self, column: column, cell: nil, expected: Value.cellMeaning)
    }
    return try value(at: place)
  }

  /// As `value(_:as:)`; `nil` also when the table has no such column.
  ///
  /// - Throws: `RowError` with code `value` when there is a cell, it is not null and holds something else.
  public func value<Value: CellValue>(
    ifDeclared column: String, as type: Value.Type = Value.self
  ) throws(RowError) -> Value? {
    guard let place = schema.place(of: column) else { return nil }
    let value: Value? = try value(at: place)
    return value
  }

  func value<Value: CellValue>(at place: Int) throws(RowError) -> Value {
    let cell = self[place]
    guard let value = Value(cell: cell) else {
      throw RowError(
        cell.isNull ? .null : .value, self, column: schema.columns[place].name, cell: cell,
        expected: Value.cellMeaning)
    }
    return value
  }
}
