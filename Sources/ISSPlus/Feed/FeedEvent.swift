public import MarketData
public import STOMP

/// What a message brought. Tables are named by their identity.
public enum FeedEvent {
  /// CONNECTED: the gateway has accepted us. The structure is `nil` when the body is none; the error says why.
  case connected(Structure?, StructureError?)
  /// A packet was applied.
  case changes(TableIdentity, ChangeSet)
  /// A table's state has changed.
  case state(TableIdentity, from: TableState, to: TableState)
  /// A packet was refused; its table is as it was before, and stale.
  case refused(TableIdentity, PacketError)
  /// Columns were met that the schema does not have; told once a column.
  case droppedColumns(TableIdentity, [String])
  /// A `removal` came for a table without a key, where it says nothing; told once a table.
  case ignoredRemoval(TableIdentity)
  /// Updates or a removal came before the first snapshot of a destination whose columns nothing declares: skipped, for
  /// the snapshot brings the columns and replaces all rows; told once a table.
  case withoutColumns(TableIdentity)
  /// A packet's seqnum did not grow; told once a table, and counted (`OrderCheck`).
  case outOfOrder(TableIdentity, seqnum: UInt64, after: UInt64)
  /// REPLY to a REQUEST. Indirect, because its table would make every other event three times as large to hand on.
  indirect case reply(FeedReply)
  /// A REPLY whose body is no packet.
  case refusedReply(requestID: String, PacketError)
  /// RECEIPT, with its `receipt-id`.
  case receipt(String)
  /// ERROR.
  case refusal(GatewayRefusal)
  /// CLOSED: the gateway has ended the session.
  case closed
  /// A MESSAGE for a subscription that is not open (any more): normal after UNSUBSCRIBE.
  case late(subscriptionID: String)
  /// A command that is not known here: normal, skipped.
  case unknown(Command)
}

/// A REPLY with its rows.
public struct FeedReply: Sendable {
  /// The `id` of the REQUEST.
  public let requestID: String
  /// What was asked for, as far as it is known.
  public let destination: String?
  /// The selector of the REQUEST, as far as it is known.
  public let selector: String?
  /// The packet's properties; a REPLY may have none.
  public let properties: PacketProperties
  /// The rows.
  public let table: KeyedTable
  /// Columns of the reply that the schema does not have.
  public let droppedColumns: [String]
}
