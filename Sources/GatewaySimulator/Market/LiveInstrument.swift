/// One instrument as trading moves it: its book and the figures of its day. Prices are counted in ticks.
///
/// It moves by steps. Each step is one of a few events, drawn from the instrument's own random source, so that what
/// other instruments do does not change it.
final class LiveInstrument {
  struct Level: Sendable, Hashable {
    var price: Int64
    var quantity: Int64
  }

  let instrument: Instrument
  /// Best first.
  private(set) var bids: [Level] = []
  /// Best first.
  private(set) var asks: [Level] = []
  /// Grows with each change of the book.
  private(set) var bookVersion = 0
  let previous: Int64
  let open: Int64
  private(set) var last: Int64
  private(set) var high: Int64
  private(set) var low: Int64
  private(set) var highBid: Int64
  private(set) var lowAsk: Int64
  private(set) var lastQuantity: Int64
  /// Sums of the day: lots, and lots times price.
  private(set) var volume: Int64
  private(set) var turnover: Int64
  private(set) var trades: Int64
  private(set) var tradeTime: GatewayTime
  /// Whether the sign of a discrete auction's price stands on the buyers' side; mostly it does not.
  private(set) var hasIndicator = false
  /// Orders that stand deeper than the levels shown.
  private(set) var deepBids: Int64
  private(set) var deepAsks: Int64

  private let base: Int64
  private var random: RandomSource
  private var nextStep: GatewayTime

  static let depth = 10

  init(_ instrument: Instrument, seed: UInt64, at now: GatewayTime) {
    self.instrument = instrument
    var random = RandomSource(seed: seed, for: instrument.ticker)
    base = max(200, instrument.basePrice / instrument.tick)
    let spread = max(2, base / 200)
    previous = base + Int64(random.below(Int(spread)))
    open = base + Int64(random.below(Int(spread)))
    last = base
    high = max(open, base) + Int64(random.below(Int(spread)))
    low = min(open, base) - Int64(random.below(Int(spread)))
    highBid = high
    lowAsk = low
    lastQuantity = Int64(random.within(1...500))
    volume = Int64(random.within(100_000...2_000_000))
    turnover = volume * base
    trades = volume / 120
    tradeTime = now
    deepBids = Int64(random.within(100_000...2_000_000))
    deepAsks = Int64(random.within(100_000...3_000_000))
    self.random = random
    nextStep = now
    var bid = base
    var ask = base + 1
    for _ in 0..<Self.depth {
      bids.append(Level(price: bid, quantity: newQuantity()))
      asks.append(Level(price: ask, quantity: newQuantity()))
      bid -= gap()
      ask += gap()
    }
  }

  /// Lets the time pass: some steps a second. After a long pause only the last seconds are played.
  func advance(to now: GatewayTime) {
    let earliest = now.advanced(byMicroseconds: -5_000_000)
    if nextStep < earliest { nextStep = earliest }
    while nextStep <= now {
      step(at: nextStep)
      nextStep = nextStep.advanced(byMicroseconds: Int64(random.within(50_000...400_000)))
    }
  }

  /// One event; the book is another one afterwards.
  func step(at now: GatewayTime) {
    switch random.below(20) {
    case 0..<11: changeQuantities()
    case 11..<16: trade(at: now)
    default: moveQuote()
    }
    if random.oneIn(40) { hasIndicator.toggle() }
    bookVersion += 1
    highBid = max(highBid, bids[0].price)
    lowAsk = min(lowAsk, asks[0].price)
  }

  // MARK: Events

  private func changeQuantities() {
    for _ in 0...random.below(2) {
      let place = random.below(Self.depth)
      let change = Int64(random.within(1...90))
      if random.oneIn(2) {
        bids[place].quantity = bids[place].quantity > change ? bids[place].quantity - change : change + 100
      } else {
        asks[place].quantity = asks[place].quantity > change ? asks[place].quantity - change : change + 100
      }
    }
    if random.oneIn(3) {
      deepBids = max(1000, deepBids + Int64(random.within(-500...500)))
      deepAsks = max(1000, deepAsks + Int64(random.within(-500...500)))
    }
  }

  private func trade(at now: GatewayTime) {
    let isBuy = goesUp()
    let level = isBuy ? asks[0] : bids[0]
    let quantity = min(level.quantity, Int64(random.within(1...400)))
    last = level.price
    lastQuantity = quantity
    high = max(high, last)
    low = min(low, last)
    volume += quantity
    turnover += quantity * last
    trades += 1
    tradeTime = max(tradeTime, now)
    if quantity == level.quantity {
      removeBest(ofBids: !isBuy)
    } else if isBuy {
      asks[0].quantity -= quantity
    } else {
      bids[0].quantity -= quantity
    }
  }

  /// A better price comes inside the spread, or the best one goes.
  private func moveQuote() {
    let isUp = goesUp()
    guard asks[0].price - bids[0].price > 1 else { return removeBest(ofBids: !isUp) }
    if isUp {
      bids.removeLast()
      bids.insert(Level(price: bids[0].price + 1, quantity: newQuantity()), at: 0)
    } else {
      asks.removeLast()
      asks.insert(Level(price: asks[0].price - 1, quantity: newQuantity()), at: 0)
    }
  }

  private func removeBest(ofBids isBid: Bool) {
    if isBid {
      bids.removeFirst()
      bids.append(Level(price: bids[Self.depth - 2].price - gap(), quantity: newQuantity()))
    } else {
      asks.removeFirst()
      asks.append(Level(price: asks[Self.depth - 2].price + gap(), quantity: newQuantity()))
    }
  }

  /// The way of the price: at random, but back when it is a twentieth away from its base.
  private func goesUp() -> Bool {
    let middle = (bids[0].price + asks[0].price) / 2
    if middle > base + base / 20 { return false }
    if middle < base - base / 20 { return true }
    return random.oneIn(2)
  }

  private func gap() -> Int64 { random.below(4) == 0 ? 2 : 1 }

  private func newQuantity() -> Int64 {
    Int64(random.oneIn(8) ? random.within(1000...40_000) : random.within(1...1200))
  }
}
