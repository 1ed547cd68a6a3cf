public import NIOCore

extension GatewaySimulator {
  /// What is simulated, and where.
  public struct Configuration: Sendable {
    /// The port on 127.0.0.1; 0 takes a free one.
    public var port: Int
    /// The seed of the market.
    public var seed: UInt64
    /// How many instruments each market lists; the well-known ones come first.
    public var tickers: Int
    /// Packets a second over all subscriptions, in place of the streams' own cadence; nil leaves that.
    public var rate: Double?
    /// Who may connect, beside DEMO/guest/guest.
    public var accounts: [Account]
    /// The body of CONNECTED, served as it is; nil serves the built-in catalogue. What may be asked for stays the same.
    public var structureBody: ByteBuffer?
    /// The open points of the protocol.
    public var switches: SimulatorSwitches
    /// The certificate to serve wss:// with; nil serves ws://.
    public var certificate: Certificate?

    /// A recording to serve in place of the market; then only `port` and `certificate` count beside it, and of the
    /// switches `ping`, `subprotocol` and `hang`, which are the listener's.
    public var replay: ReplaySession.Configuration?

    /// Files in PEM form.
    public struct Certificate: Sendable, Hashable {
      /// The server's certificate first, then those that vouch for it.
      public var chainFile: String
      /// The private key, without a password.
      public var keyFile: String

      /// A certificate from its files.
      public init(chainFile: String, keyFile: String) {
        self.chainFile = chainFile
        self.keyFile = keyFile
      }
    }

    /// A configuration.
    public init(
      port: Int = 0,
      seed: UInt64 = 1,
      tickers: Int = 10,
      rate: Double? = nil,
      accounts: [Account] = [],
      structureBody: ByteBuffer? = nil,
      switches: SimulatorSwitches = SimulatorSwitches(),
      certificate: Certificate? = nil,
      replay: ReplaySession.Configuration? = nil
    ) {
      self.port = port
      self.seed = seed
      self.tickers = tickers
      self.rate = rate
      self.accounts = accounts
      self.structureBody = structureBody
      self.switches = switches
      self.certificate = certificate
      self.replay = replay
    }
  }

  /// What a simulator has done so far.
  public struct Statistics: Sendable, Hashable {
    /// Connections that were accepted.
    public var connections = 0
    /// Connections that are open.
    public var openConnections = 0
    /// Subscriptions that are open.
    public var openSubscriptions = 0
    /// MESSAGE frames sent.
    public var packets = 0
    /// Packets left out because a client did not read.
    public var skippedPackets = 0
  }
}
