public import NIOCore

/// One STOMP frame: command, headers, body.
public struct Frame: Sendable, Equatable {
  /// The first line.
  public var command: Command
  /// The headers.
  public var headers: Headers
  /// The bytes between the empty line and the NUL.
  ///
  /// The body of a received frame is a slice of the received bytes. The NUL that ended the frame, and as much of
  /// the 31 bytes after it as the input has, can be looked at (never written) through `withVeryUnsafeBytes`, behind
  /// `writerIndex`. A frame put together from several buffers always has these 32 bytes.
  public var body: ByteBuffer

  /// A frame to send. It is checked when it is written.
  public init(_ command: Command, headers: Headers = [:], body: ByteBuffer = ByteBuffer()) {
    self.command = command
    self.headers = headers
    self.body = body
  }
}

extension Frame: CustomStringConvertible, CustomDebugStringConvertible {
  /// Command, headers and the size of the body; a passcode is shown as `***`.
  public var description: String {
    let name = quoted(command.name).dropFirst().dropLast()
    return "\(name) \(headers) body: \(body.readableBytes) bytes"
  }

  /// The same as ``description``.
  public var debugDescription: String { description }
}
