import Testing

/// `issplus catalog --offline`.
@Suite struct CatalogTests {
  @Test func listsAllDestinations() async throws {
    let result = try await Program.run(["catalog", "--offline"])
    #expect(result.status == 0)
    #expect(result.errors.isEmpty)
    let lines = result.output.split(separator: "\n")
    #expect(lines.count == 32)
    #expect(lines.first == "destination\tcommand\tparameters\tcolumns\tkey\tcaption")
    let rows = lines.dropFirst().map { $0.split(separator: "\t", omittingEmptySubsequences: false) }
    #expect(rows.allSatisfy { $0.count == 6 })
    #expect(rows.count { $0[1] == "SUBSCRIBE" } == 25)
    #expect(rows.count { $0[1] == "REQUEST" } == 6)
    let fields = Dictionary(uniqueKeysWithValues: rows.map { ($0[0], $0[1...4].joined(separator: " ")) })
    #expect(fields["MXSE.orderbooks"] == "SUBSCRIBE TICKER 4 BUYSELL,PRICE")
    #expect(fields["MXSE.securities"] == "SUBSCRIBE TICKER,LANGUAGE? 41 TICKER")
    #expect(fields["FORTS.candles"] == "SUBSCRIBE ticker,interval?,quantity?,till? 8 FROM")
    #expect(fields["SEARCH.ticker"] == "REQUEST pattern?,ticker?,preset? 15 ")
    #expect(fields["COMMON.ticker.card"] == "REQUEST ticker?,cardname?,language?,list? 12 CARDID,NAME")
  }

  @Test func showsADestination() async throws {
    let result = try await Program.run(["catalog", "MXSE.orderbooks", "--offline"])
    #expect(result.status == 0)
    let lines = result.output.split(separator: "\n", omittingEmptySubsequences: false).map {
      $0.split(separator: "\t", omittingEmptySubsequences: false).prefix(4).joined(separator: "|")
    }
    #expect(
      lines.map { $0.hasPrefix("MXSE.orderbooks|") ? "MXSE.orderbooks|SUBSCRIBE" : $0 } == [
        "MXSE.orderbooks|SUBSCRIBE",
        "",
        "parameter|type|needed|values",
        "TICKER|string|required|",
        "",
        "column|type|key|values",
        "BUYSELL|enum|key|B,S",
        "PRICE|fixed|key|",
        "QUANTITY|integer||",
        "REPOVALUE|fixed||",
        "",
      ])
  }

  @Test func unknownDestination() async throws {
    let near = try await Program.run(["catalog", "mxse", "--offline"])
    #expect(near.status == 64)
    #expect(near.output.isEmpty)
    #expect(
      near.errors
        == "issplus: no stream or query mxse; there is MXSE.candles, MXSE.orderbooks, MXSE.securities\n")
    let far = try await Program.run(["catalog", "NASDAQ.books", "--offline"])
    #expect(far.status == 64)
    #expect(far.errors == "issplus: no stream or query NASDAQ.books; `issplus catalog --offline` lists them\n")
  }
}
