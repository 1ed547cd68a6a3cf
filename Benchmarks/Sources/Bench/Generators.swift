import MarketData

/// SplitMix64: the same packets in every run.
struct Seeded: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }
}

/// One of the four usual kinds of packets: its schema and generated bodies.
struct PacketSet {
  let name: String
  let schema: Schema
  /// A snapshot that fills the table first; nil where the bodies are snapshots.
  let first: String?
  let bodies: [String]

  var byteCount: Int { bodies.reduce(0) { $0 + $1.utf8.count } }

  /// The same packets as a printer of JSON writes them that puts a blank behind each comma and colon.
  var spaced: PacketSet {
    PacketSet(name: name, schema: schema, first: first.map(Self.space), bodies: bodies.map(Self.space))
  }

  private static func space(_ body: String) -> String {
    var result: [UInt8] = []
    var isInText = false
    for byte in body.utf8 {
      result.append(byte)
      if byte == UInt8(ascii: "\"") { isInText.toggle() }
      if !isInText, byte == UInt8(ascii: ",") || byte == UInt8(ascii: ":") { result.append(UInt8(ascii: " ")) }
    }
    return String(decoding: result, as: UTF8.self)
  }
}

/// Makes the packets.
struct Generators {
  private var random = Seeded(20_261_121)
  private var seqnum = 569_811_206_658_952_028

  /// Rows of the large table.
  static let tableRows = 3000

  mutating func all() -> [PacketSet] { [books(20...100, 400), updates(4000), trades(2000), snapshots(4)] }

  private mutating func int(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

  private mutating func body(_ kind: String, _ columns: [String], _ rows: [String]) -> String {
    seqnum += int(1...9)
    let names = columns.map { "\"\($0)\"" }.joined(separator: ",")
    return #"{"properties":{"type":"\#(kind)","seqnum":\#(seqnum),"published":1719825533789,"#
      + #""timestamp":1719825533789},"columns":[\#(names)],"data":[\#(rows.joined(separator: ","))]}"#
  }

  private mutating func price(_ limit: Int = 400_000) -> String {
    let cents = int(1...limit)
    return "[\(cents / 100).\(cents % 100 < 10 ? "0" : "")\(cents % 100),2]"
  }

  /// Order books of one instrument: some quantities differ from packet to packet, levels come and go now and then.
  mutating func books(_ levels: ClosedRange<Int>, _ count: Int) -> PacketSet {
    let columns = ["BUYSELL", "PRICE", "QUANTITY", "REPOVALUE"]
    let schema = Schema(columns: [
      Column("BUYSELL", .enumeration), Column("PRICE", .fixed), Column("QUANTITY", .integer),
      Column("REPOVALUE", .fixed),
    ])
    var bodies: [String] = []
    var quantities: [Int] = []
    var middle = 32_800
    for number in 0..<count {
      if number % 10 == 0 {
        middle += int(-1...1)
        quantities = (0..<int(levels)).map { _ in int(1...40_000) }
      }
      for _ in 0..<3 { quantities[int(0...quantities.count - 1)] = int(1...40_000) }
      let half = quantities.count / 2
      var rows: [String] = []
      for (place, quantity) in quantities.enumerated() {
        let cents = middle + place - half + (place >= half ? 1 : 0)
        let text = "[\(cents / 100).\(cents % 100 < 10 ? "0" : "")\(cents % 100),2]"
        rows.append("[\"\(place < half ? "B" : "S")\",\(text),\(quantity),null]")
      }
      bodies.append(body("snapshot", columns, rows))
    }
    return PacketSet(name: "book", schema: schema, first: nil, bodies: bodies)
  }

  /// The columns of the large table: the first 40 of the shares' quotes.
  private static let wide: [Column] = Array(
    (Catalogue.builtIn["MXSE.securities"]?.columns ?? [Column("TICKER", .string, key: true)]).prefix(40))

  private mutating func cell(_ type: ColumnType?) -> String {
    if int(0...9) == 0 { return "null" }
    switch type {
    case .fixed: return price()
    case .integer: return "\(int(0...9_999_999))"
    case .enumeration: return "\"\(["N", "O", "C"][int(0...2)])\""
    case .time: return "\"1\(int(0...9)):\(int(10...59)):\(int(10...59))\""
    case .date: return "\"2024-0\(int(1...9))-\(int(10...28))\""
    default: return "\"SHORT\(int(0...999))\""
    }
  }

  private mutating func row(_ ticker: Int, _ columns: [Int]) -> String {
    let cells = columns.dropFirst().map { cell(Self.wide[$0].type) }
    return "[\"TQBR.\(10_000 + ticker)\"," + cells.joined(separator: ",") + "]"
  }

  private mutating func wideSnapshot() -> String {
    let all = Array(0..<40)
    return body("snapshot", Self.wide.map(\.name), (0..<Self.tableRows).map { row($0, all) })
  }

  /// One row with 5 to 40 columns, or as many as `widths` says.
  mutating func updates(_ count: Int, widths: ClosedRange<Int> = 5...40) -> PacketSet {
    let sets = (0..<24).map { _ in
      [0] + (1..<40).shuffled(using: &random).prefix(int(widths.lowerBound - 1...widths.upperBound - 1)).sorted()
    }
    let bodies = (0..<count).map { _ in
      let columns = sets[int(0...23)]
      return body("updates", columns.map { Self.wide[$0].name }, [row(int(0...Self.tableRows - 1), columns)])
    }
    return PacketSet(name: "update", schema: Schema(columns: Self.wide), first: wideSnapshot(), bodies: bodies)
  }

  /// 1 to 20 trades.
  mutating func trades(_ count: Int) -> PacketSet {
    let columns = ["TRADENO", "TRADETIME", "TICKER", "PRICE", "QUANTITY", "VALUE", "BUYSELL"]
    let schema = Schema(columns: [
      Column("TRADENO", .integer, key: true), Column("TRADETIME", .time), Column("TICKER", .string),
      Column("PRICE", .fixed), Column("QUANTITY", .integer), Column("VALUE", .fixed), Column("BUYSELL", .enumeration),
    ])
    let bodies = (0..<count).map { _ in
      let rows = (0..<int(1...20)).map { _ in
        "[\(int(9_000_000_000...9_000_002_999)),\"1\(int(0...9)):\(int(10...59)):\(int(10...59))\",\"TQBR.SBER\","
          + "[32\(int(7...8)).\(int(10...99)),2],\(int(1...9999)),\(price(90_000_000)),\"\(["B", "S"][int(0...1)])\"]"
      }
      return body("updates", columns, rows)
    }
    return PacketSet(name: "trades", schema: schema, first: body("snapshot", columns, []), bodies: bodies)
  }

  /// The whole of the large table.
  mutating func snapshots(_ count: Int) -> PacketSet {
    let bodies = (0..<count).map { _ in wideSnapshot() }
    return PacketSet(name: "snapshot", schema: Schema(columns: Self.wide), first: nil, bodies: bodies)
  }
}
