public import NIOCore

/// One record of a capture file: a WebSocket message, or the beginning or end of a connection.
public struct CaptureRecord: Sendable, Equatable {
  /// What a record tells.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// A message from the gateway.
    case incoming = "in"
    /// A message to the gateway.
    case outgoing = "out"
    /// The connection is there.
    case open
    /// The connection has ended.
    case close
  }

  /// When, in nanoseconds since 1970-01-01 UTC; not negative.
  public var nanoseconds: Int64
  /// The session's number, from 0; it is the same after a reconnect.
  public var connection: Int
  /// What the record tells.
  public var kind: Kind
  /// The bytes of the message; none for `open` and `close`.
  ///
  /// In a record that was read this is a slice of the input. As much of the 32 bytes after it as the input has can
  /// be looked at through `withVeryUnsafeBytes`, behind `writerIndex`.
  public var payload: ByteBuffer

  /// A record.
  public init(nanoseconds: Int64, connection: Int, kind: Kind, payload: ByteBuffer = ByteBuffer()) {
    self.nanoseconds = nanoseconds
    self.connection = connection
    self.kind = kind
    self.payload = payload
  }
}

extension CaptureRecord: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// The line of the record: time, connection, kind and size; no bytes of the message.
  public var description: String {
    "\(nanoseconds) \(connection) \(kind.rawValue) \(payload.readableBytes)"
  }

  /// The same as ``description``.
  public var debugDescription: String { description }

  /// Without the payload: that of a record not yet written may hold a passcode.
  public var customMirror: Mirror {
    Mirror(self, children: ["nanoseconds": nanoseconds, "connection": connection, "kind": kind])
  }
}

/// What a capture file may hold at most.
public struct CaptureLimits: Sendable, Hashable {
  /// Bytes of one message. The default leaves room for the largest STOMP body and its headers.
  public let maxPayloadSize: Int

  /// The limits readers have by default.
  public static let `default` = CaptureLimits()

  /// Limits; a negative one is taken as 0, one over 2^31 - 1 as that.
  public init(maxPayloadSize: Int = 65 * 1024 * 1024) {
    self.maxPayloadSize = min(max(0, maxPayloadSize), Int(Int32.max))
  }
}

/// An incomplete last record at the end of a capture: what a writer leaves that was cut off. No error.
public struct TornTail: Sendable, Hashable {
  /// The byte of the input, from 0, at which it begins.
  public let offset: Int
  /// How many bytes are skipped.
  public let byteCount: Int

  /// A torn tail.
  public init(offset: Int, byteCount: Int) {
    self.offset = offset
    self.byteCount = byteCount
  }
}
