/// Something that happened to a session and that no subscriber, request or state tells: for a status line or a log.
public struct SessionNotice: Sendable, Hashable {
  /// The kind. New kinds may come; compare with the ones you know.
  public struct Code: Sendable, Hashable, CustomStringConvertible {
    /// The name of the code.
    public let description: String

    private init(_ description: String) { self.description = description }

    /// The gateway reported an error that belongs to nothing asked for.
    public static let refusal = Code("refusal")
    /// A packet was refused; its table is stale and is subscribed again.
    public static let packetRefused = Code("packetRefused")
    /// Columns were met that the schema does not have; told once a column.
    public static let droppedColumns = Code("droppedColumns")
    /// A `removal` came for a table without a key; told once a table.
    public static let ignoredRemoval = Code("ignoredRemoval")
    /// Updates came before the first snapshot of a destination whose columns nothing declares; told once a table.
    public static let withoutColumns = Code("withoutColumns")
    /// A packet's seqnum did not grow; told once a subscription (`OrderCheck`).
    public static let outOfOrder = Code("outOfOrder")
    /// The body of CONNECTED is no structure; the built-in catalogue holds.
    public static let structureUnused = Code("structureUnused")
    /// The line was lost while no table had anything to become stale.
    public static let lineLost = Code("lineLost")
  }

  /// The kind.
  public let code: Code
  /// What happened, in words.
  public let message: String

  init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }
}
