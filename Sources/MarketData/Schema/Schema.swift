/// The columns of a table and what its rows are known by (tables.md, Keys).
public final class Schema: Sendable {
  /// The columns in the order in which tables print them.
  public let columns: [Column]

  /// Places of the key columns in `columns`, empty when every row stands for itself.
  ///
  /// The declared primary columns; else, when BUYSELL and PRICE are there, these two.
  public let keys: [Int]

  /// Whether `columns` was taken from a packet because nothing declares the destination.
  public let isProvisional: Bool

  private let index: NameIndex

  /// The places of the columns of a `Quote`, by their numbers; empty when there are no tickers.
  let quotePlaces: [Int]

  /// A schema of these columns; of two columns with one name the first is found by it.
  public init(columns: [Column], isProvisional: Bool = false) {
    self.columns = columns
    self.isProvisional = isProvisional
    let index = NameIndex(columns.map(\.name))
    self.index = index
    quotePlaces = QuoteColumn.places(index)
    let primary = columns.indices.filter { columns[$0].isKey }
    if !primary.isEmpty {
      keys = primary
    } else if let side = index.place(of: "BUYSELL"), let price = index.place(of: "PRICE") {
      keys = [side, price]
    } else {
      keys = []
    }
  }

  /// The schema of a stream or query.
  public convenience init(_ resource: Resource) { self.init(columns: resource.columns) }

  /// Whether rows are found by a key.
  public var isKeyed: Bool { !keys.isEmpty }

  /// The place of a column, by its exact name.
  public func place(of name: String) -> Int? { index.place(of: name) }
}
