import NIOCore

/// The unsafe core of the decoder: JSON tokens straight from memory.
///
/// All unsafe code of the decoder is in this file. What makes it sound: `base` points at `count` bytes of body, then a
/// NUL, then at least 31 more readable bytes. No loop passes a NUL, because no JSON token contains one, and no step looks
/// further than 31 bytes ahead of a byte that was seen not to be beyond the NUL. A NUL inside the body is refused where
/// it stands. So the place cannot overflow either, and the loops of rows add to it without asking.
///
/// The place travels by value: each function takes one and returns the next, or `failed` after noting the fault in
/// `notes`. The usual forms are read in line, eight bytes a time; everything unusual (escapes, text outside ASCII,
/// exponents, blanks) goes to the functions in `PacketScanner+Slow.swift`, which, like those in
/// `PacketScanner+Numbers.swift`, never touch memory themselves but through `byte(at:)` and its neighbours.
@safe struct PacketScanner {
  static let failed = -1

  /// How many readable bytes, the first of them NUL, must follow the body.
  static let padding = 32

  private let base: UnsafePointer<UInt8>
  let count: Int
  let notes: PacketNotes

  /// Lends the memory of `body` to a scanner, in place where NUL and padding follow it, else by a copy in `scratch`.
  ///
  /// - Returns: what `run` returns; `false` where there is no memory to lend, which padding rules out.
  static func scan(
    _ body: ByteBuffer, scratch: inout [UInt8], notes: PacketNotes, _ run: (PacketScanner) -> Bool
  ) -> Bool {
    let count = body.readableBytes
    let inPlace: Bool? = unsafe body.withVeryUnsafeBytes { memory in
      let start = body.readerIndex
      guard memory.count - start - count >= padding, unsafe memory[start + count] == 0,
        let base = memory.baseAddress
      else { return nil }
      let bytes = unsafe base.assumingMemoryBound(to: UInt8.self) + start
      return run(unsafe PacketScanner(base: bytes, count: count, notes: notes))
    }
    if let inPlace { return inPlace }
    scratch.removeAll(keepingCapacity: true)
    scratch.reserveCapacity(count + padding)
    scratch.append(contentsOf: body.readableBytesView)
    scratch.append(contentsOf: repeatElement(0, count: padding))
    return unsafe scratch.withUnsafeBufferPointer { memory in
      guard let base = memory.baseAddress else { return false }
      return run(unsafe PacketScanner(base: base, count: count, notes: notes))
    }
  }

  @inline(__always)
  func byte(at index: Int) -> UInt8 { unsafe base[index] }

  @inline(__always)
  func word(at index: Int) -> UInt64 {
    unsafe UInt64(littleEndian: UnsafeRawPointer(base + index).loadUnaligned(as: UInt64.self))
  }

  /// Four bytes, the first in the lowest place.
  @inline(__always)
  func quad(at index: Int) -> UInt32 {
    unsafe UInt32(littleEndian: UnsafeRawPointer(base + index).loadUnaligned(as: UInt32.self))
  }

  /// Whether `null` stands there.
  @inline(__always)
  private func isNull(at index: Int) -> Bool { quad(at: index) == 0x6C6C_756E }

  /// The first place from `index` on that holds no blank: mostly `index` itself, or the next.
  @inline(__always)
  func behindBlanks(_ index: Int) -> Int {
    if byte(at: index) > 0x20 { return index }
    if byte(at: index) == 0x20, byte(at: index &+ 1) > 0x20 { return index &+ 1 }
    return skipBlanks(index)
  }

  /// Bytes of the body as an array.
  func bytes(_ range: Range<Int>) -> [UInt8] {
    unsafe Array(UnsafeBufferPointer(start: base + range.lowerBound, count: range.count))
  }

  /// Whether the bytes from `index` on are these.
  func matches(_ bytes: [UInt8], at index: Int) -> Bool {
    guard bytes.count <= count - index else { return false }
    return unsafe bytes.withUnsafeBufferPointer { wanted in
      guard let other = wanted.baseAddress else { return true }
      let here = unsafe base + index
      var at = 0
      let end = bytes.count
      while at + 8 <= end {
        let left = unsafe UnsafeRawPointer(here + at).loadUnaligned(as: UInt64.self)
        let right = unsafe UnsafeRawPointer(other + at).loadUnaligned(as: UInt64.self)
        if left != right { return false }
        at += 8
      }
      while at < end {
        if unsafe here[at] != other[at] { return false }
        at += 1
      }
      return true
    }
  }

  /// A hash of the bytes up to the first `]`, that included; nil where there is none. Not seeded: whoever finds something
  /// by it compares the bytes as well.
  func hashOfList(at start: Int) -> UInt64? {
    var index = start
    // Two chains of products side by side: one alone waits for itself, and was a tenth of decoding an update.
    var one: UInt64 = 0x9E37_79B9_7F4A_7C15
    var other: UInt64 = 0x2545_F491_4F6C_DD1D
    while index &+ 32 <= count {
      let (first, second, third, fourth) = (
        word(at: index), word(at: index + 8), word(at: index + 16), word(at: index + 24)
      )
      let ends = Self.brackets(first) | Self.brackets(second) | Self.brackets(third) | Self.brackets(fourth)
      if ends & 0x8080_8080_8080_8080 != 0 { break }
      one = Self.mix(one ^ first, second ^ 0xA076_1D64_78BD_642F)
      other = Self.mix(other ^ third, fourth ^ 0xE703_7ED1_A0B4_28DB)
      index &+= 32
    }
    var hash = one ^ (other << 32 | other >> 32)
    while index < count {
      let eight = word(at: index)
      let found = Self.brackets(eight) & 0x8080_8080_8080_8080
      let last = found == 0 ? eight : eight & (~0 >> UInt64(56 - found.trailingZeroBitCount & 56))
      hash = Self.mix(hash ^ last, 0xA076_1D64_78BD_642F)
      if found != 0 { return index &+ found.trailingZeroBitCount >> 3 < count ? hash : nil }
      index &+= 8
    }
    return nil
  }

  /// Has the high bit of a byte where that is `]`; the lowest is exact.
  @inline(__always)
  private static func brackets(_ word: UInt64) -> UInt64 {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let bracket = word ^ (ones &* 0x5D)
    return (bracket &- ones) & ~bracket
  }

  @inline(__always)
  private static func mix(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let (high, low) = left.multipliedFullWidth(by: right)
    return high ^ low
  }

  // MARK: Texts

  /// Non-zero where a byte is a quote, a backslash, a control character or not ASCII; the lowest mark is exact.
  @inline(__always)
  private static func marks(_ word: UInt64) -> UInt64 {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let highs: UInt64 = 0x8080_8080_8080_8080
    let quote = word ^ (ones &* 0x22)
    let backslash = word ^ (ones &* 0x5C)
    let found =
      ((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash) | ((word &- (ones &* 0x20)) & ~word) | word
    return found & highs
  }

  /// Reads a text whose opening quote stands before `start`.
  @inline(__always)
  func text(at start: Int) -> (next: Int, cell: PackedCell) {
    var index = start
    var found = Self.marks(word(at: index))
    while found == 0 {
      index &+= 8
      found = Self.marks(word(at: index))
    }
    index &+= found.trailingZeroBitCount >> 3
    if byte(at: index) == 0x22 { return (index &+ 1, plainText(start, index &- start)) }
    return slowText(at: start)
  }

  /// As ``text(at:)``, for cells: many of the exchange's columns are enumerations of one letter, and a length that a
  /// branch foretells does not make the next place wait for the bytes.
  @inline(__always)
  private func letterOrText(at start: Int) -> (next: Int, cell: PackedCell) {
    let letter = byte(at: start)
    if byte(at: start &+ 1) == 0x22, letter > 0x22, letter < 0x80, letter != 0x5C {
      return (start &+ 2, PackedCell(low: UInt64(letter), high: UInt64(PackedCell.Tag.shortText) | 1 << 8))
    }
    return text(at: start)
  }

  /// The cell of a text without escapes.
  @inline(__always)
  func plainText(_ start: Int, _ size: Int) -> PackedCell {
    if size > PackedCell.shortTextLimit { return PackedCell(textAt: start, count: size, tag: PackedCell.Tag.longText) }
    let low = word(at: start)
    if size <= 8 {
      let mask: UInt64 = size == 8 ? ~0 : (1 << UInt64(size * 8)) &- 1
      return PackedCell(low: low & mask, high: UInt64(PackedCell.Tag.shortText) | UInt64(size) << 8)
    }
    let rest = word(at: start + 8) & ((1 << UInt64((size - 8) * 8)) &- 1)
    return PackedCell(low: low, high: UInt64(PackedCell.Tag.shortText) | UInt64(size) << 8 | rest << 16)
  }

  // MARK: Rows

  /// What the row loop comes back with.
  enum RowsEnd {
    /// All rows are read; the place is behind the closing bracket.
    case done
    /// The cells are full; go on at the place, which is at the start of a row.
    case needsRoom
    /// A fault, noted.
    case failed
  }

  /// Reads rows from the place where a row's opening bracket is due, into `cells` from `stored` on.
  ///
  /// `stored` counts cells that are kept, `row` whole rows.
  @inline(never)
  func rows(
    from start: Int, layout: ColumnLayout, into cells: inout [PackedCell], stored: inout Int, row: inout Int
  ) -> (next: Int, end: RowsEnd) {
    unsafe cells.withUnsafeMutableBufferPointer { room in
      unsafe layout.forms.withUnsafeBufferPointer { forms in
        unsafe rows(from: start, layout, forms, into: room, &stored, &row)
      }
    }
  }

  @inline(__always)
  private func rows(
    from start: Int, _ layout: ColumnLayout, _ forms: UnsafeBufferPointer<UInt8>,
    into room: UnsafeMutableBufferPointer<PackedCell>, _ stored: inout Int, _ row: inout Int
  ) -> (next: Int, end: RowsEnd) {
    let width = layout.targets.count
    let columns = forms.count
    let keys = layout.keys
    // Apart from `stored` and `row`, so that they stay in registers.
    var fill = stored
    var number = row
    defer {
      stored = fill
      row = number
    }
    guard let cells = room.baseAddress else { return (start, .needsRoom) }
    var index = start
    while true {
      if fill &+ width > room.count { return (index, .needsRoom) }
      number &+= 1
      if byte(at: index) != 0x5B { return (noRow(index, number), .failed) }
      index = behindBlanks(index &+ 1)
      if columns == 0 {
        if byte(at: index) != 0x5D { return (rowTooLong(index, columns, number), .failed) }
      } else if byte(at: index) == 0x5D {
        return (rowEnd(index, found: 0, expected: columns, row: number), .failed)
      } else {
        let (next, found, isWhole) = unsafe rowCells(at: index, forms, into: cells + fill)
        if next < 0 {
          notes.complete(row: number, column: layout.names[found])
          return (Self.failed, .failed)
        }
        if !isWhole { return (rowEnd(next, found: found, expected: columns, row: number), .failed) }
        index = next
        fill &+= width
      }
      index &+= 1
      for place in 0..<keys.count where unsafe room[fill &- width &+ keys[place]].isNull {
        let key = keys[place]
        let name = layout.names[keyName(key, layout)]
        notes.fail(.key, "a key must not be null", row: number, column: name, offset: index - 1, in: self)
        return (Self.failed, .failed)
      }
      index = behindBlanks(index)
      let separator = byte(at: index)
      index &+= 1
      if separator == 0x5D { return (index, .done) }
      if separator != 0x2C {
        notes.unexpected("`,` or `]` after a row", at: index - 1, row: number, in: self)
        return (Self.failed, .failed)
      }
      index = behindBlanks(index)
    }
  }

  /// Reads the cells of a row of at least one column, up to its closing bracket.
  ///
  /// - Returns: the place of the closing bracket, or of what stands there in its stead (then not whole), or `failed` after
  ///   noting what is wrong with a cell; and how many columns were read before.
  @inline(__always)
  private func rowCells(
    at start: Int, _ forms: UnsafeBufferPointer<UInt8>, into cells: UnsafeMutablePointer<PackedCell>
  ) -> (next: Int, found: Int, isWhole: Bool) {
    var cells = unsafe cells
    var index = start
    var column = 0
    while true {
      let form = unsafe forms[column]
      // A column that nothing declares, of a stream that is not in the structure, has the form of its cell.
      let kind = form == ColumnLayout.Form.untyped ? Self.form(of: byte(at: index)) : form
      var cell = PackedCell.null
      if isNull(at: index) {
        index &+= 4
      } else if kind == ColumnLayout.Form.fixed {
        (index, cell) = fixed(at: index)
      } else if kind == ColumnLayout.Form.text, byte(at: index) == 0x22 {
        (index, cell) = letterOrText(at: index &+ 1)
      } else if kind == ColumnLayout.Form.integer {
        (index, cell) = integer(at: index, form: form)
      } else {
        (index, cell) = slowCell(at: index, form: form)
      }
      if index < 0 { return (index, column, false) }
      if form != ColumnLayout.Form.dropped {
        unsafe cells.pointee = cell
        unsafe cells += 1
      }
      column &+= 1
      index = behindBlanks(index)
      if column == forms.count { return (index, column, byte(at: index) == 0x5D) }
      if byte(at: index) != 0x2C { return (index, column, false) }
      index = behindBlanks(index &+ 1)
    }
  }

  /// The form of a cell that begins with that byte; `untyped` where that is none with a quick way.
  @inline(__always)
  private static func form(of first: UInt8) -> UInt8 {
    switch first {
    case 0x22: ColumnLayout.Form.text
    case 0x5B: ColumnLayout.Form.fixed
    case 0x2D, 0x30...0x39: ColumnLayout.Form.integer
    default: ColumnLayout.Form.untyped
    }
  }
}
