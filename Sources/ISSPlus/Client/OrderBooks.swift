public import MarketData

/// An order book with the state of its table.
public struct LiveOrderBook: Sendable {
  /// The book.
  public let book: OrderBook
  /// Whether the book is the market's: `live`; otherwise it is the one of before the break.
  public let state: TableState
  /// When the last packet arrived, in nanoseconds since 1970-01-01 UTC.
  public let received: Int64?

  /// The highest bid.
  public var bestBid: BookLevel? { book.bestBid }
  /// The lowest ask.
  public var bestAsk: BookLevel? { book.bestAsk }
  /// Best ask less best bid, exact.
  public var spread: ExactDecimal? { book.spread }
  /// The middle of best bid and best ask, exact.
  public var mid: ExactDecimal? { book.mid }
}

/// The order book of an instrument as it changes.
public struct OrderBooks: AsyncSequence, Sendable {
  /// What is handed over.
  public typealias Element = LiveOrderBook

  let client: ISSPlusClient
  let ticker: String

  /// Begins to read.
  public func makeAsyncIterator() -> Iterator { Iterator(client: client, ticker: ticker) }

  /// Subscribes with its first element and gives the subscription up with itself.
  public struct Iterator: AsyncIteratorProtocol {
    private let client: ISSPlusClient
    private let ticker: String
    private var updates: TableUpdates.Iterator?
    private var book = OrderBook()
    private var received: Int64?
    private var hasEnded = false

    init(client: ISSPlusClient, ticker: String) {
      self.client = client
      self.ticker = ticker
    }

    /// The book after the next update; `nil` when the client was shut down or the task cancelled.
    ///
    /// - Throws: `ISSPlusError` when the subscription is refused or fails for good.
    public mutating func next() async throws -> LiveOrderBook? {
      if hasEnded { return nil }
      hasEnded = true
      guard let update = try await nextUpdate() else { return nil }
      hasEnded = false
      book.apply(update.changes)
      received = update.changes.received ?? received
      return LiveOrderBook(book: book, state: update.state, received: received)
    }

    private mutating func nextUpdate() async throws -> TableUpdate? {
      if updates == nil {
        let market = try ISSPlusClient.market(of: ticker)
        do {
          updates = try await client.subscribe("\(market).orderbooks", ticker: ticker).changes.makeAsyncIterator()
        } catch is CancellationError {
          return nil
        }
      }
      return try await updates?.next()
    }
  }
}
