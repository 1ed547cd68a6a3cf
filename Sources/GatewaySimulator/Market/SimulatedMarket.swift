public import MarketData

/// The synthetic market that all connections of a simulator share: pure, without I/O, and with time as an argument.
///
/// The same seed, the same requests and the same times give the same bytes. It is no `Sendable` type: it lives on one
/// event loop, or in one test.
public final class SimulatedMarket {
  /// What is offered; the validation of requests follows it.
  public let catalogue: Catalogue
  /// The seed of everything that is drawn.
  public let seed: UInt64
  /// Packets a second over all subscriptions, in place of the streams' own cadence; nil leaves that.
  public let rate: Double?

  /// Whether the streams are silent for now; snapshots and replies still come.
  public var isPaused = false

  let list: InstrumentList
  let turnovers: TurnoverList
  private var live: [String: LiveInstrument] = [:]
  private var enumerations: [String: [Enumeration]] = [:]
  private var seqnum: UInt64
  private var seqnumRandom: RandomSource
  private var packetsNumbered = 0
  /// Subscriptions of all sessions: the rate is shared out among them.
  var subscriptionCount = 0

  /// A market.
  ///
  /// - Parameters:
  ///   - seed: of everything that is drawn.
  ///   - tickers: how many instruments a market lists; the well-known ones come first.
  ///   - rate: packets a second over all subscriptions.
  ///   - catalogue: the streams and queries that it serves.
  public init(seed: UInt64 = 1, tickers: Int = 10, rate: Double? = nil, catalogue: Catalogue = .builtIn) {
    self.seed = seed
    self.rate = rate.flatMap { $0 > 0 ? $0 : nil }
    self.catalogue = catalogue
    list = InstrumentList(count: tickers)
    turnovers = TurnoverList(seed: seed)
    seqnumRandom = RandomSource(seed: seed, for: "seqnum")
    seqnum = 569_811_206_658_952_000 + seed % 1_000_000_000
    for market in catalogue.markets { enumerations[market.name] = market.enumerations }
  }

  /// The full tickers of a market, in the order of its list.
  public func tickers(of market: String) -> [String] {
    list.all.filter { $0.market == market }.map(\.ticker)
  }

  func enumerations(of market: String) -> [Enumeration] { enumerations[market] ?? [] }

  /// The instrument as it stands now; nil when no market lists it.
  func instrument(_ ticker: String, at now: GatewayTime) -> LiveInstrument? {
    if let known = live[ticker] {
      known.advance(to: now)
      return known
    }
    guard let instrument = list[ticker] else { return nil }
    let fresh = LiveInstrument(instrument, seed: seed, at: now)
    live[ticker] = fresh
    return fresh
  }

  /// The number of the next packet: it grows by uneven steps, unless a switch wants it otherwise.
  func nextSeqnum(_ manner: SeqnumManner) -> UInt64 {
    packetsNumbered += 1
    switch manner {
    case .uneven: break
    case .repeating: if packetsNumbered.isMultiple(of: 2) { return seqnum }
    case .backwards: if packetsNumbered.isMultiple(of: 3) { return seqnum - 20 }
    }
    seqnum += UInt64(seqnumRandom.within(1...8))
    return seqnum
  }

  /// Time between two packets of one subscription when a rate is wanted, in microseconds.
  var pacedInterval: Int64? {
    rate.map { max(1, Int64(Double(max(1, subscriptionCount)) * 1_000_000 / $0)) }
  }
}

/// How seqnum goes on.
enum SeqnumManner: Sendable {
  case uneven
  case repeating
  case backwards
}
