/// A row as a program thinks of it: a type that is made of a row's cells.
///
/// The library has such types for the streams and queries of the catalogue (`Quote`, `Candle`, `NewsItem` …). A type of
/// your own, for any stream, names the columns that it wants; the type of each property says what a cell has to hold, and
/// an optional one says that it may be null:
///
/// ```swift
/// struct Level: TableRow {
///   let side: BookSide
///   let price: ExactDecimal
///   let quantity: Int64?
///
///   init(_ row: Row) throws {
///     side = try row.value("BUYSELL")
///     price = try row.value("PRICE")
///     quantity = try row.value("QUANTITY")
///   }
/// }
/// ```
public protocol TableRow: Sendable {
  /// Reads a row.
  ///
  /// - Throws: `RowError` from `Row.value(_:)`, or an error of the type's own; nothing is read by halves.
  init(_ row: Row) throws
}

extension KeyedTable {
  /// All rows as values of that type, in the order in which they appeared.
  ///
  /// - Throws: what the type throws for the first row that it cannot read; a `RowError` then has the row's number.
  public func rows<Value: TableRow>(as type: Value.Type) throws -> [Value] {
    var values: [Value] = []
    values.reserveCapacity(count)
    for row in rows {
      do {
        values.append(try Value(row))
      } catch let error as RowError {
        throw error.numbered(values.count + 1)
      }
    }
    return values
  }
}

/// One row that came, changed or went, as values of a type; the typed form of `Change`.
public struct RowChange<Value: TableRow>: Sendable {
  /// What happened.
  public let kind: Change.Kind
  /// The row before; `nil` for an insert.
  public let before: Value?
  /// The row after; `nil` for a remove.
  public let after: Value?
  /// The change with its cells, also of columns that the type does not know.
  public let change: Change

  /// Reads a change.
  ///
  /// - Throws: what the type throws for the row before or after.
  public init(_ change: Change) throws {
    kind = change.kind
    before = try change.before.map { try Value($0) }
    after = try change.after.map { try Value($0) }
    self.change = change
  }

  /// The row as it stands after the change, or before it for a remove.
  public var row: Value? { after ?? before }
}

extension RowChange: Equatable where Value: Equatable {}
extension RowChange: Hashable where Value: Hashable {}

extension ChangeSet {
  /// All changes with their rows as values of that type.
  ///
  /// - Throws: what the type throws for the first row that it cannot read; a `RowError` then has the number of the
  ///   change, and names the row by its key.
  public func rows<Value: TableRow>(as type: Value.Type) throws -> [RowChange<Value>] {
    var values: [RowChange<Value>] = []
    values.reserveCapacity(count)
    for change in self {
      do {
        values.append(try RowChange(change))
      } catch let error as RowError {
        throw error.numbered(values.count + 1)
      }
    }
    return values
  }
}
