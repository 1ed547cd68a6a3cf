import MarketData
import NIOConcurrencyHelpers

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Writes whole buffers to a file descriptor.
enum Descriptor {
  /// Writes all bytes, however many calls that takes.
  ///
  /// - Throws: `OutputClosed` when the reader of a pipe is gone, else a `Failure` with status 73.
  static func write(_ bytes: ArraySlice<UInt8>, to descriptor: Int32, name: String) throws {
    var rest = bytes
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { systemWrite(descriptor, $0.baseAddress, $0.count) }
      if written >= 0 {
        rest = rest.dropFirst(written)
      } else if errno == EINTR {
        continue
      } else if errno == EAGAIN {
        var poll = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = systemPoll(&poll, 1, -1)
      } else if errno == EPIPE {
        throw OutputClosed()
      } else {
        throw Failure(.unwritable, "\(name): cannot be written: \(String(cString: strerror(errno)))")
      }
    }
  }

  /// Whether standard output is a pipe or socket that nobody reads any more.
  static func isStandardOutputAbandoned() -> Bool {
    var poll = pollfd(fd: STDOUT_FILENO, events: 0, revents: 0)
    guard systemPoll(&poll, 1, 0) == 1 else { return false }
    return poll.revents & Int16(POLLERR) != 0
  }

  /// Whether there is something to read, or an end of it, within some milliseconds.
  static func isReadable(_ descriptor: Int32, within milliseconds: Int32) -> Bool {
    var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return systemPoll(&poll, 1, milliseconds) == 1
  }

  private static func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    #if canImport(Glibc)
      Glibc.write(descriptor, bytes, count)
    #else
      Darwin.write(descriptor, bytes, count)
    #endif
  }

  private static func systemPoll(_ fds: UnsafeMutablePointer<pollfd>, _ count: UInt, _ timeout: Int32) -> Int32 {
    #if canImport(Glibc)
      Glibc.poll(fds, count, timeout)
    #else
      Darwin.poll(fds, UInt32(count), timeout)
    #endif
  }
}

/// Where results go: text is gathered and written in large pieces, or at once when following.
struct Output {
  /// The text that waits.
  var text = TextBuffer()
  private let descriptor: Int32
  private let name: String

  /// How much text waits at most before it is written.
  private static let pieceSize = 1 << 16

  /// Standard output.
  init() {
    descriptor = STDOUT_FILENO
    name = "standard output"
  }

  /// A file, made or emptied.
  ///
  /// - Throws: a `Failure` with status 73 when it cannot be written.
  init(path: String) throws {
    let opened = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o666)
    guard opened >= 0 else {
      throw Failure(.unwritable, "\(path): cannot be written: \(String(cString: strerror(errno)))")
    }
    descriptor = opened
    name = path
  }

  /// Writes the waiting text when there is much of it.
  mutating func flushIfLarge() throws {
    if text.count >= Self.pieceSize { try flush() }
  }

  /// Writes the waiting text.
  mutating func flush() throws {
    defer { text.removeAll() }
    try Descriptor.write(text.bytes, to: descriptor, name: name)
  }
}

/// Progress, status, log and warnings.
enum StandardError {
  /// The message as it can stand on a terminal: parts of it are a peer's, whose control characters are shown.
  static func shown(_ message: String) -> String {
    guard message.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else { return message }
    var shown = ""
    for scalar in message.unicodeScalars {
      if scalar.properties.generalCategory == .control {
        shown += "\\u{\(String(scalar.value, radix: 16))}"
      } else {
        shown.unicodeScalars.append(scalar)
      }
    }
    return shown
  }

  /// Whether a status stands on the terminal's last line, where the next line would be written behind it.
  private static let status = NIOLockedValueBox(false)
  private static let erase = "\r\u{1B}[K"

  /// Shows a status in place on a terminal, until the next line or status.
  static func show(status text: String) {
    status.withLockedValue { isShown in
      var width = 79
      var size = winsize()
      if ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 1 { width = Int(size.ws_col) - 1 }
      write(erase + shown(text).prefix(width))
      isShown = true
    }
  }

  /// Takes the status away.
  static func clearStatus() {
    status.withLockedValue { isShown in
      if isShown { write(erase) }
      isShown = false
    }
  }

  private static func write(_ text: String) {
    try? Descriptor.write(Array(text.utf8)[...], to: STDERR_FILENO, name: "standard error")
  }

  /// Writes a line; what is wrong with standard error itself is nobody's to hear.
  static func say(_ message: String) {
    status.withLockedValue { isShown in
      write((isShown ? erase : "") + "issplus: \(shown(message))\n")
      isShown = false
    }
  }
}
