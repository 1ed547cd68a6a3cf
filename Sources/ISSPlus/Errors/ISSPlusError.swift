public import MarketData
public import WebSocketTransport

/// What went wrong: a code to decide on, words for a person, and what is below it.
public struct ISSPlusError: Error, Sendable {
  /// The kind of failure. New kinds may come; compare with the ones you know.
  public struct Code: Sendable, Hashable, CustomStringConvertible {
    /// The name of the code.
    public let description: String

    private init(_ description: String) { self.description = description }

    /// The caller asked for something that cannot be.
    public static let usage = Code("usage")
    /// The gateway cannot be reached: name, TCP, TLS, proxy, upgrade.
    public static let unreachable = Code("unreachable")
    /// The line was lost and is not made again.
    public static let lineLost = Code("lineLost")
    /// A time limit of ours passed.
    public static let timeout = Code("timeout")
    /// The gateway refused a request or a subscription; `gatewayCode` says how.
    public static let refused = Code("refused")
    /// The gateway refused the credentials.
    public static let accessDenied = Code("accessDenied")
    /// The gateway broke the protocol: what it sent is no STOMP, or no packet.
    public static let protocolViolation = Code("protocolViolation")
    /// The client was shut down, or the subscription ended.
    public static let closed = Code("closed")
    /// The changes of a subscription have a consumer already.
    public static let secondConsumer = Code("secondConsumer")
    /// The recording cannot be written.
    public static let recording = Code("recording")
  }

  /// The kind of failure.
  public let code: Code
  /// What happened, in words; names what was asked for.
  public let message: String
  /// The gateway's own class of refusal, when it refused.
  public let gatewayCode: GatewayCode?
  /// The packet that was refused, when it was one.
  public let packet: PacketError?
  /// What the transport says, when it failed.
  public let transport: TransportError?
  /// Whether the same may succeed later.
  public let isRetriable: Bool

  init(
    _ code: Code, _ message: String, gateway: GatewayCode? = nil, packet: PacketError? = nil,
    transport: TransportError? = nil, isRetriable: Bool = false
  ) {
    self.code = code
    self.message = message
    gatewayCode = gateway
    self.packet = packet
    self.transport = transport
    self.isRetriable = isRetriable
  }

  /// What the gateway refused, and what it was asked for.
  init(_ refusal: GatewayRefusal, asked: String) {
    self.init(
      .refused, "\(asked): \(refusal)", gateway: refusal.code, isRetriable: refusal.code.isRetriable)
  }
}

extension ISSPlusError: CustomStringConvertible {
  /// The message.
  public var description: String { message }
}
