/// Exact sums and products; `nil` where the result does not fit in 64 bits.
extension ExactDecimal {
  /// The exact sum.
  public func adding(_ other: ExactDecimal) -> ExactDecimal? {
    let scale = max(self.scale, other.scale)
    guard let left = mantissa(at: scale), let right = other.mantissa(at: scale) else { return nil }
    let (sum, overflow) = left.addingReportingOverflow(right)
    let digits = max(fractionDigits, other.fractionDigits)
    return overflow ? nil : ExactDecimal(mantissa: sum, scale: scale, fractionDigits: digits)
  }

  /// The exact difference.
  public func subtracting(_ other: ExactDecimal) -> ExactDecimal? {
    guard other.mantissa != .min else { return nil }
    let negated = ExactDecimal(
      canonical: -other.mantissa, scale: other.scale, fractionDigits: other.fractionDigits)
    return adding(negated)
  }

  /// The exact product with an integer.
  public func multiplied(by factor: Int64) -> ExactDecimal? {
    let (product, overflow) = mantissa.multipliedReportingOverflow(by: factor)
    return overflow ? nil : ExactDecimal(mantissa: product, scale: scale, fractionDigits: fractionDigits)
  }

  /// The exact half: one digit more behind the point where it is needed.
  public var half: ExactDecimal? {
    if mantissa % 2 == 0 { return ExactDecimal(mantissa: mantissa / 2, scale: scale, fractionDigits: fractionDigits) }
    let (product, overflow) = mantissa.multipliedReportingOverflow(by: 5)
    guard !overflow, scale < .max else { return nil }
    return ExactDecimal(mantissa: product, scale: scale + 1, fractionDigits: fractionDigits)
  }

  private func mantissa(at scale: UInt8) -> Int64? {
    var value = mantissa
    for _ in 0..<(scale - self.scale) {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      if overflow { return nil }
      value = product
    }
    return value
  }
}
