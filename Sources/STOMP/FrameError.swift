/// Why received bytes are no STOMP frame, and where. A parser that has thrown one stays failed.
public struct FrameError: Error, Sendable, Equatable {
  /// What kind of fault it is. New kinds may come.
  public struct Code: Sendable, Hashable, CustomStringConvertible {
    /// The name of the code.
    public let description: String

    private init(_ name: String) { description = name }

    /// The command line holds a NUL or control characters or is not UTF-8.
    public static let invalidCommand = Code("invalidCommand")
    /// A header line has no colon.
    public static let headerWithoutColon = Code("headerWithoutColon")
    /// A header line starts with its colon.
    public static let emptyHeaderName = Code("emptyHeaderName")
    /// A header line is not UTF-8.
    public static let invalidUTF8 = Code("invalidUTF8")
    /// A NUL stands before the empty line that ends the headers.
    public static let nulInHeaders = Code("nulInHeaders")
    /// The first `content-length` is no number in plain ASCII digits.
    public static let badContentLength = Code("badContentLength")
    /// The body has the length announced but no NUL follows.
    public static let missingNUL = Code("missingNUL")
    /// A backslash starts none of the four escapes (``Dialect/stomp12`` only).
    public static let undefinedEscape = Code("undefinedEscape")
    /// More headers than ``FrameLimits/maxHeaderCount``.
    public static let tooManyHeaders = Code("tooManyHeaders")
    /// A line longer than ``FrameLimits/maxLineLength``.
    public static let lineTooLong = Code("lineTooLong")
    /// A body longer than ``FrameLimits/maxBodySize``.
    public static let bodyTooLarge = Code("bodyTooLarge")
    /// The input ended within a frame.
    public static let truncated = Code("truncated")
  }

  /// The kind of fault.
  public let code: Code
  /// What is wrong, in words; never the value of a `passcode` header.
  public let message: String
  /// The number of the frame in the stream, from 1.
  public let frame: Int
  /// The byte of the stream, from 0, at which the fault is.
  public let offset: Int

  /// An error at a place of the stream.
  public init(_ code: Code, _ message: String, frame: Int, offset: Int) {
    self.code = code
    self.message = message
    self.frame = frame
    self.offset = offset
  }
}

extension FrameError: CustomStringConvertible {
  /// `frame 3 byte 120: header line without a colon: "foo"`.
  public var description: String { "frame \(frame) byte \(offset): \(message)" }
}

/// Why a frame cannot be written in a dialect. Nothing has been written then.
public struct FrameEncodingError: Error, Sendable, Equatable {
  /// What kind of fault it is. New kinds may come.
  public struct Code: Sendable, Hashable, CustomStringConvertible {
    /// The name of the code.
    public let description: String

    private init(_ name: String) { description = name }

    /// The command is empty or holds control characters.
    public static let invalidCommand = Code("invalidCommand")
    /// A header name is empty or holds a character that cannot be written.
    public static let invalidHeaderName = Code("invalidHeaderName")
    /// A header value holds a character that cannot be written.
    public static let invalidHeaderValue = Code("invalidHeaderValue")
    /// The `content-length` given is not the length of the body, or a body with a NUL has none.
    public static let contentLengthMismatch = Code("contentLengthMismatch")
  }

  /// The kind of fault.
  public let code: Code
  /// What is wrong, in words; header values are not shown.
  public let message: String

  /// An error of a kind.
  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }
}

extension FrameEncodingError: CustomStringConvertible {
  /// The message.
  public var description: String { message }
}
