internal import MarketData

/// `candles`: 256 rows or as many as asked for, then the whole row of the current candle, and a new row when its time
/// is over. With `till` in the past nothing follows the snapshot.
final class CandleFeed: StreamFeed {
  let columns: [String]
  private let live: LiveInstrument
  private let interval: CandleInterval
  private let quantity: Int
  private let till: Int?
  private let cadence: Int64
  private let history: CandleHistory
  private var candles: [Candle] = []
  /// What of the instrument's day is in the candles already.
  private var countedVolume: Int64 = 0
  private var countedTurnover: Int64 = 0

  /// Without `quantity`, as recorded for days.
  static let defaultQuantity = 256
  /// More is not sent at once.
  static let maximumQuantity = 10_000

  init?(
    _ resource: Resource, _ live: LiveInstrument, _ selector: Selector, seed: UInt64, settings: FeedSettings
  ) {
    guard let interval = CandleInterval(rawValue: selector["interval"] ?? CandleInterval.day.rawValue) else {
      return nil
    }
    let quantity = selector["quantity"].flatMap { Int($0) } ?? Self.defaultQuantity
    guard quantity > 0 else { return nil }
    columns = resource.columns.map(\.name)
    self.live = live
    self.interval = interval
    self.quantity = min(quantity, Self.maximumQuantity)
    till = selector["till"].flatMap { CivilDate.seconds(ofDatetime: $0) }
    cadence = settings.candleCadence
    history = CandleHistory(live.instrument, interval, seed: seed)
  }

  var sent: [WireValue] { candles.flatMap { $0.cells(live.instrument) } }

  func pause() -> Int64 { cadence }

  func snapshot(at now: GatewayTime) -> Packet {
    live.advance(to: now)
    if candles.isEmpty { begin(at: now) } else if !isFrozen(at: now) { moveOn(to: now) }
    return Packet(kind: .snapshot, columns: columns, cells: sent)
  }

  func change(at now: GatewayTime, isForced: Bool) -> Packet? {
    if isFrozen(at: now) { return nil }
    if isForced { live.step(at: now) }
    live.advance(to: now)
    let count = moveOn(to: now)
    return Packet(kind: .updates, columns: columns, cells: candles.suffix(count).flatMap { $0.cells(live.instrument) })
  }

  private func isFrozen(at now: GatewayTime) -> Bool {
    guard let till else { return false }
    return interval.index(of: till) < interval.index(of: now.moscowSeconds)
  }

  private func begin(at now: GatewayTime) {
    let seconds = now.moscowSeconds
    let newest = min(interval.index(of: till ?? seconds), interval.index(of: seconds))
    let isLive = newest == interval.index(of: seconds)
    candles = (newest - quantity + 1...newest).map { history.candle($0) }
    countedVolume = live.volume
    countedTurnover = live.turnover
    guard isLive, let last = candles.popLast() else { return }
    candles.append(last.cut(at: live.last, tradeTime: max(last.from, min(live.tradeTime.moscowSeconds, seconds))))
  }

  /// Takes what was traded into the newest candle and opens those that have begun since.
  ///
  /// - Returns: how many candles at the end are new or changed.
  @discardableResult
  private func moveOn(to now: GatewayTime) -> Int {
    guard var newest = candles.popLast() else { return 0 }
    let volume = (live.volume - countedVolume) * live.instrument.lotSize
    let turnover = (live.turnover - countedTurnover) * live.instrument.tick * live.instrument.lotSize
    countedVolume = live.volume
    countedTurnover = live.turnover
    newest.add(live.last, volume, Amount(turnover, decimals: live.instrument.decimals).mantissa(decimals: 2))
    let currentIndex = interval.index(of: now.moscowSeconds)
    let end = interval.start(of: newest.index + 1)
    newest.till = max(newest.till, min(live.tradeTime.moscowSeconds, end - 1))
    candles.append(newest)
    var count = 1
    // After a very long pause the candles between are left out.
    var next = max(newest.index + 1, currentIndex - Self.maximumQuantity)
    while next <= currentIndex {
      candles.append(Candle(index: next, from: interval.start(of: next), price: live.last))
      next += 1
      count += 1
    }
    return count
  }
}
