/// The changes of a subscription as they come, for one consumer.
///
/// Ends when the subscription is given up, the client shut down or the task cancelled; throws `ISSPlusError` when the
/// subscription or the line failed for good, or when there is a consumer already.
public struct TableUpdates: AsyncSequence, Sendable {
  /// What is handed over.
  public typealias Element = TableUpdate

  private let queue: DeliveryQueue
  /// Keeps the subscription alive as long as its changes are wanted.
  private let owner: Subscription.Owner

  init(queue: DeliveryQueue, owner: Subscription.Owner) {
    self.queue = queue
    self.owner = owner
  }

  /// Begins to read.
  public func makeAsyncIterator() -> Iterator { Iterator(queue: queue, owner: owner) }

  /// Hands over one update after the other.
  public struct Iterator: AsyncIteratorProtocol {
    private let queue: DeliveryQueue
    private let owner: Subscription.Owner
    private var batch: ArraySlice<TableUpdate> = []
    private var consumer: Consumer?
    private var hasEnded = false

    init(queue: DeliveryQueue, owner: Subscription.Owner) {
      self.queue = queue
      self.owner = owner
    }

    /// The next update; `nil` at the end.
    ///
    /// - Throws: `ISSPlusError`: why the subscription or the line failed for good, or `secondConsumer`.
    public mutating func next() async throws -> TableUpdate? {
      if hasEnded { return nil }
      if let update = batch.popFirst() { return update }
      hasEnded = true
      if consumer == nil {
        try queue.attach()
        consumer = Consumer(queue)
      }
      batch = try await queue.next()[...]
      guard let update = batch.popFirst() else { return nil }
      hasEnded = false
      return update
    }
  }

  /// Says when the last copy of the iterator has gone.
  private final class Consumer: Sendable {
    private let queue: DeliveryQueue

    init(_ queue: DeliveryQueue) { self.queue = queue }

    deinit { queue.abandon() }
  }
}
