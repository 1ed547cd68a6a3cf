internal import MarketData

/// What one subscription is sent. A feed compares the market with what it has sent last, so that packets may be left
/// out at any time (a slow reader) and the next one still tells the whole difference.
protocol StreamFeed: AnyObject {
  /// The declared columns.
  var columns: [String] { get }
  /// The table as the packets so far leave it, row by row.
  var sent: [WireValue] { get }
  /// The whole table as it stands now.
  func snapshot(at now: GatewayTime) -> Packet
  /// What has changed since the last packet; nil when nothing is to be said. When forced, the market moves first.
  func change(at now: GatewayTime, isForced: Bool) -> Packet?
  /// Microseconds until it is worth to ask again.
  func pause() -> Int64
}

/// The switches that the content of packets follows.
struct FeedSettings: Sendable {
  var bookCadence: Int64
  var bookDepth: Int
  var candleCadence: Int64
  var removesWholeRows: Bool

  init(_ switches: SimulatorSwitches) {
    bookCadence = switches.duration("book-cadence") ?? 250_000
    bookDepth = min(LiveInstrument.depth, switches.count("book-depth") ?? LiveInstrument.depth)
    candleCadence = switches.duration("candle-cadence") ?? 5_000_000
    removesWholeRows = switches.is("removal", "full-row")
  }
}

extension SimulatedMarket {
  /// The feed for a checked selector; nil when no market lists the ticker, or nothing is known to make of the stream.
  func feed(
    for resource: Resource, _ selector: Selector, language: Language, settings: FeedSettings, at now: GatewayTime
  ) -> (any StreamFeed)? {
    switch resource.name {
    case "news": return NewsFeed(resource, language: language, settings: settings)
    case "turnovers": return TurnoverFeed(resource, selector, turnovers, language: language)
    default: break
    }
    guard let ticker = selector["ticker"], ticker.hasPrefix(resource.market + ".") else { return nil }
    guard let live = instrument(ticker, at: now) else { return nil }
    switch resource.name {
    case "orderbooks": return OrderBookFeed(resource, live, settings: settings)
    case "candles": return CandleFeed(resource, live, selector, seed: seed, settings: settings)
    case "securities":
      let random = RandomSource(seed: seed, for: resource.destination + ticker)
      let enumerations = enumerations(of: resource.market)
      return SecuritiesFeed(resource, live, language: language, random: random, enumerations: enumerations)
    default: return nil
    }
  }
}
