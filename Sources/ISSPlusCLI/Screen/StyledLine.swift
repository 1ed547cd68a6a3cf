/// How a piece of a line looks.
struct Style: Hashable, Sendable {
  /// The colours that are used; what they say is also said by words or marks.
  enum Tint: Int, Sendable {
    case red = 31
    case green = 32
    case yellow = 33
    case cyan = 36
  }

  var tint: Tint?
  var isBold = false
  var isDim = false
  var isReverse = false

  static let plain = Style()
  static let dim = Style(isDim: true)
  static let bold = Style(isBold: true)
  /// What must not be overlooked.
  static let warning = Style(tint: .yellow, isBold: true)

  /// The same in reverse video.
  var reversed: Style {
    var style = self
    style.isReverse = true
    return style
  }

  /// The parameters of SGR (ECMA-48, 8.3.117); empty for plain text.
  func parameters(inColor: Bool) -> String {
    var numbers: [Int] = []
    if isBold { numbers.append(1) }
    if isDim { numbers.append(2) }
    if isReverse { numbers.append(7) }
    if inColor, let tint { numbers.append(tint.rawValue) }
    return numbers.map(String.init).joined(separator: ";")
  }
}

/// A line of a screen: pieces of text with their looks, and the columns they take.
struct StyledLine: Hashable, Sendable {
  struct Piece: Hashable, Sendable {
    var text: String
    var style: Style
  }

  private(set) var pieces: [Piece] = []
  private(set) var width = 0

  init() {}

  init(_ text: String, _ style: Style = .plain) { append(text, style) }

  /// The text without its looks.
  var text: String { pieces.map(\.text).joined() }

  /// Appends text; what cannot stand on a terminal is replaced.
  mutating func append(_ text: String, _ style: Style = .plain) {
    let text = TextWidth.shown(text)
    if text.isEmpty { return }
    width += TextWidth.of(text)
    if let last = pieces.last, last.style == style {
      pieces[pieces.count - 1].text = last.text + text
    } else {
      pieces.append(Piece(text: text, style: style))
    }
  }

  mutating func append(_ other: StyledLine) { for piece in other.pieces { append(piece.text, piece.style) } }

  /// Appends blanks.
  mutating func append(blanks count: Int) { if count > 0 { append(String(repeating: " ", count: count)) } }

  /// Appends blanks up to that width.
  mutating func pad(to target: Int) { append(blanks: target - width) }

  /// Appends text in that many columns, at their right end; it must fit.
  mutating func append(right text: String, _ width: Int, _ style: Style = .plain) {
    append(blanks: width - TextWidth.of(text))
    append(text, style)
  }

  /// Appends text in that many columns, at their left end; it must fit.
  mutating func append(left text: String, _ width: Int, _ style: Style = .plain) {
    append(text, style)
    append(blanks: width - TextWidth.of(text))
  }

  /// At most that many columns; what is cut ends in `…`.
  func clipped(to limit: Int) -> StyledLine {
    if width <= limit { return self }
    var line = StyledLine()
    for piece in pieces {
      let room = limit - line.width
      if TextWidth.of(piece.text) < room {
        line.append(piece.text, piece.style)
      } else {
        // Something is cut behind it in any case.
        line.append(TextWidth.clipped(piece.text + "…", to: room), piece.style)
        break
      }
    }
    return line
  }

  /// The line without blanks at its end that nobody sees.
  var trimmed: StyledLine {
    var line = self
    while let last = line.pieces.last, !last.style.isReverse {
      var text = Substring(last.text)
      while text.last == " " { text.removeLast() }
      line.width -= last.text.count - text.count
      if text.isEmpty {
        line.pieces.removeLast()
      } else {
        line.pieces[line.pieces.count - 1].text = String(text)
        break
      }
    }
    return line
  }

  /// The text with its looks as escape sequences.
  func ansi(inColor: Bool) -> String {
    var result = ""
    for piece in pieces {
      let parameters = piece.style.parameters(inColor: inColor)
      result += parameters.isEmpty ? piece.text : "\u{1B}[\(parameters)m\(piece.text)\u{1B}[0m"
    }
    return result
  }
}
