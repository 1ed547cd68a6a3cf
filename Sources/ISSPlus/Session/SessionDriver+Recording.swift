import Capture
import NIOCore

/// What goes over the line, as it is, for a capture.
extension SessionDriver {
  func record(_ kind: CaptureRecord.Kind, _ message: ByteBuffer, at time: Int64? = nil) {
    guard configuration.recording != nil else { return }
    if !hasWrittenFirstLine {
      hasWrittenFirstLine = true
      capture.writeFirstLine(into: &captureBuffer)
    }
    capture.write(
      CaptureRecord(nanoseconds: time ?? WallClock.now(), connection: 0, kind: kind, payload: message),
      into: &captureBuffer)
    if captureBuffer.readableBytes > 1 << 18 { flushCapture() }
  }

  func flushCapture() {
    guard captureBuffer.readableBytes > 0, let recording = configuration.recording else { return }
    guard !isRecordingBroken else { return captureBuffer.clear() }
    do {
      try recording(captureBuffer)
      captureBuffer.clear()
    } catch {
      isRecordingBroken = true
      captureBuffer.clear()
      let failure = ISSPlusError(.recording, "the recording cannot be written: \(error)")
      handle(.recordingFailed(failure))
    }
  }
}
