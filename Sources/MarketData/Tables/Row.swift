/// A row of a table or of a change, with its columns.
///
/// It shares the cells of what it came from and stays as it was when that goes on.
public struct Row: Sendable {
  /// The columns.
  public let schema: Schema
  let cells: [PackedCell]
  let start: Int
  let area: [UInt8]

  init(schema: Schema, cells: [PackedCell], start: Int, area: [UInt8]) {
    self.schema = schema
    self.cells = cells
    self.start = start
    self.area = area
  }

  /// The cell of the column at that place of the schema.
  ///
  /// - Precondition: `place` is a valid index of `schema.columns`.
  public subscript(place: Int) -> Cell { packed(place).cell(in: area) }

  /// The cell of the column with that exact name; `nil` when there is no such column.
  public subscript(name: String) -> Cell? { schema.place(of: name).map { self[$0] } }

  /// All cells in the schema's order.
  public var values: [Cell] { schema.columns.indices.map { self[$0] } }

  func packed(_ place: Int) -> PackedCell { cells[start + place] }

  /// Whether the cell at that place prints as the other row's does.
  func isSame(_ place: Int, as other: Row) -> Bool {
    let own = packed(place)
    let cell = other.packed(place)
    if !cell.isLongText { return own == cell }
    guard own.isLongText, own.textCount == cell.textCount else { return false }
    return area[own.textOffset..<own.textOffset + own.textCount]
      == other.area[cell.textOffset..<cell.textOffset + cell.textCount]
  }
}

extension Row: Hashable {
  /// Rows are equal when all cells print alike.
  public static func == (left: Row, right: Row) -> Bool {
    left.schema.columns.count == right.schema.columns.count
      && left.schema.columns.indices.allSatisfy { left.isSame($0, as: right) }
  }

  /// Equal rows have equal hashes.
  public func hash(into hasher: inout Hasher) { for value in values { hasher.combine(value) } }
}

extension Row: CustomStringConvertible {
  /// The cells that are not null, as `NAME=value`.
  public var description: String {
    let parts = schema.columns.indices.compactMap { place -> String? in
      let cell = self[place]
      return cell.isNull ? nil : "\(schema.columns[place].name)=\(cell)"
    }
    return parts.joined(separator: " ")
  }
}
