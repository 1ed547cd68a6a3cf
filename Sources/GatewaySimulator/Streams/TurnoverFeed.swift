internal import MarketData

/// COMMON.turnovers: the lines that fit the selector, then those that have moved, with their moving columns.
final class TurnoverFeed: StreamFeed {
  let columns: [String]
  private(set) var sent: [WireValue] = []
  private let list: TurnoverList
  private let language: Language
  private let places: [Int]

  /// Columns that move: all but NAME and CAPTION.
  private static let moving = [0, 3, 4, 5, 6]

  init(_ resource: Resource, _ selector: Selector, _ list: TurnoverList, language: Language) {
    columns = resource.columns.map(\.name)
    self.list = list
    self.language = language
    let engine = selector["engine"]?.lowercased()
    let market = selector["market"]?.lowercased()
    places = list.lines.indices.filter { place in
      (engine == nil || list.lines[place].engine == engine) && (market == nil || list.lines[place].market == market)
    }
  }

  func pause() -> Int64 { 2_000_000 }

  func snapshot(at now: GatewayTime) -> Packet {
    list.advance(to: now)
    sent = places.flatMap(cells)
    return Packet(kind: .snapshot, columns: columns, cells: sent)
  }

  func change(at now: GatewayTime, isForced: Bool) -> Packet? {
    if isForced { list.move(at: now) }
    list.advance(to: now)
    var changed: [WireValue] = []
    for (number, place) in places.enumerated() {
      let row = cells(place)
      let range = number * row.count..<(number + 1) * row.count
      guard row != Array(sent[range]) || (isForced && number == 0) else { continue }
      sent.replaceSubrange(range, with: row)
      changed.append(contentsOf: Self.moving.map { row[$0] })
    }
    guard !changed.isEmpty else { return nil }
    return Packet(kind: .updates, columns: Self.moving.map { columns[$0] }, cells: changed)
  }

  private func cells(_ place: Int) -> [WireValue] {
    let line = list.lines[place]
    return [
      .text(line.id), .text(line.market), .text(language == .russian ? line.russian : line.english),
      .float(Double(line.value) / 100), .float(Double(line.value / 78) / 100), .float(Double(line.trades)),
      .datetime(line.time.moscowSeconds),
    ]
  }
}
