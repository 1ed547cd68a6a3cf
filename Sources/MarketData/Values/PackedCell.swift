/// A cell in 16 bytes, the form that tables, packets and change sets hold.
///
/// The lowest byte of `high` is the tag. Texts up to 14 bytes stand in the cell itself, longer ones in a text area
/// beside the cells. Every value has one form only, so that, long texts apart, comparing the 16 bytes compares the
/// printed forms.
struct PackedCell: Equatable, Sendable {
  var low: UInt64
  var high: UInt64

  enum Tag {
    static let null: UInt8 = 0
    static let integer: UInt8 = 1
    static let decimal: UInt8 = 2
    static let float: UInt8 = 3
    static let bool: UInt8 = 4
    /// Length in the second byte of `high`; the first 8 bytes of text in `low`, the others in the upper 6 of `high`.
    static let shortText: UInt8 = 5
    /// Offset in `low`, length in the upper half of `high`.
    static let longText: UInt8 = 6
    /// A long text in the side area of the decoder; only in packets.
    static let sideText: UInt8 = 7
  }

  /// The longest text that stands in the cell.
  static let shortTextLimit = 14

  static let null = PackedCell(low: 0, high: 0)

  @inline(__always)
  init(low: UInt64, high: UInt64) {
    self.low = low
    self.high = high
  }

  @inline(__always)
  init(integer value: Int64) { self.init(low: UInt64(bitPattern: value), high: UInt64(Tag.integer)) }

  @inline(__always)
  init(canonicalMantissa mantissa: Int64, scale: UInt8, fractionDigits: UInt8) {
    self.init(
      low: UInt64(bitPattern: mantissa),
      high: UInt64(Tag.decimal) | UInt64(scale) << 8 | UInt64(fractionDigits) << 16)
  }

  init(decimal value: ExactDecimal) {
    self.init(canonicalMantissa: value.mantissa, scale: value.scale, fractionDigits: value.fractionDigits)
  }

  init(float value: Double) {
    // One form for zero: -0 prints 0.
    self.init(low: value == 0 ? 0 : value.bitPattern, high: UInt64(Tag.float))
  }

  init(bool value: Bool) { self.init(low: value ? 1 : 0, high: UInt64(Tag.bool)) }

  @inline(__always)
  init(textAt offset: Int, count: Int, tag: UInt8) {
    self.init(low: UInt64(truncatingIfNeeded: offset), high: UInt64(tag) | UInt64(truncatingIfNeeded: count) << 32)
  }

  /// A text of at most 14 bytes.
  init(shortText bytes: some Collection<UInt8>) {
    var low: UInt64 = 0
    var high = UInt64(Tag.shortText) | UInt64(bytes.count) << 8
    var shift: UInt64 = 0
    for byte in bytes {
      if shift < 64 { low |= UInt64(byte) << shift } else { high |= UInt64(byte) << (shift - 48) }
      shift += 8
    }
    self.init(low: low, high: high)
  }

  @inline(__always)
  var tag: UInt8 { UInt8(truncatingIfNeeded: high) }

  @inline(__always)
  var isNull: Bool { tag == Tag.null }

  @inline(__always)
  var isLongText: Bool { tag >= Tag.longText }

  /// Not 0 for a long text, for a test of several cells at once: of the tags, 6 and 7 alone have two neighbouring bits.
  @inline(__always)
  var longTextMark: UInt64 { high & high >> 1 & 2 }

  /// Length of a text in bytes, short or long.
  var textCount: Int { tag == Tag.shortText ? Int(high >> 8 & 0xFF) : Int(high >> 32) }

  /// Where a long text begins in its area.
  var textOffset: Int { Int(truncatingIfNeeded: low) }

  /// The place of a long text in its area.
  @inline(__always)
  var textRange: Range<Int> { textOffset..<textOffset + Int(high >> 32) }

  /// A byte of a short text.
  @inline(__always)
  func shortTextByte(_ index: Int) -> UInt8 {
    UInt8(truncatingIfNeeded: index < 8 ? low >> UInt64(index * 8) : high >> UInt64((index - 6) * 8))
  }

  var integer: Int64 { Int64(bitPattern: low) }

  var decimal: ExactDecimal {
    ExactDecimal(
      canonical: Int64(bitPattern: low),
      scale: UInt8(truncatingIfNeeded: high >> 8),
      fractionDigits: UInt8(truncatingIfNeeded: high >> 16))
  }

  var float: Double { Double(bitPattern: low) }

  var bool: Bool { low != 0 }

  /// The form in which keys compare by value: decimals without trailing zeros, whole ones as integers.
  @inline(__always)
  var keyForm: PackedCell {
    if tag != Tag.decimal { return self }
    let key = decimal.numericKey
    if key.scale == 0 { return PackedCell(integer: key.mantissa) }
    return PackedCell(canonicalMantissa: key.mantissa, scale: key.scale, fractionDigits: key.scale)
  }

  /// The cell as a program sees it; long texts are looked up in `area`.
  func cell(in area: [UInt8]) -> Cell {
    switch tag {
    case Tag.integer: return .integer(integer)
    case Tag.decimal: return .decimal(decimal)
    case Tag.float: return .float(float)
    case Tag.bool: return .bool(bool)
    case Tag.shortText: return .text(TextMemory.string(shortText: self))
    case Tag.longText, Tag.sideText:
      return .text(String(decoding: area[textOffset..<textOffset + textCount], as: UTF8.self))
    default: return .null
    }
  }
}
