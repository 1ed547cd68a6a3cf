internal import MarketData

/// Reads each kind of object in a structure (protocol facts, 3.6) and collects notes.
struct StructureReader {
  private(set) var notes: [String] = []

  mutating func catalogue(_ root: JSONNode) throws(StructureError) -> Catalogue {
    var markets: [Market] = []
    for (name, node) in try root.required("structure").members() {
      markets.append(try market(name, node))
    }
    return Catalogue(markets: markets)
  }

  private mutating func market(_ name: String, _ node: JSONNode) throws(StructureError) -> Market {
    var market = Market(name)
    for node in try node.list("enums") {
      market.enumerations.append(try enumeration(node))
    }
    for node in try node.list("streams") {
      market.streams.append(try resource(node, .stream, of: name))
    }
    for node in try node.list("queries") {
      market.queries.append(try resource(node, .query, of: name))
    }
    return market
  }

  private func enumeration(_ node: JSONNode) throws(StructureError) -> Enumeration {
    var enumeration = Enumeration(try node.required("name").text(), [], caption: try caption(node, "caption"))
    for node in try node.list("values") {
      let value = Enumeration.Value(
        try node.required("id").text(),
        caption: try caption(node, "caption"),
        description: try caption(node, "description")
      )
      enumeration.values.append(value)
    }
    return enumeration
  }

  private mutating func resource(
    _ node: JSONNode, _ kind: Resource.Kind, of market: String
  ) throws(StructureError) -> Resource {
    var resource = Resource(
      market: market,
      name: try node.required("name").text(),
      kind: kind,
      columns: [],
      parameters: [],
      access: try node.optional("access")?.text() ?? "general",
      caption: try caption(node, "caption")
    )
    for node in try node.list("output") {
      resource.columns.append(try column(node))
    }
    for node in try node.list("params") {
      resource.parameters.append(try parameter(node))
    }
    return resource
  }

  private mutating func column(_ node: JSONNode) throws(StructureError) -> Column {
    Column(
      try node.required("name").text(),
      try type(node, otherwise: "a cell takes the form of its JSON"),
      key: try node.flag("primary"),
      length: try node.optional("length")?.length(),
      enumeration: try node.optional("enum")?.text(),
      system: try node.flag("isSystem"),
      percent: try node.flag("hasPercent"),
      hidden: try node.flag("isHidden"),
      caption: try caption(node, "caption"),
      details: try caption(node, "description")
    )
  }

  /// A parameter always has a type; one that is not known is text, as it is in a selector.
  private mutating func parameter(_ node: JSONNode) throws(StructureError) -> Parameter {
    Parameter(
      try node.required("name").text(),
      try type(node, otherwise: "taken as string") ?? .string,
      optional: try node.flag("optional"),
      length: try node.optional("length")?.length(),
      enumeration: try node.optional("enum")?.text(),
      caption: try caption(node, "caption")
    )
  }

  private mutating func type(_ node: JSONNode, otherwise: String) throws(StructureError) -> ColumnType? {
    guard let member = try node.optional("type") else {
      note("\(node.path): no type; \(otherwise)")
      return nil
    }
    let name = try member.text()
    let type = ColumnType(rawValue: name)
    if type == nil { note("\(member.path): unknown type \(JSONPath.shown(name)); \(otherwise)") }
    return type
  }

  private func caption(_ node: JSONNode, _ name: String) throws(StructureError) -> Caption? {
    guard let node = try node.optional(name) else { return nil }
    return Caption(english: try node.optional("en")?.text(), russian: try node.optional("ru")?.text())
  }

  private mutating func note(_ text: @autoclosure () -> String) {
    if notes.count < Structure.maximumNotes { notes.append(text()) }
  }
}
