#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The size of a terminal in characters.
struct ScreenSize: Hashable, Sendable {
  var columns: Int
  var rows: Int

  /// What a terminal has that does not know its size.
  static let usual = ScreenSize(columns: 80, rows: 24)

  /// The size of the terminal behind a descriptor as it is now.
  static func now(of descriptor: Int32) -> ScreenSize {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return usual }
    return ScreenSize(columns: Int(size.ws_col), rows: Int(size.ws_row))
  }

  /// Whether there is a terminal behind a descriptor on which a cursor can be moved.
  static func isTerminal(_ descriptor: Int32) -> Bool {
    isatty(descriptor) == 1 && Environment.value("TERM").map { $0 != "dumb" } == true
  }
}
