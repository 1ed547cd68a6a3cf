import Testing

@testable import MarketData

@Suite struct NameIndexTests {
  @Test("each name is found at its place, the first of two equal ones; what is no name is not found")
  func places() {
    let names = ["A", "", "LAST", "PRICEMINUSPREVWAPRICE", "LAST", "ABCDEFGH", "ABCDEFGHI", "ЦЕНА", "\u{E9}", "B"]
    let index = NameIndex(names)
    for (place, name) in names.enumerated() { #expect(index.place(of: name) == (place == 4 ? 2 : place), "\(name)") }
    // The same text by Swift's rules, other bytes.
    #expect(index.place(of: "e\u{301}") == nil)
    for name in ["a", "AB", "LAS", "LAST ", "LASTLAST", "ABCDEFG", "ABCDEFGHJ", "PRICEMINUSPREVWAPRIC", "ЦЕН", "\0"] {
      #expect(index.place(of: name) == nil, "\(name)")
    }
    #expect(NameIndex([]).place(of: "A") == nil && NameIndex([]).place(of: "") == nil)
  }

  @Test("names by chance, many of them alike", arguments: 1...10 as ClosedRange<UInt64>)
  func random(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    func name() -> String {
      // Around the eight bytes that are hashed at a time.
      let middle = (0..<generator.number(0...3)).map { _ in generator.one(of: ["x", "y", "\0", "ж"]) }.joined()
      return generator.one(of: ["", "AAAAAAAA", "B"]) + middle + generator.one(of: ["", "CCCCCCCC"])
    }
    let names = (0..<generator.number(0...200)).map { _ in name() }
    let index = NameIndex(names)
    var expected: [[UInt8]: Int] = [:]
    for (place, name) in names.enumerated() where expected[Array(name.utf8)] == nil {
      expected[Array(name.utf8)] = place
    }
    for name in names + (0..<200).map({ _ in name() }) {
      #expect(index.place(of: name) == expected[Array(name.utf8)], "seed \(seed): \(name)")
    }
  }
}
