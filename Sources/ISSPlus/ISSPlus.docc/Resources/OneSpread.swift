import ISSPlus

let url = CommandLine.arguments.dropFirst().first ?? ISSPlusConfiguration.defaultURL

try await withISSPlus(ISSPlusConfiguration(url: url)) { client in
  for try await book in client.orderBook("MXSE.TQBR.SBER") {
    guard book.state == .live else {
      print("not the market's:", book.state)
      continue
    }
    guard let bid = book.bestBid, let ask = book.bestAsk, let spread = book.spread else { continue }
    print(bid.price, ask.price, "spread", spread)
  }
}
