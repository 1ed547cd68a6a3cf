// The order book of one instrument, as it changes.

// snippet.start
import ISSPlus

try await withISSPlus { client in
  for try await book in client.orderBook("MXSE.TQBR.SBER") {
    guard let bid = book.bestBid, let ask = book.bestAsk, let spread = book.spread else { continue }
    print(bid.price, ask.price, "spread", spread, book.state)
  }
}
// snippet.end
