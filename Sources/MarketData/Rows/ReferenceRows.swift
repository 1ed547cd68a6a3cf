/// A row of `COMMON.engines`: a trading system.
public struct Engine: TableRow, Hashable {
  /// The row with all its cells, also of columns that have no property.
  public let row: Row
  /// The number of the trading system. The key.
  public let id: Int64
  /// The name: `stock`.
  public let name: String?
  /// The name for people.
  public let caption: String?

  /// Reads a row of `COMMON.engines`.
  ///
  /// - Throws: `RowError`.
  public init(_ row: Row) throws {
    self.row = row
    id = try row.value("ID")
    name = try row.value("NAME")
    caption = try row.value("CAPTION")
  }
}

/// A row of `COMMON.markets`: a market of a trading system.
public struct EngineMarket: TableRow, Hashable {
  /// The row with all its cells, also of columns that have no property.
  public let row: Row
  /// The number of the market. The key.
  public let id: Int64
  /// The name: `shares`.
  public let name: String?
  /// The name for people.
  public let caption: String?
  /// The number of its trading system, as in `Engine.id`.
  public let engineID: Int64?

  /// Reads a row of `COMMON.markets`.
  ///
  /// - Throws: `RowError`.
  public init(_ row: Row) throws {
    self.row = row
    id = try row.value("ID")
    name = try row.value("NAME")
    caption = try row.value("CAPTION")
    engineID = try row.value("ENGINEID")
  }
}

/// A row of `COMMON.boards`: a trading board.
public struct Board: TableRow, Hashable {
  /// The row with all its cells, also of columns that have no property.
  public let row: Row
  /// The number of the board. The key.
  public let id: Int64
  /// The name: `TQBR`.
  public let name: String?
  /// The name for people.
  public let caption: String?
  /// The number of its trading system, as in `Engine.id`.
  public let engineID: Int64?
  /// The number of its market, as in `EngineMarket.id`.
  public let marketID: Int64?
  /// Whether there is trading on the board.
  public let isTraded: Bool?
  /// Whether the board is the main one of its market.
  public let isPrimary: Bool?

  /// Reads a row of `COMMON.boards`.
  ///
  /// - Throws: `RowError`.
  public init(_ row: Row) throws {
    self.row = row
    id = try row.value("ID")
    name = try row.value("NAME")
    caption = try row.value("CAPTION")
    engineID = try row.value("ENGINEID")
    marketID = try row.value("MARKETID")
    isTraded = try row.value("IS_TRADED")
    isPrimary = try row.value("IS_PRIMARY")
  }
}

/// A row of `COMMON.ticker.card`: one field of an instrument's card.
public struct TickerCardField: TableRow, Hashable {
  /// The row with all its cells, also of columns that have no property.
  public let row: Row
  /// The card: an id of `cardnames`. The key, with `name`.
  public let cardID: String
  /// The field. The key, with `cardID`.
  public let name: String
  /// The heading of the field.
  public let caption: String?
  /// An explanation of the field.
  public let hint: String?
  /// Whether the exchange's own terminals hide the field.
  public let isHidden: Bool?
  /// The place of the field in its card.
  public let sortOrder: Int64?
  /// The type of the value, as the exchange names it.
  public let type: String?
  /// Fraction digits of a number.
  public let precision: Int64?
  /// The value as text, in the form of `type`.
  public let value: String?
  /// A text beside the value.
  public let valueInfo: String?
  /// The group of the field.
  public let tagOrder: String?
  /// The heading of the group.
  public let tagCaption: String?

  /// Reads a row of `COMMON.ticker.card`.
  ///
  /// - Throws: `RowError`.
  public init(_ row: Row) throws {
    self.row = row
    cardID = try row.value("CARDID")
    name = try row.value("NAME")
    caption = try row.value("CAPTION")
    hint = try row.value("HINT")
    isHidden = try row.value("IS_HIDDEN")
    sortOrder = try row.value("SORT_ORDER")
    type = try row.value("TYPE")
    precision = try row.value("PRECISION")
    value = try row.value("VALUE")
    valueInfo = try row.value("VALUE_INFO")
    tagOrder = try row.value("TAG_ORDER")
    tagCaption = try row.value("TAG_CAPTION")
  }
}
