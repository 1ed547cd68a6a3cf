import NIOCore
import Testing

@testable import MarketData

/// Tables with a key (tables.md, Keys and Tables).
@Suite struct KeyedTableTests {
  private let columns = "K string key,P fixed key,V integer,T string"

  @Test func aSnapshotReplacesAllAndBringsItsOrder() throws {
    var feed = Feed("K string key,V integer")
    #expect(try feed.apply(packet("snapshot", "K,V", "[\"a\",1],[\"b\",2],[\"c\",3]")) == ["+a,1", "+b,2", "+c,3"])
    // Removals first, in the table's order, then the rest in packet order.
    #expect(
      try feed.apply(packet("snapshot", "K,V", "[\"d\",4],[\"b\",5],[\"e\",6]"))
        == ["-a,1", "-c,3", "+d,4", "b,2>b,5", "+e,6"])
    #expect(feed.lines == ["d,4", "b,5", "e,6"])
    #expect(try feed.apply(packet("snapshot", "K,V", "[\"e\",6],[\"b\",5],[\"d\",4]")) == [])
    #expect(feed.lines == ["e,6", "b,5", "d,4"])
    #expect(try feed.apply(packet("snapshot", "K", "[\"b\"]")) == ["-e,6", "-d,4", "b,5>b,-"])
    #expect(try feed.apply(packet("snapshot", "K,V", "")) == ["-b,-"])
    #expect(try feed.apply(packet("snapshot", "K,V", "")) == [])
    #expect(feed.table.count == 0 && feed.lines == [])
  }

  /// Cells are compared four at a time, and the first 64 rows that differ are noted: none is missed beyond either, nor a
  /// long text, nor a key that comes late.
  @Test(arguments: [1, 3, 4, 5, 63, 64, 65, 66, 130, 200], [1, 2, 3])
  func aSnapshotOfTheSameKeysChangesWhatDiffers(rows: Int, step: Int) throws {
    func body(_ value: (Int) -> Int, last: String = "", text: (Int) -> String = { _ in "a text longer than a cell" })
      -> String
    {
      let data = (0..<rows).map { row in
        "[\"\(row == rows - 1 && !last.isEmpty ? last : "k\(row)")\",\(value(row)),7,\"\(text(row))\",[1.5,2]]"
      }
      return packet("snapshot", "K,V,W,T,P", data.joined(separator: ","))
    }
    var feed = Feed("K string key,V integer,W integer,T string,P fixed")
    _ = try feed.apply(body { $0 })
    func line(_ row: Int, _ value: Int, _ text: String = "a text longer than a cell") -> String {
      "k\(row),\(value),7,\(text),1.50"
    }
    let changed = (0..<rows).filter { $0 % step == 0 }
    #expect(
      try feed.apply(body { $0 % step == 0 ? $0 + 1000 : $0 })
        == changed.map { line($0, $0) + ">" + line($0, $0 + 1000) })
    #expect(try feed.apply(body { $0 }) == changed.map { line($0, $0 + 1000) + ">" + line($0, $0) })
    let other = "another text longer than that"
    #expect(
      try feed.apply(body({ $0 }, text: { $0 % step == 0 ? other : "a text longer than a cell" }))
        == changed.map { line($0, $0) + ">" + line($0, $0, other) })
    #expect(feed.lines == (0..<rows).map { line($0, $0, $0 % step == 0 ? other : "a text longer than a cell") })
    // All rows differ and the last has another key: it goes, it comes, the others change.
    let (old, new) = (rows - 1, "x,\(rows - 1 + 5),7,\(other),1.50")
    #expect(
      try feed.apply(body({ $0 + 5 }, last: "x", text: { _ in other }))
        == ["-" + line(old, old, old % step == 0 ? other : "a text longer than a cell")]
        + (0..<old).map {
          line($0, $0, $0 % step == 0 ? other : "a text longer than a cell") + ">" + line($0, $0 + 5, other)
        }
        + ["+" + new])
    #expect(feed.lines == (0..<old).map { line($0, $0 + 5, other) } + [new])
  }

  @Test func ofAKeyTwiceTheLastWinsAtThePlaceOfTheFirst() throws {
    var feed = Feed("K string key,V integer,T string")
    let body = packet("snapshot", "K,V", "[\"a\",1],[\"b\",2],[\"a\",3],[\"c\",4],[\"\\u0061\",5]")
    #expect(try feed.apply(body) == ["+a,5,-", "+b,2,-", "+c,4,-"])
    #expect(feed.lines == ["a,5,-", "b,2,-", "c,4,-"])
    #expect(try feed.apply(body) == [])
    // The same number of rows as before, with a key twice.
    #expect(
      try feed.apply(packet("snapshot", "K,V,T", "[\"a\",5,null],[\"b\",2,null],[\"b\",3,\"x\"]")) == [
        "-c,4,-", "b,2,->b,3,x",
      ])
    // In updates it applies twice, in order.
    #expect(
      try feed.apply(packet("updates", "K,V", "[\"n\",1],[\"b\",4],[\"n\",2],[\"b\",3],[\"n\",2]"))
        == ["+n,1,-", "b,3,x>b,4,x", "n,1,->n,2,-", "b,4,x>b,3,x"])
    #expect(try feed.apply(packet("removal", "K", "[\"n\"],[\"n\"]")) == ["-n,2,-"])
    #expect(feed.table.ignoredRemovals == 1)
  }

  @Test func updatesSetWhatTheyHave() throws {
    var feed = Feed("K string key,V integer,T string")
    // Before the first snapshot too.
    #expect(try feed.apply(packet("updates", "V,K", "[1,\"a\"]")) == ["+a,1,-"])
    #expect(
      try feed.apply(packet("updates", "K,T", "[\"a\",\"a text longer than a cell\"]")) == [
        "a,1,->a,1,a text longer than a cell"
      ])
    #expect(try feed.apply(packet("updates", "K,V", "[\"a\",1]")) == [])
    #expect(
      try feed.apply(packet("updates", "K,V", "[\"a\",null],[\"b\",null]")) == [
        "a,1,a text longer than a cell>a,-,a text longer than a cell", "+b,-,-",
      ])
    #expect(
      try feed.apply(packet("updates", "T,K", "[\"\",\"a\"],[null,\"b\"]")) == ["a,-,a text longer than a cell>a,-,"])
    #expect(try feed.apply(packet("updates", "T,K", "[null,\"a\"]")) == ["a,-,>a,-,-"])
    #expect(try feed.apply(packet("updates", "K", "[\"a\"],[\"c\"]")) == ["+c,-,-"])
    #expect(feed.lines == ["a,-,-", "b,-,-", "c,-,-"])
  }

  @Test func removalsTakeTheKeyAndIgnoreTheRest() throws {
    var feed = Feed("K string key,V integer")
    _ = try feed.apply(packet("snapshot", "K,V", "[\"a\",1],[\"b\",2],[\"c\",3]"))
    #expect(try feed.apply(packet("removal", "V,K,X", "[99,\"b\",null],[null,\"x\",1]")) == ["-b,2"])
    #expect(feed.table.ignoredRemovals == 1)
    #expect(feed.lines == ["a,1", "c,3"])
    #expect(try feed.apply(packet("removal", "K", "[\"b\"]")) == [])
    #expect(feed.table.ignoredRemovals == 2)
    #expect(try feed.apply(packet("updates", "K,V", "[\"b\",7]")) == ["+b,7"])
    #expect(feed.lines == ["a,1", "c,3", "b,7"])
    #expect(try feed.apply(packet("removal", "K", "[\"c\"],[\"a\"],[\"b\"]")) == ["-c,3", "-a,1", "-b,7"])
    #expect(feed.table.count == 0)
  }

  @Test func keysCompareByValue() throws {
    var feed = Feed("P fixed key,V integer")
    #expect(try feed.apply(packet("snapshot", "P,V", "[[1.5,1],1],[[328,0],2]")) == ["+1.5,1", "+328,2"])
    // Another printed form of a key is a change of its row, not another row.
    #expect(try feed.apply(packet("updates", "P,V", "[[1.50,2],1]")) == ["1.5,1>1.50,1"])
    #expect(
      try feed.apply(packet("updates", "P,V", "[[15e-1,0],9],[[328.00,2],2]")) == ["1.50,1>1.5,9", "328,2>328.00,2"])
    #expect(try feed.apply(packet("snapshot", "P,V", "[[1.500,1],9],[[3.28e2,2],2]")) == ["1.5,9>1.500,9"])
    #expect(
      try feed.apply(packet("snapshot", "P,V", "[[328.0,0],2],[[1.5,0],9],[[-1.5,0],9]")) == [
        "328.00,2>328.0,2", "1.500,9>1.5,9", "+-1.5,9",
      ])
    #expect(try feed.apply(packet("removal", "P", "[[-1.500,9]]")) == ["--1.5,9"])
    #expect(try feed.apply(packet("updates", "P,V", "[[0,0],0],[[-0.00,2],1]")) == ["+0,0", "0,0>0.00,1"])
    var texts = Feed("K string key,V integer")
    #expect(
      try texts.apply(packet("updates", "K,V", "[\"Ж\",1],[\"\\u0416\",2],[\"ж\",3],[\"\",4]")) == [
        "+Ж,1", "Ж,1>Ж,2", "+ж,3", "+,4",
      ])
    // Canonically equal texts are different ones.
    #expect(try texts.apply(packet("updates", "K,V", "[\"\\u00e9\",1],[\"e\\u0301\",1]")).count == 2)
    let long = "a key that is longer than fourteen bytes"
    #expect(
      try texts.apply(packet("updates", "K,V", "[\"\(long)\",1],[\"\\u0061\(long.dropFirst())\",2]")) == [
        "+\(long),1", "\(long),1>\(long),2",
      ])
    #expect(
      try texts.apply(packet("removal", "K", "[\"\\u0061 key that is longer than fourteen byteS\"],[\"\(long)\"]")) == [
        "-\(long),2"
      ])
    var untyped = Feed("K key,V")
    #expect(
      try untyped.apply(packet("updates", "K,V", "[1,0],[1.0,0],[[1,3],0],[\"1\",0],[true,0]")) == [
        "+1,0", "1,0>1.0,0", "1.0,0>1.000,0", "+1,0", "+true,0",
      ])
  }

  @Test func withoutPrimaryColumnsSideAndPriceAreTheKey() throws {
    var feed = Feed("BUYSELL enum,PRICE fixed,QUANTITY integer")
    #expect(
      try feed.apply(
        packet("snapshot", "BUYSELL,PRICE,QUANTITY", "[\"B\",[1,2],5],[\"S\",[1,2],6],[\"B\",[1.000,0],7]")) == [
          "+B,1.000,7", "+S,1.00,6",
        ])
    #expect(try feed.apply(packet("removal", "PRICE,BUYSELL", "[[1,0],\"S\"]")) == ["-S,1.00,6"])
  }

  @Test func everyPrintedDifferenceIsAChange() throws {
    var feed = Feed("K integer key,F fixed,D float,B bool,S string,U")
    _ = try feed.apply(packet("snapshot", "K,F,D,B,S,U", "[1,[1.5,2],1.5,true,\"x\",1]"))
    #expect(try feed.apply(packet("updates", "K,F", "[1,[1.50,0]]")) == [])
    #expect(try feed.apply(packet("updates", "K,F", "[1,[1.5,3]]")) == ["1,1.50,1.5,true,x,1>1,1.500,1.5,true,x,1"])
    #expect(try feed.apply(packet("updates", "K,D,B", "[1,15e-1,1]")) == [])
    #expect(try feed.apply(packet("updates", "K,B", "[1,0]")) == ["1,1.500,1.5,true,x,1>1,1.500,1.5,false,x,1"])
    #expect(try feed.apply(packet("updates", "K,U", "[1,\"1\"]")).count == 1)
    #expect(try feed.apply(packet("updates", "K,S", "[1,\"\\u0078\"]")) == [])
  }

  @Test func applyingTwiceLeavesTheSameRows() throws {
    for kind in ["snapshot", "updates", "removal"] {
      var once = Feed("K string key,V integer")
      _ = try once.apply(packet("snapshot", "K,V", "[\"a\",1],[\"b\",2]"))
      var twice = once
      let body = packet(kind, "K,V", "[\"b\",5],[\"c\",6],[\"b\",7]")
      _ = try once.apply(body)
      _ = try twice.apply(body)
      _ = try twice.apply(body)
      #expect(once.lines == twice.lines)
    }
  }

  @Test func aCopyStaysAsItWas() throws {
    var feed = Feed("K string key,T string")
    _ = try feed.apply(packet("snapshot", "K,T", "[\"a\",\"a text longer than a cell\"],[\"b\",null]"))
    let copy = feed.table
    let row = try #require(copy.rows.first)
    let changes = try feed.changes(packet("updates", "K,T", "[\"a\",\"another text longer than a cell\"]"))
    _ = try feed.changes(packet("snapshot", "K,T", "[\"z\",null]"))
    #expect(copy.rows.map(\.description) == ["K=a T=a text longer than a cell", "K=b"])
    #expect(row["T"] == .text("a text longer than a cell"))
    #expect(csv(changes) == ["a,a text longer than a cell>a,another text longer than a cell"])
    #expect(changes[0].changedColumns == [1])
    #expect(row["X"] == nil && row[0] == .text("a"))
  }

  @Test func rowsThatComeAndGoLeaveNothingBehind() throws {
    var feed = Feed("K integer key,T string")
    let text = String(repeating: "long ", count: 40)
    for round in 0..<3000 {
      let key = round % 7
      #expect(try feed.apply(packet("updates", "K,T", "[\(key),\"\(text)\(round)\"]")).count == 1)
      if round % 3 == 0 { #expect(try feed.apply(packet("removal", "K", "[\(key)]")).count == 1) }
    }
    #expect(feed.table.store.slotCount <= 80)
    #expect(feed.table.store.area.count < 40_000)
    // The last seven rounds, less those that ended in a removal, in the order in which the rows came.
    let last = (0..<3000).suffix(7).filter { $0 % 3 != 0 }
    #expect(Set(feed.lines) == Set(last.map { "\($0 % 7),\(text)\($0)" }))
  }

  @Test(arguments: 1...6 as ClosedRange<UInt64>) func longRunsWithoutASnapshotAgreeWithTheModel(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let columns = schema("K string key,T string,P fixed").columns
    var feed = Feed(Schema(columns: columns))
    var model = ReferenceTable(columns)
    var reader = ChangeReader(feed.table.schema)
    for round in 0..<250 {
      let isRemoval = generator.once(in: 2)
      let rows = (0..<generator.number(1...8)).map { _ in
        let key = generator.number(0...14)
        let name = key % 2 == 0 ? "key \(key)" : "a key that is longer than a cell \(key)"
        let size = generator.number(0...40)
        return "[\"\(name)\",\"\(String(repeating: "ж", count: size))\(round)\",[\(generator.number(0...3)),2]]"
      }
      let body = packet(isRemoval ? "removal" : "updates", "K,T,P", rows.joined(separator: ","))
      reader.apply(try feed.changes(body), "seed \(seed) round \(round)")
      model.apply(try ReferencePacket(Array(body.utf8), columns: columns))
      #expect(feed.table.rows.map(ChangeReader.cells) == model.rows, "seed \(seed) round \(round)")
      #expect(reader.holds(feed.table), "seed \(seed) round \(round)")
    }
    #expect(feed.table.store.slotCount < 80)
  }

  @Test func anUnchangedSetOfLevelsIsOverwrittenInPlace() throws {
    var feed = Feed("K integer key,T string,V integer")
    let first = (0..<20).map { "[\($0),\"a text longer than a cell \($0)\",null]" }.joined(separator: ",")
    _ = try feed.apply(packet("snapshot", "K,T,V", first))
    for round in 0..<400 {
      let rows = (0..<20).map { "[\($0),\"a text longer than a cell \($0 == 7 ? round : $0)\",\(round)]" }
      let lines = try feed.apply(packet("snapshot", "K,T,V", rows.joined(separator: ",")))
      #expect(lines.count == 20)
    }
    let lines = (0..<20).map { "\($0),a text longer than a cell \($0 == 7 ? 399 : $0),399" }
    #expect(feed.lines == lines)
    #expect(feed.table.store.area.count < 20_000)
  }

  @Test(arguments: ["[\"x\",[1,0]],[\"y\",[2,0]]", "[\"y\",[2,0]],[\"x\",[1,0]]"])
  func aColumnThatASnapshotLacksIsNullFromThenOn(rows: String) throws {
    // In the same order, which is a way of its own, and in another one.
    var feed = Feed("A string key,B fixed,C integer")
    _ = try feed.apply(packet("snapshot", "A,B,C", "[\"x\",[1,0],7],[\"y\",[2,0],8]"))
    let changes = try feed.apply(packet("snapshot", "A,B", rows))
    #expect(Set(changes) == ["x,1,7>x,1,-", "y,2,8>y,2,-"])
    #expect(Set(feed.lines) == ["x,1,-", "y,2,-"])
  }
}
