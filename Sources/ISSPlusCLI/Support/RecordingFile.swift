import Capture
import NIOConcurrencyHelpers
import NIOCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The file of `--record` and `record`: takes records as they come, before anything is made of them.
final class RecordingFile: Sendable {
  private let state: NIOLockedValueBox<State>

  private struct State {
    var descriptor: Int32
    var name: String
    var rotated: RotatedFiles?
    /// Bytes in all files, and in the one that is written.
    var written = 0
    var size = 0
    var isFinished = false
    var isReaderGone = false
  }

  /// Makes or empties the file; `-` is standard output.
  ///
  /// - Parameter rotation: when to go on in another file; the files are numbered, and none is emptied.
  /// - Throws: a `Failure` with status 73.
  init(path: String, rotation: Rotation? = nil) throws {
    if path == "-" {
      state = NIOLockedValueBox(State(descriptor: STDOUT_FILENO, name: "standard output"))
      return
    }
    if let rotation {
      var files = RotatedFiles(path: path, rotation: rotation)
      let (descriptor, name) = try files.next()
      state = NIOLockedValueBox(State(descriptor: descriptor, name: name, rotated: files))
      return
    }
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    if descriptor < 0 {
      throw Failure(.unwritable, "\(path): cannot be written: \(String(cString: strerror(errno)))")
    }
    state = NIOLockedValueBox(State(descriptor: descriptor, name: path))
  }

  /// Bytes written.
  var size: Int { state.withLockedValue { $0.written } }

  /// What a status adds.
  var details: StatusLine.Details {
    StatusLine.Details(counted: { [self] in "\(Progress.text(bytes: size)) recorded" })
  }

  /// Whether it is standard output, and its reader is gone.
  var isReaderGone: Bool { state.withLockedValue { $0.isReaderGone } }

  /// Writes records; what comes after the end is left out.
  func write(_ bytes: ByteBuffer) throws {
    try state.withLockedValue { state in
      if state.isFinished { return }
      do {
        try Self.rotateIfFull(&state)
        try Descriptor.write(bytes, to: state.descriptor, name: state.name)
      } catch let error as OutputClosed {
        state.isReaderGone = true
        throw error
      }
      state.written += bytes.readableBytes
      state.size += bytes.readableBytes
    }
  }

  /// Records come whole: the next file begins with one.
  private static func rotateIfFull(_ state: inout State) throws {
    guard var files = state.rotated, state.size > 0, files.isFull(state.size) else { return }
    let (descriptor, name) = try files.next()
    close(state.descriptor)
    (state.descriptor, state.name, state.rotated) = (descriptor, name, files)
    let head = Array((CaptureFormat.firstLine + "\n").utf8)
    try Descriptor.write(head[...], to: descriptor, name: name)
    state.written += head.count
    state.size = head.count
  }

  /// Ends the file.
  func finish() {
    state.withLockedValue { state in
      if state.isFinished { return }
      state.isFinished = true
      if state.descriptor != STDOUT_FILENO { close(state.descriptor) }
    }
  }
}
