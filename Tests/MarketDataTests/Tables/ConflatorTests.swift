import NIOCore
import Testing

@testable import MarketData

/// Change sets merged while their reader is away (tables.md, Change sets).
@Suite struct ConflatorTests {
  /// What comes out of these packets after a first snapshot that the reader has seen.
  private func merged(
    _ columns: String, seen: String, _ bodies: [String], looseRowLimit: Int = 100_000
  ) throws -> [String] {
    var feed = Feed(columns, looseRowLimit: looseRowLimit)
    _ = try feed.apply(seen)
    var conflator = Conflator(schema: feed.table.schema, looseRowLimit: looseRowLimit)
    for body in bodies { conflator.merge(try feed.changes(body)) }
    return csv(try taken(&conflator))
  }

  private func taken(_ conflator: inout Conflator) throws -> ChangeSet {
    let set = conflator.take()
    return try #require(set)
  }

  private let seen = packet("snapshot", "K,V", "[\"a\",1]")

  private func set(_ key: String, _ value: Int) -> String { packet("updates", "K,V", "[\"\(key)\",\(value)]") }
  private func remove(_ key: String) -> String { packet("removal", "K", "[\"\(key)\"]") }

  @Test func allPairs() throws {
    func pair(_ bodies: String...) throws -> [String] { try merged("K string key,V integer", seen: seen, bodies) }
    #expect(try pair(set("n", 1)) == ["+n,1"])
    #expect(try pair(set("n", 1), set("n", 2)) == ["+n,2"])
    #expect(try pair(set("n", 1), remove("n")) == [])
    #expect(try pair(set("n", 1), remove("n"), set("n", 3)) == ["+n,3"])
    #expect(try pair(set("a", 2)) == ["a,1>a,2"])
    #expect(try pair(set("a", 2), set("a", 3)) == ["a,1>a,3"])
    #expect(try pair(set("a", 2), set("a", 1)) == [])
    #expect(try pair(set("a", 2), remove("a")) == ["-a,1"])
    #expect(try pair(remove("a")) == ["-a,1"])
    #expect(try pair(remove("a"), set("a", 5)) == ["a,1>a,5"])
    #expect(try pair(remove("a"), set("a", 1)) == [])
    #expect(try pair(remove("a"), set("a", 5), remove("a")) == ["-a,1"])
    #expect(try pair(remove("a"), set("a", 5), set("a", 1)) == [])
    #expect(try pair(set("n", 1), remove("a"), set("m", 2), set("n", 4)) == ["-a,1", "+n,4", "+m,2"])
  }

  @Test func keysMeetByValue() throws {
    let seen = packet("snapshot", "P,V", "[[1.5,2],1]")
    func pair(_ bodies: String...) throws -> [String] { try merged("P fixed key,V integer", seen: seen, bodies) }
    #expect(try pair(packet("updates", "P,V", "[[1.5,0],1]")) == ["1.50,1>1.5,1"])
    #expect(try pair(packet("updates", "P,V", "[[1.5,0],1]"), packet("updates", "P,V", "[[1.5,2],1]")) == [])
    #expect(
      try pair(packet("removal", "P", "[[1.500,0]]"), packet("updates", "P,V", "[[15e-1,3],7]")) == ["1.50,1>1.500,7"])
    #expect(try pair(packet("updates", "P,V", "[[2,2],1]"), packet("removal", "P", "[[2.0,0]]")) == [])
  }

  @Test func rowsWithoutAKeyMeetTheirEquals() throws {
    let seen = packet("snapshot", "A", "[\"x\"],[\"x\"],[\"y\"]")
    func pair(_ bodies: String...) throws -> [String] { try merged("A string", seen: seen, bodies) }
    #expect(try pair(packet("updates", "A", "[\"z\"],[\"z\"]")) == ["+z", "+z"])
    #expect(try pair(packet("snapshot", "A", "[\"x\"]"), packet("updates", "A", "[\"x\"],[\"y\"]")) == [])
    #expect(
      try pair(packet("updates", "A", "[\"z\"],[\"z\"]"), packet("snapshot", "A", "[\"z\"]")) == [
        "-x", "-x", "-y", "+z",
      ])
    #expect(try pair(packet("snapshot", "A", ""), packet("snapshot", "A", "[\"y\"],[\"x\"],[\"x\"]")) == [])
  }

  @Test func waitingInsertsAreKeptUpToTheLimit() throws {
    var feed = Feed("A integer", looseRowLimit: 3)
    var conflator = Conflator(schema: feed.table.schema, looseRowLimit: 3)
    for number in 0..<5 { conflator.merge(try feed.changes(packet("updates", "A", "[\(number)]"))) }
    #expect(conflator.evictedRows == 2)
    #expect(conflator.mergedSets == 5)
    let first = csv(try taken(&conflator))
    #expect(first == ["+2", "+3", "+4"])
    for number in 5..<200 { conflator.merge(try feed.changes(packet("updates", "A", "[\(number)]"))) }
    let second = csv(try taken(&conflator))
    #expect(second == ["+197", "+198", "+199"])
    #expect(conflator.evictedRows == 194)
  }

  /// Each row used to be compared with all equal ones that wait, which took some fifty times as long.
  @Test func manyEqualRowsCostNoMoreThanOthers() throws {
    var feed = Feed("A integer,T string", looseRowLimit: 30_000)
    var conflator = Conflator(schema: feed.table.schema, looseRowLimit: 30_000)
    let rows = Array(repeating: "[1,\"a text that is longer than a cell\"]", count: 1000).joined(separator: ",")
    for _ in 0..<40 { conflator.merge(try feed.changes(packet("updates", "A,T", rows))) }
    #expect(conflator.evictedRows == 10_000 && feed.table.count == 30_000)
    // All but one leave again: their inserts come to nothing.
    conflator.merge(try feed.changes(packet("snapshot", "A,T", "[1,\"a text that is longer than a cell\"]")))
    let lines = csv(try taken(&conflator))
    #expect(lines == ["+1,a text that is longer than a cell"])
  }

  @Test func theOldestOfEqualRowsLeavesFirst() throws {
    var feed = Feed("A integer", looseRowLimit: 4)
    var conflator = Conflator(schema: feed.table.schema, looseRowLimit: 4)
    for number in [1, 2, 1, 3, 1, 4] { conflator.merge(try feed.changes(packet("updates", "A", "[\(number)]"))) }
    #expect(conflator.evictedRows == 2)
    let lines = csv(try taken(&conflator))
    #expect(lines == ["+1", "+3", "+1", "+4"])
  }

  @Test func theLastPacketGivesNumberAndTime() throws {
    var feed = Feed("K string key,V integer")
    var conflator = Conflator(schema: feed.table.schema)
    #expect(conflator.isEmpty)
    let nothing = conflator.take()
    #expect(nothing.map(csv) == nil)
    for number in 1...3 {
      let body = packet("updates", "K,V", "[\"a\",1]", properties: ",\"seqnum\":\(number),\"timestamp\":\(number * 10)")
      try feed.decoder.decodeMessage(ByteBuffer(string: body))
      conflator.merge(feed.table.apply(feed.decoder, received: Int64(number)))
    }
    #expect(!conflator.isEmpty && conflator.mergedSets == 3)
    let set = try taken(&conflator)
    #expect(set.properties == PacketProperties(kind: .updates, seqnum: 3, timestamp: 30))
    #expect(set.received == 3 && csv(set) == ["+a,1"])
    let again = conflator.take()
    #expect(conflator.isEmpty && again.map(csv) == nil)
    // A packet without a change is a change set too.
    conflator.merge(try feed.changes(packet("updates", "K,V", "[\"a\",1]", properties: ",\"seqnum\":4")))
    let empty = try taken(&conflator)
    #expect(empty.isEmpty && empty.properties.seqnum == 4)
  }

  @Test func memoryIsBoundedByTheRows() throws {
    // Levels that come and go while the reader is away, as in any book.
    let text = "\"a text that is longer than a cell\""
    let full = packet("snapshot", "K,T", (0..<20).map { "[\($0),\(text)]" }.joined(separator: ","))
    let half = packet("snapshot", "K,T", (0..<10).map { "[\($0),\(text)]" }.joined(separator: ","))
    for isSeen in [true, false] {
      var feed = Feed("K integer key,T string")
      let first = try feed.changes(full)
      var conflator = Conflator(schema: feed.table.schema)
      if !isSeen { conflator.merge(first) }
      for _ in 0..<200 {
        conflator.merge(try feed.changes(half))
        conflator.merge(try feed.changes(full))
      }
      #expect(conflator.heldRows <= 20 * 4 + 64, "\(isSeen)")
      #expect(conflator.heldText <= 20_000, "\(isSeen)")
      let lines = csv(try taken(&conflator))
      #expect(Set(lines) == Set(isSeen ? [] : feed.lines.map { "+" + $0 }))
    }
    var feed = Feed("A integer,T string")
    var conflator = Conflator(schema: feed.table.schema)
    for round in 0..<400 {
      conflator.merge(try feed.changes(packet("snapshot", "A,T", "[\(round),\(text)],[1,\(text)]")))
    }
    #expect(conflator.heldRows <= 100)
    #expect(conflator.heldText <= 20_000)
    let lines = csv(try taken(&conflator))
    #expect(Set(lines) == Set(feed.lines.map { "+" + $0 }))
  }

  @Test(arguments: 1...60 as ClosedRange<UInt64>) func whatIsBuiltFromMergedSetsEqualsTheTable(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let isKeyed = seed % 3 != 0
    var feed = Feed(isKeyed ? "P fixed key,T string,V" : "P fixed,T string,V")
    var conflator = Conflator(schema: feed.table.schema)
    var reader = ChangeReader(feed.table.schema)
    var bodies: [String] = []
    for _ in 0..<80 {
      let kind = generator.one(of: ["snapshot", "updates", "updates", "updates", "removal", "removal"])
      let rows = (0..<generator.number(0...6)).map { _ in
        let price = generator.one(of: ["1", "1.0", "1.00", "2", "2.5", "25e-1", "3", "-0.0", "0", "7"])
        let text = generator.one(of: [
          "null", "\"x\"", "\"\"", "\"a text that is longer than a cell\"", "\"another \\u0041 text of that kind\"",
        ])
        return "[[\(price),\(generator.number(0...2))],\(text),\(generator.one(of: ["1", "true", "\"1\"", "null"]))]"
      }
      bodies.append(packet(kind, "P,T,V", rows.joined(separator: ",")))
      conflator.merge(try feed.changes(bodies[bodies.count - 1]))
      if generator.once(in: 6), let set = conflator.take() {
        reader.apply(set, "seed \(seed)")
        #expect(reader.holds(feed.table), "seed \(seed) after \(bodies.count)")
      }
    }
    if let set = conflator.take() { reader.apply(set, "seed \(seed)") }
    #expect(reader.holds(feed.table), "seed \(seed)")
  }
}
