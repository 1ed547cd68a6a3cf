public import MarketData

/// A subscription of a client: its changes for one consumer and, at any time, its table as it stands.
///
/// It is given up by `unsubscribe()`, or when nobody holds it or its changes any more.
public struct Subscription: Sendable {
  /// The id on the wire; it survives reconnects.
  public let id: String
  /// What was asked for.
  public let destination: String
  /// The selector's text; `nil` when there is none.
  public let selector: String?
  /// The value of the selector's term named ticker; empty when there is none.
  public let ticker: String

  let queue: DeliveryQueue
  let owner: Owner

  init(_ request: SubscriptionRequest, queue: DeliveryQueue, owner: Owner) {
    id = request.id
    destination = request.destination
    selector = request.selector
    ticker = request.selector.flatMap { Selector.ticker(in: $0) } ?? ""
    self.queue = queue
    self.owner = owner
  }

  /// The changes, for one consumer; a second gets an error.
  public var changes: TableUpdates { TableUpdates(queue: queue, owner: owner) }

  /// The table as it stands; it may be ahead of the changes read. `nil` before its columns are known.
  public func table() async -> KeyedTable? { await owner.table() }

  /// Gives the subscription up. Changes that wait are still given; more do not come.
  public func unsubscribe() async { await owner.unsubscribe() }

  /// Gives the subscription up when the last holder lets go.
  final class Owner: Sendable {
    private let id: String
    private let session: SessionOwner

    init(id: String, session: SessionOwner) {
      self.id = id
      self.session = session
    }

    deinit { giveUp() }

    /// As `unsubscribe()`, without waiting.
    func giveUp() { session.execute { [id] group in group.unsubscribe(id) } }

    func unsubscribe() async {
      try? await session.submit { [id] group in group.unsubscribe(id) }
    }

    func table() async -> KeyedTable? {
      let table = try? await session.submit { [id] group in group.table(id) }
      return table ?? nil
    }
  }
}
