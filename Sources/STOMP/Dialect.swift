/// How header names and values stand on the wire. Framing is the same in both.
public enum Dialect: Sendable, Hashable {
  /// The ISS+ gateway as its official client speaks to it (protocol facts, 2.1.7).
  ///
  /// Header values are written raw; what cannot be written raw is refused. When reading, `\c`, `\n`, `\r` and `\\` are
  /// unescaped and any other backslash stands for itself. CONNECT and STOMP frames are read as they are written, raw.
  case issPlus
  /// STOMP 1.2, section "Value Encoding", strictly: escapes are written, an undefined escape is an error when reading,
  /// and the frames that open a connection (CONNECT, STOMP, CONNECTED) have no escapes at all.
  case stomp12
}

/// How the backslashes of one frame are read.
enum EscapeReading: Sendable, Hashable {
  /// A backslash is a backslash.
  case raw
  /// The four escapes of STOMP 1.2; other backslashes stand.
  case lenient
  /// The four escapes of STOMP 1.2; any other is an error.
  case strict
}

extension Dialect {
  /// How the backslashes of a received frame with this command are read.
  func reading(_ command: Command) -> EscapeReading {
    switch self {
    case .issPlus: command.opensConnection ? .raw : .lenient
    case .stomp12: command.opensConnection || command == .connected ? .raw : .strict
    }
  }

  /// Whether a frame with this command is written with escapes.
  func escapes(_ command: Command) -> Bool {
    switch self {
    case .issPlus: false
    case .stomp12: !(command.opensConnection || command == .connected)
    }
  }
}
