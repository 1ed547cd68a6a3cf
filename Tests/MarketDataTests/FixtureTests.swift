import NIOCore
import Testing

@testable import MarketData

/// `Fixtures/packets` and `Fixtures/refused`: two new files are a new test.
@Suite struct FixtureTests {
  static let packets = Files.root + "/Fixtures/packets"
  static let refused = Files.root + "/Fixtures/refused"
  static let packetNames = Files.names(in: packets, ending: ".packets")
  static let refusedNames = Files.names(in: refused, ending: ".packets")

  @Test func foldersHoldCases() {
    #expect(Self.packetNames.count >= 30)
    #expect(Self.refusedNames.count >= 30)
    // Nothing lies there that no case reads.
    let csv = Set(Files.names(in: Self.packets, ending: ".csv"))
    #expect(csv.isSubset(of: Self.packetNames + Self.packetNames.map { $0 + ".table" }))
    #expect(Files.names(in: Self.refused, ending: ".error") == Self.refusedNames)
  }

  @Test(arguments: packetNames) func printsChanges(name: String) throws {
    let fixture = try PacketFixture("\(Self.packets)/\(name).packets")
    let expected = try #require(Files.text(of: "\(Self.packets)/\(name).csv"), "\(name).csv is missing")
    var session = fixture.session()
    var text = TextBuffer()
    for body in fixture.bodies { try session.apply(body, changes: &text) }
    #expect(text.string == expected)
    if let table = Files.text(of: "\(Self.packets)/\(name).table.csv") { #expect(try session.tableText() == table) }
  }

  @Test(arguments: refusedNames) func refuses(name: String) throws {
    let fixture = try PacketFixture("\(Self.refused)/\(name).packets")
    let expected = try #require(Files.text(of: "\(Self.refused)/\(name).error"), "\(name).error is missing")
    var session = fixture.session()
    var text = TextBuffer()
    for body in fixture.bodies.dropLast() { try session.apply(body, changes: &text) }
    let before = try session.tableText()
    let bad = try #require(fixture.bodies.last)
    var error: PacketError?
    do throws(PacketError) { try session.decode(bad) } catch let refusal { error = refusal }
    #expect(error.map { "\($0.code)\n\($0)\n" } == expected)
    #expect(session.rowsThatAnotherApplyWouldChange() == 0)
    #expect(try session.tableText() == before)
    // The packets before it are as good as they were.
    for body in fixture.bodies.dropLast() { try session.apply(body, changes: &text) }
  }
}

/// Directives, an empty line, bodies between lines of three dashes.
private struct PacketFixture {
  var schema: Schema?
  var printed: [String]?
  var looseRowLimit = 100_000
  var isReply = false
  var bodies: [[UInt8]] = []

  init(_ path: String) throws {
    let bytes = try #require(Files.bytes(of: path))
    var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
    while let line = lines.first, !line.isEmpty {
      lines.removeFirst()
      try read(directive: String(decoding: line, as: UTF8.self), path)
    }
    // The last line feed ends the last body's line and is no part of it.
    if lines.last?.isEmpty == true { lines.removeLast() }
    let parts = lines.dropFirst().split(separator: Array("---".utf8)[...], omittingEmptySubsequences: false)
    bodies = parts.map { Array($0.joined(separator: [0x0A])) }
  }

  private mutating func read(directive: String, _ path: String) throws {
    if directive.hasPrefix("#") { return }
    let mark = try #require(directive.firstIndex(of: ":"), "\(path): \(directive)")
    let value = directive[directive.index(after: mark)...].drop { $0 == " " }
    switch directive[..<mark] {
    case "destination" where value == "unknown": schema = nil
    case "destination": schema = Schema(try #require(Catalogue.builtIn[String(value)], "\(path): \(value)"))
    case "columns":
      schema = Schema(
        columns: try value.split(separator: ",").map { part in
          let words = part.split(separator: " ")
          let type = words.dropFirst().first.map(String.init)
          if let type, type != "key" { try #require(ColumnType(rawValue: type) != nil, "\(path): \(type)") }
          return Column(String(words[0]), type.flatMap(ColumnType.init), key: words.last == "key")
        })
    case "columns-printed": printed = value.split(separator: ",").map(String.init)
    case "loose-row-limit": looseRowLimit = try #require(Int(value))
    case "body" where value == "reply": isReply = true
    default: Issue.record("\(path): unknown directive \(directive)")
    }
  }

  func session() -> Session {
    Session(decoder: PacketDecoder(schema: schema), fixture: self)
  }

  struct Session {
    let decoder: PacketDecoder
    let fixture: PacketFixture
    var table: KeyedTable?
    var hasHeader = false

    func decode(_ body: [UInt8]) throws(PacketError) {
      let buffer = ByteBuffer(bytes: body)
      if fixture.isReply { try decoder.decodeReply(buffer) } else { try decoder.decodeMessage(buffer) }
    }

    mutating func apply(_ body: [UInt8], changes text: inout TextBuffer) throws {
      try decode(body)
      let schema = try #require(decoder.schema)
      var current = table ?? KeyedTable(schema: schema, looseRowLimit: fixture.looseRowLimit)
      let changes = current.apply(decoder)
      table = current
      let writer = try LineWriter(.csv, schema: schema, lead: .change, columns: fixture.printed)
      if !hasHeader { writer.writeHeader(to: &text) }
      hasHeader = true
      writer.write(changes, ticker: "", to: &text)
    }

    mutating func rowsThatAnotherApplyWouldChange() -> Int { table?.apply(decoder).count ?? 0 }

    func tableText() throws -> String {
      guard let table else { return "" }
      var text = TextBuffer()
      let writer = try LineWriter(.csv, schema: table.schema, lead: .none, columns: fixture.printed)
      writer.writeHeader(to: &text)
      writer.write(table, ticker: "", to: &text)
      return text.string
    }
  }
}
