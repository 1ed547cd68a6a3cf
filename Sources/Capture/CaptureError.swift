/// Why bytes are no capture, and where. A reader that has thrown one stays failed.
public struct CaptureError: Error, Sendable, Equatable {
  /// What kind of fault it is. New kinds may come.
  public struct Code: Sendable, Hashable, CustomStringConvertible {
    /// The name of the code.
    public let description: String

    private init(_ name: String) { description = name }

    /// The first line is not that of a capture.
    public static let notACapture = Code("notACapture")
    /// A capture of a version that this reader does not know.
    public static let unsupportedVersion = Code("unsupportedVersion")
    /// The line of a record is not `<ns> <connection> <in|out|open|close> <byte count>`.
    public static let badRecordLine = Code("badRecordLine")
    /// The line of a record is too long.
    public static let lineTooLong = Code("lineTooLong")
    /// More bytes than ``CaptureLimits/maxPayloadSize``.
    public static let payloadTooLarge = Code("payloadTooLarge")
    /// An `open` or `close` with bytes.
    public static let unexpectedPayload = Code("unexpectedPayload")
    /// No line feed after the bytes of a record.
    public static let missingLineFeed = Code("missingLineFeed")
  }

  /// The kind of fault.
  public let code: Code
  /// What is wrong, in words.
  public let message: String
  /// The number of the record, from 1; 0 is the first line.
  public let record: Int
  /// The byte of the input, from 0, at which the fault is.
  public let offset: Int

  /// An error at a place of the input.
  public init(_ code: Code, _ message: String, record: Int, offset: Int) {
    self.code = code
    self.message = message
    self.record = record
    self.offset = offset
  }
}

extension CaptureError: CustomStringConvertible {
  /// `record 3 byte 120: no line feed after the 5 bytes of the record`.
  public var description: String {
    record == 0 ? "first line byte \(offset): \(message)" : "record \(record) byte \(offset): \(message)"
  }
}
