/// The declared type of a column or parameter, spelt as in the CONNECTED body (protocol facts, 3.2).
public enum ColumnType: String, Sendable, Hashable, CaseIterable {
  /// Text as sent.
  case string
  /// A 64-bit signed integer without a fraction.
  case integer
  /// An exact decimal, on the wire `[literal, decimals]`.
  case fixed
  /// An IEEE double.
  case float
  /// `true`, `false`, 0 or 1.
  case bool
  /// `2026-01-23`, kept as text.
  case date
  /// `09:51:20`, Moscow time of day, kept as text.
  case time
  /// `2026-01-22 09:58:47`, Moscow time, kept as text.
  case datetime
  /// An id of an enumeration (or one that is not listed), kept as text. On the wire `enum`.
  case enumeration = "enum"
}

/// One column of a stream or query.
public struct Column: Sendable, Hashable {
  /// The name as declared; it is compared exactly.
  public var name: String
  /// The declared type; `nil` when nothing declares one, then a cell takes the form of its JSON.
  public var type: ColumnType?
  /// Whether the column is part of the primary key (`primary` on the wire).
  public var isKey: Bool
  /// Field width in the trading system, in characters; no limit of the JSON text.
  public var length: Int?
  /// The enumeration of the same market that lists the ids.
  public var enumeration: String?
  /// Whether the exchange marks the column as internal.
  public var isSystem: Bool
  /// Whether the value is a percentage.
  public var isPercent: Bool
  /// Whether the exchange's own terminals hide the column.
  public var isHidden: Bool
  /// Human-readable heading; the built-in catalogue has wordings of its own.
  public var caption: Caption?
  /// A longer text, where there is one (`description` on the wire).
  public var details: Caption?

  /// A column with its name; all else has the value of an absent member.
  public init(
    _ name: String,
    _ type: ColumnType? = nil,
    key isKey: Bool = false,
    length: Int? = nil,
    enumeration: String? = nil,
    system isSystem: Bool = false,
    percent isPercent: Bool = false,
    hidden isHidden: Bool = false,
    caption: Caption? = nil,
    details: Caption? = nil
  ) {
    self.name = name
    self.type = type
    self.isKey = isKey
    self.length = length
    self.enumeration = enumeration
    self.isSystem = isSystem
    self.isPercent = isPercent
    self.isHidden = isHidden
    self.caption = caption
    self.details = details
  }
}

/// A heading in the languages of the gateway.
public struct Caption: Sendable, Hashable {
  /// English; may be empty, as sent.
  public var english: String?
  /// Russian; SEARCH has none.
  public var russian: String?

  /// A caption from its wordings.
  public init(english: String? = nil, russian: String? = nil) {
    self.english = english
    self.russian = russian
  }
}
