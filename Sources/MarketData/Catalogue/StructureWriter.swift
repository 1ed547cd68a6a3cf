public import NIOCore

extension Catalogue {
  /// The catalogue as the body of a CONNECTED frame: members in the recorded order, compact, UTF-8.
  ///
  /// What is absent in the catalogue is absent in the body; flags are written only when they are set.
  public func connectedBody(note: String = "Written by issplus, in words of its own") -> ByteBuffer {
    var json = StructureText()
    json.open("{", as: nil)
    json.open("{", as: "version")
    json.text("version.note", note)
    json.close("}")
    json.open("{", as: "structure")
    for market in markets { json.market(market) }
    json.close("}")
    json.close("}")
    return ByteBuffer(string: json.json)
  }
}

/// JSON under construction, with a method for each kind of object in a structure (protocol facts, 3.6).
private struct StructureText {
  /// A string until all is written: a buffer takes small pieces slowly.
  private(set) var json: String = ""
  /// Whether the object or array that is open has a member already.
  private var needsComma = false

  // MARK: Objects of a structure

  mutating func market(_ market: Market) {
    open("{", as: market.name)
    list("enums", market.enumerations) { json, enumeration in json.enumeration(enumeration) }
    list("streams", market.streams) { json, stream in json.resource(stream) }
    list("queries", market.queries) { json, query in json.resource(query) }
    close("}")
  }

  private mutating func enumeration(_ enumeration: Enumeration) {
    open("{", as: nil)
    open("[", as: "values")
    for value in enumeration.values {
      open("{", as: nil)
      caption("caption", value.caption)
      caption("description", value.description)
      text("id", value.id)
      close("}")
    }
    close("]")
    text("name", enumeration.name)
    caption("caption", enumeration.caption)
    close("}")
  }

  private mutating func resource(_ resource: Resource) {
    open("{", as: nil)
    open("[", as: "output")
    for column in resource.columns { self.column(column) }
    close("]")
    text("access", resource.access)
    text("name", resource.name)
    caption("caption", resource.caption)
    open("[", as: "params")
    for parameter in resource.parameters { self.parameter(parameter) }
    close("]")
    close("}")
  }

  private mutating func parameter(_ parameter: Parameter) {
    open("{", as: nil)
    text("name", parameter.name)
    number("length", parameter.length)
    caption("caption", parameter.caption)
    flag("optional", parameter.isOptional)
    text("type", parameter.type.rawValue)
    text("enum", parameter.enumeration)
    close("}")
  }

  private mutating func column(_ column: Column) {
    open("{", as: nil)
    flag("isSystem", column.isSystem)
    flag("hasPercent", column.isPercent)
    text("name", column.name)
    number("length", column.length)
    caption("caption", column.caption)
    caption("description", column.details)
    text("type", column.type?.rawValue)
    flag("primary", column.isKey)
    text("enum", column.enumeration)
    flag("isHidden", column.isHidden)
    close("}")
  }

  private mutating func caption(_ name: String, _ caption: Caption?) {
    guard let caption else { return }
    open("{", as: name)
    text("en", caption.english)
    text("ru", caption.russian)
    close("}")
  }

  // MARK: JSON

  mutating func open(_ bracket: String, as name: String?) {
    member(name)
    json += bracket
    needsComma = false
  }

  mutating func close(_ bracket: String) {
    json += bracket
    needsComma = true
  }

  mutating func text(_ name: String, _ value: String?) {
    guard let value else { return }
    member(name)
    quote(value)
  }

  private mutating func number(_ name: String, _ value: Int?) {
    guard let value else { return }
    member(name)
    json += String(value)
  }

  private mutating func flag(_ name: String, _ isSet: Bool) {
    guard isSet else { return }
    member(name)
    json += "true"
  }

  private mutating func list<Element>(
    _ name: String, _ elements: [Element], _ write: (inout StructureText, Element) -> Void
  ) {
    guard !elements.isEmpty else { return }
    open("[", as: name)
    for element in elements { write(&self, element) }
    close("]")
  }

  private mutating func member(_ name: String?) {
    if needsComma { json += "," }
    needsComma = true
    guard let name else { return }
    quote(name)
    json += ":"
  }

  private mutating func quote(_ text: String) {
    json += "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": json += "\\\""
      case "\\": json += "\\\\"
      case "\0"..<" ":
        let digits = String(scalar.value, radix: 16)
        json += digits.count == 1 ? "\\u000\(digits)" : "\\u00\(digits)"
      default: json.unicodeScalars.append(scalar)
      }
    }
    json += "\""
  }
}
