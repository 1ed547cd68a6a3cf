/// A type that a cell can be read as: the types of a row type's properties.
///
/// `String`, `Int64`, `Int`, `UInt64`, `ExactDecimal`, `Double`, `Bool`, `MoscowDate`, `MoscowTime`, `MoscowDateTime` and
/// `Cell` are such types, and so is an optional of one, which is `nil` for null and for nothing else. An enumeration with
/// a raw value becomes one by naming the protocol: `enum Side: String, CellValue { case buy = "B", sell = "S" }`.
public protocol CellValue: Sendable {
  /// What a cell has to hold, in words for an error: `an integer of 64 bits`.
  static var cellMeaning: String { get }

  /// The value of a cell; `nil` when the cell does not hold one, as null does not for all types but optionals.
  init?(cell: Cell)
}

extension String: CellValue {
  /// A text.
  public static var cellMeaning: String { "a text" }
  /// The text of a text cell, as sent.
  public init?(cell: Cell) {
    guard let text = cell.text else { return nil }
    self = text
  }
}

extension Int64: CellValue {
  /// An integer.
  public static var cellMeaning: String { "an integer of 64 bits" }
  /// The value of an integer cell.
  public init?(cell: Cell) {
    guard let value = cell.integer else { return nil }
    self = value
  }
}

extension Int: CellValue {
  /// An integer.
  public static var cellMeaning: String { "an integer of \(Int.bitWidth) bits" }
  /// The value of an integer cell that fits.
  public init?(cell: Cell) {
    guard let value = cell.integer else { return nil }
    self.init(exactly: value)
  }
}

extension UInt64: CellValue {
  /// An integer that is not negative.
  public static var cellMeaning: String { "an integer that is not negative" }
  /// The value of an integer cell that is not negative.
  public init?(cell: Cell) {
    guard let value = cell.integer else { return nil }
    self.init(exactly: value)
  }
}

extension ExactDecimal: CellValue {
  /// An exact number.
  public static var cellMeaning: String { "an exact decimal" }
  /// The value of a decimal cell, or of an integer cell as a decimal without fraction; never of a float.
  public init?(cell: Cell) {
    guard let value = cell.decimal else { return nil }
    self = value
  }
}

extension Double: CellValue {
  /// A floating-point number.
  public static var cellMeaning: String { "a floating-point number" }
  /// The value of a float cell; never of a decimal, which would lose its exactness unseen: take `ExactDecimal.doubleValue`.
  public init?(cell: Cell) {
    guard let value = cell.float else { return nil }
    self = value
  }
}

extension Bool: CellValue {
  /// A truth value.
  public static var cellMeaning: String { "true or false" }
  /// The value of a bool cell.
  public init?(cell: Cell) {
    guard let value = cell.bool else { return nil }
    self = value
  }
}

extension Cell: CellValue {
  /// Whatever the cell holds.
  public static var cellMeaning: String { "any cell" }
  /// The cell itself, null included.
  public init?(cell: Cell) { self = cell }
}

extension Optional: CellValue where Wrapped: CellValue {
  /// As for the type itself, or null.
  public static var cellMeaning: String { "\(Wrapped.cellMeaning) or null" }
  /// `nil` for null; otherwise the value, or a refusal, as for the type itself.
  public init?(cell: Cell) {
    if cell.isNull {
      self = .none
    } else {
      guard let value = Wrapped(cell: cell) else { return nil }
      self = .some(value)
    }
  }
}

extension CellValue where Self: RawRepresentable, RawValue: CellValue {
  /// A raw value that the type knows.
  public static var cellMeaning: String { "\(RawValue.cellMeaning) that \(Self.self) knows" }
  /// The value with the cell's raw value.
  public init?(cell: Cell) {
    guard let raw = RawValue(cell: cell) else { return nil }
    self.init(rawValue: raw)
  }
}

extension BookSide: CellValue {}
