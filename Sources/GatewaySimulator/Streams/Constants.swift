internal import MarketData

/// The cells of an instrument that stay while a subscription lives, with nulls where the wire has them.
struct Constants {
  private let live: LiveInstrument
  private let language: Language
  private let today: Int

  init(_ live: LiveInstrument, language: Language, at now: GatewayTime) {
    self.live = live
    self.language = language
    today = ByteText.split(now.moscowSeconds).days
  }

  /// The average price of the day before, in ticks.
  static func previousAverage(_ live: LiveInstrument) -> Int64 { live.previous - 3 }

  func cell(for column: Column, _ enumerations: [Enumeration]) -> WireValue {
    let instrument = live.instrument
    func price(_ ticks: Int64) -> WireValue { .fixed(ticks * instrument.tick, decimals: instrument.decimals) }
    func count(_ number: Int64) -> WireValue { Amount(number, decimals: 0).cell(column.type, decimals: 0) }

    switch column.name {
    case "TICKER": return .text(instrument.ticker)
    case "CAPTION", "SHORTNAME": return .text(instrument.name(in: language))
    case "SECNAME": return .text(instrument.name(in: language) + ", " + instrument.board)
    case "PREVPRICE", "PREVLAST": return price(live.previous)
    case "OPEN", "OPENVALUE", "LOPENPRICE": return price(live.open)
    case "PREVWAPRICE": return price(Self.previousAverage(live))
    case "MINSTEP", "PRICEMINSTEP": return price(1)
    case "LOTSIZE", "LOTDIVIDER": return count(instrument.lotSize)
    case "FACEVALUE": return instrument.market == "MONEY" ? count(1000) : count(1)
    case "FACEUNIT", "CURRENCYID": return .text(instrument.market == "MXCX" ? "RUB" : "SUR")
    case "SETTLECODE": return .text("Y1")
    case "SETTLEDATE1": return .date(today + 1)
    case "PREVTRADEDATE": return .date(today - 1)
    case "ISSUESIZE": return .integer(Int64(instrument.identity % 20_000_000) * 1000)
    case "TRADINGSTATUS": return .text("T")
    case "STATUS": return .text("A")
    case "MARKETCODE": return .text("FNDT")
    case "REGNUMBER": return .text("1-" + ByteText.digits(instrument.identity % 100_000, width: 5) + "-V")
    case "DECIMALS": return .integer(Int64(instrument.decimals))
    case "NOMINAL": return .integer(instrument.code == "KZT" ? 100 : 1)
    case "BASEPRICE", "LCLOSEPRICE", "CLOSEPRICE", "ADMITTEDQUOTE", "SETTLEDATE2", "DPVALINDICATORSELL", "REMARKS",
      "BIDDEPTHT", "OFFERDEPTHT":
      return .null
    default: return unknown(column, enumerations)
    }
  }

  /// Something of the right type for a column that no rule knows.
  private func unknown(_ column: Column, _ enumerations: [Enumeration]) -> WireValue {
    let number = Int64(RandomSource.hash(live.instrument.identity, column.name) % 10_000)
    switch column.type {
    case .string, nil: return .text(column.name.lowercased())
    case .integer: return .integer(number)
    case .fixed: return .fixed(number, decimals: 2)
    case .float: return .float(Double(number) / 100)
    case .bool: return .bool(number.isMultiple(of: 2))
    case .date: return .date(today)
    case .time: return .time(36_000)
    case .datetime: return .datetime(today * 86_400)
    case .enumeration:
      let values = enumerations.first { $0.name == column.enumeration }?.values ?? []
      return values.first { $0.id != " " }.map { .text($0.id) } ?? .null
    }
  }
}
