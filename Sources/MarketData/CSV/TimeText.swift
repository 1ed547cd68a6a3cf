extension TextBuffer {
  /// Appends a time as `2024-07-01T09:18:53.789Z`.
  ///
  /// - Parameter milliseconds: milliseconds since 1970-01-01 UTC, negative ones included; years beyond 9999 get as many
  ///   digits as they need.
  public mutating func append(utcMilliseconds milliseconds: Int64) {
    var days = milliseconds / 86_400_000
    var rest = milliseconds % 86_400_000
    if rest < 0 {
      rest += 86_400_000
      days -= 1
    }
    let (year, month, day) = date(days)
    if (0...9999).contains(year) {
      return append(
        year: UInt32(year), month: UInt32(month), day: UInt32(day), milliseconds: UInt32(truncatingIfNeeded: rest))
    }
    if year < 0 { append(UInt8(ascii: "-")) }
    let digits = year.magnitude
    if digits > 9999 { append(unsigned: UInt64(digits)) } else { append(unsigned: UInt64(digits), digits: 4) }
    append(UInt8(ascii: "-"))
    append(unsigned: UInt64(month), digits: 2)
    append(UInt8(ascii: "-"))
    append(unsigned: UInt64(day), digits: 2)
    append(UInt8(ascii: "T"))
    append(unsigned: UInt64(rest / 3_600_000), digits: 2)
    append(UInt8(ascii: ":"))
    append(unsigned: UInt64(rest / 60_000 % 60), digits: 2)
    append(UInt8(ascii: ":"))
    append(unsigned: UInt64(rest / 1000 % 60), digits: 2)
    append(UInt8(ascii: "."))
    append(unsigned: UInt64(rest % 1000), digits: 3)
    append(UInt8(ascii: "Z"))
  }

  /// Appends a time given in nanoseconds, cut to the millisecond.
  public mutating func append(utcNanoseconds nanoseconds: Int64) {
    let cut = nanoseconds / 1_000_000
    append(utcMilliseconds: nanoseconds % 1_000_000 < 0 ? cut - 1 : cut)
  }

  /// Year, month and day of a day number, which is mostly that of one of the two met last: arrival and packet.
  private mutating func date(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    for _ in 0..<2 {
      if let lastDate, lastDate.number == days { return lastDate.date }
      swap(&lastDate, &otherDate)
    }
    let date = Self.civil(days)
    otherDate = lastDate
    lastDate = (days, date)
    return date
  }

  /// Year, month and day of a day number, by the proleptic Gregorian calendar.
  private static func civil(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    // Counted from 0000-03-01, so that the leap day is the last of its year.
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
  }
}
