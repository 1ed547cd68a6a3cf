import ISSPlus
import Testing

/// Selectors (protocol facts, 4).
@Suite struct SelectorTests {
  @Test func termsInOrder() throws {
    #expect(Selector().text == "")
    #expect(try Selector([("TICKER", "MXSE.TQBR.SBER")]).text == #"TICKER="MXSE.TQBR.SBER""#)
    var selector = try Selector([("ticker", "MXSE.TQBR.SBER"), ("interval", "D1")])
    try selector.append("till", "2026-01-22 09:58:47")
    #expect(selector.text == #"ticker="MXSE.TQBR.SBER" and interval="D1" and till="2026-01-22 09:58:47""#)
    #expect(selector.terms.map(\.name) == ["ticker", "interval", "till"])
    #expect(selector.terms.map(\.value) == ["MXSE.TQBR.SBER", "D1", "2026-01-22 09:58:47"])
    #expect(try Selector([("pattern", "")]).text == #"pattern="""#)
    #expect(try Selector([("pattern", "*Сбер* = \\ and")]).text == #"pattern="*Сбер* = \ and""#)
  }

  @Test(
    arguments: [
      #"X" or TICKER="Y"#, "X' or '1", "X\nUNSUBSCRIBE", "X\rY", "X\0", "X\u{7f}", "X\u{85}", "X\u{9b}31m",
      "X\u{2028}Y",
      "X\u{2029}Y", "\t", "\"", "X\"\u{301}",
    ]
  )
  func valuesThatCouldSaySomethingElse(value: String) {
    #expect(throws: SelectorError.self) { try Selector([("TICKER", value)]) }
  }

  @Test(arguments: ["", " ", "A B", "A=B", "A\"", "A\n", "Ä", "A:B", "(A"]) func namesThatAreNoWord(name: String) {
    #expect(throws: SelectorError.self) { try Selector([(name, "x")]) }
  }

  @Test func errorsSayWhichAndShowNoControlCharacters() {
    #expect {
      try Selector([("TICKER", "a\u{1b}[31m\"")])
    } throws: {
      "\($0)" == "the value of TICKER must not hold quotes or control characters: “a\\u{1b}[31m\"”"
    }
    #expect {
      try Selector([("A B", "x")])
    } throws: {
      "\($0)" == "a parameter's name must be a word of letters, digits and _-., not “A B”"
    }
  }

  @Test func aFailedTermLeavesTheSelectorAsItWas() throws {
    var selector = try Selector([("TICKER", "X")])
    #expect(throws: SelectorError.self) { try selector.append("interval", "\"") }
    #expect(selector.text == #"TICKER="X""#)
  }

  @Test(
    arguments: [
      (#"TICKER="MXSE.TQBR.SBER""#, "MXSE.TQBR.SBER"),
      (#"ticker="A" and interval="D1""#, "A"),
      (#"LANGUAGE="en" and Ticker = "A B""#, "A B"),
      (#"TICKER='A'"#, "A"),
      ("TICKER=A and x=1", "A"),
      (#"TICKER="""#, ""),
      (#"TICKER="A" and ticker="B""#, "A"),
      (#"pattern="TICKER='X'" and ticker="B""#, "B"),
      (#"interval="D1""#, nil),
      (#"XTICKER="A""#, nil),
      ("", nil),
      ("TICKER", nil),
      ("=", nil),
      (#"TICKER=""#, ""),
      (#"TICKER="A"#, "A"),
      (#"{'ticker': 'MXSE.TQBR.SBER', 'interval': 'M1'}"#, nil),
    ] as [(String, String?)]
  )
  func tickerOfASelector(text: String, ticker: String?) {
    #expect(Selector.ticker(in: text) == ticker)
  }

  @Test func tickerOfWhatWasBuilt() throws {
    for value in ["MXSE.TQBR.SBER", "a = b", "x and y", "", "\u{301}", "Сбер"] {
      #expect(Selector.ticker(in: try Selector([("LANGUAGE", "en"), ("ticker", value)]).text) == value)
    }
  }
}
