public import CoreMetrics
public import Logging
public import NIOCore
public import STOMP
import WebSocketTransport

/// Who asks: a domain, a login and a passcode. Never printed: descriptions show the passcode as `***`.
public struct Credentials: Sendable, Hashable {
  /// `DEMO` for guests, `passport` for accounts of the exchange.
  public var domain: String
  /// `guest`, or the e-mail of the account.
  public var login: String
  /// `guest`, or the password of the account; an API key is none.
  public var passcode: String

  /// Credentials of an account.
  public init(domain: String, login: String, passcode: String) {
    self.domain = domain
    self.login = login
    self.passcode = passcode
  }

  /// Guests: domain DEMO, login guest, passcode guest.
  public static let guest = Credentials(domain: "DEMO", login: "guest", passcode: "guest")

  /// Whether these are the guest's, which anybody may know.
  public var isGuest: Bool { login == "guest" && passcode == "guest" }
}

extension Credentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// Domain and login; the passcode never.
  public var description: String { "\(domain):\(login):***" }
  /// As `description`.
  public var debugDescription: String { description }
  /// Without the passcode.
  public var customMirror: Mirror { Mirror(self, children: ["domain": domain, "login": login, "passcode": "***"]) }
}

/// How a client connects and what it bounds.
public struct ISSPlusConfiguration: Sendable {
  /// The gateway.
  public static let defaultURL = "wss://iss.moex.com/infocx/v3/websocket"

  /// Where to connect; path and query are sent unchanged.
  public var url: String
  /// Who asks.
  public var credentials: Credentials
  /// The language of CONNECT, `ru` or `en`; `nil` to send none.
  public var language: String?
  /// The gateway's own dialect, or standard STOMP 1.2.
  public var dialect: Dialect = .issPlus
  /// Name, TCP.
  public var connectTimeout: Duration = .seconds(10)
  /// RECEIPT or the first MESSAGE, and REPLY.
  public var timeout: Duration = .seconds(10)
  /// Whether a lost line is made again.
  public var reconnects = true
  /// How long to wait between attempts.
  public var backoff = Backoff()
  /// The pause between two SUBSCRIBE frames of one connection.
  public var subscriptionPace: Duration = .milliseconds(100)
  /// How many connections there are, from 1 to `maximumConnections`. Subscriptions are spread over them evenly; a lost
  /// line touches those of its own connection only. All connections of a client live on one event loop.
  public var connections = 1
  /// The greatest number of `connections`.
  public static let maximumConnections = 1024
  /// Whether the event loop asks its sockets again and again while there is a connection, in place of sleeping until the
  /// kernel wakes it. A change that comes alone arrives sooner, and a core is busy all the time: for a subscriber on
  /// `ISSPlusClient.executor`, who is not woken either, on a machine with cores to spare.
  public var busyPolling = false
  /// How long a confirmed subscription may bring no packet before it is given up and made again, with its table stale
  /// meanwhile; `nil`, the default, for ever: a market may be closed.
  public var silenceLimit: Duration?
  /// Whether packets whose seqnum does not grow are dropped; `OrderCheck` says why they are not by default.
  public var dropsOutOfOrder = false
  /// How long UNSUBSCRIBE, DISCONNECT and the close handshake may take at the end, together.
  public var shutdownTimeout: Duration = .seconds(3)
  /// Certificates in PEM form that `wss://` trusts beside the system's.
  public var caFile: String?
  /// An HTTP CONNECT proxy, `http://[user:password@]host:port`, for any host; `nil` to look into `proxyEnvironment`.
  public var proxy: String?
  /// Variables in which a proxy is looked for: `HTTPS_PROXY` for wss, `http_proxy` for ws, `NO_PROXY`; never for
  /// loopback. Empty, as it is by default, means none; a program passes its own environment.
  public var proxyEnvironment: [String: String] = [:]
  /// Lets credentials other than the guest's travel over ws:// to another host.
  public var allowsPlaintextCredentials = false
  /// How often the line is tried by a ping, and how long a silence after it is borne; `nil` sends none.
  public var pingInterval: Duration? = .seconds(20)
  /// How long the line may stay silent after a ping.
  public var pingTimeout: Duration = .seconds(20)
  /// How many rows a table without a key keeps.
  public var looseRowLimit = 100_000
  /// Gets the records of a capture as they are written, on the event loop; an error stops the client.
  public var recording: (@Sendable (ByteBuffer) throws -> Void)?
  /// Gets what no subscriber, request or state tells; called on the event loop, so it must be short.
  public var onNotice: (@Sendable (SessionNotice) -> Void)?
  /// Where metrics go: counters `issplus.frames`, `.bytes`, `.packets`, `.changes`, `.conflated`, `.refused`,
  /// `.out_of_order`, `.reconnects`, `.resubscriptions`, `.stale_seconds` (table-seconds), and timers `issplus.latency`
  /// (from the gateway's stamp to the arrival, once a read of the socket; the difference of the two clocks is in it) and
  /// `issplus.request_latency`. `nil` takes what `MetricsSystem` was bootstrapped with.
  public var metrics: (any MetricsFactory)?
  /// Where log lines go; nothing above `info` comes from this library.
  public var logger = Logger(label: "issplus") { _ in SwiftLogNoOpLogHandler() }

  /// A configuration with defaults for all but where and who.
  public init(url: String = ISSPlusConfiguration.defaultURL, credentials: Credentials = .guest) {
    self.url = url
    self.credentials = credentials
  }

  /// The CONNECT frame: domain, login, passcode, and the language on wish; `stomp12` as STOMP 1.2 asks.
  func connectFrame(host: String) -> Frame {
    var headers: Headers = [:]
    switch dialect {
    case .issPlus: headers.append(name: "domain", value: credentials.domain)
    case .stomp12:
      headers.append(name: "accept-version", value: "1.2")
      headers.append(name: "host", value: host)
    }
    headers.append(name: "login", value: credentials.login)
    headers.append(name: "passcode", value: credentials.passcode)
    if let language, dialect == .issPlus { headers.append(name: "language", value: language) }
    return Frame(.connect, headers: headers)
  }

  /// The bytes of the CONNECT frame.
  ///
  /// - Throws: when a value cannot stand in a header.
  func encodedConnect(host: String) throws(FrameEncodingError) -> ByteBuffer {
    var buffer = ByteBuffer()
    try FrameEncoder(dialect: dialect).encode(connectFrame(host: host), into: &buffer)
    return buffer
  }
}

extension ISSPlusConfiguration: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// Where and as whom; no passcode, and nothing of the proxy, whose URL may hold a password.
  public var description: String { "\(url) as \(credentials)" }
  /// As `description`.
  public var debugDescription: String { description }
  /// Without passcodes.
  public var customMirror: Mirror {
    Mirror(self, children: ["url": url, "credentials": credentials, "dialect": dialect, "timeout": timeout])
  }
}
