#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif
import NIOCore
import Testing

@testable import MarketData

/// Decoder, tables, conflation and books against slow models, on generated and broken packets.
///
/// `ISSPLUS_MUTATIONS` says how many packets (`.ci/mutate` runs many), `ISSPLUS_SEED` where the seeds begin.
@Suite struct MutationTests {
  static let packetsPerRun = 15
  static let packetCount = environment("ISSPLUS_MUTATIONS") ?? 1500
  static let firstSeed = UInt64(environment("ISSPLUS_SEED") ?? 1)

  static func environment(_ name: String) -> Int? { getenv(name).flatMap { Int(String(cString: $0)) } }

  @Test(arguments: 0..<6) func agreesWithTheModels(part: Int) throws {
    var accepted = 0
    var refused = 0
    let runs = max(1, Self.packetCount / Self.packetsPerRun / 6)
    for run in 0..<runs {
      let seed = Self.firstSeed + UInt64(run * 6 + part)
      var session = DifferentialSession(seed: seed)
      for _ in 0..<Self.packetsPerRun { try session.step() }
      session.finish()
      accepted += session.accepted
      refused += session.refused
    }
    // Both sides of the border are well visited.
    let all = accepted + refused
    #expect(accepted > all / 4 && refused > all / 6, "\(accepted) accepted, \(refused) refused")
  }
}

/// A decoder and its table beside their models.
struct DifferentialSession {
  private let seed: UInt64
  private var generator: PacketGenerator
  private let decoder: PacketDecoder
  private var table: KeyedTable?
  private var model: ReferenceTable?
  private var reader: ChangeReader?
  private var conflator: Conflator?
  private var lateReader: ChangeReader?
  private var book = OrderBook()
  private(set) var accepted = 0
  private(set) var refused = 0

  init(seed: UInt64) {
    self.seed = seed
    generator = PacketGenerator(seed: seed)
    decoder = PacketDecoder(schema: generator.isDeclared ? Schema(columns: generator.columns) : nil)
  }

  private func note(_ body: [UInt8]) -> String { "seed \(seed): \(String(decoding: body, as: UTF8.self))" }

  mutating func step() throws {
    let body = generator.next()
    let expected = try? ReferencePacket(body, columns: decoder.schema?.columns)
    var buffer = ByteBuffer(bytes: body)
    // With padding behind it now and then, as frames have it.
    if generator.random.once(in: 2) {
      buffer.writeBytes([0] + Array(repeating: generator.random.one(of: Array("\"09]},\0".utf8)), count: 40))
      buffer.moveWriterIndex(to: body.count)
    }
    do throws(PacketError) {
      try decoder.decodeMessage(buffer)
    } catch {
      refused += 1
      #expect(expected == nil, "refused with \(error): \(note(body))")
      #expect(error.offset >= 0 && error.offset <= body.count, "\(error): \(note(body))")
      if let table { #expect(rows(table) == model?.rows, "\(note(body))") }
      return
    }
    accepted += 1
    guard let expected else {
      Issue.record("accepted: \(note(body))")
      return
    }
    let schema = try #require(decoder.schema)
    #expect(decoder.properties.kind?.rawValue == expected.kind, "\(note(body))")
    #expect(decoder.properties.seqnum.map(String.init) == expected.seqnum, "\(note(body))")
    #expect(decoder.properties.timestamp.map(String.init) == expected.timestamp, "\(note(body))")
    #expect(decoder.columnNames == expected.names && decoder.rowCount == expected.rows.count, "\(note(body))")
    apply(expected, schema, body)
  }

  private mutating func apply(_ expected: ReferencePacket, _ schema: Schema, _ body: [UInt8]) {
    var table = self.table ?? KeyedTable(schema: schema)
    var model = self.model ?? ReferenceTable(schema.columns)
    var reader = self.reader ?? ChangeReader(schema)
    var conflator = self.conflator ?? Conflator(schema: schema)
    var lateReader = self.lateReader ?? ChangeReader(schema)
    let changes = table.apply(decoder)
    model.apply(expected)
    reader.apply(changes, note(body))
    conflator.merge(changes)
    book.apply(changes)
    #expect(rows(table) == model.rows, "\(note(body))")
    #expect(reader.holds(table), "\(note(body))")
    if generator.random.once(in: 4), let merged = conflator.take() {
      lateReader.apply(merged, note(body))
      #expect(lateReader.holds(table), "\(note(body))")
    }
    let whole = OrderBook(table)
    #expect(book.bids.elementsEqual(whole.bids) && book.asks.elementsEqual(whole.asks), "\(note(body))")
    self.table = table
    self.model = model
    self.reader = reader
    self.conflator = conflator
    self.lateReader = lateReader
  }

  mutating func finish() {
    guard let table, var lateReader else { return }
    if let merged = conflator?.take() { lateReader.apply(merged, "seed \(seed)") }
    #expect(lateReader.holds(table), "seed \(seed)")
  }

  private func rows(_ table: KeyedTable) -> [[String]] { table.rows.map(ChangeReader.cells) }
}
