import NIOCore
import Testing

@testable import MarketData

/// Tables without a key (tables.md, Keys).
@Suite struct LooseTableTests {
  @Test func updatesAppendAndRemovalsAreCounted() throws {
    var feed = Feed("A string,B fixed")
    #expect(try feed.apply(packet("updates", "A,B", "[\"x\",[1,0]],[\"x\",[1,0]]")) == ["+x,1", "+x,1"])
    #expect(try feed.apply(packet("updates", "B", "[[1,0]]")) == ["+-,1"])
    #expect(try feed.apply(packet("removal", "A,B", "[\"x\",[1,0]],[\"y\",null]")) == [])
    #expect(feed.table.ignoredRemovals == 2)
    #expect(feed.lines == ["x,1", "x,1", "-,1"])
  }

  @Test func aSnapshotIsDifferencedAsAMultiset() throws {
    var feed = Feed("A string,B fixed")
    _ = try feed.apply(packet("snapshot", "A,B", "[\"x\",[1,0]],[\"y\",null],[\"x\",[1,0]],[\"x\",[1,0]]"))
    #expect(
      try feed.apply(packet("snapshot", "A,B", "[\"z\",null],[\"x\",[1,0]],[\"x\",[1.0,0]]")) == [
        "-y,-", "-x,1", "-x,1", "+z,-", "+x,1.0",
      ])
    #expect(feed.lines == ["z,-", "x,1", "x,1.0"])
    #expect(try feed.apply(packet("snapshot", "A,B", "[\"x\",[1.0,0]],[\"x\",[1,0]],[\"z\",null]")) == [])
    #expect(feed.lines == ["x,1.0", "x,1", "z,-"])
    let long = "[\"a text longer than a cell\",null]"
    #expect(try feed.apply(packet("snapshot", "A,B", "\(long),[\"\\u0061 text longer than a cell\",null]")).count == 5)
    #expect(try feed.apply(packet("snapshot", "A,B", long)) == ["-a text longer than a cell,-"])
    #expect(try feed.apply(packet("snapshot", "B", "")) == ["-a text longer than a cell,-"])
  }

  @Test func theOldestLeaveWithoutAChange() throws {
    var feed = Feed("A integer,T string", looseRowLimit: 3)
    #expect(try feed.apply(packet("updates", "A", "[1],[2]")) == ["+1,-", "+2,-"])
    #expect(try feed.apply(packet("updates", "A", "[3],[4]")) == ["+3,-", "+4,-"])
    #expect(feed.lines == ["2,-", "3,-", "4,-"])
    #expect(feed.table.evictedRows == 1)
    #expect(try feed.apply(packet("updates", "A", "[5],[6],[7],[8],[9]")).count == 5)
    #expect(feed.lines == ["7,-", "8,-", "9,-"])
    #expect(feed.table.evictedRows == 6)
    #expect(try feed.apply(packet("snapshot", "A", "[1],[8],[9],[10],[11]")) == ["-7,-", "+1,-", "+10,-", "+11,-"])
    #expect(feed.lines == ["9,-", "10,-", "11,-"])
    #expect(feed.table.evictedRows == 8)
    for round in 0..<500 {
      _ = try feed.apply(packet("updates", "A,T", "[\(round),\"some text that needs room \(round)\"]"))
    }
    #expect(feed.lines.map { $0.prefix(3) } == ["497", "498", "499"])
    #expect(feed.table.evictedRows == 508)
    #expect(feed.table.store.slotCount < 80)
  }

  @Test func aDifferenceOnlyInDroppedColumnsIsNone() throws {
    var feed = Feed("A integer")
    #expect(try feed.apply(packet("snapshot", "A,N", "[1,\"x\"],[1,\"y\"]")) == ["+1", "+1"])
    #expect(try feed.apply(packet("snapshot", "N,A", "[\"p\",1],[\"q\",1]")) == [])
    #expect(feed.decoder.droppedColumns == ["N"])
  }
}
