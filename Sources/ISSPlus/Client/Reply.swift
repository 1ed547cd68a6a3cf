public import MarketData
import NIOCore

/// The answer to a request.
public struct Reply: Sendable {
  /// What was asked for.
  public let destination: String
  /// The selector that was sent; `nil` when there was none.
  public let selector: String?
  /// The packet's properties; the gateway may leave them out.
  public let properties: PacketProperties
  /// The rows.
  public let table: KeyedTable
  /// From sending the REQUEST to its REPLY.
  public let latency: Duration

  init(_ reply: FeedReply, latency: TimeAmount) {
    destination = reply.destination ?? ""
    selector = reply.selector
    properties = reply.properties
    table = reply.table
    self.latency = .nanoseconds(latency.nanoseconds)
  }
}
