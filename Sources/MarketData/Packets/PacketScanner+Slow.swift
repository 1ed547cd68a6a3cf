/// The complete reading of JSON (RFC 8259), for all that the short ways of `PacketScanner` do not take.
extension PacketScanner {
  /// The deepest nesting that is read; the body's object is level 1.
  static let depthLimit = 64

  /// A cursor over the body for `DecimalLiteral`.
  struct Cursor: DigitSource {
    let scanner: PacketScanner
    var position: Int

    mutating func skip(_ byte: UInt8) -> Bool {
      guard scanner.byte(at: position) == byte else { return false }
      position += 1
      return true
    }

    mutating func digit() -> UInt8? {
      let value = scanner.byte(at: position) &- 0x30
      guard value <= 9 else { return nil }
      position += 1
      return value
    }
  }

  /// The first place from `index` on that holds no blank.
  @inline(never)
  func skipBlanks(_ start: Int) -> Int {
    var index = start
    while true {
      switch byte(at: index) {
      case 0x20, 0x0A, 0x0D, 0x09: index += 1
      default: return index
      }
    }
  }

  /// Reads a text whose opening quote stands before `start`: escapes, UTF-8, control characters.
  @inline(never)
  func slowText(at start: Int) -> (next: Int, cell: PackedCell) {
    var index = start
    let sideStart = notes.side.count
    var hasEscape = false
    while true {
      let byte = byte(at: index)
      switch byte {
      case 0x22:
        if !hasEscape { return (index + 1, plainText(start, index - start)) }
        let size = notes.side.count - sideStart
        if size > PackedCell.shortTextLimit {
          notes.hasSide = true
          return (index + 1, PackedCell(textAt: sideStart, count: size, tag: PackedCell.Tag.sideText))
        }
        let cell = PackedCell(shortText: notes.side[sideStart...])
        notes.side.removeSubrange(sideStart...)
        return (index + 1, cell)
      case 0x5C:
        if !hasEscape {
          hasEscape = true
          notes.side.append(contentsOf: bytes(start..<index))
        }
        index = escape(at: index)
        if index < 0 { return (Self.failed, .null) }
      case 0..<0x20:
        if index >= count {
          notes.fail(.syntax, "the body ends inside a string", offset: count, in: self)
        } else {
          notes.fail(.syntax, "a control character inside a string", offset: index, in: self)
        }
        return (Self.failed, .null)
      case 0x20..<0x80:
        if hasEscape { notes.side.append(byte) }
        index += 1
      default:
        let size = scalarSize(at: index)
        if size == 0 {
          notes.fail(.syntax, "invalid UTF-8 inside a string", offset: index, in: self)
          return (Self.failed, .null)
        }
        if hasEscape { notes.side.append(contentsOf: bytes(index..<index + size)) }
        index += size
      }
    }
  }

  /// Length of the UTF-8 sequence that begins with a byte outside ASCII; 0 when it is malformed (RFC 3629).
  private func scalarSize(at index: Int) -> Int {
    let first = byte(at: index)
    let second = byte(at: index + 1)
    switch first {
    case 0xC2...0xDF: return isTail(second) ? 2 : 0
    case 0xE0...0xEF:
      let isBounded =
        switch first {
        case 0xE0: (0xA0...0xBF).contains(second)
        case 0xED: (0x80...0x9F).contains(second)
        default: isTail(second)
        }
      return isBounded && isTail(byte(at: index + 2)) ? 3 : 0
    case 0xF0...0xF4:
      let isBounded =
        switch first {
        case 0xF0: (0x90...0xBF).contains(second)
        case 0xF4: (0x80...0x8F).contains(second)
        default: isTail(second)
        }
      return isBounded && isTail(byte(at: index + 2)) && isTail(byte(at: index + 3)) ? 4 : 0
    default: return 0
    }
  }

  private func isTail(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }

  /// Reads the escape at the backslash and appends what it stands for to the side text.
  private func escape(at start: Int) -> Int {
    switch byte(at: start + 1) {
    case 0x22: notes.side.append(0x22)
    case 0x5C: notes.side.append(0x5C)
    case 0x2F: notes.side.append(0x2F)
    case UInt8(ascii: "b"): notes.side.append(0x08)
    case UInt8(ascii: "f"): notes.side.append(0x0C)
    case UInt8(ascii: "n"): notes.side.append(0x0A)
    case UInt8(ascii: "r"): notes.side.append(0x0D)
    case UInt8(ascii: "t"): notes.side.append(0x09)
    case UInt8(ascii: "u"): return unicodeEscape(at: start)
    default:
      notes.fail(.syntax, "an escape that JSON does not have", offset: start, in: self)
      return Self.failed
    }
    return start + 2
  }

  private func unicodeEscape(at start: Int) -> Int {
    guard let unit = hex(at: start + 2) else {
      notes.fail(.syntax, "`\\u` needs four hexadecimal digits", offset: start, in: self)
      return Self.failed
    }
    var value = unit
    var next = start + 6
    if (0xD800...0xDFFF).contains(unit) {
      guard unit < 0xDC00, byte(at: next) == 0x5C, byte(at: next + 1) == UInt8(ascii: "u"),
        let low = hex(at: next + 2), (0xDC00...0xDFFF).contains(low)
      else {
        notes.fail(.syntax, "a lone surrogate", offset: start, in: self)
        return Self.failed
      }
      value = 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
      next += 6
    }
    if let scalar = Unicode.Scalar(value) { notes.side.append(contentsOf: UTF8.encode(scalar) ?? .init()) }
    return next
  }

  private func hex(at start: Int) -> UInt32? {
    var value: UInt32 = 0
    for index in start..<start + 4 {
      // A byte that is no digit ends the reading, so that it never passes the NUL.
      guard let digit = Character(Unicode.Scalar(byte(at: index))).hexDigitValue, byte(at: index) < 0x80 else {
        return nil
      }
      value = value << 4 | UInt32(digit)
    }
    return value
  }

  /// Reads a cell of a form, whatever its spelling.
  @inline(never)
  func slowCell(at start: Int, form: UInt8) -> (next: Int, cell: PackedCell) {
    if form == ColumnLayout.Form.dropped { return (skipValue(start, depth: 4), .null) }
    let first = byte(at: start)
    if first == UInt8(ascii: "n") { return (word("null", at: start), .null) }
    switch (form, first) {
    case (ColumnLayout.Form.text, 0x22), (ColumnLayout.Form.untyped, 0x22): return text(at: start + 1)
    case (ColumnLayout.Form.fixed, 0x5B), (ColumnLayout.Form.untyped, 0x5B): return slowFixed(at: start)
    case (ColumnLayout.Form.bool, UInt8(ascii: "t")), (ColumnLayout.Form.untyped, UInt8(ascii: "t")):
      return (word("true", at: start), PackedCell(bool: true))
    case (ColumnLayout.Form.bool, UInt8(ascii: "f")), (ColumnLayout.Form.untyped, UInt8(ascii: "f")):
      return (word("false", at: start), PackedCell(bool: false))
    case (ColumnLayout.Form.integer, 0x2D), (ColumnLayout.Form.integer, 0x30...0x39),
      (ColumnLayout.Form.float, 0x2D), (ColumnLayout.Form.float, 0x30...0x39),
      (ColumnLayout.Form.bool, 0x2D), (ColumnLayout.Form.bool, 0x30...0x39),
      (ColumnLayout.Form.untyped, 0x2D), (ColumnLayout.Form.untyped, 0x30...0x39):
      return number(at: start, form: form)
    default: return wrongForm(at: start, form: form)
    }
  }

  /// A value that is no cell of its form: says whether it is JSON at all.
  private func wrongForm(at start: Int, form: UInt8) -> (next: Int, cell: PackedCell) {
    if skipValue(start, depth: 4) >= 0 {
      notes.fail(.cell, "must be \(ColumnLayout.expectation(of: form))", offset: start, in: self)
    }
    return (Self.failed, .null)
  }

  private func number(at start: Int, form: UInt8) -> (next: Int, cell: PackedCell) {
    var cursor = Cursor(scanner: self, position: start)
    guard let literal = DecimalLiteral(&cursor) else {
      notes.fail(.syntax, "a malformed number", offset: cursor.position, in: self)
      return (Self.failed, .null)
    }
    let end = cursor.position
    switch form {
    case ColumnLayout.Form.float:
      let value = literal.exactDouble ?? Double(String(decoding: bytes(start..<end), as: UTF8.self))
      if let value, value.isFinite { return (end, PackedCell(float: value)) }
      return tooLarge("a double", at: start)
    case ColumnLayout.Form.bool:
      if let value = literal.int64, value == 0 || value == 1 { return (end, PackedCell(bool: value == 1)) }
      return wrongForm(at: start, form: form)
    case ColumnLayout.Form.integer where !literal.isPlainInteger:
      notes.fail(.cell, "must be an integer without fraction or exponent", offset: start, in: self)
      return (Self.failed, .null)
    case ColumnLayout.Form.untyped where !literal.isPlainInteger:
      if let value = literal.decimal(decimals: 0) { return (end, PackedCell(decimal: value)) }
      return tooLarge("a decimal of 64 bits and 255 fraction digits", at: start)
    default:
      if let value = literal.int64 { return (end, PackedCell(integer: value)) }
      return tooLarge("a signed 64-bit integer", at: start)
    }
  }

  private func tooLarge(_ what: String, at start: Int) -> (next: Int, cell: PackedCell) {
    notes.fail(.range, "does not fit in \(what)", offset: start, in: self)
    return (Self.failed, .null)
  }

  /// Reads `[literal, decimals]` or `[null, decimals]` in full.
  private func slowFixed(at start: Int) -> (next: Int, cell: PackedCell) {
    var cursor = Cursor(scanner: self, position: skipBlanks(start + 1))
    let valueStart = cursor.position
    var literal: DecimalLiteral?
    if byte(at: valueStart) == UInt8(ascii: "n") {
      cursor.position = word("null", at: valueStart)
      if cursor.position < 0 { return (Self.failed, .null) }
    } else {
      literal = DecimalLiteral(&cursor)
      if literal == nil { return wrongForm(at: start, form: ColumnLayout.Form.fixed) }
    }
    cursor.position = skipBlanks(cursor.position)
    guard cursor.skip(0x2C) else { return wrongForm(at: start, form: ColumnLayout.Form.fixed) }
    cursor.position = skipBlanks(cursor.position)
    let decimalsStart = cursor.position
    guard let places = DecimalLiteral(&cursor) else { return wrongForm(at: start, form: ColumnLayout.Form.fixed) }
    cursor.position = skipBlanks(cursor.position)
    guard cursor.skip(0x5D) else { return wrongForm(at: start, form: ColumnLayout.Form.fixed) }
    guard let count = places.uint64, let decimals = UInt8(exactly: count) else {
      notes.fail(.range, "decimals must be an integer from 0 to 255", offset: decimalsStart, in: self)
      return (Self.failed, .null)
    }
    guard let literal else { return (cursor.position, .null) }
    guard let value = literal.decimal(decimals: decimals) else {
      return tooLarge("a decimal of 64 bits and 255 fraction digits", at: valueStart)
    }
    return (cursor.position, PackedCell(decimal: value))
  }

  /// Steps over one of JSON's three words.
  func word(_ word: StaticString, at start: Int) -> Int {
    var index = start
    for wanted in word.description.utf8 {
      if byte(at: index) != wanted {
        notes.unexpected("`\(word)`", at: index, in: self)
        return Self.failed
      }
      index += 1
    }
    return index
  }

  /// Validates one value of any kind at `start` (blanks before it allowed) and returns the place behind it.
  ///
  /// - Parameter depth: the nesting that an array or object here would have.
  func skipValue(_ start: Int, depth: Int) -> Int {
    let index = skipBlanks(start)
    switch byte(at: index) {
    case 0x22: return text(at: index + 1).next
    case 0x7B, 0x5B: return skipContainer(index, depth: depth)
    case UInt8(ascii: "t"): return word("true", at: index)
    case UInt8(ascii: "f"): return word("false", at: index)
    case UInt8(ascii: "n"): return word("null", at: index)
    case 0x2D, 0x30...0x39:
      var cursor = Cursor(scanner: self, position: index)
      if DecimalLiteral(&cursor) != nil { return cursor.position }
      notes.fail(.syntax, "a malformed number", offset: cursor.position, in: self)
      return Self.failed
    default:
      notes.unexpected("a value", at: index, in: self)
      return Self.failed
    }
  }

  private func skipContainer(_ start: Int, depth: Int) -> Int {
    if depth > Self.depthLimit {
      notes.fail(.depth, "nested deeper than \(Self.depthLimit)", offset: start, in: self)
      return Self.failed
    }
    let isObject = byte(at: start) == 0x7B
    let close: UInt8 = isObject ? 0x7D : 0x5D
    var index = skipBlanks(start + 1)
    if byte(at: index) == close { return index + 1 }
    while true {
      if isObject {
        index = memberName(at: index).next
        if index < 0 { return Self.failed }
      }
      index = skipValue(index, depth: depth + 1)
      if index < 0 { return Self.failed }
      index = skipBlanks(index)
      let separator = byte(at: index)
      if separator == close { return index + 1 }
      if separator != 0x2C {
        notes.unexpected(isObject ? "`,` or `}`" : "`,` or `]`", at: index, in: self)
        return Self.failed
      }
      index = skipBlanks(index + 1)
    }
  }

  /// Reads `"name" :` and returns the place behind the colon.
  func memberName(at start: Int) -> (next: Int, cell: PackedCell) {
    if byte(at: start) != 0x22 {
      notes.unexpected("a member name", at: start, in: self)
      return (Self.failed, .null)
    }
    let (end, name) = text(at: start + 1)
    if end < 0 { return (Self.failed, .null) }
    let index = byte(at: end) == 0x3A ? end : skipBlanks(end)
    if byte(at: index) != 0x3A {
      notes.unexpected("`:`", at: index, in: self)
      return (Self.failed, .null)
    }
    return (index + 1, name)
  }

  // MARK: Faults of a row

  func noRow(_ index: Int, _ row: Int) -> Int {
    if skipValue(index, depth: 3) >= 0 {
      notes.fail(.shape, "a row must be an array", row: row, offset: index, in: self)
    }
    return Self.failed
  }

  func rowTooLong(_ index: Int, _ columns: Int, _ row: Int) -> Int {
    notes.fail(.rowLength, "the row has more cells than `columns` (\(columns))", row: row, offset: index, in: self)
    return Self.failed
  }

  /// The fault at what stands behind a cell that should have been followed by another or by the row's end.
  func rowEnd(_ index: Int, found: Int, expected: Int, row: Int) -> Int {
    switch byte(at: index) {
    case 0x5D:
      let message = "the row has \(found) of \(expected) cells"
      notes.fail(.rowLength, message, row: row, offset: index, in: self)
      return Self.failed
    case 0x2C: return rowTooLong(index, expected, row)
    default:
      notes.unexpected("`,` or `]` after a cell", at: index, row: row, in: self)
      return Self.failed
    }
  }

  /// The place in `names` of the stored cell `key`.
  func keyName(_ key: Int, _ layout: ColumnLayout) -> Int {
    var stored = -1
    for (place, form) in layout.forms.enumerated() where form != ColumnLayout.Form.dropped {
      stored += 1
      if stored == key { return place }
    }
    return 0
  }
}
