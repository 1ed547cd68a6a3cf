/// A decimal as the exchange sent it: exact, with the number of fraction digits to print.
///
/// The value is `mantissa / 10^scale`. `fractionDigits` is the greater of the digits written and the decimals declared
/// beside them, so `[328,2]` prints `328.00` and `[1.505,2]` prints `1.505` (tables.md, Cells).
/// Equality and order are numeric: 1.5 equals 1.50. `isIdentical(to:)` also asks for the same printed form.
public struct ExactDecimal: Sendable, Hashable, Comparable {
  /// The digits of the value without the point, with the sign.
  public let mantissa: Int64
  /// How many digits of the mantissa stand behind the point.
  public let scale: UInt8
  /// How many fraction digits are printed; never less than `scale`.
  public let fractionDigits: UInt8

  /// The largest number of fraction digits that a decimal can have.
  public static let maximumFractionDigits = 255

  /// A value already in canonical form; see `init(mantissa:scale:fractionDigits:)`.
  init(canonical mantissa: Int64, scale: UInt8, fractionDigits: UInt8) {
    self.mantissa = mantissa
    self.scale = scale
    self.fractionDigits = fractionDigits
  }

  /// The value `mantissa / 10^scale`, printed with at least `fractionDigits` digits behind the point.
  ///
  /// The stored form depends on value and printed digits only: the mantissa is scaled towards `fractionDigits` as far
  /// as 64 bits allow, so that two decimals print alike exactly when their stored forms are equal.
  public init(mantissa: Int64, scale: UInt8, fractionDigits: UInt8 = 0) {
    let digits = max(scale, fractionDigits)
    var mantissa = mantissa
    var scale = scale
    if mantissa == 0 { scale = digits }
    while scale < digits {
      let (product, overflow) = mantissa.multipliedReportingOverflow(by: 10)
      if overflow { break }
      mantissa = product
      scale += 1
    }
    self.init(canonical: mantissa, scale: scale, fractionDigits: digits)
  }

  /// The value of a JSON number literal, or `nil` when it is none or does not fit (64-bit mantissa, 255 fraction
  /// digits). An exponent is applied exactly: `1.5e-1` is 0.15.
  public init?(_ literal: some StringProtocol, decimals: UInt8 = 0) {
    var bytes = ByteIterator(literal.utf8)
    guard let number = DecimalLiteral(&bytes), bytes.isAtEnd else { return nil }
    guard let value = number.decimal(decimals: decimals) else { return nil }
    self = value
  }

  /// Whether both print the same digits.
  public func isIdentical(to other: ExactDecimal) -> Bool {
    mantissa == other.mantissa && scale == other.scale && fractionDigits == other.fractionDigits
  }

  /// Whether the values are equal, whatever their printed forms.
  public static func == (left: ExactDecimal, right: ExactDecimal) -> Bool { compare(left, right) == 0 }

  /// Whether the value is less.
  public static func < (left: ExactDecimal, right: ExactDecimal) -> Bool { compare(left, right) < 0 }

  /// Equal values have equal hashes.
  public func hash(into hasher: inout Hasher) {
    let key = numericKey
    hasher.combine(key.mantissa)
    hasher.combine(key.scale)
  }

  /// Mantissa and scale without trailing zeros behind the point: equal exactly when the values are.
  var numericKey: (mantissa: Int64, scale: UInt8) {
    var mantissa = mantissa
    var scale = scale
    while scale > 0 {
      let (quotient, remainder) = mantissa.quotientAndRemainder(dividingBy: 10)
      if remainder != 0 { break }
      mantissa = quotient
      scale -= 1
    }
    return (mantissa, scale)
  }

  /// The nearest double; the exact value is the decimal's own.
  public var doubleValue: Double {
    let magnitude = Double(mantissa)
    if scale <= 22, mantissa.magnitude <= 1 << 53 { return magnitude / PowersOfTen.double[Int(scale)] }
    return Double(description) ?? magnitude
  }

  private static func compare(_ left: ExactDecimal, _ right: ExactDecimal) -> Int {
    if left.scale == right.scale { return order(left.mantissa, right.mantissa) }
    let leftSign = left.mantissa.signum()
    let rightSign = right.mantissa.signum()
    if leftSign != rightSign { return order(leftSign, rightSign) }
    if leftSign == 0 { return 0 }
    if left.scale < right.scale { return compareScaled(left, right) }
    return -compareScaled(right, left)
  }

  /// Compares two non-zero values of one sign of which the first has the smaller scale.
  private static func compareScaled(_ coarse: ExactDecimal, _ fine: ExactDecimal) -> Int {
    let gap = Int(fine.scale - coarse.scale)
    // 10^19 is above every Int64, so beyond that gap the coarse value has the greater magnitude.
    if gap > 19 { return coarse.mantissa > 0 ? 1 : -1 }
    var factor: Int128 = 1
    for _ in 0..<gap { factor *= 10 }
    return order(Int128(coarse.mantissa) * factor, Int128(fine.mantissa))
  }

  private static func order<T: Comparable>(_ left: T, _ right: T) -> Int { left < right ? -1 : (left > right ? 1 : 0) }
}

extension ExactDecimal: CustomStringConvertible {
  /// The printed form: no exponent, `fractionDigits` digits behind the point, never `-0`.
  public var description: String {
    var text = TextBuffer()
    text.append(decimal: self)
    return text.string
  }
}

/// Powers of ten as far as the type holds them exactly.
enum PowersOfTen {
  static let int64: [Int64] = {
    var powers: [Int64] = [1]
    for _ in 0..<18 { powers.append((powers.last ?? 1) * 10) }
    return powers
  }()

  static let double: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
  ]
}
