internal import MarketData

/// Order books: every packet is the whole book, bids then asks, both ascending (protocol facts, 3.4).
final class OrderBookFeed: StreamFeed {
  let columns: [String]
  private(set) var sent: [WireValue] = []
  private let live: LiveInstrument
  private let cadence: Int64
  private let depth: Int
  private let tail: Tail

  /// What stands behind BUYSELL, PRICE and QUANTITY.
  private enum Tail {
    case nothing
    /// REPOVALUE, empty outside of repo boards.
    case null
    /// VALUE: price times quantity.
    case value
  }

  init(_ resource: Resource, _ live: LiveInstrument, settings: FeedSettings) {
    columns = resource.columns.map(\.name)
    self.live = live
    cadence = settings.bookCadence
    depth = settings.bookDepth
    switch columns.last {
    case "VALUE": tail = .value
    case "REPOVALUE": tail = .null
    case nil, .some: tail = .nothing
    }
  }

  func pause() -> Int64 { cadence }

  func snapshot(at now: GatewayTime) -> Packet {
    live.advance(to: now)
    sent = cells()
    return Packet(kind: .snapshot, columns: columns, cells: sent)
  }

  func change(at now: GatewayTime, isForced: Bool) -> Packet? {
    if isForced { live.step(at: now) }
    live.advance(to: now)
    let cells = cells()
    guard cells != sent || isForced else { return nil }
    sent = cells
    return Packet(kind: .snapshot, columns: columns, cells: cells)
  }

  private func cells() -> [WireValue] {
    var cells: [WireValue] = []
    cells.reserveCapacity(depth * 2 * columns.count)
    for level in live.bids.prefix(depth).reversed() { append(level, .text("B"), to: &cells) }
    for level in live.asks.prefix(depth) { append(level, .text("S"), to: &cells) }
    return cells
  }

  private func append(_ level: LiveInstrument.Level, _ side: WireValue, to cells: inout [WireValue]) {
    let instrument = live.instrument
    let price = level.price * instrument.tick
    cells.append(side)
    cells.append(.fixed(price, decimals: instrument.decimals))
    cells.append(.integer(level.quantity))
    switch tail {
    case .nothing: break
    case .null: cells.append(.null)
    case .value:
      let value = Amount(price * level.quantity * instrument.lotSize, decimals: instrument.decimals)
      cells.append(.fixed(value.mantissa(decimals: 2), decimals: 2))
    }
  }
}
