import ISSPlus
import MarketData

/// An order book as lines of plain text: asks above, bids below, best prices in the middle.
struct PlainLadder {
  let ticker: String
  let depth: Int

  /// The lines of a book.
  func lines(_ book: OrderBook, _ state: TableState, received: Int64?) -> [String] {
    let asks = Array(book.asks.prefix(depth).reversed())
    let bids = Array(book.bids.prefix(depth))
    let levels = asks + bids
    let priceWidth = max(10, levels.map { $0.price.description.count }.max() ?? 0)
    let sizeWidth = max(10, levels.map { String($0.quantity).count }.max() ?? 0)
    var lines = [heading(book, state, received)]
    let blank = String(repeating: " ", count: sizeWidth)
    lines.append("\(Self.right("bid lots", sizeWidth))  \(Self.right("price", priceWidth))  ask lots")
    for level in asks { lines.append("\(blank)  \(Self.right("\(level.price)", priceWidth))  \(level.quantity)") }
    for level in bids {
      lines.append("\(Self.right("\(level.quantity)", sizeWidth))  \(Self.right("\(level.price)", priceWidth))")
    }
    if levels.isEmpty { lines.append("\(blank)  \(Self.right("empty", priceWidth))") }
    return lines
  }

  private func heading(_ book: OrderBook, _ state: TableState, _ received: Int64?) -> String {
    var parts = [ticker]
    switch state {
    case .awaitingSnapshot: parts.append("waiting for the first snapshot")
    case .live: parts.append("live")
    case .stale(let reason): parts.append("STALE (\(reason))")
    }
    var time = TextBuffer()
    if let timestamp = book.timestamp {
      time.append(utcMilliseconds: timestamp)
    } else if let received {
      time.append(utcNanoseconds: received)
    }
    if !time.isEmpty { parts.append(time.string) }
    if let spread = book.spread { parts.append("spread \(spread)") }
    if let mid = book.mid { parts.append("mid \(mid)") }
    if book.isCrossed { parts.append("CROSSED") }
    return parts.joined(separator: "  ")
  }

  private static func right(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }
}
