internal import NIOCore

/// One open subscription.
final class Subscription {
  let id: String
  let destination: String
  let selector: String
  let number: Int
  let feed: any StreamFeed
  var due: GatewayTime
  var packetCount = 0
  /// Its first packet after the snapshot has its place between those of the others.
  var isSpread = false
  /// The last MESSAGE, where older ones are to be sent again.
  var lastFrame: ByteBuffer?
  /// Of the last packet.
  var seqnum: UInt64 = 0

  init(
    id: String, destination: String, selector: String, number: Int, feed: any StreamFeed, due: GatewayTime
  ) {
    self.id = id
    self.destination = destination
    self.selector = selector
    self.number = number
    self.feed = feed
    self.due = due
  }

  var table: SimulatedTable { SimulatedTable(columns: feed.columns, cells: feed.sent, seqnum: seqnum) }
}

/// The subscriptions of a session by id and by number; numbers are never used again.
struct SubscriptionTable {
  private var byNumber: [Int: Subscription] = [:]
  private var numbers: [String: Int] = [:]
  private(set) var nextNumber = 0

  var count: Int { byNumber.count }

  func subscription(id: String) -> Subscription? { numbers[id].flatMap { byNumber[$0] } }

  func subscription(number: Int) -> Subscription? { byNumber[number] }

  func newest(where fits: (Subscription) -> Bool) -> Subscription? {
    byNumber.values.filter(fits).max { $0.number < $1.number }
  }

  mutating func add(_ subscription: Subscription) {
    byNumber[subscription.number] = subscription
    numbers[subscription.id] = subscription.number
    nextNumber = subscription.number + 1
  }

  mutating func remove(id: String) -> Subscription? {
    numbers.removeValue(forKey: id).flatMap { byNumber.removeValue(forKey: $0) }
  }
}
