public import MarketData

/// A quote with the state of its table. The columns are its own properties: `quote.bid`, `quote.last`.
@dynamicMemberLookup public struct LiveQuote: Sendable {
  /// The quote as it stands; `nil` while the gateway has sent none, or after it took the row away.
  public let quote: Quote?
  /// The instrument that was asked for.
  public let ticker: String
  /// Whether the quote is the market's: `live`; otherwise it is the one of before the break.
  public let state: TableState
  /// When the last packet arrived, in nanoseconds since 1970-01-01 UTC.
  public let received: Int64?

  /// A column of the quote; `nil` also when there is no quote.
  public subscript<Value>(dynamicMember column: KeyPath<Quote, Value?>) -> Value? { quote?[keyPath: column] }

  /// Best offer less best bid, exact; `nil` when one of them is not there.
  public var spread: ExactDecimal? {
    guard let bid = quote?.bid, let offer = quote?.offer else { return nil }
    return offer.subtracting(bid)
  }
}

/// The quote of an instrument as it changes.
public struct Quotes: AsyncSequence, Sendable {
  /// What is handed over.
  public typealias Element = LiveQuote

  let client: ISSPlusClient
  let ticker: String

  /// Begins to read.
  public func makeAsyncIterator() -> Iterator { Iterator(client: client, ticker: ticker) }

  /// Subscribes with its first element and gives the subscription up with itself.
  public struct Iterator: AsyncIteratorProtocol {
    private let client: ISSPlusClient
    private let ticker: String
    private var updates: TypedUpdates<Quote>.Iterator?
    private var quote: Quote?
    private var received: Int64?
    private var hasEnded = false

    init(client: ISSPlusClient, ticker: String) {
      self.client = client
      self.ticker = ticker
    }

    /// The quote after the next update; `nil` when the client was shut down or the task cancelled.
    ///
    /// - Throws: `ISSPlusError`; `RowError` when the row is none of a quote.
    public mutating func next() async throws -> LiveQuote? {
      if hasEnded { return nil }
      hasEnded = true
      guard let update = try await nextUpdate() else { return nil }
      hasEnded = false
      if let last = update.changes.last { quote = last.after }
      received = update.received ?? received
      return LiveQuote(quote: quote, ticker: ticker, state: update.state, received: received)
    }

    private mutating func nextUpdate() async throws -> TypedUpdate<Quote>? {
      if updates == nil {
        let market = try ISSPlusClient.market(of: ticker)
        do {
          updates = try await client.subscribe("\(market).securities", ticker: ticker, as: Quote.self)
            .changes.makeAsyncIterator()
        } catch is CancellationError {
          return nil
        }
      }
      return try await updates?.next()
    }
  }
}

extension ISSPlusClient {
  /// The quote of an instrument, live: each element is the quote as it stands.
  ///
  /// ```swift
  /// for try await quote in client.quote("MXSE.TQBR.SBER") where quote.state == .live {
  ///   guard let bid = quote.bid, let offer = quote.offer, let spread = quote.spread else { continue }
  ///   print(bid, offer, "spread", spread)
  /// }
  /// ```
  ///
  /// Subscribes when the iteration begins and gives the subscription up when it ends. A quote says by `state` whether it
  /// is the market's; conflated, so that a slow reader sees the newest. For an index subscribe to `INDICES.securities`
  /// as `IndexQuote`.
  ///
  /// - Parameter ticker: the full name, for example `MXSE.TQBR.SBER`; its first part names the market.
  public func quote(_ ticker: String) -> Quotes { Quotes(client: self, ticker: ticker) }

  /// The first part of a ticker.
  ///
  /// - Throws: `ISSPlusError` with code `usage` when there is no other part.
  static func market(of ticker: String) throws(ISSPlusError) -> Substring {
    guard let market = ticker.split(separator: ".").first, market.count < ticker.count else {
      throw ISSPlusError(.usage, "a ticker has its market in front, for example MXSE.TQBR.SBER, not \(ticker)")
    }
    return market
  }
}
