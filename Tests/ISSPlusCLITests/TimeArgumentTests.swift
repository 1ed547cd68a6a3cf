import Foundation
import Testing

@testable import ISSPlusCLI

struct TimeArgumentTests {
  @Test(
    arguments: [
      ("1970-01-01T00:00:00Z", 0), ("2024-07-01T09:18:53.789Z", 1_719_825_533_789),
      ("2024-07-01T12:18:53.789+03:00", 1_719_825_533_789), ("2024-06-30T23:48:53.7-09:30", 1_719_825_533_700),
      ("2000-02-29t23:59:59.05z", 951_868_799_050), ("2100-03-01 00:00:00Z", 4_107_542_400_000),
    ] as [(String, Int64)])
  func values(text: String, milliseconds: Int64) {
    #expect(TimeArgument(argument: text)?.milliseconds == milliseconds)
  }

  @Test(
    arguments: [
      "", "2024-07-01", "2024-07-01T09:18Z", "2024-13-01T00:00:00Z", "2024-04-31T00:00:00Z", "2100-02-29T00:00:00Z",
      "2024-07-01T24:00:00Z", "2024-07-01T00:60:00Z", "2024-07-01T00:00:60Z", "2024-07-01T00:00:00.Z",
      "2024-07-01T00:00:00Z ", "2024-07-01T00:00:00+3:00", "1969-12-31T23:59:59Z", "1970-01-01T00:00:00+03:00",
      "9999-01-01T00:00:00Z", "2024-07-01T00:00:00\u{661}Z",
    ])
  func noTimes(text: String) { #expect(TimeArgument(argument: text) == nil) }

  /// Every first of a month, and the day before, against Foundation.
  @Test func calendar() {
    let format = ISO8601DateFormatter()
    for year in stride(from: 1970, through: 2260, by: 1) {
      for month in 1...12 where year > 1970 || month > 1 {
        let text = "\(year)-\(month < 10 ? "0" : "")\(month)-01T00:00:00Z"
        guard let date = format.date(from: text) else { continue }
        #expect(TimeArgument(argument: text)?.milliseconds == Int64(date.timeIntervalSince1970) * 1000)
        let before = format.string(from: date.addingTimeInterval(-1))
        #expect(TimeArgument(argument: before)?.milliseconds == Int64(date.timeIntervalSince1970) * 1000 - 1000)
      }
    }
  }
}
