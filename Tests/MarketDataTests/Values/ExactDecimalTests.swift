import Testing

@testable import MarketData

@Suite struct ExactDecimalTests {
  /// Literal, decimals, printed; nil where it must not fit.
  static let printed: [(String, UInt8, String?)] = [
    ("328", 2, "328.00"), ("328.00", 2, "328.00"), ("1.505", 2, "1.505"), ("3", 0, "3"), ("0.70", 2, "0.70"),
    ("-0.37", 2, "-0.37"), ("-0.00", 2, "0.00"), ("-0", 0, "0"), ("0", 5, "0.00000"), ("0.000", 0, "0.000"),
    ("1322706", 0, "1322706"), ("1.5e-1", 0, "0.15"), ("1.5E+1", 0, "15"), ("1.5e1", 2, "15.00"), ("15e-3", 0, "0.015"),
    ("1.50e1", 0, "15.0"), ("100e-2", 0, "1.00"), ("1e18", 0, "1000000000000000000"), ("1e19", 0, nil),
    ("0e400", 0, "0"), ("0e-255", 0, "0." + String(repeating: "0", count: 255)), ("0e-256", 0, nil),
    ("9223372036854775807", 0, "9223372036854775807"), ("9223372036854775808", 0, nil),
    ("-9223372036854775808", 0, "-9223372036854775808"), ("-9223372036854775809", 0, nil),
    ("92233720368547758.07", 2, "92233720368547758.07"), ("9223372036854775807", 3, "9223372036854775807.000"),
    ("-9223372036854775808", 1, "-9223372036854775808.0"), ("0.9223372036854775807", 0, "0.9223372036854775807"),
    ("0.9223372036854775808", 0, nil), ("1.0000000000000000000", 0, nil), ("1e-255", 0, "0." + zeros(254) + "1"),
    ("1e-256", 0, nil), ("12e-255", 0, "0." + zeros(253) + "12"), ("1e-2", 255, "0.01" + zeros(253)),
    ("7", 255, "7." + zeros(255)), ("18446744073709551616", 0, nil), ("1e99999999999999999999", 0, nil),
    ("1e-99999999999999999999", 0, nil), ("0.0000000000000000001", 0, "0.0000000000000000001"),
    // What is no JSON number.
    ("", 0, nil), ("-", 0, nil), ("+1", 0, nil), ("01", 0, nil), ("1.", 0, nil), (".5", 0, nil), ("1e", 0, nil),
    ("1e+", 0, nil), ("1 ", 0, nil), (" 1", 0, nil), ("1x", 0, nil), ("--1", 0, nil), ("1.5.5", 0, nil),
    ("Inf", 0, nil),
    ("NaN", 0, nil), ("0x10", 0, nil), ("1e1.5", 0, nil), ("١", 0, nil),
  ]

  private static func zeros(_ count: Int) -> String { String(repeating: "0", count: count) }

  @Test(arguments: printed) func prints(literal: String, decimals: UInt8, expected: String?) {
    #expect(ExactDecimal(literal, decimals: decimals)?.description == expected)
  }

  @Test func anExponentMeetsALongFraction() {
    // Exponents beyond a million are exact too, where as many digits make up for them.
    let digits = "0." + Self.zeros(1_000_005) + "1e"
    #expect(ExactDecimal(digits + "1000010")?.description == "10000")
    #expect(ExactDecimal(digits + "1000004")?.description == "0.01")
    #expect(ExactDecimal(digits + "900000") == nil)
  }

  @Test func theStoredFormDependsOnThePrintedFormOnly() {
    let forms = [
      ExactDecimal(mantissa: 15, scale: 1, fractionDigits: 2), ExactDecimal(mantissa: 150, scale: 2),
      ExactDecimal(mantissa: 150, scale: 2, fractionDigits: 1),
    ]
    for form in forms {
      #expect(form.isIdentical(to: forms[0]))
      #expect(PackedCell(decimal: form) == PackedCell(decimal: forms[0]))
      #expect(form.mantissa == 150 && form.scale == 2 && form.fractionDigits == 2)
    }
    let shorter = ExactDecimal(mantissa: 15, scale: 1)
    #expect(shorter == forms[0])
    #expect(!shorter.isIdentical(to: forms[0]))
    #expect(shorter.hashValue == forms[0].hashValue)
    let zero = ExactDecimal(mantissa: 0, scale: 0, fractionDigits: 3)
    #expect(zero.isIdentical(to: ExactDecimal(mantissa: 0, scale: 3)))
    #expect(zero == ExactDecimal(mantissa: 0, scale: 0))
    // Scaled as far as 64 bits allow.
    let large = ExactDecimal(mantissa: 5_000_000_000_000_000_000, scale: 0, fractionDigits: 2)
    #expect(large.scale == 0 && large.description == "5000000000000000000.00")
    #expect(large == ExactDecimal(mantissa: 5_000_000_000_000_000_000, scale: 0))
  }

  @Test func sumsAndProductsThatFitAreGiven() throws {
    let large = try #require(ExactDecimal("5000000000000000000"))
    let one = try #require(ExactDecimal("1.00", decimals: 2))
    let zero = try #require(ExactDecimal("0.00", decimals: 2))
    #expect(large.adding(zero)?.description == "5000000000000000000.00")
    #expect(large.adding(one)?.description == "5000000000000000001.00")
    #expect(large.adding(large) == nil)
    let least = ExactDecimal(mantissa: .min, scale: 0)
    #expect(ExactDecimal(mantissa: -1, scale: 0).subtracting(least)?.description == "9223372036854775807")
    #expect(least.subtracting(least)?.description == "0")
    #expect(zero.subtracting(least) == nil)
    let tenth = try #require(ExactDecimal("0.10", decimals: 2))
    #expect(tenth.multiplied(by: 9_000_000_000_000_000_000)?.description == "900000000000000000.00")
    #expect(try #require(ExactDecimal("328.05")).multiplied(by: 1947)?.description == "638713.35")
    #expect(try #require(ExactDecimal("328.05")).adding(try #require(ExactDecimal("328.1")))?.description == "656.15")
    #expect(try #require(ExactDecimal("656.09")).half?.description == "328.045")
    #expect(try #require(ExactDecimal("656.10")).half?.description == "328.05")
    #expect(try #require(ExactDecimal("-0.01")).half?.description == "-0.005")
    #expect(ExactDecimal(mantissa: 9_223_372_036_854_775_807, scale: 0).half == nil)
    #expect(ExactDecimal(mantissa: 1, scale: 255).half == nil)
  }

  @Test func doublesAreTheNearest() throws {
    #expect(try #require(ExactDecimal("0.1")).doubleValue == 0.1)
    #expect(try #require(ExactDecimal("-328.05", decimals: 9)).doubleValue == -328.05)
    #expect(try #require(ExactDecimal("9223372036854775807")).doubleValue == 9_223_372_036_854_775_808.0)
    #expect(try #require(ExactDecimal("0.9223372036854775807")).doubleValue == 0.9223372036854775807)
    #expect(try #require(ExactDecimal("1e-255")).doubleValue == 1e-255)
  }

  @Test(arguments: 1...40 as ClosedRange<UInt64>) func agreesWithSchoolArithmetic(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<40 {
      let (left, leftModel, leftDecimals) = Self.random(&generator)
      let (right, rightModel, rightDecimals) = Self.random(&generator)
      let note = "seed \(seed): \(leftModel) \(rightModel)"
      #expect((left != nil) == leftModel.fits, "\(note)")
      guard let left, let right, leftModel.fits, rightModel.fits else { continue }
      #expect(left.description == leftModel.printed(decimals: leftDecimals), "\(note)")
      #expect((left < right) == (leftModel < rightModel), "\(note)")
      #expect((right < left) == (rightModel < leftModel), "\(note)")
      let isEqual = leftModel.normalised == rightModel.normalised
      #expect((left == right) == isEqual, "\(note)")
      if isEqual { #expect(left.hashValue == right.hashValue, "\(note)") }
      #expect(
        left.isIdentical(to: right)
          == (leftModel.printed(decimals: leftDecimals) == rightModel.printed(decimals: rightDecimals)), "\(note)")
      let digits = Int(max(left.fractionDigits, right.fractionDigits))
      check(left.adding(right), leftModel + rightModel, digits, note)
      check(left.subtracting(right), leftModel + -rightModel, digits, note)
      let factor = Int64(generator.number(-1_000_000...1_000_000))
      let product = leftModel * BigNumber(literal: String(factor))
      check(left.multiplied(by: factor), product, Int(left.fractionDigits), note)
      let half = leftModel.normalised * BigNumber(literal: "0.5")
      if let value = left.half {
        #expect(value.description == half.normalised.printed(decimals: Int(left.fractionDigits)), "\(note)")
      }
    }
  }

  private func check(_ value: ExactDecimal?, _ model: BigNumber, _ digits: Int, _ note: String) {
    let wanted = model.isHoldable ? model.normalised.printed(decimals: digits) : nil
    #expect(value?.description == wanted, "\(note)")
  }

  private static func random(_ generator: inout SeededGenerator) -> (ExactDecimal?, BigNumber, Int) {
    var literal = generator.once(in: 2) ? "-" : ""
    let whole = generator.number(0...(generator.once(in: 4) ? 20 : 4))
    literal += whole == 0 ? "0" : String(generator.number(1...9))
    for _ in 0..<max(0, whole - 1) { literal += String(generator.once(in: 2) ? 0 : generator.number(0...9)) }
    let fraction = generator.number(0...(generator.once(in: 4) ? 21 : 4))
    if fraction > 0 { literal += "." }
    for _ in 0..<fraction { literal += String(generator.once(in: 2) ? 0 : generator.number(0...9)) }
    if generator.once(in: 4) {
      literal += generator.one(of: ["e", "E", "e+", "e-"]) + String(generator.number(0...22))
    }
    let decimals = generator.number(0...(generator.once(in: 8) ? 30 : 5))
    return (ExactDecimal(literal, decimals: UInt8(decimals)), BigNumber(literal: literal), decimals)
  }
}
