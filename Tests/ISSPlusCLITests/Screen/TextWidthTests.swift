import Testing

@testable import ISSPlusCLI

/// Columns of a terminal (Unicode 16, EastAsianWidth.txt).
struct TextWidthTests {
  @Test(
    arguments: [
      ("", 0), ("abc", 3), ("Сбербанк", 8), ("é", 1), ("e\u{301}", 1), ("中文", 4), ("カナ", 4), ("ｶﾅ", 2), ("한국", 4),
      ("\u{1112}\u{1161}\u{11AB}", 2), ("█▌▐", 3), ("▴▾", 2), ("…", 1), ("🏦", 2), ("⌚", 2), ("─", 1), ("₽", 1),
      ("！", 2), ("\u{20000}", 2), ("a\u{20DD}", 1), ("\u{115F}", 2), ("\u{303F}", 1), ("\u{1F321}", 1),
    ] as [(String, Int)])
  func columns(text: String, width: Int) { #expect(TextWidth.of(text) == width) }

  @Test(
    arguments: [
      ("plain", "plain"), ("a\nb\tc\r", "a b c "), ("a\u{1B}[2Jb", "a\u{FFFD}[2Jb"), ("\u{7F}", "\u{FFFD}"),
      ("\u{85}x", " x"), ("a\u{202E}b", "ab"), ("a\u{2028}b", "a b"), ("👩\u{200D}💻", "👩💻"), ("❤\u{FE0F}", "❤"),
      ("\u{FEFF}a\u{AD}b", "ab"), ("Газ 中", "Газ 中"),
    ] as [(String, String)])
  func whatCanStandOnATerminal(text: String, shown: String) {
    #expect(TextWidth.shown(text).unicodeScalars.elementsEqual(shown.unicodeScalars))
  }

  @Test(
    arguments: [
      ("abcdef", 6, "abcdef", "abcdef"), ("abcdef", 4, "abc…", "…def"), ("abcdef", 1, "…", "…"), ("abcdef", 0, "", ""),
      ("中文字", 5, "中文…", "…文字"), ("中文字", 4, "中…", "…字"), ("e\u{301}e\u{301}e\u{301}", 2, "e\u{301}…", "…e\u{301}"),
    ] as [(String, Int, String, String)])
  func clipping(text: String, width: Int, front: String, end: String) {
    #expect(TextWidth.clipped(text, to: width) == front)
    #expect(TextWidth.clippedInFront(text, to: width) == end)
    #expect(TextWidth.of(TextWidth.clipped(text, to: width)) <= width)
    #expect(TextWidth.of(TextWidth.clippedInFront(text, to: width)) <= width)
  }

  @Test func lines() {
    var line = StyledLine("中", .bold)
    line.append(right: "7", 4)
    line.append("x", Style(tint: .red, isReverse: true))
    line.pad(to: 10)
    #expect(line.width == 10)
    #expect(line.text == "中   7x   ")
    #expect(line.trimmed.text == "中   7x")
    #expect(line.trimmed.width == 7)
    #expect(line.trimmed.ansi(inColor: true) == "\u{1B}[1m中\u{1B}[0m   7\u{1B}[7;31mx\u{1B}[0m")
    #expect(line.trimmed.ansi(inColor: false) == "\u{1B}[1m中\u{1B}[0m   7\u{1B}[7mx\u{1B}[0m")
    #expect(line.clipped(to: 6).text == "中   …")
    #expect(line.clipped(to: 2).text == "…")
    #expect(line.clipped(to: 0).text == "")
    for width in 0...12 { #expect(line.clipped(to: width).width <= width) }
    #expect(StyledLine("abc").clipped(to: 3).text == "abc")
    var pieces = StyledLine("abc", .bold)
    pieces.append("def")
    #expect(pieces.clipped(to: 4).text == "abc…")
    #expect(pieces.clipped(to: 3).text == "ab…")
  }
}

/// What is written to a terminal.
struct PainterTests {
  private let size = ScreenSize(columns: 5, rows: 3)

  @Test func onlyWhatDiffersIsWritten() {
    var painter = Painter(inColor: true)
    let first = painter.paint([StyledLine("one"), StyledLine("two", .bold)], size)
    #expect(first == "\u{1B}[H\u{1B}[2J\u{1B}[1;1Hone\u{1B}[K\u{1B}[2;1H\u{1B}[1mtwo\u{1B}[0m\u{1B}[K")
    #expect(painter.paint([StyledLine("one"), StyledLine("two", .bold)], size) == "")
    #expect(painter.paint([StyledLine("one"), StyledLine("TWO")], size) == "\u{1B}[2;1HTWO\u{1B}[K")
    #expect(painter.paint([StyledLine("one")], size) == "\u{1B}[2;1H\u{1B}[K")
  }

  @Test func nothingGoesBeyondTheScreen() {
    var painter = Painter(inColor: true)
    // A full row is not erased behind: the cursor stands on its last character.
    let text = painter.paint(["12345", "123456", "3", "4"].map { StyledLine($0) }, size)
    #expect(text == "\u{1B}[H\u{1B}[2J\u{1B}[1;1H12345\u{1B}[2;1H1234…\u{1B}[3;1H3\u{1B}[K")
  }

  @Test func afterAnotherSizeEverythingIs() {
    var painter = Painter(inColor: true)
    _ = painter.paint([StyledLine("one")], size)
    #expect(
      painter.paint([StyledLine("one")], ScreenSize(columns: 6, rows: 3))
        == "\u{1B}[H\u{1B}[2J\u{1B}[1;1Hone\u{1B}[K")
    painter.forget()
    #expect(painter.paint([], size) == "\u{1B}[H\u{1B}[2J")
  }
}
