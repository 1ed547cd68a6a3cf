import ISSPlus
import MarketData
import NIOCore
import Testing

@testable import ISSPlusCLI

/// The table of a stream as packets make it.
struct PacketTable {
  private let decoder: PacketDecoder
  private(set) var table: KeyedTable

  init(_ destination: String) throws {
    self.init(schema: Schema(try #require(Catalogue.builtIn[destination])))
  }

  init(schema: Schema) {
    decoder = PacketDecoder(schema: schema)
    table = KeyedTable(schema: schema)
  }

  /// Applies a packet; `rows` is the inside of its `data`.
  mutating func apply(
    _ kind: String, _ columns: String, _ rows: String, received: Int64? = nil
  ) throws -> ChangeSet {
    let names = columns.split(separator: ",").map { "\"\($0)\"" }.joined(separator: ",")
    let body = "{\"properties\":{\"type\":\"\(kind)\"},\"columns\":[\(names)],\"data\":[\(rows)]}"
    try decoder.decodeMessage(ByteBuffer(string: body))
    return table.apply(decoder, received: received)
  }
}

/// A time that tests call now, in nanoseconds since 1970-01-01 UTC.
let testNow: Int64 = 1_719_825_533_789_000_000

/// Order books for screens.
struct BookMaker {
  private var packets: PacketTable
  private(set) var panel: BookPanel

  init(_ ticker: String) throws {
    packets = try PacketTable("MXSE.orderbooks")
    panel = BookPanel(ticker)
  }

  /// Levels as `price: lots`, bids and asks.
  mutating func apply(
    _ kind: String = "snapshot", bids: [(String, Int)] = [], asks: [(String, Int)] = [],
    state: TableState = .live, at now: Int64 = testNow
  ) throws {
    let rows = bids.map { "[\"B\",[\($0.0),2],\($0.1)]" } + asks.map { "[\"S\",[\($0.0),2],\($0.1)]" }
    let changes = try packets.apply(
      kind, "BUYSELL,PRICE,QUANTITY", rows.joined(separator: ","), received: now)
    panel.take(changes, state, now: now)
  }

  /// A break of the line.
  mutating func lose(_ reason: StaleReason) {
    panel.take(ChangeSet(schema: packets.table.schema), .stale(reason), now: testNow)
  }

  mutating func end(_ words: String) { panel.ending = words }

  /// A live book with that many levels a side around 100.00; sizes are 10, 20, 30, … from the best on.
  static func panel(_ ticker: String, levels: Int = 10) throws -> BookPanel {
    var maker = try BookMaker(ticker)
    func price(_ cents: Int) -> String { "\(cents / 100).\(cents % 100 < 10 ? "0" : "")\(cents % 100)" }
    try maker.apply(
      bids: (0..<levels).map { (price(9999 - $0), 10 * ($0 + 1)) },
      asks: (0..<levels).map { (price(10001 + $0), 10 * ($0 + 1)) })
    return maker.panel
  }
}

/// Lines as text without blanks at their ends.
func texts(_ lines: [StyledLine]) -> [String] { lines.map(\.trimmed.text) }
