// A line for every change of the spread of three instruments.

// snippet.start
import ISSPlus

let tickers = ["MXSE.TQBR.SBER", "MXSE.TQBR.GAZP", "MXSE.TQBR.LKOH"]
let url = CommandLine.arguments.dropFirst().first ?? ISSPlusConfiguration.defaultURL

try await withISSPlus(ISSPlusConfiguration(url: url)) { client in
  try await withThrowingTaskGroup { group in
    for ticker in tickers {
      group.addTask {
        var last: ExactDecimal?
        for try await book in client.orderBook(ticker) {
          guard book.state == .live else {
            print(ticker, book.state)
            continue
          }
          guard let bid = book.bestBid, let ask = book.bestAsk, book.spread != last else { continue }
          print(ticker, bid.price, ask.price, "spread", book.spread ?? "does not fit")
          last = book.spread
        }
      }
    }
    for try await _ in group {}
  }
}
// snippet.end
