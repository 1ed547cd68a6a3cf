/// A date and time as the exchange writes them, `2026-01-22 09:58:47`, by a Moscow clock and without a zone.
public struct MoscowDateTime: Sendable, Hashable, Comparable {
  /// The day.
  public let date: MoscowDate
  /// The time of that day.
  public let time: MoscowTime

  /// A date with a time.
  public init(_ date: MoscowDate, _ time: MoscowTime) {
    self.date = date
    self.time = time
  }

  /// Reads `2026-01-22 09:58:47`; `nil` for any other text.
  public init?(_ text: String) {
    var reader = TimeReader(text)
    guard let date = reader.date(), reader.skip(UInt8(ascii: " ")), let time = reader.time(), reader.isAtEnd() else {
      return nil
    }
    self.init(date, time)
  }

  /// Whether one is earlier than the other, by the clock.
  public static func < (left: MoscowDateTime, right: MoscowDateTime) -> Bool {
    (left.date, left.time) < (right.date, right.time)
  }

  /// Seconds since 1970-01-01 UTC, as `Foundation.Date(timeIntervalSince1970:)` takes them; `nil` before 1997.
  ///
  /// Moscow keeps UTC+3 since 2014-10-26. Before, it had summer time until 2010 and UTC+4 from 2011-03-27 on: candles go
  /// back that far. Of an hour that the clock showed twice the first is meant.
  public var secondsSince1970: Int64? {
    guard let offset = utcOffset else { return nil }
    return Int64(date.daysSince1970 * 86_400 + time.secondsSinceMidnight - offset)
  }

  /// Seconds that a Moscow clock was ahead of UTC then; `nil` before 1997.
  public var utcOffset: Int? {
    let (winter, summer) = (3 * 3600, 4 * 3600)
    let moment = (date.year, date.month, date.day, time.hour)
    if moment >= (2014, 10, 26, 2) { return winter }
    if moment >= (2011, 3, 27, 2) { return summer }
    if date.year < 1997 { return nil }
    if moment < (date.year, 3, Self.lastSunday(of: 3, date.year), 2) { return winter }
    return moment < (date.year, 10, Self.lastSunday(of: 10, date.year), 3) ? summer : winter
  }

  /// The day of the last Sunday of a month of 31 days.
  private static func lastSunday(of month: Int, _ year: Int) -> Int {
    guard let last = MoscowDate(year: year, month: month, day: 31) else { return 31 }
    // 1970-01-04 was a Sunday.
    return 31 - (last.daysSince1970 - 3) % 7
  }
}

extension MoscowDateTime: CustomStringConvertible {
  /// As on the wire: `2026-01-22 09:58:47`.
  public var description: String {
    var text = TextBuffer()
    date.append(to: &text)
    text.append(UInt8(ascii: " "))
    time.append(to: &text)
    return text.string
  }
}

extension MoscowDateTime: CellValue {
  /// A date with a time.
  public static var cellMeaning: String { "a date and time like 2026-01-22 09:58:47" }
  /// The date and time of a text cell.
  public init?(cell: Cell) {
    guard let text = cell.text, let value = MoscowDateTime(text) else { return nil }
    self = value
  }
}
