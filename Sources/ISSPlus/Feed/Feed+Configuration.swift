public import MarketData
public import STOMP

extension Feed {
  /// How a feed reads.
  public struct Configuration: Sendable {
    /// How headers are read.
    public var dialect: Dialect = .issPlus
    /// What a frame may be at most.
    public var limits: FrameLimits = .default
    /// A structure that holds whatever CONNECTED says; `nil` to take CONNECTED's, else the built-in catalogue.
    public var catalogue: Catalogue?
    /// Whether a MESSAGE whose SUBSCRIBE was not seen makes a table: yes offline, no on a live line.
    public var acceptsUnrequested = false
    /// How many rows a table without a key keeps.
    public var looseRowLimit = 100_000
    /// Whether packets whose seqnum does not grow are dropped; `OrderCheck` says why they are not by default.
    public var dropsOutOfOrder = false
    /// Whether bodies of CONNECTED are read.
    public var readsStructure = true
    /// Which rows the change sets of new tables hold. Where not all are wanted, copying them is saved; the tables are the same.
    package var keptRows = ChangeSet.KeptRows.both

    /// The configuration of a live line.
    public init() {}
  }
}
