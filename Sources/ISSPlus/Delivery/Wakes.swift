/// Subscribers that are to be woken once the event loop has done with what it has read.
///
/// A subscriber that waits gets the first change set of a read and finds the others behind it. Woken at the first one, its
/// thread and the event loop's would hand single packets to each other, which cost more than decoding them. On the event
/// loop only, and ``run()`` is due whenever a read, a resumption or the line is over.
final class Wakes {
  private var waiting: [() -> Void] = []
  /// Change sets handed over since the last waking.
  private var count = 0

  /// So many change sets at most are handed over before the subscribers are woken, so that they begin while the rest is
  /// still read.
  private static let limit = 256

  /// Adds one, which is woken in any case: when the read is over at the latest.
  func add(_ wake: @escaping () -> Void) { waiting.append(wake) }

  /// A change set was handed over.
  func countOne() {
    count += 1
    if count >= Self.limit { run() }
  }

  /// Wakes all.
  func run() {
    count = 0
    if waiting.isEmpty { return }
    let woken = waiting
    waiting.removeAll(keepingCapacity: true)
    for wake in woken { wake() }
  }
}
