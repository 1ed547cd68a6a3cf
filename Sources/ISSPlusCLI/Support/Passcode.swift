import NIOCore
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Environment variables.
enum Environment {
  /// The value of a variable; an empty one is none.
  static func value(_ name: String) -> String? {
    guard let value = getenv(name) else { return nil }
    let text = String(cString: value)
    return text.isEmpty ? nil : text
  }

  /// The variables that name proxies.
  static var proxies: [String: String] {
    var found: [String: String] = [:]
    for name in ["https_proxy", "HTTPS_PROXY", "http_proxy", "no_proxy", "NO_PROXY"] { found[name] = value(name) }
    return found
  }
}

/// Whether a signal came while a passcode was asked for; what a handler of signals may touch.
private let signalWasTaken = Atomic<Bool>(false)

/// Where the passcode comes from: never from an argument, which every user of the machine can see.
enum Passcode {
  /// The passcode of a file, of the environment, of a terminal; `guest` for the guest.
  ///
  /// - Throws: a `Failure` with status 64 when there is none, 66 when the file cannot be read or others can read it.
  static func find(login: String, file: String?) throws -> String {
    if let file { return try read(file) }
    if let value = Environment.value("ISSPLUS_PASSCODE") { return value }
    if login == "guest" { return "guest" }
    return try ask(login)
  }

  private static func read(_ path: String) throws -> String {
    var status = stat()
    if path != "-", stat(path, &status) == 0, status.st_mode & 0o077 != 0 {
      throw Failure(.unreadableFile, "\(path): others can read the passcode; `chmod 600 \(path)` first")
    }
    let bytes = try Input.whole(path: path, limit: 65_536)
    var text = String(buffer: bytes)
    while text.utf8.last == 0x0A || text.utf8.last == 0x0D { text.removeLast() }
    if text.isEmpty { throw Failure(.usage, "\(path): holds no passcode") }
    return text
  }

  /// Asks on the terminal without echo.
  private static func ask(_ login: String) throws -> String {
    let terminal = open("/dev/tty", O_RDWR)
    guard terminal >= 0 else {
      throw Failure(
        .usage, "no passcode for \(login): set ISSPLUS_PASSCODE, or give --passcode-file, or run on a terminal")
    }
    defer { close(terminal) }
    var before = termios()
    guard tcgetattr(terminal, &before) == 0 else { throw Failure(.usage, "no passcode: the terminal cannot be used") }
    var quiet = before
    quiet.c_lflag &= ~tcflag_t(ECHO)
    // Ctrl-C must not leave a terminal without echo behind: it ends the question, and what was set is set back.
    let restore = noteSignals()
    defer { restore() }
    tcsetattr(terminal, TCSAFLUSH, &quiet)
    defer { tcsetattr(terminal, TCSAFLUSH, &before) }
    let prompt = Array("Passcode for \(login): ".utf8)
    try Descriptor.write(prompt[...], to: terminal, name: "the terminal")
    var bytes: [UInt8] = []
    var byte: UInt8 = 0
    while bytes.count < 4096 {
      // The signal may be taken by another thread than the one that waits here.
      if signalWasTaken.load(ordering: .relaxed) { throw Failure(.interrupted, "interrupted") }
      if !Descriptor.isReadable(terminal, within: 50) { continue }
      if systemRead(terminal, &byte) != 1 || byte == 0x0A { break }
      bytes.append(byte)
    }
    try Descriptor.write([0x0A], to: terminal, name: "the terminal")
    if bytes.isEmpty { throw Failure(.usage, "no passcode was given") }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Notes signals for a while in place of their effect; returns what ends that.
  private static func noteSignals() -> () -> Void {
    // Made before a handler can touch it.
    signalWasTaken.store(false, ordering: .relaxed)
    let restores = [SIGINT, SIGTERM, SIGHUP, SIGQUIT].map { number in
      var taken = sigaction()
      #if canImport(Glibc)
        taken.__sigaction_handler.sa_handler = { _ in signalWasTaken.store(true, ordering: .relaxed) }
      #else
        taken.__sigaction_u.__sa_handler = { _ in signalWasTaken.store(true, ordering: .relaxed) }
      #endif
      var before = sigaction()
      sigaction(number, &taken, &before)
      return { [before] in
        var old = before
        sigaction(number, &old, nil)
      }
    }
    return { for restore in restores { restore() } }
  }

  private static func systemRead(_ descriptor: Int32, _ byte: inout UInt8) -> Int {
    #if canImport(Glibc)
      Glibc.read(descriptor, &byte, 1)
    #else
      Darwin.read(descriptor, &byte, 1)
    #endif
  }
}
