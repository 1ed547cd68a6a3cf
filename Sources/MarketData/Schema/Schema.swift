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

  private let index: [ExactName: Int]

  /// A name that is equal byte by byte: Swift's own equality takes texts of other bytes for the same.
  private struct ExactName: Hashable {
    let text: String

    static func == (left: ExactName, right: ExactName) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }

    func hash(into hasher: inout Hasher) { for byte in text.utf8 { hasher.combine(byte) } }
  }

  /// A schema of these columns; of two columns with one name the first is found by it.
  public init(columns: [Column], isProvisional: Bool = false) {
    self.columns = columns
    self.isProvisional = isProvisional
    var index: [ExactName: Int] = [:]
    for (place, column) in columns.enumerated() where index[ExactName(text: column.name)] == nil {
      index[ExactName(text: column.name)] = place
    }
    self.index = index
    let primary = columns.indices.filter { columns[$0].isKey }
    if !primary.isEmpty {
      keys = primary
    } else if let side = index[ExactName(text: "BUYSELL")],
      let price = index[ExactName(text: "PRICE")]
    {
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
  public func place(of name: String) -> Int? { index[ExactName(text: name)] }
}
