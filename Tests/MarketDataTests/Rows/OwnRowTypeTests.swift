import Testing

@testable import MarketData

/// A row type of a user's own, for a stream without a type of the library's.
private struct Level: TableRow, Hashable {
  let side: BookSide
  let price: ExactDecimal
  let quantity: Int64?

  init(_ row: Row) throws {
    side = try row.value("BUYSELL")
    price = try row.value("PRICE")
    quantity = try row.value("QUANTITY")
  }
}

/// An enumeration with raw values of another kind.
private enum Grade: Int64, CellValue { case low = 1, high = 2 }

@Suite struct OwnRowTypeTests {
  private static let columns = "BUYSELL enum,PRICE fixed,QUANTITY integer"

  @Test func aTableIsReadAsValuesInItsOrder() throws {
    var feed = Feed(Self.columns)
    _ = try feed.apply(
      packet("snapshot", "BUYSELL,PRICE,QUANTITY", #"["B",[1.5,2],7],["S",[1.6,2],null]"#))
    let levels = try feed.table.rows(as: Level.self)
    #expect(levels.map(\.side) == [.bid, .ask])
    #expect(levels.map(\.price.description) == ["1.50", "1.60"])
    #expect(levels.map(\.quantity) == [7, nil])
    #expect(try KeyedTable(schema: schema(Self.columns)).rows(as: Level.self) == [])
  }

  @Test("the first row that cannot be read ends the reading, with its number and key")
  func rowsAreNumbered() throws {
    var feed = Feed(Self.columns)
    _ = try feed.apply(
      packet("snapshot", "BUYSELL,PRICE,QUANTITY", #"["B",[1.5,2],7],["X",[1.6,2],null],["Y",[1.7,2],1]"#))
    let error = #expect(throws: RowError.self) { try feed.table.rows(as: Level.self) }
    #expect(error?.number == 2 && error?.code == .value && error?.column == "BUYSELL")
    #expect(
      error?.description == "row 2 (BUYSELL=X PRICE=1.60), column BUYSELL: "
        + "a text that BookSide knows is needed, the cell holds the text “X”")
    var loose = Feed("A string,B integer")
    _ = try loose.apply(packet("snapshot", "A,B", #"["a",1],["b",3]"#))
    struct Graded: TableRow {
      let grade: Grade
      init(_ row: Row) throws { grade = try row.value("B") }
    }
    let second = #expect(throws: RowError.self) { try loose.table.rows(as: Graded.self) }
    #expect(
      second?.description
        == "row 2, column B: an integer of 64 bits that Grade knows is needed, the cell holds the number 3")
    _ = try loose.apply(packet("snapshot", "A,B", #"["a",1],["b",2]"#))
    #expect(try loose.table.rows(as: Graded.self).map(\.grade) == [.low, .high])
  }

  @Test("a type's own error comes through as it is")
  func ownErrors() throws {
    struct Odd: Error, Equatable { let value: Int64 }
    struct Even: TableRow {
      init(_ row: Row) throws {
        let value: Int64 = try row.value("B")
        if value % 2 != 0 { throw Odd(value: value) }
      }
    }
    var feed = Feed("A string,B integer")
    _ = try feed.apply(packet("snapshot", "A,B", #"["a",2],["b",3]"#))
    #expect(throws: Odd(value: 3)) { try feed.table.rows(as: Even.self) }
  }

  @Test func changesHaveTheirRowsBeforeAndAfter() throws {
    var feed = Feed(Self.columns)
    let first = try feed.changes(
      packet("snapshot", "BUYSELL,PRICE,QUANTITY", #"["B",[1.5,2],7],["B",[1.4,2],1],["S",[1.6,2],2]"#)
    ).rows(as: Level.self)
    #expect(first.map(\.kind) == [.insert, .insert, .insert])
    #expect(first.allSatisfy { $0.before == nil && $0.row == $0.after })
    let second = try feed.changes(
      packet("snapshot", "BUYSELL,PRICE,QUANTITY", #"["B",[1.5,2],8],["S",[1.6,2],2],["S",[1.7,2],3]"#))
    let changes = try second.rows(as: Level.self)
    #expect(changes.map(\.kind) == [.remove, .update, .insert])
    #expect(changes[0].before?.price.description == "1.40" && changes[0].after == nil)
    #expect(changes[0].row == changes[0].before)
    #expect(changes[1].before?.quantity == 7 && changes[1].after?.quantity == 8)
    let again = try RowChange<Level>(second[1])
    #expect(changes[1].change.changedColumns == [2] && changes[1] == again)
    #expect(changes[2].after?.price.description == "1.70" && changes[2].before == nil)
    let broken = try feed.changes(packet("updates", "BUYSELL,PRICE", #"["B",[1.5,2]],["Z",[1.0,2]]"#))
    let error = #expect(throws: RowError.self) { try broken.rows(as: Level.self) }
    #expect(error?.key == "BUYSELL=Z PRICE=1.00" && error?.number == 1)
  }
}
