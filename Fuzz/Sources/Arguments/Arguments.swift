// Values of the command line: times, durations and sizes. Input: which, then the word.

import ArgumentParser
import FuzzSupport
import NIOCore

@testable import ArgumentValues

@main enum Arguments {
  static func main() {
    runFuzzer { start, count in
      Arguments.one(Input(start, count))
      return 0
    }
  }

  static func one(_ input: Input) {
    var input = input
    let which = input.choice(3)
    let word = String(decoding: input.rest(), as: UTF8.self)
    switch which {
    case 0: duration(word)
    case 1: rotation(word)
    default: time(word)
    }
  }

  private static func duration(_ word: String) {
    guard let value = DurationArgument(argument: word) else {
      // Whole numbers of up to six digits are always taken.
      let digits = word.utf8.prefix { (0x30...0x39).contains($0) }
      let unit = word.utf8.dropFirst(digits.count)
      let isPlain = (1...3).contains(digits.count) && ["ms", "s", "m", "h"].contains { unit.elementsEqual($0.utf8) }
      return expect(!isPlain, "a duration is refused", word)
    }
    let nanoseconds = value.amount.nanoseconds
    expect(
      nanoseconds >= 0 && nanoseconds <= 365 * 24 * 3600 * 1_000_000_000, "the range of a duration", word, nanoseconds)
    let units = ["ms": 1_000_000.0, "s": 1e9, "m": 6e10, "h": 3.6e12]
    let unit = word.hasSuffix("ms") ? "ms" : String(word.suffix(1))
    guard let number = Double(word.dropLast(unit.count)), let size = units[unit] else {
      difference("no duration", word)
    }
    expect((Double(nanoseconds) - number * size).magnitude <= 1024, "the length of a duration", word, nanoseconds)
  }

  private static func rotation(_ word: String) {
    guard let rotation = Rotation(argument: word) else { return }
    switch rotation {
    case .bytes(let bytes):
      expect(bytes >= 1000 && bytes <= 999_999_999 * 1_000_000_000, "the range of a size", word, bytes)
      let unit = word.hasSuffix("KB") ? 1000 : word.hasSuffix("MB") ? 1_000_000 : 1_000_000_000
      expect(Int(word.dropLast(2)).map { $0 * unit } == bytes, "a size", word, bytes)
    case .time(let time): expect(time >= .seconds(1), "too short a time", word)
    }
  }

  /// Against the days counted one by one.
  private static func time(_ word: String) {
    guard let value = TimeArgument(argument: word) else { return }
    expect(value.milliseconds >= 0 && value.last > value.first, "the range of a time", word)
    let bytes = Array(word.utf8)
    func number(_ range: Range<Int>) -> Int { bytes[range].reduce(0) { $0 * 10 + Int($1) - 48 } }
    let (year, month, day) = (number(0..<4), number(5..<7), number(8..<10))
    var days = 0
    for past in 1970..<year { days += isLeap(past) ? 366 : 365 }
    for past in 1..<month { days += length(past, year) }
    days += day - 1
    expect(day <= length(month, year), "a day that is not there", word)
    var seconds = (days * 24 + number(11..<13)) * 3600 + number(14..<16) * 60 + number(17..<19)
    var fraction = 0
    var place = 19
    if place < bytes.count, bytes[place] == 0x2E {
      var digits = 0
      place += 1
      while place < bytes.count, (0x30...0x39).contains(bytes[place]) {
        fraction = fraction * 10 + Int(bytes[place]) - 48
        digits += 1
        place += 1
      }
      for _ in digits..<3 { fraction *= 10 }
    }
    if place < bytes.count, bytes[place] != 0x5A, bytes[place] != 0x7A {
      let offset = number(place + 1..<place + 3) * 3600 + number(place + 4..<place + 6) * 60
      seconds -= bytes[place] == 0x2D ? -offset : offset
    }
    expect(Int(value.milliseconds) == seconds * 1000 + fraction, "a time", word, value.milliseconds)
  }

  private static func isLeap(_ year: Int) -> Bool { year % 400 == 0 || (year % 4 == 0 && year % 100 != 0) }

  private static func length(_ month: Int, _ year: Int) -> Int {
    switch month {
    case 2: isLeap(year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}
