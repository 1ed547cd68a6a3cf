import NIOCore
import Testing

@testable import MarketData

/// CSV and JSON lines (cli.md, CSV).
@Suite struct LineWriterTests {
  private func text(_ write: (inout TextBuffer) -> Void) -> String {
    var text = TextBuffer()
    write(&text)
    return text.string
  }

  /// Text of a cell, CSV field, JSON.
  static let quoting: [(String, String, String)] = [
    ("", "\"\"", "\"\""), ("a", "a", "\"a\""), (" ", " ", "\" \""), ("a b", "a b", "\"a b\""),
    ("a,b", "\"a,b\"", "\"a,b\""),
    ("\"", "\"\"\"\"", "\"\\\"\""), ("a\"b", "\"a\"\"b\"", "\"a\\\"b\""), ("\n", "\"\n\"", "\"\\n\""),
    ("\r", "\"\r\"", "\"\\r\""),
    ("a\r\nb", "\"a\r\nb\"", "\"a\\r\\nb\""), ("\t", "\t", "\"\\t\""), (";", ";", "\";\""),
    ("null", "null", "\"null\""),
    ("\\", "\\", "\"\\\\\""), ("\u{1}\u{1F}", "\u{1}\u{1F}", "\"\\u0001\\u001f\""),
    ("\u{8}\u{C}", "\u{8}\u{C}", "\"\\b\\f\""),
    ("Сбербанк, ПАО \"ао\" и ещё", "\"Сбербанк, ПАО \"\"ао\"\" и ещё\"", "\"Сбербанк, ПАО \\\"ао\\\" и ещё\""),
    ("длинный текст без особых знаков", "длинный текст без особых знаков", "\"длинный текст без особых знаков\""),
    ("'", "'", "\"'\""), ("=1+1", "=1+1", "\"=1+1\""), ("\u{0}", "\u{0}", "\"\\u0000\""), ("😀", "😀", "\"😀\""),
    ("\u{7F}\u{2028}", "\u{7F}\u{2028}", "\"\u{7F}\u{2028}\""),
  ]

  @Test(arguments: quoting) func quotes(value: String, csv: String, json: String) throws {
    #expect(text { $0.append(csv: value) } == csv)
    #expect(text { $0.append(json: value) } == json)
    let cell = text { $0.append(json: value) }
    var feed = Feed("A string,B string")
    let changes = try feed.changes(packet("updates", "A,B", "[\(cell),\(cell)]"))
    let schema = feed.table.schema
    let lines = try LineWriter(.csv, schema: schema, lead: .none)
    let line = text { lines.write(feed.table, ticker: "", to: &$0) }
    #expect(line == "\(csv),\(csv)\n")
    let objects = try LineWriter(.jsonl, schema: schema, lead: .change)
    let object = text { objects.write(changes, ticker: value, to: &$0) }
    let ticker = value.isEmpty ? "null" : json
    #expect(
      object
        == "{\"_received\":null,\"_seqnum\":null,\"_timestamp\":null,\"_change\":\"insert\",\"_ticker\":\(ticker),\"A\":\(json),\"B\":\(json)}\n"
    )
  }

  private func feed() throws -> (Feed, [ChangeSet]) {
    var feed = Feed("K string key,F fixed,I integer,D float,B bool,U")
    let properties = ",\"seqnum\":18446744073709551615,\"timestamp\":1719825533789"
    var sets: [ChangeSet] = []
    for (body, received) in [
      (
        packet(
          "snapshot", "K,F,I,D,B,U", "[\"a\",[328,2],-1,1.0,true,\"\"],[\"\",null,null,null,null,null]",
          properties: properties), 1_719_825_533_999_999_999 as Int64?
      ),
      (packet("updates", "K,F", "[\"a\",[328.5,2]]"), nil), (packet("removal", "K", "[\"\"]"), 0),
    ] {
      try feed.decoder.decodeMessage(ByteBuffer(string: body))
      sets.append(feed.table.apply(feed.decoder, received: received))
    }
    return (feed, sets)
  }

  @Test func changesAsCSV() throws {
    let (feed, sets) = try feed()
    let writer = try LineWriter(.csv, schema: feed.table.schema, lead: .change)
    let lines = text { text in
      writer.writeHeader(to: &text)
      for (set, ticker) in zip(sets, ["MXSE.TQBR.SBER", "a,b", ""]) { writer.write(set, ticker: ticker, to: &text) }
      writer.write(.stale(.disconnected), to: &text)
    }
    #expect(
      lines == """
        _received,_seqnum,_timestamp,_change,_ticker,K,F,I,D,B,U
        2024-07-01T09:18:53.999Z,18446744073709551615,2024-07-01T09:18:53.789Z,insert,MXSE.TQBR.SBER,a,328.00,-1,1,true,""
        2024-07-01T09:18:53.999Z,18446744073709551615,2024-07-01T09:18:53.789Z,insert,MXSE.TQBR.SBER,"",,,,,
        ,,,update,"a,b",a,328.50,-1,1,true,""
        1970-01-01T00:00:00.000Z,,,remove,,"",,,,,

        """)
  }

  @Test func changesAsJSON() throws {
    let (feed, sets) = try feed()
    let writer = try LineWriter(.jsonl, schema: feed.table.schema, lead: .change)
    let lines = text { text in
      writer.writeHeader(to: &text)
      for set in sets { writer.write(set, ticker: "T", to: &text) }
      writer.write(.stale(.badPacket), to: &text)
      writer.write(.stale(StaleReason("a \"b\"")), to: &text)
      writer.write(.live, to: &text)
      writer.write(.awaitingSnapshot, to: &text)
    }
    #expect(
      lines == """
        {"_received":"2024-07-01T09:18:53.999Z","_seqnum":18446744073709551615,"_timestamp":"2024-07-01T09:18:53.789Z","_change":"insert","_ticker":"T","K":"a","F":328.00,"I":-1,"D":1,"B":true,"U":""}
        {"_received":"2024-07-01T09:18:53.999Z","_seqnum":18446744073709551615,"_timestamp":"2024-07-01T09:18:53.789Z","_change":"insert","_ticker":"T","K":"","F":null,"I":null,"D":null,"B":null,"U":null}
        {"_received":null,"_seqnum":null,"_timestamp":null,"_change":"update","_ticker":"T","K":"a","F":328.50,"I":-1,"D":1,"B":true,"U":""}
        {"_received":"1970-01-01T00:00:00.000Z","_seqnum":null,"_timestamp":null,"_change":"remove","_ticker":"T","K":"","F":null,"I":null,"D":null,"B":null,"U":null}
        {"_state":"stale","_reason":"badPacket"}
        {"_state":"stale","_reason":"a \\"b\\""}
        {"_state":"live"}

        """)
  }

  @Test func tablesWithAndWithoutATicker() throws {
    var (feed, _) = try feed()
    _ = try feed.apply(packet("updates", "K,U", "[\"b\",\"x,y\"]"))
    let schema = feed.table.schema
    func table(_ format: LineFormat, _ lead: LineWriter.Lead, _ ticker: String, _ columns: [String]? = nil) throws
      -> String
    {
      let writer = try LineWriter(format, schema: schema, lead: lead, columns: columns)
      return text { text in
        writer.writeHeader(to: &text)
        writer.write(feed.table, ticker: ticker, to: &text)
      }
    }
    #expect(try table(.csv, .none, "T") == "K,F,I,D,B,U\na,328.50,-1,1,true,\"\"\nb,,,,,\"x,y\"\n")
    #expect(try table(.csv, .ticker, "T", ["U", "K"]) == "_ticker,U,K\nT,\"\",a\nT,\"x,y\",b\n")
    #expect(try table(.csv, .ticker, "", ["K"]) == "_ticker,K\n,a\n,b\n")
    #expect(try table(.csv, .ticker, "T", []) == "_ticker\nT\nT\n")
    #expect(try table(.csv, .none, "", ["F", "F"]) == "F,F\n328.50,328.50\n,\n")
    #expect(try table(.jsonl, .none, "T", ["F", "U"]) == "{\"F\":328.50,\"U\":\"\"}\n{\"F\":null,\"U\":\"x,y\"}\n")
    #expect(try table(.jsonl, .ticker, "", ["K"]) == "{\"_ticker\":null,\"K\":\"a\"}\n{\"_ticker\":null,\"K\":\"b\"}\n")
    #expect(try table(.jsonl, .ticker, "T", []) == "{\"_ticker\":\"T\"}\n{\"_ticker\":\"T\"}\n")
  }

  @Test func aRowWithoutAChangeInTheSelectionGivesNoLine() throws {
    var feed = Feed("K string key,A integer,T string")
    let bodies = [
      packet("snapshot", "K,A,T", "[\"x\",1,\"a text longer than a cell\"],[\"y\",1,null]"),
      packet("updates", "K,A", "[\"x\",2],[\"y\",3]"),
      packet("updates", "K,T", "[\"x\",\"b text longer than a cell\"],[\"y\",\"short\"]"),
      packet("updates", "K,T,A", "[\"x\",\"c\",9]"), packet("removal", "K", "[\"x\"]"),
    ]
    let writer = try LineWriter(.csv, schema: feed.table.schema, lead: .change, columns: ["T"])
    #expect(writer.columns == [2])
    var counts: [Int] = []
    var all = TextBuffer()
    for body in bodies { counts.append(writer.write(try feed.changes(body), ticker: "", to: &all)) }
    #expect(counts == [2, 0, 2, 1, 1])
    #expect(
      all.string == """
        ,,,insert,,a text longer than a cell
        ,,,insert,,
        ,,,update,,b text longer than a cell
        ,,,update,,short
        ,,,update,,c
        ,,,remove,,c

        """)
  }

  @Test func aLimitCutsTheLines() throws {
    var feed = Feed("K integer key")
    let changes = try feed.changes(packet("snapshot", "K", "[1],[2],[3]"))
    let writer = try LineWriter(.csv, schema: feed.table.schema, lead: .change)
    var text = TextBuffer()
    #expect(writer.write(changes, ticker: "", limit: 0, to: &text) == 0)
    #expect(text.isEmpty)
    #expect(writer.write(changes, ticker: "", limit: 2, to: &text) == 2)
    #expect(text.string == ",,,insert,,1\n,,,insert,,2\n")
  }

  @Test func aColumnThatIsNotThereIsAnError() {
    let error = LineWriter.UnknownColumn(name: "x", known: ["A", "B"])
    #expect(throws: error) { try LineWriter(.csv, schema: schema("A,B"), lead: .none, columns: ["B", "x"]) }
    #expect(error.description == "no column x; there are A, B")
  }

  @Test func namesAreQuotedToo() throws {
    let columns = Schema(columns: [Column("a,b"), Column("c\"d", .integer), Column("")])
    let writer = try LineWriter(.csv, schema: columns, lead: .none)
    #expect(text { writer.writeHeader(to: &$0) } == "\"a,b\",\"c\"\"d\",\"\"\n")
    var feed = Feed(columns)
    let changes = try feed.changes("{\"properties\":{\"type\":\"updates\"},\"columns\":[\"c\\\"d\"],\"data\":[[1]]}")
    let json = try LineWriter(.jsonl, schema: columns, lead: .change)
    #expect(
      text { json.write(changes, ticker: "", to: &$0) }.hasSuffix(
        "\"_ticker\":null,\"a,b\":null,\"c\\\"d\":1,\"\":null}\n"))
  }
}
