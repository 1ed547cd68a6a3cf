/// Bytes of text under construction: the printed forms of cells, without a string on the way.
///
/// Storage grows and is kept, so that a writer that drains it allocates nothing in the long run.
public struct TextBuffer: Sendable {
  /// The storage; only the first `count` bytes are text.
  private var storage: [UInt8] = []
  /// How many bytes the text has.
  public private(set) var count = 0
  /// The last day number that was written as a date: times of one session have the same.
  var lastDate: (number: Int64, date: (year: Int64, month: Int64, day: Int64))?
  /// The one before it.
  var otherDate: (number: Int64, date: (year: Int64, month: Int64, day: Int64))?

  /// An empty text.
  public init() {}

  /// Whether there is no text.
  public var isEmpty: Bool { count == 0 }

  /// The text as bytes.
  public var bytes: ArraySlice<UInt8> { storage[0..<count] }

  /// The text as a string.
  public var string: String { String(decoding: bytes, as: UTF8.self) }

  /// Forgets the text and keeps the room.
  public mutating func removeAll() { count = 0 }

  /// Forgets what stands behind the first `count` bytes.
  mutating func truncate(to count: Int) { self.count = min(count, self.count) }

  /// Makes room for `more` bytes.
  @inline(__always)
  private mutating func reserve(_ more: Int) {
    if count + more > storage.count { grow(more) }
  }

  @inline(never)
  private mutating func grow(_ more: Int) {
    let target = max(count + more, storage.count * 2, 256)
    storage.append(contentsOf: repeatElement(0, count: target - storage.count))
  }

  /// Appends one byte.
  @inline(__always)
  public mutating func append(_ byte: UInt8) {
    reserve(1)
    storage[count] = byte
    count += 1
  }

  /// Appends bytes of text.
  public mutating func append(_ bytes: ArraySlice<UInt8>) {
    let size = bytes.count
    reserve(size)
    TextMemory.write(bytes, into: &storage, at: count)
    count += size
  }

  /// Appends bytes that stand in the text already.
  mutating func append(again range: Range<Int>) {
    reserve(range.count)
    TextMemory.copy(range, in: &storage, to: count)
    count += range.count
  }

  /// Appends cells as fields of CSV, each behind a comma but the first.
  ///
  /// - Parameters:
  ///   - cells: the cells; the row begins at `start`.
  ///   - columns: places in the row, in printed order.
  ///   - area: of their long texts.
  mutating func append(csv cells: [PackedCell], at start: Int, _ columns: [Int], area: [UInt8]) {
    var index = 0
    while true {
      reserve((columns.count - index) * QuickFields.room)
      (index, count) = QuickFields.write(cells, at: start, columns, from: index, into: &storage, at: count)
      if index == columns.count { return }
      if index > 0 { append(UInt8(ascii: ",")) }
      append(csv: cells[start + columns[index]], area: area)
      index += 1
    }
  }

  /// Appends a string.
  public mutating func append(_ text: String) {
    var text = text
    let size = text.utf8.count
    reserve(size)
    TextMemory.write(&text, into: &storage, at: count)
    count += size
  }

  /// Appends a time of a day of the years 0 to 9999, as `2024-07-01T09:18:53.789Z`.
  mutating func append(year: UInt32, month: UInt32, day: UInt32, milliseconds: UInt32) {
    reserve(TextMemory.timeSize)
    TextMemory.write(year: year, month: month, day: day, milliseconds: milliseconds, into: &storage, at: count)
    count += TextMemory.timeSize
  }

  /// Appends an integer in decimal digits.
  public mutating func append(integer value: Int64) {
    if value < 0 { append(UInt8(ascii: "-")) }
    append(unsigned: value.magnitude)
  }

  /// Appends an unsigned integer in decimal digits.
  public mutating func append(unsigned value: UInt64) {
    append(unsigned: value, digits: Self.digitCount(value))
  }

  /// Appends the lowest `digits` decimal digits with leading zeros.
  mutating func append(unsigned value: UInt64, digits: Int) {
    reserve(digits)
    TextMemory.write(value, digits: digits, into: &storage, at: count)
    count += digits
  }

  @inline(__always)
  private static func digitCount(_ value: UInt64) -> Int {
    // 1233/4096 is a little more than the decimal digits of a bit, which is one too many below a power of ten.
    let bits = UInt64.bitWidth - (value | 1).leadingZeroBitCount
    let guess = (bits &* 1233) >> 12
    if guess >= PowersOfTen.int64.count { return value >= 10_000_000_000_000_000_000 ? 20 : 19 }
    return value >= UInt64(PowersOfTen.int64[guess]) ? guess + 1 : max(1, guess)
  }

  /// Appends a decimal with all its printed digits.
  public mutating func append(decimal value: ExactDecimal) {
    let magnitude = value.mantissa.magnitude
    if value.mantissa < 0 { append(UInt8(ascii: "-")) }
    let scale = Int(value.scale)
    guard value.fractionDigits > 0 else {
      append(unsigned: magnitude)
      return
    }
    if scale < PowersOfTen.int64.count {
      let whole = max(1, Self.digitCount(magnitude) - scale)
      reserve(whole + 1 + scale)
      TextMemory.write(magnitude, whole: whole, fraction: scale, into: &storage, at: count)
      count += whole + 1 + scale
    } else {
      // 64 bits have at most 19 digits, so all of them stand behind the point.
      let digits = Self.digitCount(magnitude)
      append("0.")
      for _ in 0..<(scale - digits) { append(UInt8(ascii: "0")) }
      append(unsigned: magnitude, digits: digits)
    }
    for _ in 0..<(Int(value.fractionDigits) - scale) { append(UInt8(ascii: "0")) }
  }

  /// Appends the shortest digits that read back: no exponent from 1e-6 to below 1e16, no `.0`.
  public mutating func append(float value: Double) {
    if value == 0 { return append(UInt8(ascii: "0")) }
    let text = Array(value.description.utf8)
    let mantissaEnd = text.firstIndex(of: UInt8(ascii: "e")) ?? text.count
    var digits = text[0..<mantissaEnd].filter { $0 != UInt8(ascii: "-") }
    // The place of the point, counted in digits; then the exponent moves it.
    let pointIndex = digits.firstIndex(of: UInt8(ascii: "."))
    var point = pointIndex ?? digits.count
    digits.removeAll { $0 == UInt8(ascii: ".") }
    if mantissaEnd < text.count {
      point += Int(String(decoding: text[(mantissaEnd + 1)...], as: UTF8.self)) ?? 0
    }
    while digits.last == UInt8(ascii: "0"), digits.count > 1 { digits.removeLast() }
    while digits.first == UInt8(ascii: "0"), digits.count > 1 {
      digits.removeFirst()
      point -= 1
    }
    if value < 0 { append(UInt8(ascii: "-")) }
    append(floatDigits: digits, point: point)
  }

  /// Appends significant digits of which `point` stand before the point.
  private mutating func append(floatDigits digits: [UInt8], point: Int) {
    let zero = UInt8(ascii: "0")
    if point > 16 || point < -5 {
      append(digits[0..<1])
      if digits.count > 1 {
        append(UInt8(ascii: "."))
        append(digits[1...])
      }
      let exponent = point - 1
      append(UInt8(ascii: "e"))
      append(exponent < 0 ? UInt8(ascii: "-") : UInt8(ascii: "+"))
      append(unsigned: UInt64(exponent.magnitude), digits: max(2, Self.digitCount(UInt64(exponent.magnitude))))
    } else if point <= 0 {
      append("0.")
      for _ in 0..<(-point) { append(zero) }
      append(digits[...])
    } else if point >= digits.count {
      append(digits[...])
      for _ in 0..<(point - digits.count) { append(zero) }
    } else {
      append(digits[0..<point])
      append(UInt8(ascii: "."))
      append(digits[point...])
    }
  }

  /// Appends the printed form of a cell, without quotes and escapes; nothing for null.
  mutating func append(_ cell: PackedCell, area: [UInt8]) {
    switch cell.tag {
    case PackedCell.Tag.integer: append(integer: cell.integer)
    case PackedCell.Tag.decimal: append(decimal: cell.decimal)
    case PackedCell.Tag.float: append(float: cell.float)
    case PackedCell.Tag.bool: append(cell.bool ? "true" : "false")
    case PackedCell.Tag.shortText:
      reserve(16)
      TextMemory.write(shortText: cell, into: &storage, at: count)
      count += cell.textCount
    case PackedCell.Tag.longText, PackedCell.Tag.sideText:
      append(area[cell.textOffset..<cell.textOffset + cell.textCount])
    default: break
    }
  }
}
