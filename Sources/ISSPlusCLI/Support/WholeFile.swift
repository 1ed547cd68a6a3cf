import MarketData

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file that is always whole: a new text takes the place of the old one in one step.
struct WholeFile: Sendable {
  let path: String
  /// Whether the disk has it before it takes the place.
  let syncs: Bool

  /// Replaces the file.
  ///
  /// - Throws: a `Failure` with status 73.
  func replace(with text: TextBuffer) throws {
    let temporary = "\(path).\(getpid()).tmp"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw failure() }
    do {
      try Descriptor.write(text.bytes, to: descriptor, name: path)
      if syncs, fsync(descriptor) != 0 { throw failure() }
      guard close(descriptor) == 0 else { throw failure() }
    } catch {
      close(descriptor)
      unlink(temporary)
      throw error
    }
    guard rename(temporary, path) == 0 else {
      let error = failure()
      unlink(temporary)
      throw error
    }
  }

  /// Tells at once, before anything is connected, whether a file can take that place.
  ///
  /// - Throws: a `Failure` with status 73.
  func check() throws {
    let temporary = "\(path).\(getpid()).tmp"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw failure() }
    close(descriptor)
    unlink(temporary)
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
      throw Failure(.unwritable, "\(path): cannot be written: it is a folder")
    }
  }

  private func failure() -> Failure {
    Failure(.unwritable, "\(path): cannot be written: \(String(cString: strerror(errno)))")
  }
}
