import MarketData
public import NIOCore
import STOMP

/// Where a client stands.
public enum ClientState: Sendable {
  /// A connection is being made, or waits for CONNECTED.
  case connecting
  /// CONNECTED has come.
  case connected
  /// The line was lost; the next attempt is made at that time.
  case waiting(until: NIODeadline)
  /// The end: by shutdown, or by an error that no further attempt can mend.
  case stopped(ISSPlusError?)
}

/// What a session asks for again after a reconnect.
struct SubscriptionRequest: Sendable, Hashable {
  let id: String
  let destination: String
  let selector: String?

  /// What was asked, for a message.
  var description: String {
    guard let selector else { return "SUBSCRIBE \(destination)" }
    return "SUBSCRIBE \(destination) \(selector)"
  }
}

/// What happened, for the session machine.
enum SessionEvent {
  /// The client is started.
  case start
  /// TCP, TLS and upgrade are done.
  case lineOpened
  /// The attempt to connect failed.
  case lineFailed(ISSPlusError)
  /// The open line ended.
  case lineClosed(ISSPlusError)
  /// CONNECTED came.
  case connected
  /// RECEIPT came.
  case receipt(String)
  /// The first MESSAGE of a subscription came.
  case message(subscriptionID: String)
  /// The answer to `checkSilence`: when the last packet of the subscription on this line came; `nil` when none has.
  case heard(subscriptionID: String, last: NIODeadline?)
  /// REPLY came.
  case reply(requestID: String)
  /// REPLY came, and is no packet.
  case badReply(requestID: String, PacketError)
  /// ERROR came.
  case refusal(GatewayRefusal)
  /// CLOSED came.
  case closed
  /// What came or was to be sent is no STOMP: the line is of no use.
  case fault(ISSPlusError, isFinal: Bool)
  /// Nothing is read because that subscription's reader is slow; `nil` when the line is read again.
  case held(by: String?)
  /// A packet of a subscription was refused.
  case badPacket(subscriptionID: String, ISSPlusError)
  /// A snapshot of a subscription was applied.
  case live(subscriptionID: String)
  /// The caller subscribes.
  case subscribe(SubscriptionRequest)
  /// The caller gives a subscription up.
  case unsubscribe(String)
  /// The caller asks once.
  case request(SubscriptionRequest)
  /// The caller gives a request up.
  case cancelRequest(String)
  /// The caller ends the session.
  case shutdown
  /// The recording cannot be written.
  case recordingFailed(ISSPlusError)
  /// Time has passed.
  case tick
}

/// What the driver has to do.
enum SessionAction {
  /// Make a connection.
  case connect
  /// Send a frame.
  case send(Frame)
  /// Close the line by its handshake.
  case closeLine
  /// The state of the client has changed.
  case state(ClientState)
  /// Every open table is stale until its next snapshot.
  case markStale
  /// The subscription is given up to be made again: its frames are late until its next SUBSCRIBE, its table is stale.
  case suspend(String, StaleReason)
  /// Say by `heard` when the last packet of the subscription came.
  case checkSilence(String)
  /// The subscription is confirmed.
  case confirmed(String)
  /// The subscription has failed and is forgotten.
  case subscriptionFailed(String, ISSPlusError)
  /// The request has failed and is forgotten.
  case requestFailed(String, ISSPlusError)
  /// The reply of a request is there; it took that long.
  case requestDone(String, TimeAmount)
  /// An ERROR that belongs to nothing.
  case report(GatewayRefusal)
}
