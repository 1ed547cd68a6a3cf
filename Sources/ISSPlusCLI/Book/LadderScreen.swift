import ISSPlus
import MarketData

/// Several order books on one screen: side by side as far as they fit, then below; what does not fit is named.
struct LadderScreen: Sendable {
  var panels: [BookPanel]
  /// Levels a side at most.
  let depth: Int
  /// The state of the line in words, and whether it holds.
  var line = LineWords()
  /// The last message, for a while.
  var note: String?

  init(_ tickers: [String], depth: Int) {
    panels = tickers.map { BookPanel($0) }
    self.depth = depth
  }

  /// Columns between two ladders.
  private static let gap = 3
  /// Head, spread and a level a side.
  private static let leastRows = 4

  /// How ladders of one size are placed.
  private struct Grid {
    var perRow: Int
    var rows: Int
    var shown: Int
    var levels: Int
    var hasNames: Bool
    var width: Int
    var layout: LadderLayout
  }

  /// The lines for a screen of that size: never more, and none wider.
  ///
  /// - Parameter now: nanoseconds since 1970-01-01 UTC.
  func lines(_ size: ScreenSize, now: Int64) -> [StyledLine] {
    let room = size.rows < 2 ? size.rows : size.rows - 1
    let (lines, left) = ladders(ScreenSize(columns: size.columns, rows: room), now: now)
    let warning = left.isEmpty ? nil : "\(left.count) not shown: \(left.joined(separator: ", "))"
    let foot = [line.foot(size.columns, warning: warning, note: note)]
    return Array(lines.prefix(max(0, room)) + foot.prefix(size.rows - room))
  }

  /// All ladders whole, on as many lines as they need.
  func ladders(columns: Int, now: Int64) -> [StyledLine] {
    ladders(ScreenSize(columns: columns, rows: panels.count * (2 * depth + 5)), now: now).lines
  }

  private func ladders(_ room: ScreenSize, now: Int64) -> (lines: [StyledLine], left: [String]) {
    if panels.isEmpty { return ([], []) }
    let grid = grid(room)
    var lines: [StyledLine] = []
    for row in 0..<grid.rows {
      let part = panels[..<grid.shown].dropFirst(row * grid.perRow).prefix(grid.perRow)
      if row > 0, grid.layout.form != .line { lines.append(StyledLine()) }
      let blocks = part.map { panel in
        LadderPanel(
          panel: panel, layout: grid.layout, width: grid.width, levels: grid.levels, hasNames: grid.hasNames, now: now
        ).lines
      }
      lines += Self.sideBySide(blocks, width: grid.width)
    }
    return (lines, panels[grid.shown...].map(\.ticker))
  }

  private static func sideBySide(_ blocks: [[StyledLine]], width: Int) -> [StyledLine] {
    let height = blocks.map(\.count).max() ?? 0
    return (0..<height).map { row in
      var line = StyledLine()
      for (place, block) in blocks.enumerated() where row < block.count {
        line.pad(to: place * (width + gap))
        line.append(block[row])
      }
      return line
    }
  }

  // MARK: Places

  private func grid(_ room: ScreenSize) -> Grid {
    let sizeWidth = panels.map(\.sizeWidth).max() ?? 1
    let priceWidth = panels.map(\.priceWidth).max() ?? 1
    // With bars side by side if all fit, else closer together, else a line each.
    let forms: [LadderLayout.Form] = [.bars(LadderLayout.narrowestBar), .marks, .bare, .single]
    var best: Grid?
    for form in forms {
      let least = LadderLayout.width(form, sizeWidth, priceWidth)
      guard least <= room.columns else { continue }
      let perRow = max(1, min(panels.count, (room.columns + Self.gap) / (least + Self.gap)))
      let possible = (room.rows + 1) / (Self.leastRows + 1)
      guard possible > 0 else { break }
      let wanted = (panels.count + perRow - 1) / perRow
      let rows = min(wanted, possible)
      // Evenly, so that the last row is no shorter than it must be.
      let even = wanted <= possible ? (panels.count + rows - 1) / rows : perRow
      let width = (room.columns + Self.gap) / even - Self.gap
      let height = (room.rows - (rows - 1)) / rows
      let hasNames = height >= Self.leastRows + 1 + 2
      let levels = max(1, min(depth, (height - (hasNames ? 3 : 2)) / 2))
      let grid = Grid(
        perRow: even, rows: rows, shown: min(panels.count, rows * even), levels: levels, hasNames: hasNames,
        width: min(width, max(widestUseful(sizeWidth, priceWidth), least)),
        layout: LadderLayout(width: width, sizeWidth: sizeWidth, priceWidth: priceWidth))
      if grid.shown == panels.count { return grid }
      if best.map({ $0.shown < grid.shown }) ?? true { best = grid }
    }
    if let best { return best }
    let rows = min(panels.count, max(0, room.rows))
    return Grid(
      perRow: 1, rows: rows, shown: rows, levels: 0, hasNames: false, width: room.columns,
      layout: LadderLayout(width: 0, sizeWidth: sizeWidth, priceWidth: priceWidth))
  }

  /// What a panel can fill: the ladder with its longest bars.
  private func widestUseful(_ sizeWidth: Int, _ priceWidth: Int) -> Int {
    LadderLayout.width(.bars(LadderLayout.widestBar), sizeWidth, priceWidth)
  }
}
