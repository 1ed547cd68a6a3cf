/// A parameter of a stream or query: a term of its selector.
public struct Parameter: Sendable, Hashable {
  /// The name in its declared case; the gateway does not mind the case (protocol facts, 4.2).
  public var name: String
  /// The declared type.
  public var type: ColumnType
  /// Whether a selector may leave it out.
  public var isOptional: Bool
  /// Field width in characters.
  public var length: Int?
  /// The enumeration of the same market that lists the ids.
  public var enumeration: String?
  /// Human-readable heading.
  public var caption: Caption?

  /// A parameter with its name and type.
  public init(
    _ name: String,
    _ type: ColumnType,
    optional isOptional: Bool = false,
    length: Int? = nil,
    enumeration: String? = nil,
    caption: Caption? = nil
  ) {
    self.name = name
    self.type = type
    self.isOptional = isOptional
    self.length = length
    self.enumeration = enumeration
    self.caption = caption
  }
}

/// A list of ids with their meaning.
public struct Enumeration: Sendable, Hashable {
  /// One id.
  public struct Value: Sendable, Hashable {
    /// The id as it travels; may be a single blank.
    public var id: String
    /// Human-readable heading.
    public var caption: Caption?
    /// A longer text, where there is one.
    public var description: Caption?

    /// A value from its id.
    public init(_ id: String, caption: Caption? = nil, description: Caption? = nil) {
      self.id = id
      self.caption = caption
      self.description = description
    }
  }

  /// The name, unique in its market.
  public var name: String
  /// The ids in the order of the structure.
  public var values: [Value]
  /// Human-readable heading.
  public var caption: Caption?

  /// An enumeration from its values.
  public init(_ name: String, _ values: [Value], caption: Caption? = nil) {
    self.name = name
    self.values = values
    self.caption = caption
  }
}

/// A stream (SUBSCRIBE) or a query (REQUEST) of a market.
public struct Resource: Sendable, Hashable {
  /// How a resource is asked for.
  public enum Kind: Sendable, Hashable {
    /// By SUBSCRIBE: a snapshot, then changes.
    case stream
    /// By REQUEST: one REPLY.
    case query
  }

  /// The name of the market, for example `MXSE`.
  public var market: String
  /// The name inside the market; may hold dots, for example `ticker.card`.
  public var name: String
  /// Stream or query.
  public var kind: Kind
  /// The columns in declared order.
  public var columns: [Column]
  /// The parameters in declared order.
  public var parameters: [Parameter]
  /// The access class; `general` everywhere in the recorded structure.
  public var access: String
  /// Human-readable heading.
  public var caption: Caption?

  /// A resource from its parts.
  public init(
    market: String,
    name: String,
    kind: Kind,
    columns: [Column],
    parameters: [Parameter],
    access: String = "general",
    caption: Caption? = nil
  ) {
    self.market = market
    self.name = name
    self.kind = kind
    self.columns = columns
    self.parameters = parameters
    self.access = access
    self.caption = caption
  }

  /// What a SUBSCRIBE or REQUEST names: `MXSE.orderbooks`, `COMMON.ticker.card`.
  public var destination: String { market + "." + name }

  /// The parameter that selects an instrument, in its declared case, if there is one.
  public var tickerParameter: Parameter? {
    parameters.first { $0.name.lowercased() == "ticker" }
  }
}

/// A market of the structure with its enumerations, streams and queries.
public struct Market: Sendable, Hashable {
  /// The name, for example `MXSE`.
  public var name: String
  /// The enumerations in the order of the structure.
  public var enumerations: [Enumeration]
  /// The streams in the order of the structure.
  public var streams: [Resource]
  /// The queries in the order of the structure.
  public var queries: [Resource]

  /// A market from its parts.
  public init(_ name: String, enumerations: [Enumeration] = [], streams: [Resource] = [], queries: [Resource] = []) {
    self.name = name
    self.enumerations = enumerations
    self.streams = streams
    self.queries = queries
  }
}

/// All that a gateway offers: the built-in catalogue or the structure of a CONNECTED body.
public struct Catalogue: Sendable, Hashable {
  /// The markets in the order of the structure.
  public let markets: [Market]

  private let index: [String: Resource]

  /// A catalogue of these markets. Of two resources with one destination the first stands.
  public init(markets: [Market]) {
    self.markets = markets
    var index: [String: Resource] = [:]
    for market in markets {
      for resource in market.streams + market.queries where index[resource.destination] == nil {
        index[resource.destination] = resource
      }
    }
    self.index = index
  }

  /// The stream or query of that name, spelt exactly.
  public subscript(destination: String) -> Resource? { index[destination] }
}
