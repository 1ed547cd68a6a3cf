// The exchange's times as those of Foundation: all that an adapter needs.

// snippet.start
import Foundation
import ISSPlus

extension Date {
  /// The moment at which a Moscow clock showed that time.
  init?(_ moment: MoscowDateTime) {
    guard let seconds = moment.secondsSince1970 else { return nil }
    self.init(timeIntervalSince1970: TimeInterval(seconds))
  }
}
// snippet.end

print(MoscowDateTime("2026-01-22 09:58:47").flatMap { Date($0) } ?? .now)
