internal import MarketData

/// What a column of a `securities` stream shows: found once by the column's name, then read at every packet.
enum Figure: Sendable {
  /// Does not change while the subscription lives.
  case constant(WireValue)
  case last, change, bid, offer, high, low, highBid, lowOffer
  case bidDepth, offerDepth, bidCount
  case volume, turnover, turnoverInDollars, trades, quantity, lastValue
  case averagePrice, lastMinusPreviousAverage
  case changeToOpen, changeToOpenPercent
  /// Against a price this many thousandths under the previous one: in percent, or as a difference.
  case changePercentSince(thousandths: Int64)
  case changeSince(thousandths: Int64)
  case capitalization(factor: Int64)
  case time, tradeDate
  case auctionIndicator

  /// The figure for a column; what no rule knows gets a constant of its type.
  init(
    _ column: Column, _ live: LiveInstrument, language: Language, enumerations: [Enumeration], at now: GatewayTime
  ) {
    self =
      Figure(moving: column.name, isTraded: live.instrument.isTraded)
      ?? .constant(Constants(live, language: language, at: now).cell(for: column, enumerations))
  }

  private init?(moving name: String, isTraded: Bool) {
    switch name {
    case "LAST", "MARKETPRICE", "LCURRENTPRICE": self = .last
    case "CHANGE": self = .change
    case "BID": self = .bid
    case "OFFER": self = .offer
    case "HIGH": self = .high
    case "LOW": self = .low
    case "HIGHBID": self = .highBid
    case "LOWOFFER": self = .lowOffer
    case "BIDDEPTHT" where isTraded: self = .bidDepth
    case "OFFERDEPTHT" where isTraded: self = .offerDepth
    case "NUMBIDS": self = .bidCount
    case "VOLTODAY": self = .volume
    case "VALTODAY": self = .turnover
    case "VALTODAY_USD": self = .turnoverInDollars
    case "NUMTRADES": self = .trades
    case "QTY": self = .quantity
    case "VALUE": self = .lastValue
    case "WAPRICE": self = .averagePrice
    case "PRICEMINUSPREVWAPRICE": self = .lastMinusPreviousAverage
    case "LASTCHANGETOOPEN": self = .changeToOpen
    case "LASTCHANGETOOPENPRC": self = .changeToOpenPercent
    case "MONTHCHANGEPRC": self = .changePercentSince(thousandths: 23)
    case "YEARCHANGEPRC": self = .changePercentSince(thousandths: -61)
    case "MONTHCHANGEBP": self = .changeSince(thousandths: 23)
    case "YEARCHANGEBP": self = .changeSince(thousandths: -61)
    case "CAPITALIZATION": self = .capitalization(factor: 21_000_000)
    case "CAPITALIZATION_USD": self = .capitalization(factor: 268_000)
    case "TIME", "UPDATETIME": self = .time
    case "TRADEDATE": self = .tradeDate
    case "DPVALINDICATORBUY": self = .auctionIndicator
    default: return nil
    }
  }

  /// The cell as the instrument stands now.
  func cell(_ live: LiveInstrument, _ type: ColumnType?) -> WireValue {
    let instrument = live.instrument
    let decimals = instrument.decimals
    func price(_ ticks: Int64) -> WireValue { .fixed(ticks * instrument.tick, decimals: decimals) }
    func money(_ ticks: Int64) -> WireValue {
      Amount(ticks * instrument.tick * instrument.lotSize, decimals: decimals).cell(type, decimals: 2)
    }
    func count(_ number: Int64) -> WireValue { Amount(number, decimals: 0).cell(type, decimals: 0) }
    func percent(of base: Int64) -> WireValue {
      Amount((live.last - base) * 10_000 / max(1, base), decimals: 2).cell(type, decimals: 2)
    }

    switch self {
    case .constant(let cell): return cell
    case .last: return price(live.last)
    case .change: return price(live.last - live.previous)
    case .bid: return price(live.bids[0].price)
    case .offer: return price(live.asks[0].price)
    case .high: return price(live.high)
    case .low: return price(live.low)
    case .highBid: return price(live.highBid)
    case .lowOffer: return price(live.lowAsk)
    case .bidDepth: return count(live.deepBids + live.bids.reduce(0) { $0 + $1.quantity })
    case .offerDepth: return count(live.deepAsks + live.asks.reduce(0) { $0 + $1.quantity })
    case .bidCount: return count(live.deepBids / 300 + 10)
    case .volume: return count(live.volume)
    case .turnover: return money(live.turnover)
    case .turnoverInDollars: return money(live.turnover / 78)
    case .trades: return count(live.trades)
    case .quantity: return count(live.lastQuantity)
    case .lastValue: return money(live.lastQuantity * live.last)
    case .averagePrice: return price(live.turnover / max(1, live.volume))
    case .lastMinusPreviousAverage: return price(live.last - Constants.previousAverage(live))
    case .changeToOpen: return price(live.last - live.open)
    case .changeToOpenPercent: return percent(of: live.open)
    case .changePercentSince(let thousandths): return percent(of: live.previous - live.previous * thousandths / 1000)
    case .changeSince(let thousandths):
      return price(live.last - (live.previous - live.previous * thousandths / 1000))
    case .capitalization(let factor): return count(live.last * instrument.tick * factor)
    case .time: return .time(ByteText.split(live.tradeTime.moscowSeconds).time)
    case .tradeDate: return .date(ByteText.split(live.tradeTime.moscowSeconds).days)
    case .auctionIndicator: return live.hasIndicator ? .text("Y") : .null
    }
  }
}
