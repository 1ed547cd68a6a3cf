/// The parts of a JSON number literal (RFC 8259, section 6), read digit by digit.
///
/// This is the slow, complete reading: the packet decoder has a short way of its own for the usual literals and comes
/// here for exponents and for more than 18 digits.
struct DecimalLiteral {
  private(set) var isNegative = false
  /// All digits without the point; meaningless when `overflows`.
  private(set) var mantissa: UInt64 = 0
  /// Whether the digits without the point exceed 64 bits.
  private(set) var overflows = false
  /// Digits behind the point.
  private(set) var scale = 0
  /// Whether there is a point or an exponent.
  private(set) var isPlainInteger = true
  private(set) var hasFraction = false
  /// The exponent, held within ±`exponentLimit`: whatever is beyond is out of every range.
  private(set) var exponent = 0

  /// Far above the number of digits that any body can hold, so that no fraction makes up for an exponent beyond it.
  private static let exponentLimit = 1_000_000_000_000_000

  /// Reads one literal and leaves the iterator behind it; `nil` when the bytes are no JSON number.
  init?(_ bytes: inout some DigitSource) {
    isNegative = bytes.skip(UInt8(ascii: "-"))
    guard let first = bytes.digit() else { return nil }
    mantissa = UInt64(first)
    if first != 0 { readDigits(&bytes) }
    if bytes.skip(UInt8(ascii: ".")) {
      isPlainInteger = false
      hasFraction = true
      let digits = readDigits(&bytes)
      if digits == 0 { return nil }
      scale = digits
    }
    if bytes.skip(UInt8(ascii: "e")) || bytes.skip(UInt8(ascii: "E")) {
      isPlainInteger = false
      let negative = bytes.skip(UInt8(ascii: "-"))
      if !negative { _ = bytes.skip(UInt8(ascii: "+")) }
      guard let digit = bytes.digit() else { return nil }
      exponent = Int(digit)
      while let digit = bytes.digit() { exponent = min(exponent * 10 + Int(digit), Self.exponentLimit) }
      if negative { exponent = -exponent }
    }
  }

  /// Reads digits into the mantissa and returns how many there were.
  @discardableResult
  private mutating func readDigits(_ bytes: inout some DigitSource) -> Int {
    var count = 0
    while let digit = bytes.digit() {
      count += 1
      let (product, overflow) = mantissa.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(UInt64(digit))
      overflows = overflows || overflow || carry
      mantissa = sum
    }
    return count
  }

  /// The signed mantissa if it fits in 64 bits.
  private var signedMantissa: Int64? {
    if overflows { return nil }
    if isNegative { return mantissa <= 1 << 63 ? Int64(truncatingIfNeeded: 0 &- mantissa) : nil }
    return Int64(exactly: mantissa)
  }

  /// The exact decimal, or `nil` when it does not fit.
  func decimal(decimals: UInt8) -> ExactDecimal? {
    guard var value = signedMantissa else { return nil }
    var digits = scale - exponent
    if digits < 0 {
      if value == 0 { digits = 0 }
      if digits < -18 { return nil }
      while digits < 0 {
        let (product, overflow) = value.multipliedReportingOverflow(by: 10)
        if overflow { return nil }
        value = product
        digits += 1
      }
    }
    guard let scale = UInt8(exactly: digits) else { return nil }
    return ExactDecimal(mantissa: value, scale: scale, fractionDigits: decimals)
  }

  /// The 64-bit integer, or `nil` when the literal has a fraction or an exponent, or does not fit.
  var int64: Int64? { isPlainInteger ? signedMantissa : nil }

  /// The unsigned 64-bit integer, or `nil` as for `int64`. `-0` is 0.
  var uint64: UInt64? {
    guard isPlainInteger, !overflows else { return nil }
    return isNegative && mantissa != 0 ? nil : mantissa
  }

  /// The double where mantissa and power of ten are exact in one, so that one rounding gives the nearest.
  var exactDouble: Double? {
    let power = exponent - scale
    guard !overflows, mantissa <= 1 << 53, power >= -22, power <= 22 else { return nil }
    let magnitude = Double(mantissa)
    let value = power < 0 ? magnitude / PowersOfTen.double[-power] : magnitude * PowersOfTen.double[power]
    return isNegative && mantissa != 0 ? -value : value
  }
}

/// Bytes with a place in them, read one digit or mark at a time.
protocol DigitSource {
  /// Steps over the byte if it is this one.
  mutating func skip(_ byte: UInt8) -> Bool
  /// Steps over a digit and returns its value.
  mutating func digit() -> UInt8?
}

/// The bytes of a string as a source of digits.
struct ByteIterator: DigitSource {
  private let bytes: [UInt8]
  private(set) var position = 0

  init(_ bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }

  var isAtEnd: Bool { position == bytes.count }

  mutating func skip(_ byte: UInt8) -> Bool {
    guard position < bytes.count, bytes[position] == byte else { return false }
    position += 1
    return true
  }

  mutating func digit() -> UInt8? {
    guard position < bytes.count else { return nil }
    let value = bytes[position] &- UInt8(ascii: "0")
    guard value <= 9 else { return nil }
    position += 1
    return value
  }
}
