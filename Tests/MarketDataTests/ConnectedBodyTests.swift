import MarketData
import NIOCore
import Testing

@Suite struct ConnectedBodyTests {
  @Test func `is as large as the record`() {
    #expect(Catalogue.builtIn.connectedBody().readableBytes >= 100_000)
  }

  @Test func `keeps the members in the recorded order and leaves out what is absent`() {
    let sides = Enumeration(
      "TSide",
      [Enumeration.Value("B", caption: Caption(english: "B", russian: "")), Enumeration.Value(" ")],
      caption: Caption(english: "Side")
    )
    let columns = [
      Column(
        "ID", .enumeration, key: true, length: 3, enumeration: "TSide", system: true, percent: true, hidden: true,
        caption: Caption(english: "I", russian: "И"), details: Caption(english: "Id")
      ),
      Column("X"),
    ]
    let parameters = [
      Parameter("side", .enumeration, optional: true, length: 1, enumeration: "TSide", caption: Caption(english: "S")),
      Parameter("n", .integer),
    ]
    let stream = Resource(market: "M", name: "s", kind: .stream, columns: columns, parameters: parameters)
    let query = Resource(market: "Q", name: "a.b", kind: .query, columns: [], parameters: [], access: "none")
    let catalogue = Catalogue(markets: [
      Market("M", enumerations: [sides], streams: [stream]), Market("Q", queries: [query]),
    ])

    let expected =
      #"{"version":{"version.note":"n"},"structure":{"M":{"enums":[{"values":[{"caption":{"en":"B","ru":""},"id":"B"},"#
      + #"{"id":" "}],"name":"TSide","caption":{"en":"Side"}}],"streams":[{"output":[{"isSystem":true,"#
      + #""hasPercent":true,"name":"ID","length":3,"caption":{"en":"I","ru":"И"},"description":{"en":"Id"},"#
      + #""type":"enum","primary":true,"enum":"TSide","isHidden":true},{"name":"X"}],"access":"general","name":"s","#
      + #""params":[{"name":"side","length":1,"caption":{"en":"S"},"optional":true,"type":"enum","enum":"TSide"},"#
      + #"{"name":"n","type":"integer"}]}]},"#
      + #""Q":{"queries":[{"output":[],"access":"none","name":"a.b","params":[]}]}}}"#
    #expect(String(buffer: catalogue.connectedBody(note: "n")) == expected)
  }

  @Test func `escapes what JSON does not allow in a string`() {
    let body = Catalogue(markets: []).connectedBody(note: "\"a\\b\"\n\u{1f}\u{7f}я/\u{0}")
    #expect(
      String(buffer: body)
        == #"{"version":{"version.note":"\"a\\b\"\u000a\u001f"# + "\u{7f}я/" + #"\u0000"},"structure":{}}"#
    )
  }
}
