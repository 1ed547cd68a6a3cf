/// A moment of the simulator's clock. The core never asks for the time: it is an argument of every call.
public struct GatewayTime: Sendable, Hashable, Comparable {
  /// Microseconds since 1970-01-01 UTC.
  public var microseconds: Int64

  /// A moment from microseconds since 1970-01-01 UTC.
  public init(microseconds: Int64) { self.microseconds = microseconds }

  /// A moment from milliseconds since 1970-01-01 UTC, as `published` and `timestamp` have them.
  public init(milliseconds: Int64) { microseconds = milliseconds * 1000 }

  /// Milliseconds since 1970-01-01 UTC.
  public var milliseconds: Int64 { microseconds / 1000 }

  /// Whether one moment is before the other.
  public static func < (left: GatewayTime, right: GatewayTime) -> Bool { left.microseconds < right.microseconds }

  /// The moment this many microseconds later.
  public func advanced(byMicroseconds distance: Int64) -> GatewayTime {
    GatewayTime(microseconds: microseconds + distance)
  }

  /// Seconds since 1970-01-01 00:00 as a Moscow clock counts them (UTC+3 all year).
  var moscowSeconds: Int { Int(microseconds / 1_000_000) + 3 * 3600 }
}

/// Dates without a zone, counted in days since 1970-01-01 (proleptic Gregorian calendar).
struct CivilDate: Sendable, Hashable {
  var year: Int
  var month: Int
  var day: Int

  init(year: Int, month: Int, day: Int) {
    self.year = year
    self.month = month
    self.day = day
  }

  /// The date of a day number. The year is taken to begin in March, so that the leap day is its last one.
  init(days: Int) {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  /// The day number of the date.
  var days: Int {
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  /// Seconds since 1970 of `2026-01-22 09:58:47` or `2026-01-22`; a `T` may stand for the blank.
  static func seconds(ofDatetime text: String) -> Int? {
    let bytes = Array(text.utf8)
    func number(_ range: Range<Int>) -> Int? {
      var value = 0
      for byte in bytes[range] {
        guard byte >= 0x30, byte <= 0x39 else { return nil }
        value = value * 10 + Int(byte - 0x30)
      }
      return value
    }
    func stands(_ character: Character, at place: Int) -> Bool { bytes[place] == character.asciiValue }

    guard bytes.count == 10 || bytes.count == 19, stands("-", at: 4), stands("-", at: 7) else { return nil }
    guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10) else { return nil }
    let date = CivilDate(year: year, month: month, day: day)
    guard (1...12).contains(month), day >= 1, CivilDate(days: date.days) == date else { return nil }
    guard bytes.count == 19 else { return date.days * 86_400 }
    guard stands(" ", at: 10) || stands("T", at: 10), stands(":", at: 13), stands(":", at: 16) else { return nil }
    guard let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19) else { return nil }
    guard hour < 24, minute < 60, second < 60 else { return nil }
    return date.days * 86_400 + hour * 3600 + minute * 60 + second
  }
}
