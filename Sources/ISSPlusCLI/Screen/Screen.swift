import NIOConcurrencyHelpers

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The terminal of standard output while something is shown in place: the alternate screen, without echo of keys.
///
/// `close` gives the terminal back as it was and leaves the last lines behind as text. A suspended command (Ctrl-Z)
/// gives it back too, and takes it again with its next drawing in the foreground.
final class Screen: Sendable {
  private struct State {
    var painter: Painter
    var hasTerminal = false
    var isClosed = false
    var wholeAt: ContinuousClock.Instant?
  }

  private let state: NIOLockedValueBox<State>
  /// The terminal's settings of before, while others are in force; apart, so that nobody waits for a drawing.
  private let settings = NIOLockedValueBox<termios?>(nil)
  private let notes = NIOLockedValueBox(Notes())
  /// Whether the program ends without ceremony: nothing more is drawn.
  private let isAbandoned = NIOLockedValueBox(false)

  private static let current = NIOLockedValueBox<Screen?>(nil)

  /// What others write onto the terminal is painted over after this time.
  private static let healing = Duration.seconds(1)

  private init() {
    state = NIOLockedValueBox(State(painter: Painter(inColor: Painter.wantsColor)))
  }

  /// Takes the terminal; it is touched with the first drawing.
  static func open() -> Screen {
    let screen = Screen()
    current.withLockedValue { $0 = screen }
    StandardError.clearStatus()
    TerminalSignals.install()
    return screen
  }

  /// Whether a screen is shown.
  static var isOpen: Bool { current.withLockedValue { $0 != nil } }

  // MARK: Drawing

  /// Shows these lines; a command in the background shows nothing.
  ///
  /// - Throws: a `Failure` with status 73 when the terminal is gone.
  func draw(_ lines: [StyledLine], _ size: ScreenSize) throws {
    try state.withLockedValue { state in
      guard !state.isClosed, !isAbandoned.withLockedValue({ $0 }) else { return }
      guard Self.isForeground else { return state.hasTerminal = false }
      let now = ContinuousClock.now
      if !state.hasTerminal {
        enter()
        state.painter.forget()
        try Self.write(Painter.enter)
        state.hasTerminal = true
      } else if let last = state.wholeAt, now - last > Self.healing {
        state.painter.forget()
      }
      let text = state.painter.paint(lines, size)
      if text.hasPrefix("\u{1B}[H") { state.wholeAt = now }
      try Self.write(text)
    }
  }

  /// Gives the terminal back; these lines stay on it, and then what was said meanwhile.
  func close(_ lines: [StyledLine]) throws {
    defer {
      Self.current.withLockedValue { $0 = nil }
      for message in notes.withLockedValue({ $0.all }) { StandardError.say(message) }
    }
    try state.withLockedValue { state in
      if state.isClosed { return }
      state.isClosed = true
      let wasShown = state.hasTerminal
      leave(&state)
      guard wasShown else { return }
      var text = ""
      for line in lines { text += line.trimmed.ansi(inColor: state.painter.inColor) + "\n" }
      try Self.write(text)
    }
  }

  private static func write(_ text: String) throws {
    try Descriptor.write(Array(text.utf8)[...], to: STDOUT_FILENO, name: "standard output")
  }

  // MARK: The terminal's settings

  /// Whether the terminal is this command's to draw on; one that controls no session is.
  private static var isForeground: Bool {
    let group = tcgetpgrp(STDOUT_FILENO)
    return group < 0 || group == getpgrp()
  }

  /// Keys are not shown: they would stand in the lines.
  private func enter() {
    settings.withLockedValue { settings in
      var before = termios()
      guard settings == nil, tcgetpgrp(STDOUT_FILENO) == getpgrp(), tcgetattr(STDOUT_FILENO, &before) == 0 else {
        return
      }
      var quiet = before
      quiet.c_lflag &= ~tcflag_t(ECHO)
      if tcsetattr(STDOUT_FILENO, TCSANOW, &quiet) == 0 { settings = before }
    }
  }

  private func leave(_ state: inout State) {
    guard state.hasTerminal else { return }
    state.hasTerminal = false
    try? Self.write(Painter.leave)
    restoreSettings()
  }

  /// Keys that nobody has read are dropped with the settings: they were not meant for the shell.
  private func restoreSettings() {
    settings.withLockedValue { settings in
      guard var before = settings else { return }
      settings = nil
      guard Self.isForeground else { return }
      tcflush(STDOUT_FILENO, TCIFLUSH)
      tcsetattr(STDOUT_FILENO, TCSANOW, &before)
    }
  }

  /// Gives the terminal back before the command is stopped.
  static func suspend() {
    guard let screen = current.withLockedValue({ $0 }) else { return }
    screen.state.withLockedValue { screen.leave(&$0) }
  }

  /// Gives the terminal back at once, when the program ends without ceremony; waits for nothing.
  static func abandon() {
    guard let screen = current.withLockedValue({ $0 }) else { return }
    screen.isAbandoned.withLockedValue { $0 = true }
    // A terminal that takes nothing (Ctrl-S) keeps its screen, but has its echo.
    if Descriptor.isWritable(STDOUT_FILENO) { try? write(Painter.leave) }
    screen.restoreSettings()
  }

  // MARK: Messages

  /// Messages that came while the terminal was taken.
  private struct Notes {
    private(set) var all: [String] = []
    private var left = 0
    private(set) var lastAt: ContinuousClock.Instant?

    /// How many are kept.
    private static let limit = 100

    mutating func append(_ message: String) {
      lastAt = .now
      all.append(message)
      if all.count > Self.limit {
        left += 1
        all.removeFirst(all.count - Self.limit)
        all[0] = "(\(left + 1) messages before these are left out)"
      }
    }
  }

  /// Takes a message for standard error when that is the terminal that is drawn on.
  ///
  /// - Returns: whether it was taken; it is said when the terminal is given back.
  static func take(_ message: String) -> Bool {
    guard let screen = current.withLockedValue({ $0 }), isatty(STDERR_FILENO) == 1 else { return false }
    screen.notes.withLockedValue { $0.append(message) }
    return true
  }

  /// The last message, for a while.
  func note(for moment: Duration = .seconds(10)) -> String? {
    notes.withLockedValue { notes in
      guard let at = notes.lastAt, ContinuousClock.now - at < moment else { return nil }
      return notes.all.last
    }
  }
}
