/// A JSON value as the grammar of RFC 8259 gives it; numbers stay literals, texts are UTF-8 bytes.
indirect enum ReferenceJSON: Equatable {
  case null
  case bool(Bool)
  case number(String)
  case text([UInt8])
  case array([ReferenceJSON])
  case object([(name: [UInt8], value: ReferenceJSON)])

  static func == (left: ReferenceJSON, right: ReferenceJSON) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.bool(let left), .bool(let right)): left == right
    case (.number(let left), .number(let right)): left == right
    case (.text(let left), .text(let right)): left == right
    case (.array(let left), .array(let right)): left == right
    case (.object(let left), .object(let right)):
      left.count == right.count && zip(left, right).allSatisfy { $0.name == $1.name && $0.value == $1.value }
    default: false
    }
  }

  /// The values of all members of that name.
  func members(_ name: String) -> [ReferenceJSON] {
    guard case .object(let members) = self else { return [] }
    return members.filter { $0.name == Array(name.utf8) }.map(\.value)
  }
}

/// A recursive parser, rule by rule as the RFC writes them, without regard for speed.
struct ReferenceParser {
  struct Refusal: Error {}

  private let bytes: [UInt8]
  private var place = 0

  /// Parses a whole text nested at most `depth` deep.
  static func parse(_ bytes: [UInt8], depth: Int = 64) throws -> ReferenceJSON {
    // UTF-8 by the standard library; it refuses surrogates, overlong forms and what is beyond U+10FFFF.
    guard String(validating: bytes, as: UTF8.self) != nil else { throw Refusal() }
    var parser = ReferenceParser(bytes: bytes)
    parser.blanks()
    let value = try parser.value(depth)
    parser.blanks()
    if parser.place != bytes.count { throw Refusal() }
    return value
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

  private mutating func take(_ byte: Character) -> Bool {
    guard let wanted = byte.asciiValue, next == wanted else { return false }
    place += 1
    return true
  }

  private mutating func need(_ text: String) throws {
    for character in text where !take(character) { throw Refusal() }
  }

  private mutating func blanks() { while take(" ") || take("\n") || take("\r") || take("\t") {} }

  private mutating func value(_ depth: Int) throws -> ReferenceJSON {
    switch next.map({ Character(Unicode.Scalar($0)) }) {
    case "{":
      if depth == 0 { throw Refusal() }
      return .object(
        try list("{", "}") { parser in
          let name = try parser.text()
          parser.blanks()
          try parser.need(":")
          parser.blanks()
          return (name, try parser.value(depth - 1))
        })
    case "[":
      if depth == 0 { throw Refusal() }
      return .array(try list("[", "]") { try $0.value(depth - 1) })
    case "\"": return .text(try text())
    case "n":
      try need("null")
      return .null
    case "t":
      try need("true")
      return .bool(true)
    case "f":
      try need("false")
      return .bool(false)
    default: return .number(try number())
    }
  }

  private mutating func list<Element>(
    _ open: String, _ close: Character, _ element: (inout ReferenceParser) throws -> Element
  ) throws -> [Element] {
    try need(open)
    blanks()
    var elements: [Element] = []
    if take(close) { return elements }
    while true {
      blanks()
      elements.append(try element(&self))
      blanks()
      if take(close) { return elements }
      try need(",")
    }
  }

  private mutating func text() throws -> [UInt8] {
    try need("\"")
    var units: [UInt16] = []
    var text: [UInt8] = []
    /// Escaped units wait for the other half of their pair.
    func flush() throws {
      guard let scalars = String(validating: units, as: UTF16.self) else { throw Refusal() }
      text += Array(scalars.utf8)
      units = []
    }
    while true {
      guard let byte = next, byte >= 0x20 else { throw Refusal() }
      place += 1
      if byte == UInt8(ascii: "\\") {
        units.append(try escape())
        continue
      }
      try flush()
      if byte == UInt8(ascii: "\"") { return text }
      text.append(byte)
    }
  }

  private mutating func escape() throws -> UInt16 {
    let plain: [Character: UInt16] = [
      "\"": 0x22, "\\": 0x5C, "/": 0x2F, "b": 8, "f": 12, "n": 10, "r": 13, "t": 9,
    ]
    guard let byte = next else { throw Refusal() }
    place += 1
    if let unit = plain[Character(Unicode.Scalar(byte))] { return unit }
    guard byte == UInt8(ascii: "u"), place + 4 <= bytes.count else { throw Refusal() }
    let digits = bytes[place..<place + 4]
    guard digits.allSatisfy({ Array("0123456789abcdefABCDEF".utf8).contains($0) }),
      let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw Refusal() }
    place += 4
    return unit
  }

  private mutating func number() throws -> String {
    let start = place
    _ = take("-")
    if !take("0") { try digits() }
    if take(".") { try digits() }
    if take("e") || take("E") {
      if !take("+") { _ = take("-") }
      try digits()
    }
    return String(decoding: bytes[start..<place], as: UTF8.self)
  }

  private mutating func digits() throws {
    let start = place
    while let byte = next, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { place += 1 }
    if place == start { throw Refusal() }
  }
}
