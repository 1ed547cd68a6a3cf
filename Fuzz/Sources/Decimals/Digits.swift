/// A decimal number of any length: digits from the lowest, and how many of them stand behind the point.
struct Digits {
  var isNegative = false
  var digits: [Int] = []
  var scale = 0
  /// The digits were too many to be written out; the number fits nowhere.
  var isHuge = false

  /// By the grammar of RFC 8259, section 6, read by hand; nil when the text is no number.
  init?(literal text: String) {
    var rest = Array(text.utf8)[...]
    func isDigit(_ byte: UInt8?) -> Bool { byte.map { $0 >= 48 && $0 <= 57 } ?? false }
    if rest.first == 45 {
      isNegative = true
      rest.removeFirst()
    }
    let whole = rest.prefix { isDigit($0) }
    if whole.isEmpty || (whole.first == 48 && whole.count > 1) { return nil }
    rest = rest.dropFirst(whole.count)
    var fraction: ArraySlice<UInt8> = []
    if rest.first == 46 {
      fraction = rest.dropFirst().prefix { isDigit($0) }
      if fraction.isEmpty { return nil }
      rest = rest.dropFirst(1 + fraction.count)
    }
    var exponent = 0
    if let mark = rest.first, mark == 101 || mark == 69 {
      rest.removeFirst()
      var sign = 1
      if rest.first == 43 || rest.first == 45 { sign = rest.removeFirst() == 45 ? -1 : 1 }
      let power = rest.prefix { isDigit($0) }
      if power.isEmpty { return nil }
      rest = rest.dropFirst(power.count)
      for digit in power { exponent = min(1_000_000, exponent * 10 + Int(digit) - 48) }
      exponent *= sign
    }
    if !rest.isEmpty { return nil }
    digits = (whole + fraction).reversed().map { Int($0) - 48 }
    scale = fraction.count - exponent
    trim()
    if digits.isEmpty { scale = max(0, scale) }
    if scale < 0 {
      if scale < -400 {
        isHuge = true
      } else {
        digits = Array(repeating: 0, count: -scale) + digits
        scale = 0
      }
    }
  }

  init(_ text: String) { self = Digits(literal: text) ?? Digits(0) }

  init(_ value: Int64) {
    isNegative = value < 0
    digits = String(value.magnitude).utf8.reversed().map { Int($0) - 48 }
    trim()
  }

  private init(_ digits: [Int], _ scale: Int, _ isNegative: Bool) {
    self.digits = digits
    self.scale = scale
    self.isNegative = isNegative
    trim()
  }

  private mutating func trim() {
    while digits.last == 0 { digits.removeLast() }
    if digits.isEmpty { isNegative = false }
  }

  /// Without zeros at the end behind the point.
  var normal: Digits {
    var copy = self
    while copy.scale > 0, copy.digits.first == 0 {
      copy.digits.removeFirst()
      copy.scale -= 1
    }
    if copy.digits.isEmpty { copy.scale = 0 }
    return copy
  }

  private var isSmall: Bool {
    if isHuge || digits.count > 19 { return false }
    var value: UInt64 = 0
    for digit in digits.reversed() { value = value &* 10 &+ UInt64(digit) }
    return value <= (isNegative ? 1 << 63 : (1 << 63) - 1)
  }

  /// Whether the digits as they are written fit in 64 bits and 255 places.
  var fits: Bool { scale <= 255 && isSmall }

  /// Whether the value fits in any way.
  var isHeld: Bool { normal.fits }

  func printed(atLeast count: Int) -> String {
    let shown = max(count, scale)
    var all = Array(repeating: 0, count: shown - scale) + digits
    while all.count <= shown { all.append(0) }
    let whole = all[shown...].reversed().map(String.init).joined()
    let fraction = all[..<shown].reversed().map(String.init).joined()
    return (isNegative ? "-" : "") + whole + (shown > 0 ? "." + fraction : "")
  }

  private func aligned(_ scale: Int) -> [Int] {
    digits.isEmpty ? [] : Array(repeating: 0, count: scale - self.scale) + digits
  }

  private static func order(_ left: [Int], _ right: [Int]) -> Int {
    if left.count != right.count { return left.count < right.count ? -1 : 1 }
    for (one, other) in zip(left.reversed(), right.reversed()) where one != other { return one < other ? -1 : 1 }
    return 0
  }

  func order(_ other: Digits) -> Int {
    let difference = self - other
    return difference.digits.isEmpty ? 0 : difference.isNegative ? -1 : 1
  }

  static prefix func - (value: Digits) -> Digits { Digits(value.digits, value.scale, !value.isNegative) }
  static func - (left: Digits, right: Digits) -> Digits { left + -right }

  static func + (left: Digits, right: Digits) -> Digits {
    let scale = max(left.scale, right.scale)
    var (one, two) = (left.aligned(scale), right.aligned(scale))
    var isNegative = left.isNegative
    if left.isNegative != right.isNegative, order(one, two) < 0 {
      swap(&one, &two)
      isNegative = right.isNegative
    }
    let sign = left.isNegative == right.isNegative ? 1 : -1
    var result: [Int] = []
    var carry = 0
    for place in 0..<max(one.count, two.count) {
      let sum = (place < one.count ? one[place] : 0) + sign * (place < two.count ? two[place] : 0) + carry
      result.append((sum + 20) % 10)
      carry = (sum + 20) / 10 - 2
    }
    return Digits(result + (carry > 0 ? [carry] : []), scale, isNegative)
  }

  static func * (left: Digits, right: Digits) -> Digits {
    var result = Array(repeating: 0, count: left.digits.count + right.digits.count + 1)
    for (place, digit) in left.digits.enumerated() {
      for (other, factor) in right.digits.enumerated() { result[place + other] += digit * factor }
    }
    for place in result.indices.dropLast() {
      result[place + 1] += result[place] / 10
      result[place] %= 10
    }
    return Digits(result, left.scale + right.scale, left.isNegative != right.isNegative)
  }
}
