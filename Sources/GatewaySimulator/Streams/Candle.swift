/// One candle. Prices are counted in ticks, the value in hundredths, the volume in units.
struct Candle: Sendable, Hashable {
  let index: Int
  let from: Int
  var till: Int
  var open: Int64
  var high: Int64
  var low: Int64
  var close: Int64
  var value: Int64
  var volume: Int64

  /// A candle that begins at a price.
  init(index: Int, from: Int, price: Int64) {
    self.index = index
    self.from = from
    till = from
    open = price
    high = price
    low = price
    close = price
    value = 0
    volume = 0
  }

  /// Trades reach the candle.
  mutating func add(_ price: Int64, _ units: Int64, _ hundredths: Int64) {
    close = price
    high = max(high, price)
    low = min(low, price)
    volume += units
    value += hundredths
  }

  /// The candle as it stands while it is under way.
  func cut(at price: Int64, tradeTime: Int) -> Candle {
    var candle = self
    candle.till = min(max(from, tradeTime), till)
    candle.add(price, 0, 0)
    return candle
  }

  func cells(_ instrument: Instrument) -> [WireValue] {
    func price(_ ticks: Int64) -> WireValue { .fixed(ticks * instrument.tick, decimals: instrument.decimals) }
    return [
      .datetime(from), .datetime(till), price(open), price(high), price(low), price(close),
      .fixed(value, decimals: 2), .integer(volume),
    ]
  }
}

/// Candles of the past: a pure function of seed, instrument, width and number, so that every request sees the same.
struct CandleHistory: Sendable {
  private let instrument: Instrument
  private let interval: CandleInterval
  private let key: UInt64
  private let base: Int64

  init(_ instrument: Instrument, _ interval: CandleInterval, seed: UInt64) {
    self.instrument = instrument
    self.interval = interval
    key = RandomSource.hash(seed, instrument.ticker + interval.rawValue)
    base = max(200, instrument.basePrice / instrument.tick)
  }

  func candle(_ index: Int) -> Candle {
    let from = interval.start(of: index)
    var candle = Candle(index: index, from: from, price: close(index - 1))
    candle.close = close(index)
    let noise = RandomSource.hash(key, index)
    let reach = max(2, base / 500)
    candle.high = max(candle.open, candle.close) + Int64(noise % UInt64(reach))
    candle.low = min(candle.open, candle.close) - Int64((noise >> 20) % UInt64(reach))
    candle.till = interval.start(of: index + 1) - 1 - Int((noise >> 40) % 3)
    candle.volume = (1 + Int64((noise >> 12) % 200_000)) * instrument.lotSize
    let middle = (candle.open + candle.close) / 2 * instrument.tick
    candle.value = Amount(middle, decimals: instrument.decimals).mantissa(decimals: 2) * candle.volume
    return candle
  }

  /// A price that wanders slowly over coarse steps and quickly over fine ones, at most a tenth away from the base.
  private func close(_ index: Int) -> Int64 {
    var price = base
    var reach = max(4, base / 640)
    for octave in 0..<5 {
      let noise = RandomSource.hash(key &+ UInt64(octave), index >> (octave * 2))
      price += Int64(noise % UInt64(reach)) - reach / 2
      reach *= 2
    }
    return price
  }
}
