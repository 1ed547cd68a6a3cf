/// Where the columns of one ladder stand.
///
/// ```
/// bar size mark price mark size bar
/// ```
/// A number is never cut: what does not fit makes room by leaving out the bars, then the marks, then a column.
struct LadderLayout: Hashable {
  /// How much of it there is.
  enum Form: Hashable {
    /// Bars of that many columns on both sides.
    case bars(Int)
    /// Sizes, marks and prices.
    case marks
    /// Sizes and prices.
    case bare
    /// One column for the sizes of both sides, with the side in front.
    case single
    /// Too narrow for a ladder: a line with the best prices.
    case line
  }

  let form: Form
  let sizeWidth: Int
  let priceWidth: Int

  /// The widest bar: a longer one says no more.
  static let widestBar = 40
  /// The narrowest bar that says something.
  static let narrowestBar = 4

  /// The layout for columns of that width.
  init(width: Int, sizeWidth: Int, priceWidth: Int) {
    self.sizeWidth = sizeWidth
    self.priceWidth = priceWidth
    let marks = Self.width(.marks, sizeWidth, priceWidth)
    let bar = min(Self.widestBar, (width - marks) / 2 - 1)
    if bar >= Self.narrowestBar {
      form = .bars(bar)
    } else if width >= marks {
      form = .marks
    } else {
      let narrow = [Form.bare, .single].first { width >= Self.width($0, sizeWidth, priceWidth) }
      form = narrow ?? .line
    }
  }

  /// The columns that it takes.
  var width: Int { Self.width(form, sizeWidth, priceWidth) }

  static func width(_ form: Form, _ sizeWidth: Int, _ priceWidth: Int) -> Int {
    switch form {
    case .bars(let bar): 2 * (bar + 1) + width(.marks, sizeWidth, priceWidth)
    case .marks: 2 * (sizeWidth + 2) + priceWidth
    case .bare: 2 * (sizeWidth + 1) + priceWidth
    case .single: 4 + priceWidth + 1 + sizeWidth
    case .line: 0
    }
  }
}

/// A bar of blocks, to half a column.
enum Bar {
  /// Half columns for a quantity; whatever is there is seen.
  static func halves(_ quantity: Int64, of largest: Int64, width: Int) -> Int {
    guard quantity > 0, largest > 0 else { return 0 }
    let share = Double(quantity) / Double(largest)
    return min(2 * width, max(1, Int((share * Double(2 * width)).rounded())))
  }

  /// A bar that begins at the left end.
  static func fromLeft(_ halves: Int, width: Int) -> String {
    String(repeating: "█", count: halves / 2) + (halves % 2 == 1 ? "▌" : "")
      + String(repeating: " ", count: width - (halves + 1) / 2)
  }

  /// A bar that begins at the right end.
  static func fromRight(_ halves: Int, width: Int) -> String {
    String(repeating: " ", count: width - (halves + 1) / 2) + (halves % 2 == 1 ? "▐" : "")
      + String(repeating: "█", count: halves / 2)
  }
}
