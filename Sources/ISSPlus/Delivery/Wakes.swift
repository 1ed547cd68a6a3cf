import NIOCore

/// Subscribers that are to be woken once the event loop has done with what it has read.
///
/// A subscriber that waits gets the first change set of a read and finds the others behind it. Woken at the first one, its
/// thread and the event loop's would hand single packets to each other, which cost more than decoding them. On the event
/// loop only.
final class Wakes {
  private let loop: any EventLoop
  private var waiting: [() -> Void] = []
  /// Change sets handed over since the last waking.
  private var count = 0

  /// So many change sets at most are handed over before the subscribers are woken, so that they begin while the rest is
  /// still read.
  private static let limit = 256

  /// Wakes on that loop.
  init(loop: any EventLoop) { self.loop = loop }

  /// Adds one, which is woken in any case: at the next turn of the loop at the latest.
  func add(_ wake: @escaping () -> Void) {
    if waiting.isEmpty {
      let bound = NIOLoopBound(self, eventLoop: loop)
      loop.execute { bound.value.run() }
    }
    waiting.append(wake)
  }

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
