import MarketData
import NIOCore

@testable import ISSPlus

/// Packets for a table in a test, and the table that they make: the feed's part, without a feed.
struct PacketSource {
  let schema: Schema
  private let decoder: PacketDecoder
  private(set) var table: KeyedTable
  /// The body of the last packet.
  private(set) var body = ByteBuffer()
  private var seqnum = 0

  /// A keyed table (ID, NAME, PRICE), or one without a key.
  init(isKeyed: Bool, looseRowLimit: Int = 100_000) {
    schema = Schema(columns: [
      Column("ID", .integer, key: isKeyed), Column("NAME", .string), Column("PRICE", .fixed),
    ])
    decoder = PacketDecoder(schema: schema)
    table = KeyedTable(schema: schema, looseRowLimit: looseRowLimit)
  }

  /// Applies a packet with these rows, for example `1,"a",[2.5,2]`.
  mutating func apply(_ kind: String, _ rows: [String]) throws -> ChangeSet {
    seqnum += 1
    let columns = kind == "removal" && schema.isKeyed ? #"["ID"]"# : #"["ID","NAME","PRICE"]"#
    let data = rows.map { "[\($0)]" }.joined(separator: ",")
    body = ByteBuffer(
      string: #"{"properties":{"type":"\#(kind)","seqnum":\#(seqnum)},"columns":\#(columns),"data":[\#(data)]}"#)
    try decoder.decodeMessage(body)
    return table.apply(decoder, received: Int64(seqnum))
  }

  /// A packet by chance.
  mutating func random(_ generator: inout SeededGenerator) throws -> (ChangeSet, isSnapshot: Bool) {
    func row(_ id: Int, _ generator: inout SeededGenerator) -> String {
      let names = ["null", "\"\"", "\"a\"", "\"ein langer Name, der nicht in die Zelle passt\""]
      let name = names.randomElement(using: &generator) ?? "null"
      return "\(id),\(name),[\(Int.random(in: 0...3, using: &generator)).5,2]"
    }
    let kind = ["snapshot", "updates", "updates", "updates", "removal"].randomElement(using: &generator) ?? "updates"
    let ids = (0..<Int.random(in: 0...5, using: &generator)).map { _ in Int.random(in: 0..<8, using: &generator) }
    var rows: [String] = []
    for id in ids { rows.append(kind == "removal" && schema.isKeyed ? "\(id)" : row(id, &generator)) }
    return (try apply(kind, rows), kind == "snapshot")
  }
}

/// A table built from nothing but changes, the plainest way; says so when a change does not fit.
struct Rebuilt {
  private(set) var rows: [Row: Int] = [:]
  private(set) var faults: [String] = []
  private let keys: [Int]
  private var known: Set<[Cell]> = []
  private(set) var count = 0

  init(_ schema: Schema) { keys = schema.keys }

  mutating func apply(_ changes: ChangeSet) {
    for change in changes {
      if let before = change.before { take(before, change.kind) }
      if let after = change.after { add(after, change.kind) }
    }
  }

  private mutating func take(_ row: Row, _ kind: Change.Kind) {
    guard let number = rows[row] else { return faults.append("\(kind) of a row that is not there: \(row)") }
    rows[row] = number == 1 ? nil : number - 1
    if !keys.isEmpty { known.remove(keys.map { row[$0] }) }
    count -= 1
  }

  private mutating func add(_ row: Row, _ kind: Change.Kind) {
    if !keys.isEmpty, !known.insert(keys.map { row[$0] }).inserted {
      faults.append("\(kind) of a key that is there: \(row)")
    }
    rows[row, default: 0] += 1
    count += 1
  }

  func equals(_ table: KeyedTable) -> Bool {
    var other: [Row: Int] = [:]
    for row in table.rows { other[row, default: 0] += 1 }
    return rows == other
  }
}
