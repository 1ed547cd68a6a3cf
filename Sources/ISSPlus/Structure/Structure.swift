public import MarketData
public import NIOCore

/// What the body of a CONNECTED frame says about the markets of the gateway.
///
/// The JSON has to be strict, and the members that are read have to have their shape: else nothing is taken over.
/// Members that are not known are passed over, members that are not there have the value of their absence. Captions are
/// kept as sent, the empty ones too. Of two members with one name the last stands, in the place of the first.
public struct Structure: Sendable, Hashable {
  /// The longest body that is read; the recorded one has 104 KB.
  public static let maximumBodyLength = 64 * 1024 * 1024
  /// How deep objects and arrays may nest; the recorded body needs 8.
  public static let maximumDepth = 64
  /// How many notes are kept.
  public static let maximumNotes = 100

  /// The markets in the order of the body.
  public let catalogue: Catalogue
  /// What was odd but no error, such as a type that is not known; each says where.
  public let notes: [String]

  /// Reads the body of a CONNECTED frame.
  ///
  /// - Throws: `StructureError` when the body is too long, no JSON, or no structure; it says where.
  public init(body: ByteBuffer) throws(StructureError) {
    guard body.readableBytes <= Self.maximumBodyLength else {
      throw StructureError("the body has \(body.readableBytes) bytes, \(Self.maximumBodyLength) are allowed")
    }
    guard let first = body.readableBytesView.first(where: { !JSONLexicalCheck.isSpace($0) }) else {
      throw StructureError("the body is empty")
    }
    self = try body.withUnsafeReadableBytes { bytes in
      Result { () throws(StructureError) in
        try JSONLexicalCheck.run(on: bytes)
        // json-c waits for more after a number or a word that ends the text.
        guard first == UInt8(ascii: "{") else { throw StructureError("is not an object", path: "\(JSONPath.root)") }
        let structure = try JSONNode.withRoot(of: bytes, maximumDepth: Self.maximumDepth) {
          root throws(StructureError) in
          var reader = StructureReader()
          let catalogue = try reader.catalogue(root)
          return Structure(catalogue: catalogue, notes: reader.notes)
        }
        // json-c lets overlong forms and encoded surrogates pass; in members that are read they have been met by now.
        if let offset = Self.firstInvalidUTF8(in: bytes) { throw StructureError("invalid UTF-8", offset: offset) }
        return structure
      }
    }.get()
  }

  /// The byte at which a text stops being UTF-8; `nil` when all of it is.
  private static func firstInvalidUTF8(in text: UnsafeRawBufferPointer) -> Int? {
    if String(validating: text, as: UTF8.self) != nil { return nil }
    var offset = 0
    var rest = text.makeIterator()
    var decoder = Unicode.UTF8()
    while case .scalarValue(let scalar) = decoder.decode(&rest) { offset += UTF8.width(scalar) }
    return offset
  }

  private init(catalogue: Catalogue, notes: [String]) {
    self.catalogue = catalogue
    self.notes = notes
  }
}
