internal import MarketData

/// A figure on its way into a cell: the declared type of the column decides its form.
struct Amount {
  let value: Int64
  let decimals: UInt8

  init(_ value: Int64, decimals: UInt8) {
    self.value = value
    self.decimals = decimals
  }

  /// The value in units of another last decimal; digits that do not fit are cut off.
  func mantissa(decimals wanted: UInt8) -> Int64 {
    var result = value
    var digits = decimals
    while digits < wanted {
      result = result.multipliedReportingOverflow(by: 10).partialValue
      digits += 1
    }
    while digits > wanted {
      result /= 10
      digits -= 1
    }
    return result
  }

  /// The cell of a column of this type, as a fixed with so many digits when it is one.
  func cell(_ type: ColumnType?, decimals wanted: UInt8) -> WireValue {
    switch type {
    case .integer: .integer(mantissa(decimals: 0))
    case .float: .float(Double(mantissa(decimals: 2)) / 100)
    case .fixed, .string, .bool, .date, .time, .datetime, .enumeration, nil:
      .fixed(mantissa(decimals: wanted), decimals: wanted)
    }
  }
}
