/// What went wrong on the way to the peer or on the line: a code to decide on, and words for a person.
public struct TransportError: Error, Sendable, Hashable {
  /// The kind of failure; a struct, so that later versions can add kinds.
  public struct Code: Sendable, Hashable, CustomStringConvertible {
    /// The name of the code, as it is printed.
    public let description: String

    private init(_ description: String) {
      self.description = description
    }

    /// The URL cannot be used.
    public static let invalidURL = Code("invalidURL")
    /// This version cannot do what was asked for.
    public static let unsupported = Code("unsupported")
    /// The host name has no address.
    public static let resolve = Code("resolve")
    /// No address of the host takes the TCP connection.
    public static let connect = Code("connect")
    /// Name resolution and TCP connect took longer than the limit.
    public static let connectTimeout = Code("connectTimeout")
    /// The answer to the upgrade took longer than the limit.
    public static let upgradeTimeout = Code("upgradeTimeout")
    /// The TLS handshake took longer than the limit.
    public static let tlsTimeout = Code("tlsTimeout")
    /// The TLS handshake failed, or the peer broke TLS later.
    public static let tls = Code("tls")
    /// The peer's certificate is refused: it names another host, is out of date, or nobody trusted vouches for it.
    public static let certificate = Code("certificate")
    /// The peer demands a client certificate, and there is none.
    public static let clientCertificate = Code("clientCertificate")
    /// The line ended without the close_notify of TLS: something may be missing.
    public static let truncated = Code("truncated")
    /// A file of certificates or keys cannot be read.
    public static let tlsFileUnreadable = Code("tlsFileUnreadable")
    /// A file of certificates or keys does not hold what it should.
    public static let tlsFileInvalid = Code("tlsFileInvalid")
    /// The proxy refuses to connect, or breaks HTTP.
    public static let proxy = Code("proxy")
    /// The proxy's answer took longer than the limit.
    public static let proxyTimeout = Code("proxyTimeout")
    /// The peer answered the upgrade with an HTTP status other than 101.
    public static let upgradeRefused = Code("upgradeRefused")
    /// The peer broke HTTP or RFC 6455.
    public static let protocolViolation = Code("protocolViolation")
    /// A message, a frame or a head is larger than its limit.
    public static let messageTooBig = Code("messageTooBig")
    /// A text message or a close reason is not UTF-8.
    public static let invalidUTF8 = Code("invalidUTF8")
    /// The connection is closed or closing: nothing can be sent any more.
    public static let closed = Code("closed")
    /// The operating system reports the connection as broken.
    public static let connectionLost = Code("connectionLost")
    /// More is waiting to be written than the limit allows.
    public static let writeBufferFull = Code("writeBufferFull")
    /// The caller gave up waiting.
    public static let cancelled = Code("cancelled")
    /// The listener cannot take the address.
    public static let bind = Code("bind")
  }

  /// The kind of failure.
  public var code: Code
  /// One sentence for a person; holds no credentials, and nothing but printable characters of what the peer sent.
  public var message: String
  /// What the layer below says, if it says anything.
  public var underlying: String?
  /// The HTTP status of a refused upgrade, or of a proxy's refusal.
  public var httpStatus: Int?
  /// Whether the same attempt may succeed later.
  public var isRetriable: Bool

  /// An error; `isRetriable` follows from the code unless it is given.
  public init(
    _ code: Code,
    _ message: String,
    underlying: String? = nil,
    httpStatus: Int? = nil,
    isRetriable: Bool? = nil
  ) {
    self.code = code
    self.message = message
    self.underlying = underlying
    self.httpStatus = httpStatus
    self.isRetriable = isRetriable ?? Self.retriableCodes.contains(code)
  }

  private static let retriableCodes: Set<Code> = [
    .resolve, .connect, .connectTimeout, .tlsTimeout, .proxyTimeout, .upgradeTimeout, .protocolViolation, .tls,
    .truncated, .closed, .connectionLost,
  ]
}

extension TransportError: CustomStringConvertible {
  /// The sentence, then what the layer below says.
  public var description: String {
    guard let underlying else { return "\(code): \(message)" }
    return "\(code): \(message) (\(underlying))"
  }
}
