// Selectors: what is built is read back, and what others wrote is read without harm. Input: a byte of choices, then text.

import FuzzSupport
import NIOCore

@testable import ISSPlus

@main enum Selectors {
  static func main() {
    runFuzzer { start, count in
      Selectors.one(Input(start, count))
      return 0
    }
  }

  static func one(_ input: Input) {
    var input = input
    let choices = input.byte()
    let text = String(decoding: input.rest(), as: UTF8.self)
    if let ticker = Selector.ticker(in: text) {
      expect(text.utf8.count > ticker.utf8.count + 6, "a ticker that is longer than its text", ticker, text)
      expect(contains(text, ticker), "a ticker that is not in the text", ticker, text)
    }
    build(choices & 1 == 0 ? "ticker" : "Ticker", text)
    if choices & 2 != 0 { build(text, "MXSE.TQBR.SBER") }
  }

  private static func contains(_ text: String, _ part: String) -> Bool {
    let (all, wanted) = (Array(text.utf8), Array(part.utf8))
    return wanted.isEmpty || all.indices.contains { all[$0...].starts(with: wanted) }
  }

  private static func build(_ name: String, _ value: String) {
    do throws(SelectorError) {
      let selector = try Selector([("first", "x=\u{301}y and ticker=z"), (name, value)])
      let text = selector.text.unicodeScalars
      expect(text.count { $0 == "\"" } == 4, "quotes of a selector", selector.text)
      expect(
        !text.contains { $0 == "\n" || $0 == "\r" || $0 == "\0" || $0 == "'" }, "what could end a header", selector.text
      )
      guard name.utf8.elementsEqual("ticker".utf8) || name.utf8.elementsEqual("Ticker".utf8) else { return }
      expect(
        Selector.ticker(in: selector.text).map { Array($0.utf8) } == Array(value.utf8), "the ticker", selector.text)
    } catch {
      let isWord =
        !name.isEmpty
        && name.utf8.allSatisfy {
          "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.".utf8.contains($0)
        }
      let isSafe = !value.unicodeScalars.contains { scalar in
        scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
          || [0x22, 0x27, 0x2028, 0x2029].contains(scalar.value)
      }
      expect(!isWord || !isSafe, "a good term is refused", error, value)
      expect(!error.description.utf8.contains { $0 < 0x20 }, "control characters in an error", error)
    }
  }
}
