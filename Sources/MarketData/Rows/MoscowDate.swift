/// A date as the exchange writes it, `2026-01-23`: a day of the Moscow calendar.
public struct MoscowDate: Sendable, Hashable, Comparable {
  /// The year, 1 to 9999.
  public let year: Int
  /// The month, 1 to 12.
  public let month: Int
  /// The day of the month, 1 to 31.
  public let day: Int

  /// A date; `nil` when the calendar has no such day.
  public init?(year: Int, month: Int, day: Int) {
    guard (1...9999).contains(year), (1...12).contains(month) else { return nil }
    guard day >= 1, day <= Self.days(in: month, of: year) else { return nil }
    self.year = year
    self.month = month
    self.day = day
  }

  /// Reads `2026-01-23`; `nil` for any other text.
  public init?(_ text: String) {
    var reader = TimeReader(text)
    guard let date = reader.date(), reader.isAtEnd() else { return nil }
    self = date
  }

  /// Days since 1970-01-01, negative before it.
  public var daysSince1970: Int {
    // Counted from March, so that the leap day is the last of its year.
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = shiftedYear / 400
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  /// Whether one day is before the other.
  public static func < (left: MoscowDate, right: MoscowDate) -> Bool {
    (left.year, left.month, left.day) < (right.year, right.month, right.day)
  }

  static func days(in month: Int, of year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}

extension MoscowDate: CustomStringConvertible {
  /// As on the wire: `2026-01-23`.
  public var description: String {
    var text = TextBuffer()
    append(to: &text)
    return text.string
  }

  func append(to text: inout TextBuffer) {
    text.append(unsigned: UInt64(year), digits: 4)
    text.append(UInt8(ascii: "-"))
    text.append(unsigned: UInt64(month), digits: 2)
    text.append(UInt8(ascii: "-"))
    text.append(unsigned: UInt64(day), digits: 2)
  }
}

extension MoscowDate: CellValue {
  /// A date.
  public static var cellMeaning: String { "a date like 2026-01-23" }
  /// The date of a text cell.
  public init?(cell: Cell) {
    guard let text = cell.text, let date = MoscowDate(text) else { return nil }
    self = date
  }
}
