import ISSPlus
import MarketData

/// One order book as lines for a terminal: head, asks, spread, bids. The spread stays in its row whatever comes.
struct LadderPanel {
  let panel: BookPanel
  let layout: LadderLayout
  /// Columns of the whole panel; no line is wider.
  let width: Int
  /// Levels a side.
  let levels: Int
  /// Whether the columns are named.
  let hasNames: Bool
  /// Nanoseconds since 1970-01-01 UTC.
  let now: Int64

  /// The lines.
  var lines: [StyledLine] {
    if case .line = layout.form { return [line] }
    let asks = Array(panel.book.asks.prefix(levels).reversed())
    let bids = Array(panel.book.bids.prefix(levels))
    let largest = (asks + bids).map(\.quantity).max() ?? 0
    var lines = [head]
    if hasNames, layout.form != .single { lines.append(names) }
    lines += Array(repeating: StyledLine(), count: levels - asks.count)
    lines += asks.map { row($0, .ask, largest) }
    lines.append(middle)
    lines += bids.map { row($0, .bid, largest) }
    lines += Array(repeating: StyledLine(), count: levels - bids.count)
    return lines
  }

  private var isLive: Bool { panel.isLive }

  private var stateStyle: Style {
    if panel.isLive { return Style(tint: .green) }
    return panel.state == .awaitingSnapshot && panel.ending == nil ? .dim : .warning
  }

  // MARK: Head and middle

  /// Ticker, state, age; the end of a ticker tells more than its beginning.
  private var head: StyledLine {
    let age = Age.text(since: panel.received, now: now)
    let ticker = TextWidth.shown(panel.ticker)
    let choices = [(panel.words, "age " + age), (panel.words, age), (panel.word, age), (panel.word, "")]
    let fitting = choices.first { words, age in
      TextWidth.of(ticker) + 2 + TextWidth.of(TextWidth.shown(words)) + 2 + age.count <= width
    }
    let (words, end) = fitting ?? (panel.word, age)
    let room = width - TextWidth.of(words) - (end.isEmpty || age.isEmpty ? 1 : 2 + end.count)
    var line = StyledLine()
    line.append(TextWidth.clippedInFront(ticker, to: max(1, room)), .bold)
    line.append(fitting == nil ? " " : "  ")
    line.append(words, stateStyle)
    if !age.isEmpty, !end.isEmpty {
      line.append(" ")
      line.append(right: end, layout.rulerWidth(width) - line.width, isLive ? .dim : .warning)
    }
    return line.clipped(to: width)
  }

  private var names: StyledLine {
    var line = StyledLine()
    let size = layout.sizeWidth
    switch layout.form {
    case .bars(let bar):
      line.append(right: "bid lots", bar + 1 + size, .dim)
      line.append(right: "price", layout.priceWidth + 2, .dim)
      line.append(blanks: 2)
      line.append("ask lots", .dim)
    case .marks, .bare:
      let gap = layout.form == .marks ? 2 : 1
      line.append(right: TextWidth.clipped("bid", to: size), size, .dim)
      line.append(right: "price", layout.priceWidth + gap, .dim)
      line.append(blanks: gap)
      line.append(TextWidth.clipped("ask", to: size), .dim)
    case .single, .line: break
    }
    return line.clipped(to: width)
  }

  /// The row between asks and bids.
  private var middle: StyledLine {
    var words: [String] = []
    var style = Style(tint: .cyan)
    let book = panel.book
    if book.isCrossed {
      words.append("CROSSED")
      style = .warning
    }
    if book.isEmpty {
      words.append(panel.state == .awaitingSnapshot ? "" : "empty")
    } else if book.bestBid == nil {
      words.append("no bids")
    } else if book.bestAsk == nil {
      words.append("no asks")
    }
    if let spread = book.spread { words.append("spread \(spread)") }
    if let mid = book.mid { words.append("mid \(mid)") }
    let ruler = layout.rulerWidth(width)
    while words.count > 1, words.joined(separator: "  ").count > ruler { words.removeLast() }
    let text = words.joined(separator: "  ")
    var line = StyledLine()
    guard text.count <= ruler else { return line }
    let rest = ruler - text.count
    if rest < 4 || text.isEmpty {
      line.append(blanks: text.isEmpty ? 0 : rest / 2)
      line.append(text, isLive ? style : .dim)
      return line
    }
    line.append(String(repeating: "─", count: rest / 2 - 1) + " ", .dim)
    line.append(text, isLive ? style : .dim)
    line.append(" " + String(repeating: "─", count: rest - rest / 2 - 1), .dim)
    return line
  }

  // MARK: Levels

  private func row(_ level: BookLevel, _ side: BookSide, _ largest: Int64) -> StyledLine {
    let movement = panel.movement(side, level.price, now: now)
    let tint: Style.Tint = side == .bid ? .green : .red
    var style = isLive ? Style() : Style.dim
    style.isBold = isLive && movement != nil
    let size = String(level.quantity)
    let price = level.price.description
    let barStyle = isLive ? Style(tint: tint) : .dim
    let mark = Self.mark(movement)
    let markStyle = isLive && movement != nil ? Style(tint: movement == .shrunk ? .red : .green, isBold: true) : style
    var line = StyledLine()
    let layout = layout
    switch (layout.form, side) {
    case (.bars(let bar), .bid):
      let halves = Bar.halves(level.quantity, of: largest, width: bar)
      line.append(Bar.fromRight(halves, width: bar), barStyle)
      line.append(right: size, layout.sizeWidth + 1, style)
      line.append(mark, markStyle)
      line.append(right: price, layout.priceWidth + 1, style)
    case (.bars(let bar), .ask):
      line.append(blanks: bar + 1 + layout.sizeWidth + 1)
      line.append(right: price, layout.priceWidth + 1, style)
      line.append(mark, markStyle)
      line.append(" ")
      line.append(left: size, layout.sizeWidth + 1, style)
      line.append(Bar.fromLeft(Bar.halves(level.quantity, of: largest, width: bar), width: bar), barStyle)
    case (.marks, .bid):
      line.append(right: size, layout.sizeWidth, style)
      line.append(mark, markStyle)
      line.append(right: price, layout.priceWidth + 1, style)
    case (.marks, .ask):
      line.append(right: price, layout.sizeWidth + 2 + layout.priceWidth, style)
      line.append(mark, markStyle)
      line.append(" ")
      line.append(size, style)
    case (.bare, .bid):
      line.append(right: size, layout.sizeWidth, style)
      line.append(right: price, layout.priceWidth + 1, style)
    case (.bare, .ask):
      line.append(right: price, layout.sizeWidth + 1 + layout.priceWidth, style)
      line.append(" ")
      line.append(size, style)
    case (.single, _):
      line.append(side == .bid ? "bid" : "ask", barStyle)
      line.append(right: price, layout.priceWidth + 1, style)
      line.append(right: size, layout.sizeWidth + 1, style)
    case (.line, _): break
    }
    return line
  }

  private static func mark(_ movement: BookPanel.Movement?) -> String {
    switch movement {
    case .grown: "▴"
    case .shrunk: "▾"
    case nil: " "
    }
  }

  // MARK: One line

  /// Ticker, best prices, state, as far as they fit; a number is whole or not there.
  private var line: StyledLine {
    let ticker = TextWidth.shown(panel.ticker)
    let prices = "\(panel.book.bestBid?.price.description ?? "-")/\(panel.book.bestAsk?.price.description ?? "-")"
    let short = String(ticker.split(separator: ".").last ?? "")
    let rests = [[prices, panel.word], isLive ? [prices] : [], [panel.word]]
    for rest in rests where !rest.isEmpty {
      let text = rest.joined(separator: " ")
      for name in [ticker, short] where TextWidth.of(name) + 1 + text.count <= width {
        var line = StyledLine(name, .bold)
        line.append(" " + text, isLive ? .plain : .warning)
        return line
      }
    }
    return StyledLine(TextWidth.clippedInFront(ticker, to: width), isLive ? .bold : .warning)
  }
}

extension LadderLayout {
  /// How far head and spread reach: as far as the ladder, but far enough for words.
  func rulerWidth(_ panelWidth: Int) -> Int { min(panelWidth, max(width, 40)) }
}
