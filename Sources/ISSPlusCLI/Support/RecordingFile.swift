import NIOConcurrencyHelpers
import NIOCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The file of `--record` and `record`: takes records as they come, before anything is made of them.
final class RecordingFile: Sendable {
  private let descriptor: Int32
  private let name: String
  private let written = NIOLockedValueBox(0)

  /// Makes or empties the file; `-` is standard output.
  ///
  /// - Throws: a `Failure` with status 73.
  init(path: String) throws {
    if path == "-" {
      descriptor = STDOUT_FILENO
      name = "standard output"
      return
    }
    name = path
    descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    if descriptor < 0 {
      throw Failure(.unwritable, "\(path): cannot be written: \(String(cString: strerror(errno)))")
    }
  }

  /// Bytes written.
  var size: Int { written.withLockedValue { $0 } }

  /// Writes records.
  func write(_ bytes: ByteBuffer) throws {
    try Descriptor.write(Array(bytes.readableBytesView)[...], to: descriptor, name: name)
    written.withLockedValue { $0 += bytes.readableBytes }
  }

  /// Ends the file.
  func finish() { if descriptor != STDOUT_FILENO { close(descriptor) } }
}
