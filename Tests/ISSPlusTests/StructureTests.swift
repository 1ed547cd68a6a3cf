import ISSPlus
import MarketData
import NIOCore
import Testing

@Suite struct StructureTests {
  @Test(.enabled(if: SharedFile.exists("issplus/connected.json"), "the recorded CONNECTED body is not there"))
  func `the built-in catalogue is what was recorded`() throws {
    let body = try #require(SharedFile.contents(of: "issplus/connected.json"))
    let recorded = try Structure(body: body)
    let markets = recorded.catalogue.markets
    let (streams, queries) = (markets.flatMap(\.streams), markets.flatMap(\.queries))

    #expect(recorded.notes.isEmpty)
    #expect(markets.count == 13)
    #expect(markets.flatMap(\.enumerations).count == 42)
    #expect(markets.flatMap(\.enumerations).flatMap(\.values).count == 205)
    #expect([streams.flatMap(\.columns).count, queries.flatMap(\.columns).count] == [326, 43])
    #expect([streams.flatMap(\.parameters).count, queries.flatMap(\.parameters).count] == [61, 11])
    #expect(differences(recorded.catalogue, .builtIn) == [])
  }

  @Test func `a changed flag, id or order is a difference`() {
    let was = Catalogue.builtIn.markets
    var flag = was
    flag[11].streams[2].columns[4].isKey.toggle()
    var id = was
    id[11].enumerations[1].values[0].id = "b"
    var order = was
    order.swapAt(0, 1)
    var shorter = was
    shorter[12].streams[1].parameters.removeLast()

    #expect(differences(Catalogue(markets: flag), .builtIn).count == 1)
    #expect(differences(Catalogue(markets: id), .builtIn) == ["id <b> | id <B>"])
    #expect(!differences(Catalogue(markets: order), .builtIn).isEmpty)
    #expect(differences(Catalogue(markets: shorter), .builtIn).count == 1)
  }

  @Test func `reads back what the catalogue writes, captions and all`() throws {
    let structure = try Structure(body: Catalogue.builtIn.connectedBody())
    #expect(structure.catalogue == .builtIn)
    #expect(structure.notes.isEmpty)
  }

  @Test func `keeps captions as sent and passes over what it does not know`() throws {
    let structure = try read(
      #"""
      { "structure" : { "Z" : { "later" : [1.5e3, {"a": null}], "enums" : [
          {"values": [{"id": " ", "caption": {"en": "", "ru": " "}}], "name": "E", "caption": null},
          {"name": "empty"} ],
        "streams": [{"name": "s\u00e9\t\"", "output": [{"name": "C", "primary": 1, "isHidden": false, "new": true,
          "type": "bool"}] }] }, "A" : {} } }
      """#)
    let markets = structure.catalogue.markets
    #expect(markets.map(\.name) == ["Z", "A"])
    let blank = Enumeration.Value(" ", caption: Caption(english: "", russian: " "))
    #expect(markets[0].enumerations == [Enumeration("E", [blank]), Enumeration("empty", [])])
    let column = Column("C", .bool, key: true)
    #expect(
      markets[0].streams
        == [Resource(market: "Z", name: "s\u{e9}\t\"", kind: .stream, columns: [column], parameters: [])]
    )
    #expect(structure.notes.isEmpty)
  }

  @Test func `notes a type that is unknown or absent`() throws {
    let structure = try read(
      #"{"structure":{"M":{"queries":[{"name":"q","output":[{"name":"A","type":"money"},{"name":"B"}],"#
        + #""params":[{"name":"p","type":"list"}]}]}}}"#)
    let query = try #require(structure.catalogue["M.q"])
    #expect(query.columns == [Column("A"), Column("B")])
    #expect(query.parameters == [Parameter("p", .string)])
    #expect(
      structure.notes == [
        "structure.M.queries[0].output[0].type: unknown type money; a cell takes the form of its JSON",
        "structure.M.queries[0].output[1]: no type; a cell takes the form of its JSON",
        "structure.M.queries[0].params[0].type: unknown type list; taken as string",
      ])
  }

  @Test func `keeps a bounded number of notes`() throws {
    let columns = Array(repeating: #"{"name":"A","type":"?"}"#, count: 300).joined(separator: ",")
    let structure = try read(#"{"structure":{"M":{"streams":[{"name":"s","output":[\#(columns)]}]}}}"#)
    #expect(structure.catalogue.markets[0].streams[0].columns.count == 300)
    #expect(structure.notes.count == Structure.maximumNotes)
  }

  @Test func `of two members with one name the last stands in the place of the first`() throws {
    let structure = try read(
      #"{"structure":{"A":{"enums":[{"name":"old"}]},"B":{},"A":{"enums":[{"name":"new"}]}}}"#)
    #expect(structure.catalogue.markets == [Market("A", enumerations: [Enumeration("new", [])]), Market("B")])
  }

  @Test func `takes white space after the end and nesting up to the limit`() throws {
    let arrays = String(repeating: "[", count: 63) + String(repeating: "]", count: 63)
    #expect(try read(#"{"structure":{},"deep":\#(arrays)}"# + " \r\n\t\n").catalogue == Catalogue(markets: []))
  }

  private func read(_ text: String) throws(StructureError) -> Structure {
    try Structure(body: ByteBuffer(string: text))
  }
}
