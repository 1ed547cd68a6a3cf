import MarketData
import NIOCore
import Testing

@testable import ISSPlus

/// Change sets that hold no rows, for those who only count, or the last ones alone, for those who print lines.
@Suite struct CountedChangesTests {
  /// Random packets, applied to two tables: one whose change sets keep both rows, one whose sets keep these.
  private func compare(
    _ kept: ChangeSet.KeptRows, isKeyed: Bool, seed: UInt64,
    _ check: (_ whole: ChangeSet, _ own: ChangeSet) throws -> Void
  ) throws {
    var generator = SeededGenerator(seed: seed)
    var source = PacketSource(isKeyed: isKeyed, looseRowLimit: 12)
    let decoder = PacketDecoder(schema: source.schema)
    var table = KeyedTable(schema: source.schema, looseRowLimit: 12)
    var own = ChangeSet(schema: source.schema)
    own.keptRows = kept
    var changes = 0
    for _ in 0..<200 {
      let (whole, _) = try source.random(&generator)
      try decoder.decodeMessage(source.body)
      table.apply(decoder, received: whole.received, into: &own)
      #expect(own.map(\.kind) == whole.map(\.kind), "seed \(seed)")
      #expect(table.rows == source.table.rows, "seed \(seed)")
      try check(whole, own)
      changes += whole.count
    }
    #expect(changes > 200, "seed \(seed)")
  }

  /// Once with rows and once without: the changes are as many, of the same kinds in the same order.
  @Test(arguments: [true, false], UInt64(1)...20)
  func countingChangesNothing(isKeyed: Bool, seed: UInt64) throws {
    try compare(.none, isKeyed: isKeyed, seed: seed) { _, own in
      #expect(own.allSatisfy { $0.before == nil && $0.after == nil && $0.changedColumns.isEmpty }, "seed \(seed)")
    }
  }

  /// With the last rows only the lines are the same.
  @Test(arguments: [true, false], UInt64(1)...20)
  func linesNeedTheLastRowsOnly(isKeyed: Bool, seed: UInt64) throws {
    var updates = 0
    try compare(.last, isKeyed: isKeyed, seed: seed) { whole, own in
      #expect(own.map(\.row) == whole.map(\.row), "seed \(seed)")
      for change in own where change.kind == .update {
        #expect(change.before == nil && change.after != nil, "seed \(seed)")
        updates += 1
      }
      let writer = try LineWriter(.csv, schema: whole.schema, lead: .change)
      var (lines, wanted) = (TextBuffer(), TextBuffer())
      #expect(writer.write(own, ticker: "T", to: &lines) == whole.count)
      writer.write(whole, ticker: "T", to: &wanted)
      #expect(lines.bytes == wanted.bytes, "seed \(seed)")
    }
    #expect(updates > 100 || !isKeyed, "seed \(seed)")
  }

  /// With columns of its own a writer needs the row before; without it no change is passed over.
  @Test func withoutTheRowBeforeNoLineIsLeftOut() throws {
    let schema = Schema(columns: [Column("A", .string, key: true), Column("B", .integer), Column("C", .integer)])
    let writer = try LineWriter(.csv, schema: schema, lead: .change, columns: ["C"])
    let insert = ",,,insert,,1\n"
    for (kept, lines) in [(ChangeSet.KeptRows.both, insert), (.last, insert + ",,,update,,1\n")] {
      let decoder = PacketDecoder(schema: schema)
      var table = KeyedTable(schema: schema)
      var set = ChangeSet(schema: schema)
      set.keptRows = kept
      var text = TextBuffer()
      for row in [#"["x",1,1]"#, #"["x",2,1]"#] {
        try decoder.decodeMessage(
          ByteBuffer(string: #"{"properties":{"type":"updates"},"columns":["A","B","C"],"data":[\#(row)]}"#))
        table.apply(decoder, received: nil, into: &set)
        writer.write(set, ticker: "", to: &text)
      }
      #expect(String(decoding: text.bytes, as: UTF8.self) == lines)
    }
  }

  /// A room that was counted in is filled again: two tables of one destination, one of which nobody wants the rows of.
  @Test func tablesOfOneDestinationChooseForThemselves() throws {
    var feed = Feed()
    let counted = feed.subscribe(id: "1", destination: "MXCX.orderbooks", selector: nil)
    _ = feed.subscribe(id: "2", destination: "MXCX.orderbooks", selector: nil)
    feed.keepRows(.none, ofTable: counted)
    var lines: [String] = []
    for id in ["1", "2", "1", "2"] {
      let message = FeedProbe.message(#"[["B",[\#(lines.count),0],1]]"#).replacing(
        "subscription:1", with: "subscription:\(id)")
      try feed.receive(ByteBuffer(string: message), at: nil) { event in
        guard case .changes(let table, let set) = event else { return }
        lines.append("\(table.subscriptionID) " + set.map { "\($0.kind) \($0.row != nil)" }.joined(separator: ","))
      }
    }
    #expect(
      lines == [
        "1 insert false", "2 insert true", "1 remove false,insert false", "2 remove true,insert true",
      ])
  }
}
