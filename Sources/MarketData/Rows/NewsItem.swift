/// A row of `COMMON.news`: a headline.
public struct NewsItem: TableRow, Hashable {
  /// The row with all its cells, also of columns that have no property.
  public let row: Row
  /// The number of the item; `COMMON.news.content` takes it. The key.
  public let id: Int64
  /// The headline.
  public let caption: String?
  /// A short form of the headline.
  public let shortcut: String?
  /// When it was published.
  public let publicTime: MoscowDateTime?

  /// Reads a row of `COMMON.news`.
  ///
  /// - Throws: `RowError`.
  public init(_ row: Row) throws {
    self.row = row
    id = try row.value("ID")
    caption = try row.value("CAPTION")
    shortcut = try row.value("SHORTCUT")
    publicTime = try row.value("PUBLIC_TIME")
  }
}

/// A row of `COMMON.news.content`: the text of an item.
public struct NewsContent: TableRow, Hashable {
  /// The row with all its cells, also of columns that have no property.
  public let row: Row
  /// The number of the item. The key.
  public let id: Int64
  /// The text, as sent; it may hold markup.
  public let content: String?

  /// Reads a row of `COMMON.news.content`.
  ///
  /// - Throws: `RowError`.
  public init(_ row: Row) throws {
    self.row = row
    id = try row.value("ID")
    content = try row.value("CONTENT")
  }
}
