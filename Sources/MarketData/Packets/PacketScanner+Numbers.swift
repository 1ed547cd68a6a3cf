/// Numbers in the usual forms, without a branch on their length; `PacketScanner+Slow.swift` takes the others.
///
/// None of it touches memory but through `byte(at:)`, `quad(at:)` and `word(at:)`.
extension PacketScanner {
  /// Non-zero where a byte is no digit; exact for every byte.
  @inline(__always)
  private static func nonDigits(_ word: UInt64) -> UInt64 {
    let values = word ^ 0x3030_3030_3030_3030
    return ((values & 0x7F7F_7F7F_7F7F_7F7F) &+ 0x7676_7676_7676_7676 | values) & 0x8080_8080_8080_8080
  }

  /// What eight digits come to, the first of them in the lowest byte, given as values and not as characters.
  @inline(__always)
  private static func value(ofDigits digits: UInt64) -> UInt64 {
    let pairs = digits &* 10 &+ digits >> 8
    let high = (pairs & 0x0000_00FF_0000_00FF) &* 0x000F_4240_0000_0064
    let low = (pairs >> 16 & 0x0000_00FF_0000_00FF) &* 0x0000_2710_0000_0001
    return (high &+ low) >> 32
  }

  /// How many digits stand there: up to 15, or 16 for at least so many.
  @inline(__always)
  private func digitCount(at index: Int) -> Int {
    let first = Self.nonDigits(word(at: index))
    if first != 0 { return first.trailingZeroBitCount >> 3 }
    let second = Self.nonDigits(word(at: index &+ 8))
    return second == 0 ? 16 : 8 &+ second.trailingZeroBitCount >> 3
  }

  /// What up to 16 digits from there on come to.
  @inline(__always)
  private func number(at index: Int, count: Int) -> UInt64 {
    let zeros: UInt64 = 0x3030_3030_3030_3030
    if count == 0 { return 0 }
    let first = word(at: index) ^ zeros
    if count <= 8 { return Self.value(ofDigits: first << UInt64(truncatingIfNeeded: (64 &- 8 &* count) & 63)) }
    let upper = Self.value(ofDigits: first << UInt64(truncatingIfNeeded: (128 &- 8 &* count) & 63))
    return upper &* 100_000_000 &+ Self.value(ofDigits: word(at: index &+ count &- 8) ^ zeros)
  }

  /// Reads digits; what more than 19 of them come to is not said.
  @inline(__always)
  private func digitRun(at start: Int) -> (next: Int, value: UInt64) {
    let count = digitCount(at: start)
    var value = number(at: start, count: count)
    var index = start &+ count
    if count < 16 { return (index, value) }
    var digit = byte(at: index) &- 0x30
    while digit <= 9 {
      value = value &* 10 &+ UInt64(digit)
      index &+= 1
      digit = byte(at: index) &- 0x30
    }
    return (index, value)
  }

  /// Reads `[literal,decimals]` of up to seven digits, as many of them behind the point as the decimals say; the rest
  /// goes the longer ways.
  ///
  /// All eight bytes are looked at at once: the lengths of numbers are random, and a loop over digits mispredicts its
  /// end. A sign would make the next place wait for one more byte in each cell, so it goes the longer way as well.
  @inline(__always)
  func fixed(at start: Int) -> (next: Int, cell: PackedCell) {
    let first = start &+ 1
    let word = word(at: first)
    let marks = Self.nonDigits(word)
    let later = marks & (marks &- 1)
    // Not a byte of number or not two ends in eight bytes.
    if byte(at: start) != 0x5B || later == 0 || marks & 0x80 != 0 {
      return longFixed(at: start)
    }
    let point = UInt64(marks.trailingZeroBitCount & 0x38)
    let comma = UInt64(later.trailingZeroBitCount & 0x38)
    let end = first &+ Int(truncatingIfNeeded: comma >> 3)
    let scale = (comma &- point &- 8) >> 3
    let isUsual = word >> point & 0xFF == 0x2E && scale > 0 && (point == 8 || word & 0xFF != 0x30)
    if !isUsual { return longFixed(at: start) }
    let tail = UInt64(quad(at: end))
    var next = end &+ 3
    if tail & 0xFF_FFFF != 0x5D_302C &+ scale << 8 {
      // With a blank behind the comma.
      if tail != 0x5D30_202C &+ scale << 16 { return longFixed(at: start) }
      next &+= 1
    }
    let values = word ^ 0x3030_3030_3030_3030
    let whole: UInt64 = 1 << point &- 1
    let digits = values & whole | values >> 8 & ~whole
    let mantissa = Self.value(ofDigits: digits << ((72 &- comma) & 63))
    let places = UInt8(truncatingIfNeeded: scale)
    return (next, PackedCell(canonicalMantissa: Int64(bitPattern: mantissa), scale: places, fractionDigits: places))
  }

  /// Reads `[literal,decimals]` of any sign and up to 18 digits, a blank before the decimals allowed; whatever is not
  /// the usual form goes the slow way.
  @inline(never)
  private func longFixed(at start: Int) -> (next: Int, cell: PackedCell) {
    if byte(at: start) != 0x5B { return slowCell(at: start, form: ColumnLayout.Form.fixed) }
    let isNegative = byte(at: start + 1) == 0x2D
    let first = isNegative ? start + 2 : start + 1
    var (index, value) = digitRun(at: first)
    let whole = index - first
    var scale = 0
    if byte(at: index) == 0x2E {
      let (end, fraction) = digitRun(at: index + 1)
      scale = end - index - 1
      if scale == 0 { return slowCell(at: start, form: ColumnLayout.Form.fixed) }
      if scale <= 18 {
        for _ in 0..<scale { value &*= 10 }
        value &+= fraction
      }
      index = end
    }
    if byte(at: index) != 0x2C { return slowCell(at: start, form: ColumnLayout.Form.fixed) }
    index += 1
    if byte(at: index) == 0x20 { index += 1 }
    let decimals = Int(byte(at: index) &- 0x30)
    // One test for all that is unusual: no digits, leading zeros, too many digits, other bytes where `d]` is due.
    let isUsual =
      whole > 0 && (whole == 1 || byte(at: first) != 0x30) && whole + max(scale, decimals) <= 18
      && decimals <= 9 && byte(at: index + 1) == 0x5D
    if !isUsual { return slowCell(at: start, form: ColumnLayout.Form.fixed) }
    var mantissa = Int64(truncatingIfNeeded: value)
    if isNegative { mantissa = -mantissa }
    while scale < decimals {
      mantissa &*= 10
      scale += 1
    }
    let digits = UInt8(truncatingIfNeeded: scale)
    return (index + 2, PackedCell(canonicalMantissa: mantissa, scale: digits, fractionDigits: digits))
  }

  /// Reads an integer of up to seven digits; the rest goes the longer ways.
  @inline(__always)
  func integer(at start: Int, form: UInt8) -> (next: Int, cell: PackedCell) {
    let word = word(at: start)
    let marks = Self.nonDigits(word)
    if marks == 0 || marks & 0x80 != 0 { return longInteger(at: start, form: form) }
    let bits = UInt64(marks.trailingZeroBitCount & 0x38)
    let end = UInt8(truncatingIfNeeded: word >> bits)
    let isUsual = (bits == 8 || word & 0xFF != 0x30) && (end == 0x2C || end == 0x5D)
    if !isUsual { return longInteger(at: start, form: form) }
    let value = Self.value(ofDigits: (word ^ 0x3030_3030_3030_3030) << (64 &- bits))
    return (start &+ Int(truncatingIfNeeded: bits >> 3), PackedCell(integer: Int64(bitPattern: value)))
  }

  /// Reads an integer of any sign and up to 18 digits; all that is unusual goes the slow way.
  @inline(never)
  private func longInteger(at start: Int, form: UInt8) -> (next: Int, cell: PackedCell) {
    let isNegative = byte(at: start) == 0x2D
    let first = isNegative ? start + 1 : start
    let (index, value) = digitRun(at: first)
    let whole = index - first
    let end = byte(at: index)
    let isUsual =
      whole > 0 && (whole == 1 || byte(at: first) != 0x30) && whole <= 18 && (end == 0x2C || end == 0x5D)
    if !isUsual { return slowCell(at: start, form: form) }
    let magnitude = Int64(truncatingIfNeeded: value)
    return (index, PackedCell(integer: isNegative ? -magnitude : magnitude))
  }

  /// Reads up to 18 digits that `,` or `}` follows; `failed`, without a note, for any other number.
  @inline(__always)
  func digits(at start: Int) -> (next: Int, value: UInt64) {
    let (index, value) = digitRun(at: start)
    let count = index &- start
    let end = byte(at: index)
    let isUsual = count > 0 && count <= 18 && (count == 1 || byte(at: start) != 0x30) && (end == 0x2C || end == 0x7D)
    return (isUsual ? index : Self.failed, value)
  }
}
