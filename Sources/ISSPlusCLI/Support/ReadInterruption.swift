import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Ctrl-C and SIGTERM while a file or a pipe is read: the read in progress ends, and the line that is being written is
/// still written whole.
///
/// By a signal handler, because a blocking read leaves no thread free for anything else on a machine with one core.
enum ReadInterruption {
  private static let flag = Atomic<Bool>(false)

  /// Whether a signal has come.
  static var isRequested: Bool { flag.load(ordering: .relaxed) }

  /// From now on a signal only sets the flag; a second one ends the program.
  static func install() {
    // Made before a handler can touch it.
    flag.store(false, ordering: .relaxed)
    for signal in [SIGINT, SIGTERM] {
      var action = sigaction()
      // No SA_RESTART: the read is to come back. SA_RESETHAND: the second signal does what it always did.
      action.sa_flags = Int32(bitPattern: UInt32(truncatingIfNeeded: SA_RESETHAND))
      let handler: @convention(c) (Int32) -> Void = { _ in ReadInterruption.flag.store(true, ordering: .relaxed) }
      #if canImport(Glibc)
        action.__sigaction_handler.sa_handler = handler
      #else
        action.__sigaction_u.__sa_handler = handler
      #endif
      sigaction(signal, &action, nil)
    }
  }
}
