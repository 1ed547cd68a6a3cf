import MarketData
import NIOConcurrencyHelpers
import NIOCore

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
    try bytes.withUnsafeBytes { try write($0, to: descriptor, name: name) }
  }

  /// As above, of a buffer, without a copy.
  static func write(_ bytes: ByteBuffer, to descriptor: Int32, name: String) throws {
    try bytes.withUnsafeReadableBytes { try write($0, to: descriptor, name: name) }
  }

  private static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, name: String) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let piece = UnsafeRawBufferPointer(rebasing: rest)
      let written = systemWrite(descriptor, piece.baseAddress, piece.count)
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

  /// Whether something can be written without waiting.
  static func isWritable(_ descriptor: Int32) -> Bool {
    var poll = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    return systemPoll(&poll, 1, 0) == 1 && poll.revents & Int16(POLLOUT) != 0
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
  /// Whether a status on the terminal could stand where the text is written.
  private let isTerminal: Bool

  /// Whether it goes to a file, which takes what is written without waiting for a reader.
  var isRegularFile: Bool {
    var status = stat()
    return fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  /// How much text waits at most before it is written.
  private static let pieceSize = 1 << 16

  /// Standard output.
  init() {
    descriptor = STDOUT_FILENO
    name = "standard output"
    isTerminal = isatty(STDOUT_FILENO) == 1
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
    isTerminal = false
  }

  /// Writes the waiting text when there is much of it.
  mutating func flushIfLarge() throws {
    if text.count >= Self.pieceSize { try flush() }
  }

  /// Writes the waiting text.
  mutating func flush() throws {
    defer { text.removeAll() }
    guard !text.isEmpty else { return }
    guard isTerminal else { return try Descriptor.write(text.bytes, to: descriptor, name: name) }
    try StandardError.aboveStatus { try Descriptor.write(text.bytes, to: descriptor, name: name) }
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

  /// The status on the terminal's last line; the next line would be written behind it.
  private static let status = NIOLockedValueBox<String?>(nil)
  private static let erase = "\r\u{1B}[K"

  /// Shows a status in place on a terminal, until it is taken away; lines go above it.
  static func show(status text: String) {
    if Screen.isOpen { return }
    status.withLockedValue { shown in
      shown = Self.shown(text)
      showStatus(shown)
    }
  }

  /// Takes the status away.
  static func clearStatus() {
    status.withLockedValue { shown in
      if shown != nil { write(erase) }
      shown = nil
    }
  }

  /// Writes lines onto the same terminal by other means.
  static func aboveStatus(_ body: () throws -> Void) rethrows {
    try status.withLockedValue { shown in
      guard shown != nil else { return try body() }
      write(erase)
      try body()
      showStatus(shown)
    }
  }

  /// Some columns stay free: a terminal shows Ctrl-C as `^C` behind it, and what wraps would not be erased.
  private static func showStatus(_ text: String?) {
    guard let text else { return }
    let columns = ScreenSize.now(of: STDERR_FILENO).columns
    write(erase + TextWidth.clipped(TextWidth.shown(text), to: columns - 3))
  }

  private static func write(_ text: String) {
    try? Descriptor.write(Array(text.utf8)[...], to: STDERR_FILENO, name: "standard error")
  }

  /// Writes a line; what is wrong with standard error itself is nobody's to hear.
  static func say(_ message: String) {
    if Screen.take(message) { return }
    status.withLockedValue { text in
      write((text == nil ? "" : erase) + "issplus: \(shown(message))\n")
      showStatus(text)
    }
  }
}
