/// The first line of a frame. Commands that this package does not know are normal and kept as they came.
///
/// Names are case-sensitive (STOMP 1.2). The known ones are those of ISS+ (protocol facts, 2.2) and STOMP's own `STOMP`.
public struct Command: Sendable, Hashable {
  /// The commands this package knows, for switches that name every one.
  public enum Known: String, Sendable, Hashable, CaseIterable {
    /// Client: opens the session.
    case connect = "CONNECT"
    /// Client: the other spelling of CONNECT in STOMP 1.2.
    case stomp = "STOMP"
    /// Client: ends the session.
    case disconnect = "DISCONNECT"
    /// Client: asks for a stream.
    case subscribe = "SUBSCRIBE"
    /// Client: ends a subscription.
    case unsubscribe = "UNSUBSCRIBE"
    /// Client: asks one query of ISS+.
    case request = "REQUEST"
    /// Client: listed by ISS+, without a documented use.
    case send = "SEND"
    /// Server: the session is open.
    case connected = "CONNECTED"
    /// Server: something was refused.
    case error = "ERROR"
    /// Server: confirms the frame that carried `receipt`.
    case receipt = "RECEIPT"
    /// Server: a packet of a subscription.
    case message = "MESSAGE"
    /// Server: the answer to REQUEST.
    case reply = "REPLY"
    /// Server: the session has ended.
    case closed = "CLOSED"
  }

  private enum Name: Sendable, Hashable {
    case known(Known)
    case other(String)
  }

  private let value: Name

  /// The command with this name, known or not.
  public init(_ name: String) {
    if let known = Known(rawValue: name) {
      value = .known(known)
    } else {
      value = .other(name)
    }
  }

  /// A known command.
  public init(_ known: Known) {
    value = .known(known)
  }

  /// The command if it is one of the known ones.
  public var known: Known? {
    switch value {
    case .known(let known): known
    case .other: nil
    }
  }

  /// The name as it stands on the wire.
  public var name: String {
    switch value {
    case .known(let known): known.rawValue
    case .other(let name): name
    }
  }

  /// Whether the frame carries credentials and stands outside of escaping: CONNECT and STOMP.
  var opensConnection: Bool {
    switch known {
    case .connect, .stomp: true
    case .disconnect, .subscribe, .unsubscribe, .request, .send, .connected, .error, .receipt, .message, .reply,
      .closed, nil:
      false
    }
  }
}

extension Command {
  /// `CONNECT`.
  public static var connect: Command { Command(.connect) }
  /// `STOMP`.
  public static var stomp: Command { Command(.stomp) }
  /// `DISCONNECT`.
  public static var disconnect: Command { Command(.disconnect) }
  /// `SUBSCRIBE`.
  public static var subscribe: Command { Command(.subscribe) }
  /// `UNSUBSCRIBE`.
  public static var unsubscribe: Command { Command(.unsubscribe) }
  /// `REQUEST`.
  public static var request: Command { Command(.request) }
  /// `SEND`.
  public static var send: Command { Command(.send) }
  /// `CONNECTED`.
  public static var connected: Command { Command(.connected) }
  /// `ERROR`.
  public static var error: Command { Command(.error) }
  /// `RECEIPT`.
  public static var receipt: Command { Command(.receipt) }
  /// `MESSAGE`.
  public static var message: Command { Command(.message) }
  /// `REPLY`.
  public static var reply: Command { Command(.reply) }
  /// `CLOSED`.
  public static var closed: Command { Command(.closed) }
}

extension Command: CustomStringConvertible {
  /// The name.
  public var description: String { name }
}
