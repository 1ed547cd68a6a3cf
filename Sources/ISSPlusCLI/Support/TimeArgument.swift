import ArgumentParser

/// A moment on the command line, as the commands print it: `2024-07-01T09:18:53.789Z`, to the millisecond at most, or
/// with an offset in place of the Z: `2024-07-01T12:18:53+03:00` (RFC 3339).
struct TimeArgument: ExpressibleByArgument, Sendable, Comparable {
  /// Milliseconds since 1970-01-01 UTC.
  let milliseconds: Int64
  /// As it was written, without a blank.
  let text: String

  /// What is printed with this time begins here, in nanoseconds.
  var first: Int64 { milliseconds * 1_000_000 }
  /// And ends here: the printed time has no digits below the millisecond.
  var last: Int64 { first + 999_999 }

  static func < (one: Self, other: Self) -> Bool { one.milliseconds < other.milliseconds }

  static func == (one: Self, other: Self) -> Bool { one.milliseconds == other.milliseconds }

  init?(argument: String) {
    text = argument.split(separator: " ", omittingEmptySubsequences: false).joined(separator: "T")
    var rest = Array(argument.utf8)[...]
    func number(_ digits: Int) -> Int64? {
      guard rest.count >= digits, rest.prefix(digits).allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
      defer { rest = rest.dropFirst(digits) }
      return rest.prefix(digits).reduce(0) { $0 * 10 + Int64($1 - 0x30) }
    }
    func takes(_ characters: String) -> Bool {
      guard let next = rest.first, characters.utf8.contains(next) else { return false }
      rest = rest.dropFirst()
      return true
    }
    guard let year = number(4), takes("-"), let month = number(2), takes("-"), let day = number(2), takes("Tt "),
      let hour = number(2), takes(":"), let minute = number(2), takes(":"), let second = number(2),
      (1970...2261).contains(year), (1...12).contains(month), (1...Self.days(in: month, year)).contains(day),
      hour < 24, minute < 60, second < 60
    else { return nil }
    var fraction: Int64 = 0
    if takes(".") {
      let digits = rest.prefix { (0x30...0x39).contains($0) }.count
      guard (1...3).contains(digits), let value = number(digits) else { return nil }
      fraction = [100, 10, 1][digits - 1] * value
    }
    var offset: Int64 = 0
    if !takes("Zz") {
      let isWest = rest.first == UInt8(ascii: "-")
      guard takes("+-"), let hours = number(2), takes(":"), let minutes = number(2), hours < 24, minutes < 60 else {
        return nil
      }
      offset = (isWest ? -1 : 1) * (hours * 60 + minutes)
    }
    guard rest.isEmpty else { return nil }
    let days = Self.daysSinceEpoch(year, month, day)
    milliseconds = (((days * 24 + hour) * 60 + minute - offset) * 60 + second) * 1000 + fraction
    if milliseconds < 0 { return nil }
  }

  private static func days(in month: Int64, _ year: Int64) -> Int64 {
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][Int(month) - 1]
  }

  private static func daysSinceEpoch(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let past = year - 1
    let leaps = past / 4 - past / 100 + past / 400 - 477
    let months = (1..<month).reduce(0) { $0 + days(in: $1, year) }
    return (year - 1970) * 365 + leaps + months + day - 1
  }
}
