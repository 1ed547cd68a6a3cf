/// What is written to a terminal so that it shows other lines than before (ECMA-48; the private modes are xterm's).
struct Painter {
  /// The lines as they were written, one a row from the top.
  private var shown: [String] = []
  private var size: ScreenSize?
  let inColor: Bool

  init(inColor: Bool) { self.inColor = inColor }

  /// Whether colours are wanted (no-color.org).
  static var wantsColor: Bool { Environment.value("NO_COLOR") == nil }

  /// The alternate screen, without a cursor, and without wrapping: a character of which the terminal thinks otherwise
  /// costs the end of its line and not the rows below.
  static let enter = "\u{1B}[?1049h\u{1B}[?25l\u{1B}[?7l"

  /// The screen of before, with cursor and wrapping; the alternate one is left empty, because tmux shows rows of it after
  /// other sizes.
  static let leave = "\u{1B}[0m\u{1B}[H\u{1B}[2J\u{1B}[?7h\u{1B}[?25h\u{1B}[?1049l"

  /// Forgets what is shown: the next lines are written all.
  mutating func forget() { size = nil }

  /// What leads from the lines shown to these: only rows that differ are written. After another size everything is,
  /// because terminals move what they show.
  mutating func paint(_ lines: [StyledLine], _ size: ScreenSize) -> String {
    var text = ""
    let rows = lines.prefix(size.rows).map { line in
      let line = line.clipped(to: size.columns)
      // Behind a full row the cursor stands on its last character, and erasing would take it away.
      return line.ansi(inColor: inColor) + (line.width < size.columns ? "\u{1B}[K" : "")
    }
    if size != self.size {
      text += "\u{1B}[H\u{1B}[2J"
      shown = []
    }
    for (number, row) in rows.enumerated() where number >= shown.count || shown[number] != row {
      text += "\u{1B}[\(number + 1);1H\(row)"
    }
    for number in rows.count..<max(rows.count, shown.count) { text += "\u{1B}[\(number + 1);1H\u{1B}[K" }
    shown = rows
    self.size = size
    return text
  }
}
