import ISSPlus
import MarketData

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The status of what takes longer than a second: in place on the last line of standard error, when that is a terminal;
/// else nothing. Lines and rows go above it.
enum Progress {
  /// What takes no longer says nothing.
  static let delay = Duration.seconds(1)
  /// How often the status is told anew.
  static let pace = Duration.seconds(1)

  /// Whether there is a terminal to tell it on.
  static var isShown: Bool { ScreenSize.isTerminal(STDERR_FILENO) }

  /// Tells a status until cancelled, and takes it away.
  ///
  /// - Parameter text: the status after that time.
  static func tell(_ text: (Duration) async -> String) async throws {
    guard isShown else { return }
    let start = ContinuousClock.now
    defer { StandardError.clearStatus() }
    try await Task.sleep(for: delay)
    while true {
      StandardError.show(status: await text(ContinuousClock.now - start))
      try await Task.sleep(for: pace)
    }
  }

  /// A time that something has taken: `3 s`, `5 min`, `2 h`.
  static func text(_ duration: Duration) -> String {
    let seconds = Int(duration / .seconds(1))
    if seconds < 120 { return "\(seconds) s" }
    return seconds < 7200 ? "\(seconds / 60) min" : "\(seconds / 3600) h"
  }

  /// A size: `812 bytes`, `4.1 kB`, `123.4 MB`.
  static func text(bytes: Int) -> String {
    let units = ["kB", "MB", "GB", "TB"]
    if bytes < 1000 { return "\(bytes) bytes" }
    var value = Double(bytes) / 1000
    var unit = 0
    while value >= 999.95, unit < units.count - 1 {
      value /= 1000
      unit += 1
    }
    return "\(Summary.fixed(value, 1)) \(units[unit])"
  }
}

/// How far a file has been read; for loops that read pieces.
struct ReadingProgress {
  private let name: String
  private let total: Int?
  private let start = ContinuousClock.now
  private var toldAt: ContinuousClock.Instant?
  private var done = 0
  private let isShown = Progress.isShown

  /// - Parameter total: bytes in all, where that is known.
  init(name: String, total: Int?) {
    self.name = name
    self.total = total
  }

  /// Counts bytes that were read, and tells it after a second and then four times a second.
  mutating func advance(by count: Int) {
    done += count
    guard isShown else { return }
    let now = ContinuousClock.now
    if now - (toldAt ?? start) < (toldAt == nil ? Progress.delay : .milliseconds(250)) { return }
    toldAt = now
    StandardError.show(status: Self.text(name, done, of: total, in: now - start))
  }

  /// Takes the status away.
  func end() { if toldAt != nil { StandardError.clearStatus() } }

  /// `day.capture: 45 % of 1.2 GB, 180.3 MB/s, 4 s left`.
  static func text(_ name: String, _ done: Int, of total: Int?, in elapsed: Duration) -> String {
    let rate = Double(done) / max(elapsed / .seconds(1), 0.001)
    let speed = "\(Progress.text(bytes: Int(rate)))/s"
    guard let total, total >= done, total > 0 else { return "\(name): \(Progress.text(bytes: done)), \(speed)" }
    let percent = Int(Double(done) / Double(total) * 100)
    let left = Progress.text(.seconds(Double(total - done) / max(rate, 1)))
    return "\(name): \(percent) % of \(Progress.text(bytes: total)), \(speed), \(left) left"
  }
}
