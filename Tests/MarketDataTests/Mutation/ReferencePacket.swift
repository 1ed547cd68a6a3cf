#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@testable import MarketData

/// A packet by the rules of tables.md, read off the tree of `ReferenceParser`.
struct ReferencePacket {
  typealias Refusal = ReferenceParser.Refusal

  var kind: String
  var seqnum: String?
  var timestamp: String?
  /// All names of the packet.
  var names: [String]
  /// By row the cells of the names that the schema has, printed with the kind in front.
  var rows: [[String: String]]

  /// Reads a body against columns; `nil` columns are taken from the packet.
  init(_ body: [UInt8], columns: [Column]?) throws {
    let tree = try ReferenceParser.parse(body)
    guard case .object = tree else { throw Refusal() }
    let properties = try Self.only(tree, "properties")
    guard case .object = properties else { throw Refusal() }
    guard case .text(let kind) = try Self.only(properties, "type"), let kind = String(validating: kind, as: UTF8.self),
      ["snapshot", "updates", "removal"].contains(kind)
    else { throw Refusal() }
    self.kind = kind
    seqnum = try Self.integer(properties, "seqnum", least: "0", most: "18446744073709551615")
    timestamp = try Self.integer(
      properties, "timestamp", least: "-9223372036854775808", most: "9223372036854775807")
    _ = try Self.integer(properties, "published", least: "-9223372036854775808", most: "9223372036854775807")
    guard case .array(let names) = try Self.only(tree, "columns"), case .array(let rows) = try Self.only(tree, "data")
    else { throw Refusal() }
    let texts = try names.map { name -> [UInt8] in
      guard case .text(let bytes) = name else { throw Refusal() }
      return bytes
    }
    if Set(texts).count != texts.count { throw Refusal() }
    self.names = texts.map { String(decoding: $0, as: UTF8.self) }
    let columns = columns ?? self.names.map { Column($0) }
    let keys = Self.keys(columns)
    if !keys.allSatisfy({ texts.contains(Array($0.utf8)) }) { throw Refusal() }
    self.rows = []
    for row in rows {
      guard case .array(let cells) = row, cells.count == names.count else { throw Refusal() }
      var read: [String: String] = [:]
      for (name, cell) in zip(self.names, cells) {
        guard let column = columns.first(where: { $0.name.utf8.elementsEqual(name.utf8) }) else { continue }
        read[name] = try Self.cell(cell, column.type)
      }
      if keys.contains(where: { read[$0] == "null" }) { throw Refusal() }
      self.rows.append(read)
    }
  }

  static func keys(_ columns: [Column]) -> [String] {
    let primary = columns.filter(\.isKey).map(\.name)
    if !primary.isEmpty { return primary }
    let names = columns.map(\.name)
    return names.contains("BUYSELL") && names.contains("PRICE") ? ["BUYSELL", "PRICE"] : []
  }

  private static func only(_ object: ReferenceJSON, _ name: String) throws -> ReferenceJSON {
    let members = object.members(name)
    guard members.count == 1 else { throw Refusal() }
    return members[0]
  }

  private static func integer(_ object: ReferenceJSON, _ name: String, least: String, most: String) throws -> String? {
    let members = object.members(name)
    guard let member = members.first else { return nil }
    if members.count > 1 { throw Refusal() }
    if case .null = member { return nil }
    guard case .number(let literal) = member, let printed = plain(literal) else { throw Refusal() }
    let value = BigNumber(literal: literal)
    if value < BigNumber(literal: least) || BigNumber(literal: most) < value { throw Refusal() }
    return printed
  }

  /// An integer literal as it prints; nil with fraction or exponent.
  private static func plain(_ literal: String) -> String? {
    if literal.contains(where: { ".eE".contains($0) }) { return nil }
    return literal == "-0" ? "0" : literal
  }

  private static func cell(_ cell: ReferenceJSON, _ type: ColumnType?) throws -> String {
    if case .null = cell { return "null" }
    switch (type, cell) {
    case (.string, .text(let text)), (.enumeration, .text(let text)), (.date, .text(let text)),
      (.time, .text(let text)),
      (.datetime, .text(let text)), (nil, .text(let text)):
      return "text " + String(decoding: text, as: UTF8.self)
    case (.integer, .number(let literal)):
      guard let printed = plain(literal), BigNumber(literal: literal).fits else { throw Refusal() }
      return "integer " + printed
    case (nil, .number(let literal)):
      let value = BigNumber(literal: literal)
      guard value.fits else { throw Refusal() }
      return plain(literal).map { "integer " + $0 } ?? "decimal " + value.printed()
    case (.fixed, .array(let parts)), (nil, .array(let parts)): return try fixed(parts)
    case (.bool, .bool(let value)), (nil, .bool(let value)): return "bool \(value)"
    case (.bool, .number("1")): return "bool true"
    case (.bool, .number("0")), (.bool, .number("-0")): return "bool false"
    case (.float, .number(let literal)):
      let value = strtod(literal, nil)
      guard value.isFinite else { throw Refusal() }
      return "float " + ReferenceFloat.printed(value)
    default: throw Refusal()
    }
  }

  private static func fixed(_ parts: [ReferenceJSON]) throws -> String {
    guard parts.count == 2, case .number(let text) = parts[1], let decimals = plain(text).flatMap({ UInt8($0) }) else {
      throw Refusal()
    }
    if case .null = parts[0] { return "null" }
    guard case .number(let literal) = parts[0] else { throw Refusal() }
    let value = BigNumber(literal: literal)
    guard value.fits else { throw Refusal() }
    return "decimal " + value.printed(decimals: Int(decimals))
  }
}

/// Doubles by C's conversions: the fewest digits of `%e` that `strtod` reads back.
enum ReferenceFloat {
  static func printed(_ value: Double) -> String {
    if value == 0 { return "0" }
    for precision in 0..<17 {
      let text = formatted(value.magnitude, precision)
      if strtod(text, nil) == value.magnitude { return (value < 0 ? "-" : "") + placed(text) }
    }
    return "?"
  }

  private static func formatted(_ value: Double, _ precision: Int) -> String {
    var buffer = [CChar](repeating: 0, count: 64)
    _ = withVaList([Int32(precision), value]) { vsnprintf(&buffer, buffer.count, "%.*e", $0) }
    return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private static func placed(_ text: String) -> String {
    let parts = text.split(separator: "e")
    var digits = parts[0].filter { $0 != "." }
    while digits.last == "0" { digits.removeLast() }
    let exponent = Int(parts[1]) ?? 0
    if exponent < -6 || exponent > 15 {
      let fraction = digits.dropFirst()
      return "\(digits.prefix(1))\(fraction.isEmpty ? "" : ".")\(fraction)e\(parts[1])"
    }
    if exponent < 0 { return "0." + String(repeating: "0", count: -exponent - 1) + digits }
    let whole = digits.prefix(exponent + 1)
    let fraction = digits.dropFirst(exponent + 1)
    return whole + String(repeating: "0", count: exponent + 1 - whole.count) + (fraction.isEmpty ? "" : "." + fraction)
  }
}

/// A table by plain dictionaries and arrays.
struct ReferenceTable {
  let columns: [Column]
  private let keys: [Int]
  private var order: [[String]] = []
  private var byKey: [[String]: [String]] = [:]
  private var loose: [[String]] = []

  init(_ columns: [Column]) {
    self.columns = columns
    let names = ReferencePacket.keys(columns)
    keys = names.compactMap { name in columns.firstIndex { $0.name == name } }
  }

  var rows: [[String]] { keys.isEmpty ? loose : order.compactMap { byKey[$0] } }

  private func row(_ cells: [String: String], over old: [String]?) -> [String] {
    columns.enumerated().map { place, column in cells[column.name] ?? old?[place] ?? "null" }
  }

  private func key(_ cells: [String: String]) -> [String] {
    ChangeReader.key(row(cells, over: nil), places: keys)
  }

  mutating func apply(_ packet: ReferencePacket) {
    if keys.isEmpty {
      if packet.kind == "snapshot" { loose = [] }
      if packet.kind != "removal" { loose += packet.rows.map { row($0, over: nil) } }
      return
    }
    if packet.kind == "snapshot" {
      order = []
      byKey = [:]
    }
    for cells in packet.rows {
      let key = key(cells)
      if packet.kind == "removal" {
        if byKey.removeValue(forKey: key) != nil { order.removeAll { $0 == key } }
        continue
      }
      let old = byKey[key]
      if old == nil { order.append(key) }
      byKey[key] = row(cells, over: packet.kind == "snapshot" ? nil : old)
    }
  }
}
