/// A small strict JSON reader for the tests: numbers stay as they are written.
indirect enum JSON: Equatable {
  case null
  case bool(Bool)
  case number(String)
  case string(String)
  case array([JSON])
  case object([(name: String, value: JSON)])

  struct Fault: Error, CustomStringConvertible {
    let description: String
  }

  init(_ bytes: some Sequence<UInt8>) throws {
    var reader = JSONReader(bytes: Array(bytes))
    self = try reader.value()
    guard reader.isAtEnd else { throw Fault(description: "something follows the value") }
  }

  subscript(name: String) -> JSON? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }

  var elements: [JSON]? { if case .array(let elements) = self { elements } else { nil } }
  var text: String? { if case .string(let text) = self { text } else { nil } }
  var number: String? { if case .number(let text) = self { text } else { nil } }

  static func == (left: JSON, right: JSON) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.bool(let left), .bool(let right)): left == right
    case (.number(let left), .number(let right)): left == right
    case (.string(let left), .string(let right)): left == right
    case (.array(let left), .array(let right)): left == right
    case (.object(let left), .object(let right)):
      left.elementsEqual(right) { $0.name == $1.name && $0.value == $1.value }
    default: false
    }
  }
}

private struct JSONReader {
  let bytes: [UInt8]
  var place = 0

  var isAtEnd: Bool { place == bytes.count }

  mutating func value() throws -> JSON {
    skipBlanks()
    defer { skipBlanks() }
    switch try peek() {
    case UInt8(ascii: "{"):
      var members: [(name: String, value: JSON)] = []
      try list("}") { reader in
        reader.skipBlanks()
        let name = try reader.string()
        reader.skipBlanks()
        try reader.expect(":")
        members.append((name, try reader.value()))
      }
      return .object(members)
    case UInt8(ascii: "["):
      var elements: [JSON] = []
      try list("]") { elements.append(try $0.value()) }
      return .array(elements)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    default: return .number(try number())
    }
  }

  private mutating func list(_ end: Unicode.Scalar, _ element: (inout JSONReader) throws -> Void) throws {
    place += 1
    skipBlanks()
    if try peek() == UInt8(ascii: end) {
      place += 1
      return
    }
    while true {
      try element(&self)
      if try peek() == UInt8(ascii: end) { break }
      try expect(",")
    }
    place += 1
  }

  private mutating func word(_ text: String, _ value: JSON) throws -> JSON {
    for byte in text.utf8 {
      guard try peek() == byte else { throw JSON.Fault(description: "no value at \(place)") }
      place += 1
    }
    return value
  }

  private mutating func number() throws -> String {
    let start = place
    while place < bytes.count, "+-.0123456789eE".utf8.contains(bytes[place]) { place += 1 }
    let text = String(decoding: bytes[start..<place], as: UTF8.self)
    let digits = text.drop { $0 == "-" }
    let hasLeadingZero = digits.hasPrefix("0") && digits.count > 1 && digits.dropFirst().first?.isNumber == true
    guard Double(text) != nil, !hasLeadingZero, !text.hasSuffix("."), digits.first?.isNumber == true else {
      throw JSON.Fault(description: "no number at \(start): \(text)")
    }
    return text
  }

  private mutating func string() throws -> String {
    try expect("\"")
    var text: [UInt8] = []
    while try peek() != UInt8(ascii: "\"") {
      let byte = try peek()
      place += 1
      guard byte >= 0x20 else { throw JSON.Fault(description: "control character at \(place)") }
      guard byte == UInt8(ascii: "\\") else {
        text.append(byte)
        continue
      }
      let letter = try peek()
      place += 1
      switch letter {
      case UInt8(ascii: "n"): text.append(0x0A)
      case UInt8(ascii: "r"): text.append(0x0D)
      case UInt8(ascii: "t"): text.append(0x09)
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(letter)
      default: throw JSON.Fault(description: "escape at \(place)")
      }
    }
    place += 1
    guard let string = String(validating: text, as: UTF8.self) else { throw JSON.Fault(description: "no UTF-8") }
    return string
  }

  private func peek() throws -> UInt8 {
    guard place < bytes.count else { throw JSON.Fault(description: "ends too early") }
    return bytes[place]
  }

  private mutating func expect(_ character: Unicode.Scalar) throws {
    guard try peek() == UInt8(ascii: character) else {
      throw JSON.Fault(description: "expected \(character) at \(place)")
    }
    place += 1
  }

  private mutating func skipBlanks() {
    while place < bytes.count, bytes[place] == 0x20 || bytes[place] == 0x0A { place += 1 }
  }
}
