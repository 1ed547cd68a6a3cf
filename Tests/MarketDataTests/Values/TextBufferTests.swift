import Testing

@testable import MarketData

@Suite struct TextBufferTests {
  private func printed(_ value: Double) -> String {
    var text = TextBuffer()
    text.append(float: value)
    return text.string
  }

  static let floats: [(Double, String)] = [
    (0, "0"), (-0.0, "0"), (1, "1"), (-1, "-1"), (0.1, "0.1"), (1.5, "1.5"), (-2.25, "-2.25"), (100, "100"),
    (123456789, "123456789"), (0.5, "0.5"), (0.001, "0.001"), (0.0001, "0.0001"), (0.00001, "0.00001"),
    (0.000001, "0.000001"), (1.5e-6, "0.0000015"), (9.99e-7, "9.99e-07"), (1e-7, "1e-07"), (1.25e-10, "1.25e-10"),
    (1e15, "1000000000000000"), (-1e15, "-1000000000000000"), (123456789012345.6, "123456789012345.6"),
    (999999999999999.9, "999999999999999.9"), (1e16, "1e+16"), (1.5e16, "1.5e+16"), (1e22, "1e+22"),
    (1.7976931348623157e308, "1.7976931348623157e+308"), (.leastNonzeroMagnitude, "5e-324"),
    (2.2250738585072014e-308, "2.2250738585072014e-308"),
    (0.1 + 0.2, "0.30000000000000004"), (1.0 / 3, "0.3333333333333333"), (9_007_199_254_740_992, "9007199254740992"),
    (1e300, "1e+300"), (4.35, "4.35"), (405377496.5, "405377496.5"),
  ]

  @Test(arguments: floats) func printsFloats(value: Double, expected: String) { #expect(printed(value) == expected) }

  @Test func printedFloatsReadBack() {
    var generator = SeededGenerator(seed: 20)
    for _ in 0..<3000 {
      let value =
        generator.once(in: 2)
        ? Double(bitPattern: generator.next()) : Double(generator.number(-1_000_000_000...1_000_000_000)) / 1000
      guard value.isFinite else { continue }
      let text = printed(value)
      #expect(Double(text) == value, "\(text)")
      #expect(!text.hasSuffix(".0"), "\(text)")
      let isPlain = value == 0 || (value.magnitude >= 1e-6 && value.magnitude <= 1e15)
      if isPlain { #expect(!text.contains("e"), "\(text)") }
    }
  }

  static let times: [(Int64, String)] = [
    (1_719_825_533_789, "2024-07-01T09:18:53.789Z"), (0, "1970-01-01T00:00:00.000Z"),
    (-1, "1969-12-31T23:59:59.999Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
    (951_868_799_999, "2000-02-29T23:59:59.999Z"), (-2_203_891_200_001, "1900-02-28T23:59:59.999Z"),
    (-2_203_891_200_000, "1900-03-01T00:00:00.000Z"), (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
    (253_402_300_800_000, "10000-01-01T00:00:00.000Z"), (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"),
    (-62_167_219_200_001, "-0001-12-31T23:59:59.999Z"), (1_709_164_800_000, "2024-02-29T00:00:00.000Z"),
    (.max, "292278994-08-17T07:12:55.807Z"), (.min, "-292275055-05-16T16:47:04.192Z"),
  ]

  @Test(arguments: times) func printsTimes(milliseconds: Int64, expected: String) {
    var text = TextBuffer()
    text.append(utcMilliseconds: milliseconds)
    #expect(text.string == expected)
  }

  @Test func nanosecondsAreCut() {
    var text = TextBuffer()
    for time in [1_719_825_533_789_999_999, 0, 999_999, -1, -1_000_000, -1_000_001] as [Int64] {
      text.append(utcNanoseconds: time)
      text.append(" ")
    }
    let second = "1969-12-31T23:59:59."
    #expect(
      text.string == "2024-07-01T09:18:53.789Z 1970-01-01T00:00:00.000Z 1970-01-01T00:00:00.000Z "
        + "\(second)999Z \(second)999Z \(second)998Z ")
  }

  @Test func integersPrintAtTheirLimits() {
    var text = TextBuffer()
    text.append(integer: .min)
    text.append(" ")
    text.append(integer: .max)
    text.append(" ")
    text.append(unsigned: .max)
    text.append(" ")
    text.append(unsigned: 10_000_000_000_000_000_000)
    text.append(" ")
    text.append(unsigned: 9_999_999_999_999_999_999)
    #expect(
      text.string == "-9223372036854775808 9223372036854775807 18446744073709551615 10000000000000000000 "
        + "9999999999999999999")
    for power in 0...18 {
      let value = (0..<power).reduce(UInt64(1)) { value, _ in value * 10 }
      for number in [value - 1, value, value + 1] {
        var text = TextBuffer()
        text.append(unsigned: number)
        #expect(text.string == String(number))
      }
    }
  }

  @Test func removeAllForgetsTheTextAndAppendingGoesOn() {
    var text = TextBuffer()
    #expect(text.isEmpty)
    text.append(String(repeating: "ж", count: 1000))
    #expect(text.count == 2000)
    text.removeAll()
    text.append("ab")
    text.append(Array("cd".utf8)[...])
    #expect(text.string == "abcd")
    #expect(Array(text.bytes) == Array("abcd".utf8))
  }
}

/// Digits against the standard library's, where the number of divisions, their width or the length of a number changes.
@Suite struct DigitTests {
  private static let edges: [UInt64] = {
    var edges: Set<UInt64> = [0, 1, .max, .max - 1, 0xFFFF_FFFF, 0x1_0000_0000, 0xFFFF_FFFF * 100, 0x1_0000_0000 * 100]
    var power: UInt64 = 1
    for _ in 0..<19 {
      power *= 10
      edges.formUnion([power - 1, power, power + 1, power / 2, power &* 9 / 7])
    }
    return edges.sorted()
  }()

  @Test func unsigned() {
    var generator = SystemRandomNumberGenerator()
    let random = (0..<2000).map { _ in UInt64.random(in: 0...(.max), using: &generator) >> UInt64.random(in: 0...63) }
    for value in Self.edges + random {
      var text = TextBuffer()
      text.append(UInt8(ascii: "x"))
      text.append(unsigned: value)
      #expect(text.string == "x\(value)")
    }
  }

  @Test func decimals() {
    for value in Self.edges where value <= UInt64(Int64.max) {
      for scale in 0...19 {
        for more in [0, 3] where scale + more > 0 {
          let decimal = ExactDecimal(
            mantissa: Int64(value), scale: UInt8(scale), fractionDigits: UInt8(scale + more))
          var text = TextBuffer()
          text.append(decimal: decimal)
          var digits = "\(value)"
          digits = String(repeating: "0", count: max(0, scale + 1 - digits.count)) + digits
          let point = digits.index(digits.endIndex, offsetBy: -scale)
          let expected = "\(digits[..<point]).\(digits[point...])" + String(repeating: "0", count: more)
          #expect(text.string == expected, "\(value) \(scale) \(more)")
        }
      }
    }
  }
}
