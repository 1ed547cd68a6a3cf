/// The `columns` of a packet against a schema: which cell goes where and what form it must have.
///
/// Layouts are kept: the columns of a subscription repeat, and the same bytes are recognised, not parsed again.
final class ColumnLayout {
  /// What a cell of a column must look like.
  enum Form {
    static let dropped: UInt8 = 0
    static let text: UInt8 = 1
    static let integer: UInt8 = 2
    static let fixed: UInt8 = 3
    static let float: UInt8 = 4
    static let bool: UInt8 = 5
    static let untyped: UInt8 = 6
  }

  /// The bytes of the array in the body, from bracket to bracket.
  let source: [UInt8]
  /// The names in packet order.
  let names: [String]
  /// The form of each column, in packet order.
  let forms: [UInt8]
  /// The schema's place of each stored cell, in packet order; columns that the schema does not have are not stored.
  let targets: [Int]
  /// Place among the stored cells of each column of the schema, or -1.
  let places: [Int]
  /// The schema's places of the columns that the packet does not have.
  let absent: [Int]
  /// Places among the stored cells of the schema's key columns; empty when there is no key or one is missing.
  let keys: [Int]
  /// A key column of the schema that the packet does not have.
  let missingKey: String?
  /// The columns that the schema does not have.
  let dropped: [String]
  /// Whether the packet has just the columns of the schema in its order.
  let isWhole: Bool

  /// Of no columns.
  static var empty: ColumnLayout { ColumnLayout(source: [], names: [], schema: Schema(columns: [])) }

  init(source: [UInt8], names: [String], schema: Schema) {
    self.source = source
    self.names = names
    var forms: [UInt8] = []
    var targets: [Int] = []
    var places = Array(repeating: -1, count: schema.columns.count)
    var dropped: [String] = []
    for name in names {
      guard let place = schema.place(of: name), name.utf8.elementsEqual(schema.columns[place].name.utf8) else {
        forms.append(Form.dropped)
        dropped.append(name)
        continue
      }
      forms.append(Self.form(of: schema.columns[place].type))
      places[place] = targets.count
      targets.append(place)
    }
    self.forms = forms
    self.targets = targets
    self.places = places
    self.dropped = dropped
    absent = places.indices.filter { places[$0] < 0 }
    missingKey = schema.keys.first { places[$0] < 0 }.map { schema.columns[$0].name }
    keys = missingKey == nil ? schema.keys.map { places[$0] } : []
    isWhole = targets.count == schema.columns.count && targets.elementsEqual(targets.indices)
  }

  private static func form(of type: ColumnType?) -> UInt8 {
    switch type {
    case .string, .date, .time, .datetime, .enumeration: Form.text
    case .integer: Form.integer
    case .fixed: Form.fixed
    case .float: Form.float
    case .bool: Form.bool
    case nil: Form.untyped
    }
  }

  /// What a cell of that form must be, in words.
  static func expectation(of form: UInt8) -> String {
    switch form {
    case Form.text: "a string or null"
    case Form.integer: "an integer or null"
    case Form.fixed: "[number, decimals] or null"
    case Form.float: "a number or null"
    case Form.bool: "true, false, 0, 1 or null"
    default: "a string, number, truth value, [number, decimals] or null"
    }
  }
}
