import MarketData
import NIOCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// `decode --as-fixture NAME`: the recording and what `decode` makes of it, as a case of `Fixtures/conversations`:
/// `NAME.capture` or `NAME.stomp`, `NAME.out`, and `NAME.err`, `NAME.status` and `NAME.args` where there is something to say.
struct Fixture {
  /// The files of the case that are there now, by their endings: only these may be taken away again.
  private var written: [String] = []
  private let folder: String
  private let name: String
  private let arguments: [String]

  /// More than this is no fixture.
  private static let largest = 64 << 20
  private static let endings = ["capture", "stomp", "out", "err", "status", "args"]

  /// A case that is not there yet.
  ///
  /// - Parameters:
  ///   - path: its name, with a folder in front or not, and without an ending.
  ///   - arguments: the options of `decode`.
  /// - Throws: a `Failure` with status 64 for a name or an option that no case can have, 73 when it is there.
  init(_ path: String, arguments: [String]) throws {
    let slash = path.lastIndex(of: "/")
    folder = slash.map { String(path[...$0]) } ?? "./"
    name = slash.map { String(path[path.index(after: $0)...]) } ?? path
    self.arguments = arguments
    guard !name.isEmpty, !name.hasPrefix("."), !name.contains(where: { $0.isWhitespace || "{}".contains($0) }) else {
      throw Failure(.usage, "--as-fixture takes the name of a case, without blanks, braces or an ending")
    }
    if let odd = arguments.first(where: { $0.contains(where: \.isWhitespace) || $0.hasPrefix("{") || $0.isEmpty }) {
      throw Failure(.usage, "\"\(odd)\" cannot stand in the .args of a fixture, where blanks separate")
    }
    for ending in Self.endings where access(folder + "\(name).\(ending)", F_OK) == 0 {
      throw Failure(.unwritable, "\(folder)\(name).\(ending) is there already")
    }
  }

  /// Writes the case.
  ///
  /// - Parameter decode: decodes the file of that name in the current folder, to standard output and error.
  /// - Throws: a `Failure`; then nothing of the case is left.
  mutating func write(_ path: String, _ decode: (String) throws -> Void) throws {
    let input = try FixtureInput(try Input.whole(path: path, limit: Self.largest), name: path)
    do {
      let file = "\(name).\(input.ending)"
      try create(input.ending, Array(input.bytes.readableBytesView))
      let status = try redirected { try decode(file) }
      if status == .usage { throw try usageFailure() }
      if status != .done { try create("status", Array("\(status.rawValue)\n".utf8)) }
      if !arguments.isEmpty { try create("args", Array((arguments.joined(separator: " ") + "\n").utf8)) }
      if isEmpty("err") {
        unlink(place("err"))
        written.removeAll { $0 == "err" }
      }
    } catch {
      for ending in written { unlink(place(ending)) }
      throw error
    }
    StandardError.say("wrote \(written.map { place($0) }.joined(separator: ", "))")
  }

  private func place(_ ending: String) -> String { "\(folder)\(name).\(ending)" }

  private func isEmpty(_ ending: String) -> Bool {
    var status = stat()
    return stat(place(ending), &status) == 0 && status.st_size == 0
  }

  private mutating func open(_ ending: String) throws -> Int32 {
    let descriptor = systemOpen(place(ending), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw failure(place(ending)) }
    written.append(ending)
    return descriptor
  }

  private mutating func create(_ ending: String, _ bytes: [UInt8]) throws {
    let descriptor = try open(ending)
    defer { close(descriptor) }
    try Descriptor.write(bytes[...], to: descriptor, name: place(ending))
  }

  private func failure(_ path: String) -> Failure {
    Failure(.unwritable, "\(path): cannot be written: \(String(cString: strerror(errno)))")
  }

  /// What `decode` said is wrong with its options.
  private func usageFailure() throws -> Failure {
    let text = String(buffer: try Input.whole(path: place("err"), limit: 1 << 20))
    let line = text.split(separator: "\n").last ?? "wrong usage"
    return Failure(.usage, String(line.trimmingPrefix("issplus: ")))
  }

  /// Runs the body in the folder of the case, with its `.out` and `.err` for standard output and error: what they then
  /// hold is what the command prints, because it is the command that printed it.
  private mutating func redirected(_ body: () throws -> Void) throws -> ExitStatus {
    let targets = [(STDOUT_FILENO, try open("out")), (STDERR_FILENO, try open("err"))]
    let kept = targets.map { ($0.0, dup($0.0)) }
    let current = systemOpen(".", O_RDONLY | O_CLOEXEC, 0)
    defer {
      for (number, copy) in kept {
        dup2(copy, number)
        close(copy)
      }
      if current >= 0 {
        _ = fchdir(current)
        close(current)
      }
    }
    for (number, descriptor) in targets {
      dup2(descriptor, number)
      close(descriptor)
    }
    guard current >= 0, chdir(folder) == 0 else { throw failure(folder) }
    do {
      try body()
      return .done
    } catch let failure as Failure where failure.status != .unwritable && failure.status != .interrupted {
      if !failure.isTold { StandardError.say(failure.message) }
      return failure.status
    }
  }
}

private func systemOpen(_ path: String, _ flags: Int32, _ mode: mode_t) -> Int32 { open(path, flags, mode) }
