internal import MarketData

/// COMMON.news: the newest headlines, then new rows, and now and then the oldest leave by a removal packet.
final class NewsFeed: StreamFeed {
  let columns: [String]
  private let keys: [String]
  private let language: Language
  private let removesWholeRows: Bool
  private var rows: [Int64] = []

  /// Headlines in the snapshot.
  static let snapshotCount = 20
  /// When there are as many, the oldest go.
  private static let mostRows = 24

  init(_ resource: Resource, language: Language, settings: FeedSettings) {
    columns = resource.columns.map(\.name)
    keys = resource.columns.filter(\.isKey).map(\.name)
    self.language = language
    removesWholeRows = settings.removesWholeRows
  }

  var sent: [WireValue] { rows.flatMap { NewsItem(id: $0).cells(language) } }

  func pause() -> Int64 { 1_000_000 }

  func snapshot(at now: GatewayTime) -> Packet {
    let newest = NewsItem.newest(at: now)
    if let last = rows.last {
      if newest > last { rows.append(contentsOf: last + 1...newest) }
      rows.removeFirst(max(0, rows.count - Self.snapshotCount))
    } else {
      rows = Array(newest - Int64(Self.snapshotCount) + 1...newest)
    }
    return Packet(kind: .snapshot, columns: columns, cells: sent)
  }

  func change(at now: GatewayTime, isForced: Bool) -> Packet? {
    guard let last = rows.last else { return nil }
    if rows.count >= Self.mostRows {
      let leaving = rows.prefix(rows.count - Self.snapshotCount)
      rows.removeFirst(leaving.count)
      return removal(leaving)
    }
    let newest = max(NewsItem.newest(at: now), isForced ? last + 1 : last)
    guard newest > last else { return nil }
    let added = max(last + 1, newest - Int64(Self.snapshotCount))...newest
    rows.append(contentsOf: added)
    let cells = added.flatMap { NewsItem(id: $0).cells(language) }
    return Packet(kind: .updates, columns: columns, cells: cells)
  }

  private func removal(_ leaving: some Sequence<Int64>) -> Packet {
    guard !removesWholeRows else {
      let cells = leaving.flatMap { NewsItem(id: $0).cells(language) }
      return Packet(kind: .removal, columns: columns, cells: cells)
    }
    return Packet(kind: .removal, columns: keys, cells: leaving.map { .integer($0) })
  }
}

/// A headline: one every five seconds, known by its number alone.
struct NewsItem: Sendable {
  let id: Int64

  static func newest(at now: GatewayTime) -> Int64 { now.microseconds / 5_000_000 }

  /// Whether such an item can have been sent; a rate lets the numbers run ahead of the clock.
  static func exists(_ id: Int64, at now: GatewayTime) -> Bool { id > 0 && id <= newest(at: now) + 10_000_000 }

  func cells(_ language: Language) -> [WireValue] {
    let hash = RandomSource.hash(3, Int(id))
    let shortcut: WireValue = hash.isMultiple(of: 5) ? .null : .text("news-\(id)")
    return [.integer(id), .text(caption(language)), shortcut, .datetime(Int(id) * 5 + 3 * 3600)]
  }

  func caption(_ language: Language) -> String {
    let hash = RandomSource.hash(3, Int(id))
    let code = ["SBER", "GAZP", "LKOH", "GMKN", "VTBR"][Int(hash % 5)]
    switch (language, hash >> 8 & 1) {
    case (.english, 0): return "Simulated: on the start of trading in \"\(code)\", notice \(id)"
    case (.english, _): return "Simulated: risk parameters of \(code), notice \(id)"
    case (.russian, 0): return "Учебное: о начале торгов «\(code)», сообщение \(id)"
    case (.russian, _): return "Учебное: риск-параметры, \(code), сообщение \(id)"
    }
  }

  func content(_ language: Language) -> String {
    "<p>\(caption(language))</p>\n<p>Line two, with \"quotes\", a \\ and a tab\t.</p>"
  }
}
