/// The widths of a candle; the case of the ids counts. Every candle has a number, so that neighbours are easy to find.
enum CandleInterval: String, Sendable, CaseIterable {
  case minute = "M1"
  case tenMinutes = "M10"
  case hour = "H1"
  case day = "D1"
  case week = "W1"
  case month = "m1"
  case threeMonths = "m3"
  case quarter = "Q1"

  /// The number of the candle that holds this moment, in seconds since 1970 of a Moscow clock.
  func index(of seconds: Int) -> Int {
    let days = ByteText.split(seconds).days
    switch self {
    case .minute: return Self.floor(seconds, by: 60)
    case .tenMinutes: return Self.floor(seconds, by: 600)
    case .hour: return Self.floor(seconds, by: 3600)
    case .day: return days
    // 1970-01-01 was a Thursday, and weeks begin on Monday.
    case .week: return Self.floor(days + 3, by: 7)
    case .month:
      let date = CivilDate(days: days)
      return date.year * 12 + date.month - 1
    case .threeMonths, .quarter:
      let date = CivilDate(days: days)
      return date.year * 4 + (date.month - 1) / 3
    }
  }

  /// The moment at which a candle begins.
  func start(of index: Int) -> Int {
    switch self {
    case .minute: index * 60
    case .tenMinutes: index * 600
    case .hour: index * 3600
    case .day: index * 86_400
    case .week: (index * 7 - 3) * 86_400
    case .month: CivilDate(year: index / 12, month: index % 12 + 1, day: 1).days * 86_400
    case .threeMonths, .quarter: CivilDate(year: index / 4, month: index % 4 * 3 + 1, day: 1).days * 86_400
    }
  }

  private static func floor(_ value: Int, by width: Int) -> Int {
    value >= 0 ? value / width : (value - width + 1) / width
  }
}
