internal import MarketData

/// `securities`: a snapshot with all columns, then the key and the changed columns only, in the catalogue's order.
///
/// Now and then a column comes although its value is the same as before, as recorded (protocol facts, 3.3).
final class SecuritiesFeed: StreamFeed {
  let columns: [String]
  private(set) var sent: [WireValue] = []
  private let declared: [Column]
  private let live: LiveInstrument
  private let language: Language
  private let enumerations: [Enumeration]
  private var figures: [Figure] = []
  private var random: RandomSource

  init(
    _ resource: Resource, _ live: LiveInstrument, language: Language, random: RandomSource,
    enumerations: [Enumeration]
  ) {
    declared = resource.columns
    columns = declared.map(\.name)
    self.live = live
    self.language = language
    self.random = random
    self.enumerations = enumerations
  }

  /// Irregular, as trades are.
  func pause() -> Int64 { Int64(random.within(120...1600)) * 1000 }

  func snapshot(at now: GatewayTime) -> Packet {
    live.advance(to: now)
    if figures.isEmpty {
      figures = declared.map { Figure($0, live, language: language, enumerations: enumerations, at: now) }
    }
    sent = zip(figures, declared).map { figure, column in figure.cell(live, column.type) }
    return Packet(kind: .snapshot, columns: columns, cells: sent)
  }

  func change(at now: GatewayTime, isForced: Bool) -> Packet? {
    if isForced { live.step(at: now) }
    live.advance(to: now)
    var repeated = random.oneIn(6) ? 1 + random.below(declared.count - 1) : -1
    var names: [String] = []
    var cells: [WireValue] = []
    var changes = 0
    func collect() {
      for place in declared.indices {
        let cell = figures[place].cell(live, declared[place].type)
        let isChanged = cell != sent[place]
        if isChanged { changes += 1 }
        guard isChanged || declared[place].isKey || place == repeated else { continue }
        names.append(columns[place])
        cells.append(cell)
        sent[place] = cell
      }
    }
    collect()
    if changes == 0, repeated < 0 {
      guard isForced else { return nil }
      repeated = 1 + random.below(declared.count - 1)
      names = []
      cells = []
      collect()
    }
    return Packet(kind: .updates, columns: names, cells: cells)
  }
}
