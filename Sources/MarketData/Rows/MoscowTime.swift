/// A time of day as the exchange writes it, `09:51:20`, by a Moscow clock.
///
/// It has no date: the time of an instrument's last trade may be of the day before (protocol facts, 3.2).
public struct MoscowTime: Sendable, Hashable, Comparable {
  /// The hour, 0 to 23.
  public let hour: Int
  /// The minute, 0 to 59.
  public let minute: Int
  /// The second, 0 to 59.
  public let second: Int

  /// A time of day; `nil` when no clock shows it.
  public init?(hour: Int, minute: Int, second: Int) {
    guard (0..<24).contains(hour), (0..<60).contains(minute), (0..<60).contains(second) else { return nil }
    self.hour = hour
    self.minute = minute
    self.second = second
  }

  /// Reads `09:51:20`; `nil` for any other text.
  public init?(_ text: String) {
    var reader = TimeReader(text)
    guard let time = reader.time(), reader.isAtEnd() else { return nil }
    self = time
  }

  /// Seconds since midnight.
  public var secondsSinceMidnight: Int { hour * 3600 + minute * 60 + second }

  /// Whether one is earlier in the day than the other.
  public static func < (left: MoscowTime, right: MoscowTime) -> Bool {
    left.secondsSinceMidnight < right.secondsSinceMidnight
  }
}

extension MoscowTime: CustomStringConvertible {
  /// As on the wire: `09:51:20`.
  public var description: String {
    var text = TextBuffer()
    append(to: &text)
    return text.string
  }

  func append(to text: inout TextBuffer) {
    text.append(unsigned: UInt64(hour), digits: 2)
    text.append(UInt8(ascii: ":"))
    text.append(unsigned: UInt64(minute), digits: 2)
    text.append(UInt8(ascii: ":"))
    text.append(unsigned: UInt64(second), digits: 2)
  }
}

extension MoscowTime: CellValue {
  /// A time of day.
  public static var cellMeaning: String { "a time like 09:51:20" }
  /// The time of a text cell.
  public init?(cell: Cell) {
    guard let text = cell.text, let time = MoscowTime(text) else { return nil }
    self = time
  }
}

/// Reads the exchange's dates and times, in which every digit has its fixed place.
struct TimeReader {
  private var rest: String.UTF8View.Iterator

  init(_ text: String) { rest = text.utf8.makeIterator() }

  /// Whether nothing is left; asked once, at the end.
  mutating func isAtEnd() -> Bool { rest.next() == nil }

  mutating func skip(_ byte: UInt8) -> Bool { rest.next() == byte }

  mutating func number(digits: Int) -> Int? {
    var value = 0
    for _ in 0..<digits {
      guard let digit = rest.next(), digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") else { return nil }
      value = value * 10 + Int(digit - UInt8(ascii: "0"))
    }
    return value
  }

  mutating func date() -> MoscowDate? {
    guard let year = number(digits: 4), skip(UInt8(ascii: "-")), let month = number(digits: 2), skip(UInt8(ascii: "-")),
      let day = number(digits: 2)
    else { return nil }
    return MoscowDate(year: year, month: month, day: day)
  }

  mutating func time() -> MoscowTime? {
    guard let hour = number(digits: 2), skip(UInt8(ascii: ":")), let minute = number(digits: 2),
      skip(UInt8(ascii: ":")),
      let second = number(digits: 2)
    else { return nil }
    return MoscowTime(hour: hour, minute: minute, second: second)
  }
}
