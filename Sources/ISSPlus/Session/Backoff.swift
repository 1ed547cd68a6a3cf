import NIOCore

/// How long to wait before the next attempt: full jitter between nothing and a bound that doubles.
public struct Backoff: Sendable, Hashable {
  /// The bound of the first wait.
  public var first: Duration = .milliseconds(500)
  /// The bound that is never exceeded.
  public var maximum: Duration = .seconds(30)

  /// The defaults: 0-0.5 s, doubling to 30 s.
  public init() {}

  /// The wait before an attempt.
  ///
  /// - Parameter attempt: how many attempts have failed since the last success; 0 for the first wait.
  func wait(_ attempt: Int, using generator: inout some RandomNumberGenerator) -> TimeAmount {
    let limit = maximum.timeAmount.nanoseconds
    var bound = max(0, first.timeAmount.nanoseconds)
    for _ in 0..<min(attempt, 62) where bound < limit { bound &*= 2 }
    return .nanoseconds(Int64.random(in: 0...max(0, min(bound, limit)), using: &generator))
  }
}

/// A small generator that can be seeded, so that a run can be had again (SplitMix64, Steele and others 2014).
struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

extension Duration {
  /// The same time for event loops: nanoseconds in 64 bits, at most about 146 years either way.
  var timeAmount: TimeAmount {
    let (seconds, attoseconds) = components
    let bounded = max(-(1 << 32), min(seconds, 1 << 32))
    return .nanoseconds(bounded * 1_000_000_000 + attoseconds / 1_000_000_000)
  }
}
