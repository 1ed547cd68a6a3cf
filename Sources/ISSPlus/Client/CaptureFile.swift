import NIOCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The file of `ISSPlusClient.record(to:)`. Whole records are written, in the order of their arrival; a kill leaves at
/// most a torn last one, which readers skip.
final class CaptureFile: Sendable {
  private let path: String
  private let descriptor: Int32

  /// Makes or empties the file.
  ///
  /// - Throws: `ISSPlusError` with code `recording`.
  init(path: String) throws(ISSPlusError) {
    self.path = path
    descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw Self.error(path, errno) }
  }

  deinit { close(descriptor) }

  /// Writes all bytes, however many calls that takes.
  ///
  /// - Throws: `ISSPlusError` with code `recording`, in the system's words.
  func write(_ bytes: ByteBuffer) throws(ISSPlusError) {
    var rest = bytes
    while rest.readableBytes > 0 {
      let written = rest.withUnsafeReadableBytes { Self.systemWrite(descriptor, $0.baseAddress, $0.count) }
      if written >= 0 {
        rest.moveReaderIndex(forwardBy: written)
      } else if errno != EINTR {
        throw Self.error(path, errno)
      }
    }
  }

  private static func error(_ path: String, _ number: Int32) -> ISSPlusError {
    ISSPlusError(.recording, "\(path): cannot be written: \(String(cString: strerror(number)))")
  }

  private static func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    #if canImport(Glibc)
      Glibc.write(descriptor, bytes, count)
    #else
      Darwin.write(descriptor, bytes, count)
    #endif
  }
}
