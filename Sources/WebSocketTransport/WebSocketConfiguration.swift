public import NIOCore

/// The limits and clocks of one connection, for either role.
public struct WebSocketConfiguration: Sendable {
  /// The largest message, over all of its fragments.
  public var maxMessageSize = 65 << 20
  /// The largest payload of one frame.
  public var maxFrameSize = 65 << 20
  /// The largest number of frames of one message; bounds a peer that sends empty ones for ever.
  public var maxFragments = 1 << 20
  /// How much may wait to be written before `send` refuses.
  public var maxPendingWriteBytes = 64 << 20
  /// How often a ping is sent; `nil` sends none.
  public var pingInterval: TimeAmount? = .seconds(20)
  /// How long the line may stay silent after a ping.
  public var pongLimit: TimeAmount = .seconds(20)
  /// How long the peer may take to answer a close frame and to close the line.
  public var closeLimit: TimeAmount = .seconds(2)

  /// The defaults.
  public init() {}
}

/// Which side of the connection this is: it decides who masks frames and who closes TCP first.
enum WebSocketRole: Sendable {
  case client
  case server
}
