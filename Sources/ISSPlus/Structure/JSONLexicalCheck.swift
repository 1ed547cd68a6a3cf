/// Refuses the tokens that json-c takes although JSON has none such: control characters, `NaN`, `1.`, `01`, comments.
///
/// It looks at tokens only; their order is json-c's business. Some escapes that JSON has are refused too: a NUL, at
/// which json-c would cut a name, and what it would replace, so that two names became one: half of a surrogate pair, and
/// the pairs of the 32,768 characters whose lower half looks like a surrogate (U+1D800 to U+1DFFF, and so on).
struct JSONLexicalCheck {
  private let text: UnsafeRawBufferPointer
  private var offset = 0

  static func run(on text: UnsafeRawBufferPointer) throws(StructureError) {
    var check = JSONLexicalCheck(text: text)
    try check.tokens()
  }

  static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09
  }

  private init(text: UnsafeRawBufferPointer) {
    self.text = text
  }

  private var next: UInt8? { offset < text.count ? text[offset] : nil }

  private mutating func tokens() throws(StructureError) {
    while let byte = next {
      switch byte {
      case 0x20, 0x0a, 0x0d, 0x09: offset += 1
      case UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "["), UInt8(ascii: "]"): offset += 1
      case UInt8(ascii: ":"), UInt8(ascii: ","): offset += 1
      case UInt8(ascii: "\""): try string()
      case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try number()
      case UInt8(ascii: "t"): try literal("true")
      case UInt8(ascii: "f"): try literal("false")
      case UInt8(ascii: "n"): try literal("null")
      default: throw StructureError("no JSON begins like this", offset: offset)
      }
    }
  }

  // MARK: Strings

  private mutating func string() throws(StructureError) {
    offset += 1
    while let byte = next {
      switch byte {
      case UInt8(ascii: "\""):
        offset += 1
        return
      case UInt8(ascii: "\\"): try escape()
      case 0..<0x20: throw StructureError("a control character in a string", offset: offset)
      default: offset += 1
      }
    }
  }

  private mutating func escape() throws(StructureError) {
    let start = offset
    offset += 1
    guard let kind = next else { return }
    offset += 1
    switch kind {
    case UInt8(ascii: "u"):
      guard let unit = try codeUnit(of: start) else { return }
      switch unit {
      case 0: throw StructureError("a NUL in a string", offset: start)
      case 0xd800..<0xdc00: try lowSurrogate(of: unit, after: start)
      case 0xdc00..<0xe000: throw StructureError("a lone surrogate in a string", offset: start)
      default: return
      }
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
      UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      return
    default: throw StructureError("a broken escape in a string", offset: start)
    }
  }

  /// The four hexadecimal digits of an escape; `nil` when the text ends in them.
  private mutating func codeUnit(of start: Int) throws(StructureError) -> Int? {
    var value = 0
    for _ in 0..<4 {
      guard let byte = next else { return nil }
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw StructureError("a broken escape in a string", offset: start)
      }
      value = value * 16 + digit
      offset += 1
    }
    return value
  }

  private mutating func lowSurrogate(of high: Int, after start: Int) throws(StructureError) {
    let second = offset
    guard skip(UInt8(ascii: "\\")), skip(UInt8(ascii: "u")) else {
      if next == nil { return }
      throw StructureError("a lone surrogate in a string", offset: start)
    }
    guard let low = try codeUnit(of: second) else { return }
    guard (0xdc00..<0xe000).contains(low) else {
      throw StructureError("a lone surrogate in a string", offset: start)
    }
    // json-c looks at the lower half of what a pair comes to, and takes it for a surrogate once more.
    let scalar = 0x10000 + (high - 0xd800) << 10 + (low - 0xdc00)
    if scalar & 0xf800 == 0xd800 {
      let name = String(scalar, radix: 16, uppercase: true)
      throw StructureError("an escape of U+\(name), which json-c would replace, in a string", offset: start)
    }
  }

  // MARK: Numbers and words

  private mutating func number() throws(StructureError) {
    let start = offset
    skip(UInt8(ascii: "-"))
    var isWhole = skip(UInt8(ascii: "0")) || skipDigits()
    if skip(UInt8(ascii: ".")) { isWhole = skipDigits() && isWhole }
    if skip(UInt8(ascii: "e")) || skip(UInt8(ascii: "E")) {
      if !skip(UInt8(ascii: "+")) { skip(UInt8(ascii: "-")) }
      isWhole = skipDigits() && isWhole
    }
    guard isWhole, isDelimiter else { throw StructureError("a number that is none in JSON", offset: start) }
  }

  private mutating func literal(_ word: StaticString) throws(StructureError) {
    let start = offset
    for byte in word.description.utf8 {
      guard skip(byte) else {
        if next == nil { return }
        throw StructureError("a word that is none in JSON", offset: start)
      }
    }
    guard isDelimiter else { throw StructureError("a word that is none in JSON", offset: start) }
  }

  private var isDelimiter: Bool {
    guard let next else { return true }
    return Self.isSpace(next) || next == UInt8(ascii: ",") || next == UInt8(ascii: "]") || next == UInt8(ascii: "}")
  }

  @discardableResult
  private mutating func skip(_ byte: UInt8) -> Bool {
    guard next == byte else { return false }
    offset += 1
    return true
  }

  private mutating func skipDigits() -> Bool {
    let start = offset
    while let next, next >= UInt8(ascii: "0"), next <= UInt8(ascii: "9") { offset += 1 }
    return offset > start
  }
}
