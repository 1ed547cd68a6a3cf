import Testing

@testable import MarketData

@Suite struct RowValueTests {
  private static let columns = "T string key,S string,I integer,D fixed,F float,B bool,DAY date,TIME time,AT datetime"

  private func row(_ cells: String) throws -> Row {
    var feed = Feed(Self.columns)
    _ = try feed.apply(packet("snapshot", "T,S,I,D,F,B,DAY,TIME,AT", "[\"k\",\(cells)]"))
    return try #require(feed.table.rows.first)
  }

  private func full() throws -> Row {
    try row(#""text",9007199254740993,[1.50,2],0.1,true,"2026-01-23","09:51:20","2026-01-22 09:58:47""#)
  }

  private func error<Value: CellValue>(_ row: Row, _ column: String, _ type: Value.Type) -> RowError? {
    do {
      _ = try row.value(column, as: type)
      return nil
    } catch {
      return error
    }
  }

  @Test func eachKindOfCellIsReadAsItsType() throws {
    let row = try full()
    #expect(try row.value("S") == "text")
    #expect(try row.value("I") == Int64(9_007_199_254_740_993))
    #expect(try row.value("I", as: Int.self) == 9_007_199_254_740_993)
    #expect(try row.value("I", as: UInt64.self) == 9_007_199_254_740_993)
    #expect(try row.value("D", as: ExactDecimal.self).description == "1.50")
    #expect(try row.value("I", as: ExactDecimal.self).description == "9007199254740993")
    #expect(try row.value("F") == 0.1)
    #expect(try row.value("B") == true)
    #expect(try row.value("DAY") == MoscowDate("2026-01-23"))
    #expect(try row.value("TIME") == MoscowTime("09:51:20"))
    #expect(try row.value("AT") == MoscowDateTime("2026-01-22 09:58:47"))
    #expect(try row.value("D", as: Cell.self) == row["D"])
  }

  @Test("an optional is nil for null, and for nothing else")
  func optionals() throws {
    let empty = try row("null,null,null,null,null,null,null,null")
    let row = try full()
    func isNil<Value: CellValue & Equatable>(_ column: String, _ type: Value.Type) throws {
      let value: Value? = try empty.value(column)
      #expect(value == nil, "\(column)")
      let full: Value? = try row.value(column)
      #expect(full != nil, "\(column)")
      #expect(error(empty, column, type)?.code == .null, "\(column)")
    }
    try isNil("S", String.self)
    try isNil("I", Int64.self)
    try isNil("I", Int.self)
    try isNil("I", UInt64.self)
    try isNil("D", ExactDecimal.self)
    try isNil("F", Double.self)
    try isNil("B", Bool.self)
    try isNil("DAY", MoscowDate.self)
    try isNil("TIME", MoscowTime.self)
    try isNil("AT", MoscowDateTime.self)
    #expect(try empty.value("S", as: Cell.self) == .null)
    #expect(error(row, "S", Optional<Int64>.self)?.code == .value)
    #expect(error(row, "S", Optional<MoscowDate>.self)?.code == .value)
  }

  @Test("every other kind of cell is refused; a decimal is no Double, a float no decimal")
  func kindsAreNotMixed() throws {
    let row = try full()
    func refused<Value: CellValue>(_ columns: [String], _ type: Value.Type) {
      for column in columns { #expect(error(row, column, type)?.code == .value, "\(column) as \(type)") }
    }
    refused(["I", "D", "F", "B"], String.self)
    refused(["S", "D", "F", "B", "DAY"], Int64.self)
    refused(["S", "D", "F", "B", "TIME"], Int.self)
    refused(["S", "F", "B", "AT"], ExactDecimal.self)
    refused(["S", "I", "D", "B"], Double.self)
    refused(["S", "I", "D", "F"], Bool.self)
    refused(["S", "I", "D", "F", "B", "TIME", "AT"], MoscowDate.self)
    refused(["S", "I", "D", "F", "B", "DAY", "AT"], MoscowTime.self)
    refused(["S", "I", "D", "F", "B", "DAY", "TIME"], MoscowDateTime.self)
    let negative = try self.row("null,-1,null,null,null,null,null,null")
    #expect(error(negative, "I", UInt64.self)?.code == .value)
  }

  @Test("an error says row, column, what is needed and what stands there")
  func words() throws {
    let row = try full()
    let wrong = try #require(error(row, "S", ExactDecimal.self))
    #expect(wrong.description == "row T=k, column S: an exact decimal is needed, the cell holds the text “text”")
    #expect(wrong.column == "S" && wrong.cell == .text("text") && wrong.key == "T=k" && wrong.number == nil)
    #expect(
      error(row, "D", Optional<Double>.self)?.description
        == "row T=k, column D: a floating-point number or null is needed, the cell holds the number 1.50")
    #expect(
      error(row, "B", Int64.self)?.description
        == "row T=k, column B: an integer of 64 bits is needed, the cell holds true")
    #expect(
      error(row, "NO\u{1B}", Bool.self)?.description
        == "row T=k, column NO\\u{1b}: there is no such column, and true or false is needed")
    let empty = try self.row(#"null,null,null,null,null,"23.01.2026",null,null"#)
    #expect(
      error(empty, "DAY", MoscowDate.self)?.description
        == "row T=k, column DAY: a date like 2026-01-23 is needed, the cell holds the text “23.01.2026”")
    #expect(
      error(empty, "I", Int64.self)?.description
        == "row T=k, column I: an integer of 64 bits is needed, the cell holds null")
  }

  @Test("a text of the peer's cannot command a terminal through an error")
  func wordsAreVisible() throws {
    let row = try row(#""\u001b[2J\n",null,null,null,null,null,null,null"#)
    #expect(
      error(row, "S", Int64.self)?.description
        == "row T=k, column S: an integer of 64 bits is needed, the cell holds the text “\\u{1b}[2J\\n”")
  }

  @Test func aColumnThatIsNotThereIsAnErrorUnlessItMayBeAbsent() throws {
    let row = try full()
    #expect(error(row, "s", String.self)?.code == .noColumn)
    #expect(error(row, "s", Optional<String>.self)?.code == .noColumn)
    #expect(error(row, "s", String.self)?.cell == nil)
    #expect(try row.value(ifDeclared: "s", as: String.self) == nil)
    #expect(try row.value(ifDeclared: "S", as: String.self) == "text")
    #expect(throws: RowError.self) { try row.value(ifDeclared: "S", as: Int64.self) }
    #expect(try self.row("null,null,null,null,null,null,null,null").value(ifDeclared: "S", as: String.self) == nil)
  }
}
