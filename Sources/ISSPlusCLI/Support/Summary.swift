import MarketData

/// The figures of `--summary`.
struct Summary {
  let packets: Int
  let changes: Int
  let bytes: Int
  let refused: Int
  let seconds: Double

  /// Lines `name<TAB>value`.
  func write(to text: inout TextBuffer) {
    let lines: [(String, String)] = [
      ("packets", "\(packets)"),
      ("changes", "\(changes)"),
      ("bytes", "\(bytes)"),
      ("refused", "\(refused)"),
      ("seconds", Self.fixed(seconds, 6)),
      ("packets_per_second", Self.fixed(Double(packets) / seconds, 0)),
      ("megabytes_per_second", Self.fixed(Double(bytes) / seconds / 1_000_000, 3)),
    ]
    for (name, value) in lines { text.append("\(name)\t\(value)\n") }
  }

  /// A figure with that many digits behind the point.
  static func fixed(_ value: Double, _ digits: Int) -> String {
    guard value.isFinite, abs(value) < 1e12 else { return "0" }
    var scale: Int64 = 1
    for _ in 0..<digits { scale *= 10 }
    let scaled = Int64((value * Double(scale)).rounded(.toNearestOrAwayFromZero))
    return ExactDecimal(mantissa: scaled, scale: UInt8(digits)).description
  }
}
