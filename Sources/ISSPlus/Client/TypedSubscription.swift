public import MarketData

/// A subscription whose rows are values of a type.
///
/// ```swift
/// let quotes = try await client.subscribe("MXSE.securities", ticker: "MXSE.TQBR.SBER", as: Quote.self)
/// for try await update in quotes.changes {
///   for change in update.changes {
///     guard let last = change.row?.last else { continue }
///     print(change.kind, last)
///   }
/// }
/// ```
public struct TypedSubscription<Value: TableRow>: Sendable {
  /// The subscription itself, with its rows as cells.
  public let subscription: Subscription

  /// The id on the wire; it survives reconnects.
  public var id: String { subscription.id }

  /// The changes, for one consumer; a second gets an error.
  public var changes: TypedUpdates<Value> { subscription.changes(as: Value.self) }

  /// The rows as they stand; they may be ahead of the changes read. Empty before the columns are known.
  ///
  /// - Throws: what the type throws for a row that it cannot read: `RowError` for those of the library.
  public func rows() async throws -> [Value] { try await subscription.table()?.rows(as: Value.self) ?? [] }

  /// Gives the subscription up. Changes that wait are still given; more do not come.
  public func unsubscribe() async { await subscription.unsubscribe() }
}

extension Subscription {
  /// The changes with their rows as values of a type, for one consumer; a second gets an error.
  public func changes<Value: TableRow>(as type: Value.Type) -> TypedUpdates<Value> {
    TypedUpdates(updates: changes)
  }
}

/// What a subscriber gets: changes as values of a type, and how far the table can be trusted after them.
public struct TypedUpdate<Value: TableRow>: Sendable {
  /// What changed; empty when only the state did.
  public let changes: [RowChange<Value>]
  /// The same with cells, and with the packet's seqnum and times.
  public let update: TableUpdate

  /// The state of the table after the changes.
  public var state: TableState { update.state }
  /// When the table came into that state, in nanoseconds since 1970-01-01 UTC; `nil` before it has been in another.
  public var stateSince: Int64? { update.stateSince }
  /// Whether the state is another than in the update before, or the same anew.
  public var isStateChange: Bool { update.isStateChange }
  /// When the message arrived here, in nanoseconds since 1970-01-01 UTC; `nil` when only the state changed.
  public var received: Int64? { update.changes.received }

  init(_ update: TableUpdate) throws {
    changes = try update.changes.rows(as: Value.self)
    self.update = update
  }
}

/// The changes of a subscription as values of a type, for one consumer.
///
/// Ends and throws as `TableUpdates` does, and ends with the type's error at the first row that it cannot read: nothing
/// of that update has been handed over.
public struct TypedUpdates<Value: TableRow>: AsyncSequence, Sendable {
  /// What is handed over.
  public typealias Element = TypedUpdate<Value>

  let updates: TableUpdates

  /// Begins to read.
  public func makeAsyncIterator() -> Iterator { Iterator(updates: updates.makeAsyncIterator()) }

  /// Hands over one update after the other.
  public struct Iterator: AsyncIteratorProtocol {
    fileprivate var updates: TableUpdates.Iterator?

    /// The next update.
    ///
    /// - Throws: `ISSPlusError` as `TableUpdates` does, and what the type throws: `RowError` for those of the library.
    public mutating func next() async throws -> TypedUpdate<Value>? {
      guard let update = try await updates?.next() else { return nil }
      do {
        return try TypedUpdate(update)
      } catch {
        updates = nil
        throw error
      }
    }
  }
}

extension ISSPlusClient {
  /// Subscribes to one instrument, with rows as values of a type.
  ///
  /// - Throws: as `subscribe(_:ticker:delivery:)`.
  public func subscribe<Value: TableRow>(
    _ destination: String, ticker: String, as type: Value.Type, delivery: DeliveryMode = .conflate
  ) async throws -> TypedSubscription<Value> {
    TypedSubscription(subscription: try await subscribe(destination, ticker: ticker, delivery: delivery))
  }

  /// Subscribes with rows as values of a type, for example `"COMMON.news", as: NewsItem.self`.
  ///
  /// - Throws: as `subscribe(_:_:delivery:)`.
  public func subscribe<Value: TableRow>(
    _ destination: String, _ selector: Selector = Selector(), as type: Value.Type, delivery: DeliveryMode = .conflate
  ) async throws -> TypedSubscription<Value> {
    TypedSubscription(subscription: try await subscribe(destination, selector, delivery: delivery))
  }
}

extension Reply {
  /// The rows as values of a type, for example `reply.rows(as: FoundTicker.self)`.
  ///
  /// - Throws: what the type throws for a row that it cannot read: `RowError` for those of the library.
  public func rows<Value: TableRow>(as type: Value.Type) throws -> [Value] { try table.rows(as: type) }
}
