import Dispatch
import NIOConcurrencyHelpers

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Ctrl-Z and Ctrl-\ while a screen is shown: both do what they always do, after the terminal has been given back.
enum TerminalSignals {
  private static let isInstalled = NIOLockedValueBox(false)

  static func install() {
    let isFirst = isInstalled.withLockedValue { isInstalled in
      defer { isInstalled = true }
      return !isInstalled
    }
    guard isFirst else { return }
    let queue = DispatchQueue(label: "issplus.terminal")
    take(SIGTSTP, queue) {
      // Nobody could let the leader of a session go on: there is no shell above it.
      guard getpid() != getsid(0) else { return }
      Screen.suspend()
      // The signal itself is ignored; this one cannot be. The command goes on here at `fg`.
      kill(getpid(), SIGSTOP)
    }
    take(SIGQUIT, queue) {
      Screen.abandon()
      signal(SIGQUIT, SIG_DFL)
      // To the process: a thread of the queue blocks all signals.
      kill(getpid(), SIGQUIT)
    }
  }

  private static func take(_ number: Int32, _ queue: DispatchQueue, _ body: @escaping @Sendable () -> Void) {
    signal(number, SIG_IGN)
    let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
    source.setEventHandler {
      // Holding itself, the source lives as long as the program.
      _ = source
      body()
    }
    source.resume()
  }
}
