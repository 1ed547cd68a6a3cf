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
  private let state = NIOLockedValueBox(State())

  private struct State {
    var written = 0
    var isFinished = false
    var isReaderGone = false
  }

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
  var size: Int { state.withLockedValue { $0.written } }

  /// Whether it is standard output, and its reader is gone.
  var isReaderGone: Bool { state.withLockedValue { $0.isReaderGone } }

  /// Writes records; what comes after the end is left out.
  func write(_ bytes: ByteBuffer) throws {
    try state.withLockedValue { state in
      if state.isFinished { return }
      do {
        try Descriptor.write(Array(bytes.readableBytesView)[...], to: descriptor, name: name)
      } catch let error as OutputClosed {
        state.isReaderGone = true
        throw error
      }
      state.written += bytes.readableBytes
    }
  }

  /// Ends the file.
  func finish() {
    state.withLockedValue { state in
      if state.isFinished { return }
      state.isFinished = true
      if descriptor != STDOUT_FILENO { close(descriptor) }
    }
  }
}
