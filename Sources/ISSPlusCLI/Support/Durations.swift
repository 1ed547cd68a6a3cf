import ArgumentParser
import NIOCore

/// A duration on the command line: `250ms`, `10s`, `5m`, `1h`.
struct DurationArgument: ExpressibleByArgument, Sendable {
  let amount: TimeAmount

  /// More than this is no duration anybody means; it also keeps sums of times within 64 bits.
  private static let largest: Int64 = 365 * 24 * 3600 * 1_000_000_000

  init(amount: TimeAmount) { self.amount = amount }

  init?(argument: String) {
    let digits = argument.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    let unit: Int64
    switch argument[digits.endIndex...] {
    case "ms": unit = 1_000_000
    case "s": unit = 1_000_000_000
    case "m": unit = 60 * 1_000_000_000
    case "h": unit = 3600 * 1_000_000_000
    default: return nil
    }
    guard let value = Double(digits), value.isFinite, value >= 0, value * Double(unit) <= Double(Self.largest) else {
      return nil
    }
    amount = .nanoseconds(Int64(value * Double(unit)))
  }

  var duration: Duration { .nanoseconds(amount.nanoseconds) }
}
