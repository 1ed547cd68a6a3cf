/// A selector as the simulator reads it: terms `name="value"` (or with single quotes) joined by ` and ` in any case.
///
/// The parser is the simulator's own, so that a fault of the client's writer shows. Values are taken as they stand
/// between their quotes: the protocol knows no escape (protocol facts, 4.11).
public struct Selector: Sendable, Hashable {
  /// One condition.
  public struct Term: Sendable, Hashable {
    /// The name as it was spelt; names are compared without case (protocol facts, 4.2).
    public let name: String
    /// What stood between the quotes.
    public let value: String
  }

  /// Why a text is no selector.
  public struct Fault: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong and at which byte.
    public let description: String
  }

  /// The terms in their order; none for an empty text.
  public let terms: [Term]

  /// Reads a selector; an empty or blank text has no terms.
  ///
  /// - Throws: `Fault` for a text of any other form.
  public init(_ text: String) throws(Fault) {
    var reader = Reader(text)
    var terms: [Term] = []
    reader.skipBlanks()
    while !reader.isAtEnd {
      if !terms.isEmpty { try reader.readAnd() }
      let term = try reader.readTerm()
      guard !terms.contains(where: { $0.name.lowercased() == term.name.lowercased() }) else {
        throw Fault(description: "the parameter \(term.name) stands twice")
      }
      terms.append(term)
      let hadBlank = reader.skipBlanks()
      if !reader.isAtEnd, !hadBlank { throw reader.fault("a blank and `and` after a value") }
    }
    self.terms = terms
  }

  /// The value of a parameter, by its name in any case.
  public subscript(name: String) -> String? {
    let wanted = name.lowercased()
    return terms.first { $0.name.lowercased() == wanted }?.value
  }
}

extension Selector {
  /// Goes through the bytes of a selector.
  private struct Reader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ text: String) { bytes = Array(text.utf8) }

    var isAtEnd: Bool { position == bytes.count }

    func fault(_ expected: String) -> Fault { Fault(description: "expected \(expected) at byte \(position)") }

    @discardableResult
    mutating func skipBlanks() -> Bool {
      let start = position
      while position < bytes.count, bytes[position] == 0x20 || bytes[position] == 0x09 { position += 1 }
      return position > start
    }

    mutating func readAnd() throws(Fault) {
      let word = readWord()
      guard word.lowercased() == "and" else { throw fault("`and`") }
      guard skipBlanks() else { throw fault("a blank after `and`") }
    }

    mutating func readTerm() throws(Fault) -> Term {
      let name = readWord()
      guard !name.isEmpty else { throw fault("the name of a parameter") }
      skipBlanks()
      guard position < bytes.count, bytes[position] == UInt8(ascii: "=") else { throw fault("`=`") }
      position += 1
      skipBlanks()
      guard position < bytes.count, bytes[position] == 0x22 || bytes[position] == 0x27 else { throw fault("a quote") }
      let quote = bytes[position]
      position += 1
      let start = position
      while position < bytes.count, bytes[position] != quote { position += 1 }
      guard position < bytes.count else { throw fault("the closing quote") }
      let value = String(decoding: bytes[start..<position], as: UTF8.self)
      position += 1
      return Term(name: name, value: value)
    }

    private mutating func readWord() -> String {
      let start = position
      while position < bytes.count, Reader.isWordByte(bytes[position]) { position += 1 }
      return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"), UInt8(ascii: "."): true
      default: false
      }
    }
  }
}
