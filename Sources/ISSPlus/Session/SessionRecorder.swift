import Capture
import NIOCore

/// What goes over the lines of a client, as it is, for a capture. Its connections share one event loop, so that records
/// stand in the order in which things happened.
final class SessionRecorder {
  private let write: @Sendable (ByteBuffer) throws -> Void
  private let capture = CaptureWriter()
  private var buffer = ByteBuffer()
  private var hasWrittenFirstLine = false
  private var isBroken = false
  /// Told once when the recording cannot be written.
  var onFailure: ((ISSPlusError) -> Void)?

  init(_ write: @escaping @Sendable (ByteBuffer) throws -> Void) { self.write = write }

  func record(_ kind: CaptureRecord.Kind, _ message: ByteBuffer, connection: Int, at time: Int64) {
    guard !isBroken else { return }
    if !hasWrittenFirstLine {
      hasWrittenFirstLine = true
      capture.writeFirstLine(into: &buffer)
    }
    capture.write(
      CaptureRecord(nanoseconds: time, connection: connection, kind: kind, payload: message), into: &buffer)
    if buffer.readableBytes > 1 << 18 { flush() }
  }

  /// Hands over what was collected.
  func flush() {
    guard buffer.readableBytes > 0 else { return }
    do {
      try write(buffer)
      buffer.clear()
    } catch {
      isBroken = true
      buffer.clear()
      onFailure?(ISSPlusError(.recording, "the recording cannot be written: \(error)"))
    }
  }
}
