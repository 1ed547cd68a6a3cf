import Dispatch
import NIOConcurrencyHelpers

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Ctrl-C and SIGTERM: the first ends the command gracefully, a second one at once.
///
/// Signals are taken on a queue of their own: a command that waits for a full pipe can still be ended.
enum Interruption {
  /// Signals this close to the first are the same wish: `timeout` sends two, to the process and to its group.
  private static let echo = Duration.milliseconds(250)

  /// Calls `first` at the first signal; returns when cancelled.
  static func watch(_ first: @escaping @Sendable () async -> Void) async {
    await withTaskGroup(of: Void.self) { group in
      for await _ in signals() { group.addTask { await first() } }
    }
  }

  /// Returns at the first signal, or when cancelled.
  static func first() async {
    for await _ in signals() { return }
  }

  /// One element at the first signal.
  private static func signals() -> AsyncStream<Void> {
    let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
    let start = NIOLockedValueBox<ContinuousClock.Instant?>(nil)
    let queue = DispatchQueue(label: "issplus.signals")
    for number in [SIGINT, SIGTERM] {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler {
        // Holding itself, the source lives as long as the program: a second signal counts also when nobody listens.
        _ = source
        let now = ContinuousClock.now
        let before = start.withLockedValue { start in
          defer { start = start ?? now }
          return start
        }
        guard let before else { return _ = continuation.yield() }
        // Only the terminal is given back: what blocks the graceful end would block a tidier one too.
        if now - before > echo {
          Screen.abandon()
          _exit(ExitStatus.interrupted.rawValue)
        }
      }
      source.resume()
    }
    return stream
  }
}
