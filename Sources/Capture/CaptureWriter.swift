public import NIOCore

/// Writes a capture into buffers; the caller opens and writes the file.
public struct CaptureWriter: Sendable {
  /// A writer.
  public init() {}

  /// Writes the first line of a capture.
  public func writeFirstLine(into buffer: inout ByteBuffer) {
    buffer.writeString(CaptureFormat.firstLine + "\n")
  }

  /// Writes one record.
  ///
  /// The passcode of an outgoing CONNECT or STOMP frame is written as `***`. An outgoing message that names a passcode
  /// and is not made of well-formed frames is cut at it. A negative time or connection is written as 0; `open` and
  /// `close` are written without bytes.
  public func write(_ record: CaptureRecord, into buffer: inout ByteBuffer) {
    let payload: ByteBuffer
    switch record.kind {
    case .incoming: payload = record.payload
    case .outgoing: payload = PasscodeRedaction.redacted(record.payload)
    case .open, .close: payload = ByteBuffer()
    }
    let line = RecordLine(
      nanoseconds: max(0, record.nanoseconds), connection: max(0, record.connection), kind: record.kind,
      byteCount: payload.readableBytes)
    line.write(payload, into: &buffer)
  }
}
