/// Exact sums and products; `nil` where the result does not fit in 64 bits.
extension ExactDecimal {
  /// The exact sum.
  public func adding(_ other: ExactDecimal) -> ExactDecimal? { sum(other, sign: 1) }

  /// The exact difference.
  public func subtracting(_ other: ExactDecimal) -> ExactDecimal? { sum(other, sign: -1) }

  private func sum(_ other: ExactDecimal, sign: Int128) -> ExactDecimal? {
    let digits = max(fractionDigits, other.fractionDigits)
    if scale == other.scale {
      return ExactDecimal(Int128(mantissa) + sign * Int128(other.mantissa), scale: scale, fractionDigits: digits)
    }
    // Without trailing zeros no sum fits over a gap above 19 digits, and up to it 128 bits hold both.
    let left = numericKey
    let right = other.numericKey
    let scale = max(left.scale, right.scale)
    guard let one = Self.scaled(left, to: scale), let two = Self.scaled(right, to: scale) else { return nil }
    return ExactDecimal(one + sign * two, scale: scale, fractionDigits: digits)
  }

  private static func scaled(_ value: (mantissa: Int64, scale: UInt8), to scale: UInt8) -> Int128? {
    if value.mantissa == 0 { return 0 }
    let gap = Int(scale - value.scale)
    if gap > 19 { return nil }
    return (0..<gap).reduce(Int128(value.mantissa)) { mantissa, _ in mantissa * 10 }
  }

  /// The exact product with an integer.
  public func multiplied(by factor: Int64) -> ExactDecimal? {
    ExactDecimal(Int128(mantissa) * Int128(factor), scale: scale, fractionDigits: fractionDigits)
  }

  /// The exact half: one digit more behind the point where it is needed.
  public var half: ExactDecimal? {
    if mantissa % 2 == 0 { return ExactDecimal(mantissa: mantissa / 2, scale: scale, fractionDigits: fractionDigits) }
    guard scale < .max else { return nil }
    return ExactDecimal(Int128(mantissa) * 5, scale: scale + 1, fractionDigits: fractionDigits)
  }

  /// The value of a wider mantissa, which gives up trailing zeros behind the point where 64 bits ask for it.
  private init?(_ mantissa: Int128, scale: UInt8, fractionDigits: UInt8) {
    var mantissa = mantissa
    var scale = scale
    while Int64(exactly: mantissa) == nil, scale > 0, mantissa % 10 == 0 {
      mantissa /= 10
      scale -= 1
    }
    guard let value = Int64(exactly: mantissa) else { return nil }
    self.init(mantissa: value, scale: scale, fractionDigits: fractionDigits)
  }
}
