import Foundation
import Testing

@testable import MarketData

@Suite struct MoscowTimeTests {
  @Test(arguments: ["2026-01-23", "2024-02-29", "2000-02-29", "0001-01-01", "9999-12-31"])
  func datesAreReadAndPrintedAsSent(_ text: String) throws {
    #expect(try #require(MoscowDate(text)).description == text)
  }

  @Test(
    arguments: [
      "", "2026-01-2", "2026-1-23", "2026-01-233", "2026-01-32", "2026-13-01", "2026-00-01", "2026-01-00", "2023-02-29",
      "1900-02-29", "2026-04-31", "0000-00-00", "2026/01/23", " 2026-01-23", "2026-01-23 ", "+026-01-23", "２026-01-23",
      "2026-01-23 10:00:00", "20260123",
    ])
  func otherTextsAreNoDates(_ text: String) { #expect(MoscowDate(text) == nil) }

  @Test func timesAreReadAndPrintedAsSent() throws {
    let time = try #require(MoscowTime("09:51:20"))
    #expect(time.hour == 9 && time.minute == 51 && time.second == 20 && time.secondsSinceMidnight == 35_480)
    #expect(time.description == "09:51:20")
    #expect(MoscowTime("23:59:59")?.description == "23:59:59" && MoscowTime("00:00:00")?.description == "00:00:00")
    for text in ["", "9:51:20", "09:51", "24:00:00", "09:60:00", "09:51:60", "09:51:20.5", "09-51-20", "-9:51:20"] {
      #expect(MoscowTime(text) == nil, "\(text)")
    }
  }

  @Test func datesWithTimesAreReadAndPrintedAsSent() throws {
    let moment = try #require(MoscowDateTime("2026-01-22 09:58:47"))
    #expect(moment.date == MoscowDate("2026-01-22") && moment.time == MoscowTime("09:58:47"))
    #expect(moment.description == "2026-01-22 09:58:47")
    // 2026-01-22T06:58:47Z
    #expect(moment.secondsSince1970 == 1_769_065_127)
    for text in ["", "2026-01-22", "2026-01-22T09:58:47", "2026-01-22 09:58:47Z", "2026-02-30 09:58:47"] {
      #expect(MoscowDateTime(text) == nil, "\(text)")
    }
  }

  @Test func orderIsThatOfTheClock() throws {
    let texts = ["2025-12-31 23:59:59", "2026-01-22 09:58:47", "2026-01-22 10:00:00", "2026-02-01 00:00:00"]
    let moments = texts.compactMap { MoscowDateTime($0) }
    #expect(moments.reversed().sorted().map(\.description) == texts)
    #expect(try #require(MoscowDate("2025-12-31")) < #require(MoscowDate("2026-01-01")))
    #expect(try #require(MoscowTime("09:59:59")) < #require(MoscowTime("10:00:00")))
  }

  @Test("days are those of the Gregorian calendar, each one more than the day before")
  func dayNumbers() throws {
    #expect(MoscowDate("1970-01-01")?.daysSince1970 == 0)
    #expect(MoscowDate("1969-12-31")?.daysSince1970 == -1)
    #expect(MoscowDate("2026-01-22")?.daysSince1970 == 20_475)
    var expected = try #require(MoscowDate("0001-01-01")).daysSince1970
    #expect(expected == -719_162)
    for year in 1...2400 {
      for month in 1...12 {
        for day in 1...MoscowDate.days(in: month, of: year) {
          if MoscowDate(year: year, month: month, day: day)?.daysSince1970 != expected {
            Issue.record("\(year)-\(month)-\(day)")
          }
          expected += 1
        }
      }
    }
  }

  @Test("seconds since 1970 are those of the time zone database, for every half hour from 1997 to 2030")
  func offsets() throws {
    let zone = try #require(TimeZone(identifier: "Europe/Moscow"))
    let first = 852_066_000  // 1997-01-01 00:00 in Moscow
    let last = 1_924_981_200  // 2031-01-01 00:00 in Moscow
    var wrong: [String] = []
    var shown: Set<Int> = []
    for second in stride(from: first, to: last, by: 1800) {
      let offset = zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(second)))
      // The second showing of an hour is taken for the first.
      guard shown.insert(second + offset).inserted else { continue }
      let moment = try #require(Self.clock(second + offset))
      if moment.secondsSince1970 != Int64(second) || moment.utcOffset != offset {
        wrong.append("\(moment) \(moment.utcOffset ?? -1) \(offset)")
      }
    }
    #expect(wrong == [])
    #expect(MoscowDateTime("1996-12-31 23:59:59")?.secondsSince1970 == nil)
  }

  /// What a clock shows that many seconds after 1970-01-01 00:00 of its own time.
  private static func clock(_ seconds: Int) -> MoscowDateTime? {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    let parts = calendar.dateComponents(
      [.year, .month, .day], from: Date(timeIntervalSince1970: Double(seconds)))
    guard let date = MoscowDate(year: parts.year ?? 0, month: parts.month ?? 0, day: parts.day ?? 0),
      let time = MoscowTime(hour: seconds / 3600 % 24, minute: seconds / 60 % 60, second: seconds % 60)
    else { return nil }
    return MoscowDateTime(date, time)
  }
}
