internal import CISSPlusJSONC
internal import NIOCore

/// A value of a parsed JSON text, valid inside ``withRoot(of:maximumDepth:_:)`` only. It knows where it stands, so that
/// an error can say it.
struct JSONNode {
  let path: JSONPath
  /// json-c has no object for `null`.
  private let object: OpaquePointer?

  /// Parses the whole text and gives its value to `read`; json-c's objects are freed on every way out.
  ///
  /// The text has passed ``JSONLexicalCheck``.
  static func withRoot<Value>(
    of text: UnsafeRawBufferPointer,
    maximumDepth: Int,
    _ read: (JSONNode) throws(StructureError) -> Value
  ) throws(StructureError) -> Value {
    guard let tokener = json_tokener_new_ex(CInt(maximumDepth)) else { throw StructureError("out of memory") }
    defer { json_tokener_free(tokener) }
    json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8)

    let object = json_tokener_parse_ex(tokener, text.baseAddress?.assumingMemoryBound(to: CChar.self), CInt(text.count))
    defer { json_object_put(object) }
    let end = json_tokener_get_parse_end(tokener)
    switch json_tokener_get_error(tokener) {
    case json_tokener_success: break
    case json_tokener_continue: throw StructureError("the body ends inside its JSON", offset: text.count)
    case let error: throw StructureError(String(cString: json_tokener_error_desc(error)), offset: end)
    }
    if let rest = text[end...].firstIndex(where: { !JSONLexicalCheck.isSpace($0) }) {
      throw StructureError("text after the end of the JSON", offset: rest)
    }
    return try read(JSONNode(path: .root, object: object))
  }

  // MARK: Members

  /// The member of that name, which has to be there.
  func required(_ name: String) throws(StructureError) -> JSONNode {
    guard let member = try optional(name) else { throw error("has no \(name)") }
    return member
  }

  /// The member of that name; `nil` also for JSON's `null`.
  func optional(_ name: String) throws(StructureError) -> JSONNode? {
    try expect(json_type_object, "an object")
    var member: OpaquePointer?
    guard json_object_object_get_ex(object, name, &member) != 0, let member else { return nil }
    return JSONNode(path: .member(path, name), object: member)
  }

  /// All members in the order of the text.
  func members() throws(StructureError) -> [(name: String, node: JSONNode)] {
    try expect(json_type_object, "an object")
    guard let object else { return [] }
    var members: [(name: String, node: JSONNode)] = []
    var iterator = json_object_iter_begin(object)
    var end = json_object_iter_end(object)
    while json_object_iter_equal(&iterator, &end) == 0 {
      guard let key = json_object_iter_peek_name(&iterator), let name = String(validatingCString: key) else {
        throw error("a name is not UTF-8")
      }
      members.append((name, JSONNode(path: .member(path, name), object: json_object_iter_peek_value(&iterator))))
      json_object_iter_next(&iterator)
    }
    return members
  }

  /// The elements of the array of that name; none when it is not there.
  func list(_ name: String) throws(StructureError) -> some Sequence<JSONNode> {
    let array = try optional(name)
    try array?.expect(json_type_array, "an array")
    let count = array.map { json_object_array_length($0.object) } ?? 0
    return (0..<count).lazy.map { index in
      JSONNode(
        path: .element(array?.path ?? .root, index), object: json_object_array_get_idx(array?.object, index)
      )
    }
  }

  /// Whether the member of that name is set; `1` and `0` are taken too.
  func flag(_ name: String) throws(StructureError) -> Bool {
    guard let member = try optional(name) else { return false }
    let type = json_object_get_type(member.object)
    if type == json_type_boolean { return json_object_get_boolean(member.object) != 0 }
    let number = json_object_get_int64(member.object)
    guard type == json_type_int, number == 0 || number == 1 else { throw member.error("is not true or false") }
    return number == 1
  }

  // MARK: Values

  func text() throws(StructureError) -> String {
    try expect(json_type_string, "a string")
    let bytes = UnsafeRawBufferPointer(
      start: json_object_get_string(object), count: Int(json_object_get_string_len(object))
    )
    guard let text = String(validating: bytes, as: UTF8.self) else { throw error("is not UTF-8") }
    return text
  }

  /// A count of characters. json-c saturates at 2^63, which is out of this range.
  func length() throws(StructureError) -> Int {
    try expect(json_type_int, "a whole number")
    guard let length = Int32(exactly: json_object_get_int64(object)), length >= 0 else {
      throw error("is not from 0 to \(Int32.max)")
    }
    return Int(length)
  }

  private func expect(_ type: json_type, _ name: String) throws(StructureError) {
    guard json_object_get_type(object) == type else { throw error("is not \(name)") }
  }

  private func error(_ message: String) -> StructureError {
    StructureError(message, path: "\(path)")
  }
}

/// The way from the root to a value, rendered only for an error or a note.
indirect enum JSONPath: CustomStringConvertible {
  case root
  case member(JSONPath, String)
  case element(JSONPath, Int)

  var description: String {
    switch self {
    case .root: "the body"
    case .member(.root, let name): Self.shown(name)
    case .member(let parent, let name): "\(parent).\(Self.shown(name))"
    case .element(let parent, let index): "\(parent)[\(index)]"
    }
  }

  /// A name of the peer for people: short and without control characters.
  static func shown(_ name: String) -> String {
    let name = String(name.unicodeScalars.prefix(64))
    let isPlain = name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "\"") }
    return isPlain && !name.isEmpty ? name : name.debugDescription
  }
}
