/// An exact decimal by school arithmetic on digit strings: slow, plain and independent of `ExactDecimal`.
struct BigNumber: Equatable {
  /// Digits without leading zeros, most significant first; empty for zero.
  var digits: [Int]
  /// How many of them (or of zeros before them) stand behind the point; may be negative.
  var scale: Int
  var isNegative: Bool
  /// Fraction digits that were written.
  var written: Int

  /// Reads a JSON number literal that is known to be one.
  init(literal: String) {
    var text = Substring(literal)
    isNegative = text.first == "-"
    if isNegative { text = text.dropFirst() }
    var exponent = 0
    if let mark = text.firstIndex(where: { $0 == "e" || $0 == "E" }) {
      let part = text[text.index(after: mark)...]
      // No test writes more than 17 digits of exponent but those that mean "far too much".
      let number = part.drop { $0 == "+" || $0 == "-" || $0 == "0" }
      exponent = number.count > 17 ? 100_000_000_000_000_000 : Int(number) ?? 0
      if part.first == "-" { exponent = -exponent }
      text = text[..<mark]
    }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    let fraction = parts.count > 1 ? parts[1] : ""
    digits = (parts[0] + fraction).compactMap(\.wholeNumberValue)
    scale = fraction.count - exponent
    written = scale
    digits.removeFirst(digits.prefix { $0 == 0 }.count)
    if digits.isEmpty { isNegative = false }
  }

  init(digits: [Int], scale: Int, isNegative: Bool) {
    self.digits = Array(digits.drop { $0 == 0 })
    self.scale = scale
    self.isNegative = isNegative && !self.digits.isEmpty
    written = scale
  }

  var isZero: Bool { digits.isEmpty }

  /// Whether mantissa and scale of the literal fit in 64 bits and 255 digits.
  var fits: Bool {
    if scale > 255 { return false }
    if isZero { return true }
    if scale < -19 { return false }
    return Self.fitsInt64(digits + Array(repeating: 0, count: max(0, -scale)), isNegative: isNegative)
  }

  static func fitsInt64(_ digits: [Int], isNegative: Bool) -> Bool {
    let limit = (isNegative ? "9223372036854775808" : "9223372036854775807").compactMap(\.wholeNumberValue)
    if digits.count != limit.count { return digits.count < limit.count }
    return !limit.lexicographicallyPrecedes(digits)
  }

  /// The printed form with at least `decimals` digits behind the point.
  func printed(decimals: Int = 0) -> String {
    let shown = max(decimals, written, 0)
    var all = digits
    // Bring the scale to the digits shown: `fits` has seen to it that the difference is small.
    if shown > scale { all += Array(repeating: 0, count: isZero ? 0 : shown - scale) }
    while all.count <= shown { all.insert(0, at: 0) }
    let whole = all.dropLast(shown).map(String.init).joined()
    let fraction = all.suffix(shown).map(String.init).joined()
    return (isNegative ? "-" : "") + whole + (shown > 0 ? "." + fraction : "")
  }

  /// The value without trailing zeros: equal exactly when values are.
  var normalised: BigNumber {
    var copy = self
    while copy.digits.last == 0 {
      copy.digits.removeLast()
      copy.scale -= 1
    }
    if copy.isZero { copy.scale = 0 }
    copy.written = copy.scale
    return copy
  }

  /// Whether the value can be held at all with that many printed digits: some scale from 0 to 255 and 64 bits.
  var isHoldable: Bool {
    let value = normalised
    if value.scale > 255 { return false }
    return value.isZero
      || (value.scale >= -19
        && Self.fitsInt64(
          value.digits + Array(repeating: 0, count: max(0, -value.scale)), isNegative: value.isNegative))
  }

  // MARK: Arithmetic

  private func aligned(_ scale: Int) -> [Int] { digits + Array(repeating: 0, count: isZero ? 0 : scale - self.scale) }

  static func + (left: BigNumber, right: BigNumber) -> BigNumber {
    let scale = max(left.scale, right.scale)
    let (one, other) = (left.aligned(scale), right.aligned(scale))
    if left.isNegative == right.isNegative {
      return BigNumber(digits: sum(one, other), scale: scale, isNegative: left.isNegative)
    }
    if isLess(one, other) {
      return BigNumber(digits: difference(other, one), scale: scale, isNegative: right.isNegative)
    }
    return BigNumber(digits: difference(one, other), scale: scale, isNegative: left.isNegative)
  }

  static prefix func - (value: BigNumber) -> BigNumber {
    BigNumber(digits: value.digits, scale: value.scale, isNegative: !value.isNegative)
  }

  static func * (left: BigNumber, right: BigNumber) -> BigNumber {
    var result = Array(repeating: 0, count: left.digits.count + right.digits.count)
    for (one, digit) in left.digits.reversed().enumerated() {
      for (two, other) in right.digits.reversed().enumerated() { result[one + two] += digit * other }
    }
    var carry = 0
    for place in result.indices {
      carry += result[place]
      result[place] = carry % 10
      carry /= 10
    }
    return BigNumber(
      digits: result.reversed(), scale: left.scale + right.scale, isNegative: left.isNegative != right.isNegative)
  }

  static func < (left: BigNumber, right: BigNumber) -> Bool {
    let difference = left + -right
    return difference.isNegative
  }

  private static func isLess(_ left: [Int], _ right: [Int]) -> Bool {
    left.count != right.count ? left.count < right.count : left.lexicographicallyPrecedes(right)
  }

  private static func sum(_ left: [Int], _ right: [Int]) -> [Int] {
    var result: [Int] = []
    var carry = 0
    for place in 0..<max(left.count, right.count) {
      carry += (place < left.count ? left[left.count - 1 - place] : 0)
      carry += (place < right.count ? right[right.count - 1 - place] : 0)
      result.append(carry % 10)
      carry /= 10
    }
    return (result + [carry]).reversed()
  }

  private static func difference(_ left: [Int], _ right: [Int]) -> [Int] {
    var result: [Int] = []
    var borrow = 0
    for place in 0..<left.count {
      var digit = left[left.count - 1 - place] - (place < right.count ? right[right.count - 1 - place] : 0) - borrow
      borrow = digit < 0 ? 1 : 0
      if digit < 0 { digit += 10 }
      result.append(digit)
    }
    return result.reversed()
  }
}
