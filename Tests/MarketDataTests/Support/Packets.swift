import NIOCore
import Testing

@testable import MarketData

/// The body of a packet from its parts.
func packet(_ kind: String, _ columns: String, _ data: String, properties: String = "") -> String {
  let names = columns.split(separator: ",").map { "\"\($0)\"" }.joined(separator: ",")
  return "{\"properties\":{\"type\":\"\(kind)\"\(properties)},\n\"columns\":[\(names)],\n\"data\":[\(data)]}"
}

/// A schema from `A string key, B fixed, C`.
func schema(_ text: String) -> Schema {
  Schema(
    columns: text.split(separator: ",").map { part in
      let words = part.split(separator: " ")
      return Column(
        String(words[0]), words.dropFirst().first.flatMap { ColumnType(rawValue: String($0)) },
        key: words.last == "key")
    })
}

/// A table with its decoder, as a subscription has them.
struct Feed {
  let decoder: PacketDecoder
  var table: KeyedTable

  init(_ schema: Schema, looseRowLimit: Int = 100_000) {
    decoder = PacketDecoder(schema: schema)
    table = KeyedTable(schema: schema, looseRowLimit: looseRowLimit)
  }

  init(_ columns: String, looseRowLimit: Int = 100_000) {
    self.init(schema(columns), looseRowLimit: looseRowLimit)
  }

  /// Decodes and applies a body and gives its changes as CSV lines without `_received` and `_ticker`.
  mutating func apply(_ body: String) throws -> [String] { csv(try changes(body)) }

  mutating func changes(_ body: String) throws -> ChangeSet {
    try decoder.decodeMessage(ByteBuffer(string: body))
    return table.apply(decoder)
  }

  /// The table as CSV lines.
  var lines: [String] {
    table.rows.map { $0.values.map { $0.isNull ? "-" : $0.description }.joined(separator: ",") }
  }
}

/// Changes as `+after`, `-before` and `before>after`, null as `-`.
func csv(_ changes: ChangeSet) -> [String] {
  func line(_ row: Row?) -> String {
    row?.values.map { $0.isNull ? "-" : $0.description }.joined(separator: ",") ?? ""
  }
  return changes.map { change in
    switch change.kind {
    case .insert: "+" + line(change.after)
    case .remove: "-" + line(change.before)
    case .update: line(change.before) + ">" + line(change.after)
    }
  }
}

/// What a body is refused with, or nil.
func refusal(_ body: [UInt8], _ decoder: PacketDecoder) -> PacketError? {
  do throws(PacketError) {
    try decoder.decodeMessage(ByteBuffer(bytes: body))
    return nil
  } catch {
    return error
  }
}

func refusal(_ body: String, columns: String = "A string key,B fixed,C integer") -> PacketError? {
  refusal(Array(body.utf8), PacketDecoder(schema: schema(columns)))
}

/// The cells of the only row of a packet with these column types and cells.
func cells(_ types: String, _ cells: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> [Cell] {
  let names = types.split(separator: ",").indices.map { "C\($0)" }
  let columns = zip(names, types.split(separator: ",")).map { $1 == "-" ? $0 : "\($0) \($1)" }
  var feed = Feed(columns.joined(separator: ","))
  _ = try feed.apply(packet("snapshot", names.joined(separator: ","), "[\(cells)]"))
  return try #require(feed.table.rows.first, sourceLocation: sourceLocation).values
}
