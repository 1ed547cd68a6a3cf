/// The terms of a selector: `TICKER="MXSE.TQBR.SBER" and LANGUAGE="en"` (protocol facts, 4).
public struct Selector: Sendable, Hashable {
  /// One `name="value"`.
  public struct Term: Sendable, Hashable {
    /// The parameter's name; the gateway does not mind its case.
    public let name: String
    /// The value without its quotes.
    public let value: String
  }

  /// The terms in order.
  public private(set) var terms: [Term] = []

  /// A selector without terms.
  public init() {}

  /// A selector of these terms.
  ///
  /// - Throws: `SelectorError` when a name is no word or a value could end its quotes: nothing escapes a quote on this
  ///   wire (4.11), so such a value could say something else than its caller means.
  public init(_ terms: [(name: String, value: String)]) throws(SelectorError) {
    for (name, value) in terms { try append(name, value) }
  }

  /// Adds a term.
  ///
  /// - Throws: as `init(_:)`.
  public mutating func append(_ name: String, _ value: String) throws(SelectorError) {
    let isWord = name.utf8.allSatisfy {
      switch $0 {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."): true
      default: false
      }
    }
    guard isWord, !name.isEmpty else {
      throw SelectorError("a parameter's name must be a word of letters, digits and _-., not \(Self.shown(name))")
    }
    let isSafe = value.unicodeScalars.allSatisfy { scalar in
      scalar != "\"" && scalar != "'" && scalar.properties.generalCategory != .control
        && scalar.properties.generalCategory != .lineSeparator
        && scalar.properties.generalCategory != .paragraphSeparator
    }
    guard isSafe else {
      throw SelectorError("the value of \(name) must not hold quotes or control characters: \(Self.shown(value))")
    }
    terms.append(Term(name: name, value: value))
  }

  /// The value as it can stand in a message on a terminal.
  private static func shown(_ text: String) -> String {
    let safe = text.unicodeScalars.prefix(60).map { scalar in
      scalar.properties.generalCategory == .control ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
    }
    return "“\(safe.joined())”"
  }

  /// The text as it stands in a header.
  public var text: String { terms.map { "\($0.name)=\"\($0.value)\"" }.joined(separator: " and ") }

  /// The value of the first term named ticker, in any case, in a selector's text; `nil` when there is none.
  ///
  /// Takes double quotes, single quotes and none: what others wrote is in captures too.
  public static func ticker(in text: String) -> String? {
    // By scalars: a value that begins with a combining mark must not swallow its quote.
    var rest = text.unicodeScalars[...]
    while let equals = rest.firstIndex(of: "=") {
      let head = rest[..<equals]
      let name = head.reversed().drop { isBlank($0) }.prefix { !isBlank($0) && $0 != "\"" && $0 != "'" }
      rest = rest[rest.index(after: equals)...].drop { isBlank($0) }
      let value: Substring.UnicodeScalarView
      if let quote = rest.first, quote == "\"" || quote == "'" {
        value = rest.dropFirst().prefix { $0 != quote }
        rest = rest.dropFirst().drop { $0 != quote }.dropFirst()
      } else {
        value = rest.prefix { !isBlank($0) }
        rest = rest.drop { !isBlank($0) }
      }
      if String(String.UnicodeScalarView(name.reversed())).lowercased() == "ticker" { return String(value) }
    }
    return nil
  }

  private static func isBlank(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.isWhitespace }
}

/// Why a selector was not built.
public struct SelectorError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong.
  public let description: String

  init(_ description: String) { self.description = description }
}
