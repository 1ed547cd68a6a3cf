/// The turnovers of the exchange by trading system and market, for COMMON.turnovers, and the reference lists beside it.
final class TurnoverList {
  struct Line {
    let id: String
    let engine: String
    let market: String
    let english: String
    let russian: String
    /// Hundredths of a rouble.
    var value: Int64
    var trades: Int64
    var time: GatewayTime
  }

  private(set) var lines: [Line]
  private var random: RandomSource
  private var nextMove: GatewayTime?

  init(seed: UInt64) {
    random = RandomSource(seed: seed, for: "turnovers")
    lines = ReferenceLists.markets.map { market in
      Line(
        id: market.code, engine: ReferenceLists.engineName(market.engine), market: market.name,
        english: market.english, russian: market.russian, value: 0, trades: 0, time: GatewayTime(microseconds: 0))
    }
    for place in lines.indices {
      lines[place].value = Int64(random.within(1_000_000...900_000_000)) * 1000
      lines[place].trades = Int64(random.within(1000...4_000_000))
    }
  }

  /// Moves a few lines every two seconds.
  func advance(to now: GatewayTime) {
    guard let due = nextMove else {
      for place in lines.indices { lines[place].time = now }
      nextMove = now.advanced(byMicroseconds: 2_000_000)
      return
    }
    if due <= now {
      move(at: now)
      nextMove = now.advanced(byMicroseconds: 2_000_000)
    }
  }

  func move(at now: GatewayTime) {
    for _ in 0...random.below(3) {
      let place = random.below(lines.count)
      lines[place].value += Int64(random.within(1...5_000_000))
      lines[place].trades += Int64(random.within(1...400))
      lines[place].time = max(now, lines[place].time)
    }
  }
}
