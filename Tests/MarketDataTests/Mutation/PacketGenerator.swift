@testable import MarketData

/// Seeded packets of the usual kinds, and what can happen to their bytes.
struct PacketGenerator {
  var random: SeededGenerator
  let columns: [Column]
  /// Whether the schema is known to the decoder.
  let isDeclared: Bool
  /// Bodies of before, for splices.
  private var earlier: [[UInt8]] = []

  init(seed: UInt64) {
    random = SeededGenerator(seed: seed)
    isDeclared = seed % 6 != 5
    let streams = ["MXSE.orderbooks", "MXSE.candles", "MXSE.securities"]
    switch seed % 6 {
    case 0, 1, 2: columns = Catalogue.builtIn[streams[Int(seed % 3)]]?.columns ?? []
    case 3:
      columns =
        ColumnType.allCases.enumerated().map { Column("C\($0)", $1, key: $0 == 0) } + [
          Column("U"), Column("Цена", .fixed, key: true),
        ]
    case 4: columns = [Column("TIME", .time), Column("PRICE", .fixed), Column("SIDE", .enumeration), Column("U")]
    default: columns = [Column("TRADENO"), Column("PRICE"), Column("BUYSELL"), Column("NAME")].shuffled(using: &random)
    }
  }

  /// A body: mostly a good packet, often with something wrong in it.
  mutating func next() -> [UInt8] {
    var body = Array(good().utf8)
    let original = body
    if random.once(in: 2) { for _ in 0..<random.number(1...3) { body = mutated(body) } }
    earlier.append(original)
    if earlier.count > 4 { earlier.removeFirst() }
    return body
  }

  // MARK: Good packets

  private mutating func good() -> String {
    let kind = random.one(of: ["snapshot", "updates", "updates", "updates", "removal"])
    var places = Array(columns.indices)
    if isDeclared, kind != "snapshot" || random.once(in: 3) {
      let keys = ReferencePacket.keys(columns)
      places = places.filter { keys.contains(columns[$0].name) || random.once(in: columns.count > 20 ? 6 : 2) }
      if random.once(in: 3) { places.shuffle(using: &random) }
    }
    var names = places.map { string(columns[$0].name) }
    var types = places.map { columns[$0].type }
    if isDeclared, random.once(in: 5) {
      let place = random.number(0...names.count)
      names.insert(string(random.one(of: ["NEW", "новая", "a name that is longer than a cell"])), at: place)
      types.insert(nil, at: place)
    }
    let rows = (0..<random.number(0...(columns.count > 20 ? 2 : 7))).map { _ in
      "[" + types.map { cell($0) }.joined(separator: ",") + "]"
    }
    var properties = ["\(string("type")):\(string(kind))"]
    if !random.once(in: 4) {
      properties.append(
        "\(string("seqnum")):\(random.one(of: ["569811206658952028", "0", "18446744073709551615", "null"]))")
    }
    if random.once(in: 2) {
      properties.append("\(string("timestamp")):\(random.one(of: ["1719825533789", "-1", "0", "null"]))")
    }
    if random.once(in: 3) { properties.append("\(string("published")):1719825533790") }
    if random.once(in: 8) { properties.append("\"more\":\(random.one(of: ["[]", "{\"a\":[1e5,\"\\n\"]}", "null"]))") }
    if random.once(in: 4) { properties.shuffle(using: &random) }
    var members = [
      "\(string("properties")):{\(properties.joined(separator: ","))}",
      "\(string("columns")):[\(names.joined(separator: ","))]",
      "\(string("data")):[\(rows.joined(separator: ","))]",
    ]
    if random.once(in: 8) { members.append("\"extra\":[{\"deep\":[null,true]},\"a long text with an \\u0435scape\"]") }
    if random.once(in: 4) { members.shuffle(using: &random) }
    let body = "{" + members.joined(separator: ",\n") + "}"
    return random.once(in: 4) ? blanked(body) : body
  }

  /// Blanks between tokens, which is wherever a mark stands outside a text.
  private mutating func blanked(_ body: String) -> String {
    var isText = false
    var wasBackslash = false
    var result = ""
    for character in body {
      let isMark = !isText && "{}[],:".contains(character)
      if isMark, random.once(in: 3) { result += random.one(of: [" ", "\n", "\r\n", "\t  "]) }
      result.append(character)
      if isMark, random.once(in: 3) { result += random.one(of: [" ", "\n", "\t"]) }
      if character == "\"", !wasBackslash { isText.toggle() }
      wasBackslash = character == "\\" && !wasBackslash
    }
    return result
  }

  /// A JSON string, sometimes with needless escapes.
  private mutating func string(_ text: String) -> String {
    let isEscaped = random.once(in: 6)
    var result = "\""
    for scalar in text.unicodeScalars {
      if scalar == "\"" || scalar == "\\" || scalar.value < 0x20 || (isEscaped && random.once(in: 3)) {
        for unit in String(scalar).utf16 {
          let digits = String(unit, radix: 16, uppercase: random.once(in: 2))
          result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  private mutating func cell(_ type: ColumnType?) -> String {
    switch type {
    case .integer:
      return random.one(of: [
        "0", "1", "2", "-0", "-17", "21586948000", "9223372036854775807", "-9223372036854775808", "null",
      ])
    case .fixed: return fixed()
    case .float:
      return random.one(of: [
        "0", "1.50", "-0.0", "1e-6", "1e15", "0.1", "123456.789", "1e-400", "17976931348623157e292", "null",
      ])
    case .bool: return random.one(of: ["true", "false", "0", "1", "null"])
    case .string, .enumeration, .date, .time, .datetime:
      let texts = [
        "a", "B", "S", "", "MXSE.TQBR.SBER", "2026-01-22 09:58:47", "Сбербанк России ПАО ао", "a \"quoted\", text",
        "😀\n", "exactly14bytes", "fifteen bytes!!",
      ]
      if random.once(in: 40) { return "\"" + String(repeating: "длинный ", count: random.number(50...150)) + "\"" }
      return random.once(in: 30) ? "null" : string(random.one(of: texts))
    case nil:
      let types: [ColumnType] = [.integer, .fixed, .bool, .string]
      return random.once(in: 6) ? random.one(of: ["1.0", "1.50", "-2.5e-1", "3E2"]) : cell(random.one(of: types))
    }
  }

  private mutating func fixed() -> String {
    let values = [
      "0", "1", "1.5", "1.50", "-0.00", "327.95", "328.00", "328", "15e-1", "1e2", "-0.37", "92233720368547758.07",
      "0.000001",
      "12345678901234567.8", "null",
    ]
    return "[\(random.one(of: values)),\(random.one(of: ["0", "1", "2", "2", "2", "9", "30"]))]"
  }

  // MARK: Mutations

  private mutating func mutated(_ body: [UInt8]) -> [UInt8] {
    guard !body.isEmpty else { return body }
    var body = body
    let place = random.number(0...body.count - 1)
    let range = place..<min(body.count, place + random.number(1...12))
    switch random.number(0...11) {
    case 0: body[place] ^= 1 << UInt8(random.number(0...7))
    case 1: body.removeSubrange(place...)
    case 2: body.removeSubrange(range)
    case 3: body.insert(contentsOf: body[range], at: random.number(0...body.count))
    case 4:
      let other = random.one(of: earlier + [body])
      if !other.isEmpty { body = Array(body[..<place] + other[random.number(0...other.count - 1)...]) }
    case 5, 6, 7, 8: body = tokenMutated(body)
    case 9:
      body.insert(
        random.one(of: Array("\0\t\n \"\\,:[]{}0-.eEn\u{7F}".utf8) + [0x80, 0xC2, 0xD0, 0xED, 0xFF]), at: place)
    case 10: body[place] = random.one(of: Array("0123456789\"[]{},:.-+eE \\utfn".utf8))
    default: body.swapAt(place, random.number(0...body.count - 1))
    }
    return body
  }

  static let tokens: [String] = [
    "null", "true", "false", "0", "1", "-0", "01", "1.", ".5", "1e", "1.0", "-", "+1", "9223372036854775808",
    "18446744073709551616",
    "1e19", "1e-256", "1e400", "NaN", "Infinity", "[]", "{}", "[1]", "[1,2]", "[1,2,3]", "[null,2]", "[null,null]",
    "[1,256]", "[1,1.0]",
    "[[[]]]", "\"\"", "\"\\ud800\"", "\"\\ud83d\\ude00\"", "\"\\udc00\"", "\"\\x\"", "\"\\u12\"", "\"\\u0000\"",
    "\"type\"", "\"data\"",
    "\"columns\"", "\"snapshot\"", "\"removal\"", "\"PRICE\"", "\"TICKER\"", "'x'", "\u{FEFF}", "\u{A0}",
    "{\"a\":1,\"a\":2}",
    String(repeating: "[", count: 60) + String(repeating: "]", count: 60),
    String(repeating: "[", count: 61) + String(repeating: "]", count: 61),
    String(repeating: "[", count: 62) + String(repeating: "]", count: 62),
  ]

  /// Replaces a token by another, or by one of the same body, or doubles or removes it.
  private mutating func tokenMutated(_ body: [UInt8]) -> [UInt8] {
    var tokens: [[UInt8]] = []
    var isText = false
    var current: [UInt8] = []
    for byte in body {
      let isMark = !isText && Array("{}[],:".utf8).contains(byte)
      if isMark {
        tokens += [current, [byte]]
        current = []
        continue
      }
      current.append(byte)
      if byte == 0x22 { isText.toggle() }
    }
    tokens.append(current)
    tokens.removeAll { $0.isEmpty }
    if tokens.isEmpty { return body }
    let place = random.number(0...tokens.count - 1)
    switch random.number(0...4) {
    case 0, 1: tokens[place] = Array(random.one(of: Self.tokens).utf8)
    case 2: tokens[place] = random.one(of: tokens)
    case 3: tokens.insert(tokens[place], at: place)
    default: tokens.remove(at: place)
    }
    return Array(tokens.joined())
  }
}
