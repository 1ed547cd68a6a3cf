// The unsafe code of CSV lines is in this file: fields in their usual forms, written without a check for each byte.

/// Fields of CSV in their usual forms, straight into memory.
///
/// Usual are null, integers and decimals of up to eight digits, decimals with as many fraction digits as their scale, and
/// short texts without a byte that might ask for quotes. At any other cell the writing stops, and the caller takes that
/// one its own way.
enum QuickFields {
  /// The most bytes that one field and its comma take, with those that are written beyond its end.
  static let room = 32

  /// Writes the cells of a row from a column on, each behind a comma but the first.
  ///
  /// - Parameters:
  ///   - cells: the cells; the row begins at `start`.
  ///   - columns: places in the row, in printed order.
  ///   - first: the place in `columns` to begin at.
  ///   - storage: gets the fields from `place` on; it has `room` bytes for each.
  /// - Returns: the place in `columns` of the cell that is unusual, or their count; and where the fields end.
  static func write(
    _ cells: [PackedCell], at start: Int, _ columns: [Int], from first: Int, into storage: inout [UInt8], at place: Int
  ) -> (column: Int, place: Int) {
    precondition(start >= 0 && first >= 0 && place >= 0)
    precondition((columns.count &- first) &* room <= storage.count &- place)
    return unsafe storage.withUnsafeMutableBytes { storage in
      guard let base = storage.baseAddress else { return (first, place) }
      var text = unsafe base + place
      var index = first
      while index < columns.count {
        let cell = cells[start &+ columns[index]]
        let before = unsafe text
        if index > 0 {
          unsafe text.storeBytes(of: UInt8(ascii: ","), as: UInt8.self)
          unsafe text += 1
        }
        let isUsual =
          switch cell.tag {
          case PackedCell.Tag.null: true
          case PackedCell.Tag.integer: unsafe put(integer: cell.integer, &text)
          case PackedCell.Tag.decimal: unsafe put(decimal: cell, &text)
          case PackedCell.Tag.shortText: unsafe put(shortText: cell, &text)
          default: false
          }
        if !isUsual { return (index, unsafe before - base) }
        index &+= 1
      }
      return (index, unsafe text - base)
    }
  }

  private static let zeros: UInt64 = 0x3030_3030_3030_3030

  @inline(__always)
  private static func put(integer value: Int64, _ text: inout UnsafeMutableRawPointer) -> Bool {
    let magnitude = value.magnitude
    if magnitude >= 100_000_000 { return false }
    if value < 0 { unsafe sign(&text) }
    let digits = digits(ofEight: magnitude)
    // Leading zeros are low bytes that are "0"; the last digit always stands.
    let skipped = min(7, (digits ^ zeros).trailingZeroBitCount >> 3)
    unsafe text.storeBytes(of: (digits >> UInt64(skipped &* 8)).littleEndian, as: UInt64.self)
    unsafe text += 8 &- skipped
    return true
  }

  @inline(__always)
  private static func put(decimal cell: PackedCell, _ text: inout UnsafeMutableRawPointer) -> Bool {
    let value = cell.integer
    let magnitude = value.magnitude
    let scale = Int(truncatingIfNeeded: cell.high >> 8 & 0xFF)
    let fraction = Int(truncatingIfNeeded: cell.high >> 16 & 0xFF)
    if magnitude >= 100_000_000 || scale > 7 || fraction != scale { return false }
    if scale == 0 { return unsafe put(integer: value, &text) }
    if value < 0 { unsafe sign(&text) }
    let digits = digits(ofEight: magnitude)
    // One digit at least stands before the point.
    let skipped = min(7 &- scale, (digits ^ zeros).trailingZeroBitCount >> 3)
    unsafe text.storeBytes(of: (digits >> UInt64(skipped &* 8)).littleEndian, as: UInt64.self)
    unsafe text += 8 &- scale &- skipped
    unsafe text.storeBytes(of: UInt8(ascii: "."), as: UInt8.self)
    let rest = digits >> UInt64((8 &- scale) &* 8)
    unsafe text.storeBytes(of: rest.littleEndian, toByteOffset: 1, as: UInt64.self)
    unsafe text += 1 &+ scale
    return true
  }

  @inline(__always)
  private static func put(shortText cell: PackedCell, _ text: inout UnsafeMutableRawPointer) -> Bool {
    let count = cell.textCount
    let (low, high) = (cell.low, cell.high >> 16)
    // Of the bytes that ask for quotes none is above the comma; beyond the text is filled up.
    let filledLow = count >= 8 ? low : low | ~0 << UInt64(truncatingIfNeeded: count &* 8)
    let filledHigh = high | ~0 << UInt64(truncatingIfNeeded: max(0, count &- 8) &* 8)
    if count == 0 || hasByteUpToComma(filledLow) || hasByteUpToComma(filledHigh) { return false }
    unsafe text.storeBytes(of: low.littleEndian, as: UInt64.self)
    unsafe text.storeBytes(of: high.littleEndian, toByteOffset: 8, as: UInt64.self)
    unsafe text += count
    return true
  }

  @inline(__always)
  private static func hasByteUpToComma(_ word: UInt64) -> Bool {
    (word &- 0x2D2D_2D2D_2D2D_2D2D) & ~word & 0x8080_8080_8080_8080 != 0
  }

  @inline(__always)
  private static func sign(_ text: inout UnsafeMutableRawPointer) {
    unsafe text.storeBytes(of: UInt8(ascii: "-"), as: UInt8.self)
    unsafe text += 1
  }

  /// The eight digits of a number below 100,000,000, the first of them in the lowest byte.
  @inline(__always)
  private static func digits(ofEight number: UInt64) -> UInt64 {
    // Halves of four digits, of two, of one: in each step the upper part stays low and the rest goes behind it. The
    // factors are rounded reciprocals, exact for numbers below 10,000 and below 100.
    let fours = number / 10_000 | (number % 10_000) << 32
    let hundreds = (fours &* 10_486) >> 20 & 0x0000_007F_0000_007F
    let pairs = hundreds | (fours &- hundreds &* 100) << 16
    let tens = (pairs &* 103) >> 10 & 0x000F_000F_000F_000F
    return (tens | (pairs &- tens &* 10) << 8) &+ zeros
  }
}
