import ISSPlus
import MarketData

/// An order book as it is shown: the book, how far it can be trusted, and what has changed a moment ago.
struct BookPanel: Sendable {
  let ticker: String
  private(set) var book = OrderBook()
  private(set) var state: TableState = .awaitingSnapshot
  /// When the last packet arrived, in nanoseconds since 1970-01-01 UTC.
  private(set) var received: Int64?
  /// Why nothing more comes, in words.
  var ending: String?
  /// The widest size and price so far: columns do not move to and fro.
  private(set) var sizeWidth = 5
  private(set) var priceWidth = 6

  private var marks: [Place: Mark] = [:]
  private var lastChange: Int64?

  /// How a level has changed.
  enum Movement: Sendable {
    /// It is new, or its size has grown.
    case grown
    /// Its size has shrunk.
    case shrunk
  }

  private struct Place: Hashable {
    let side: BookSide
    let price: ExactDecimal
  }

  private struct Mark {
    let movement: Movement
    let time: Int64
  }

  /// How long a change is marked; the last one stays marked until the next.
  static let moment: Int64 = 600_000_000

  init(_ ticker: String) { self.ticker = ticker }

  /// Takes an update.
  ///
  /// - Parameter now: nanoseconds since 1970-01-01 UTC.
  mutating func take(_ update: TableUpdate, now: Int64) { take(update.changes, update.state, now: now) }

  mutating func take(_ changes: ChangeSet, _ state: TableState, now: Int64) {
    // The first book is no change of another.
    let isFirst = self.state == .awaitingSnapshot
    book.apply(changes)
    self.state = state
    received = changes.received ?? received
    if changes.isEmpty { return }
    marks = marks.filter { Self.isFresh($0.value.time, now) }
    for change in changes {
      let before = change.before.flatMap(Self.level)
      let after = change.after.flatMap(Self.level)
      if let before { marks[before.place] = nil }
      guard let after else { continue }
      sizeWidth = max(sizeWidth, String(after.quantity).count)
      priceWidth = max(priceWidth, after.place.price.description.count)
      if isFirst { continue }
      let isShrunk = before.map { $0.place == after.place && $0.quantity > after.quantity } ?? false
      marks[after.place] = Mark(movement: isShrunk ? .shrunk : .grown, time: now)
    }
    lastChange = now
  }

  private static func level(_ row: Row) -> (place: Place, quantity: Int64)? {
    guard let side = row["BUYSELL"]?.text.flatMap(BookSide.init(rawValue:)), let price = row["PRICE"]?.decimal,
      let quantity = row["QUANTITY"]?.integer
    else { return nil }
    return (Place(side: side, price: price), quantity)
  }

  private static func isFresh(_ time: Int64, _ now: Int64) -> Bool { (0..<moment).contains(now - time) }

  /// What to mark a level with: it changed with the last change, or a moment ago.
  func movement(_ side: BookSide, _ price: ExactDecimal, now: Int64) -> Movement? {
    guard let mark = marks[Place(side: side, price: price)] else { return nil }
    return mark.time == lastChange || Self.isFresh(mark.time, now) ? mark.movement : nil
  }

  /// Whether the book is the market's.
  var isLive: Bool { state == .live && ending == nil }

  /// The state in one word.
  var word: String {
    if ending != nil { return "ended" }
    return switch state {
    case .awaitingSnapshot: "waiting"
    case .live: "live"
    case .stale: "STALE"
    }
  }

  /// The state in words.
  var words: String {
    if let ending { return ending }
    return switch state {
    case .awaitingSnapshot: "waiting for the first snapshot"
    case .live: "live"
    case .stale(let reason): "STALE (\(reason))"
    }
  }
}

/// How old data is, in words.
enum Age {
  /// The time since the last packet arrived: `0.3 s`, `12 s`, `5 min`, `3 h`; empty before any has.
  static func text(since received: Int64?, now: Int64) -> String {
    guard let received else { return "" }
    let milliseconds = max(0, now - received) / 1_000_000
    if milliseconds < 10_000 { return Summary.fixed(Double(milliseconds / 100) / 10, 1) + " s" }
    let seconds = milliseconds / 1000
    if seconds < 120 { return "\(seconds) s" }
    return seconds < 7200 ? "\(seconds / 60) min" : "\(seconds / 3600) h"
  }
}
