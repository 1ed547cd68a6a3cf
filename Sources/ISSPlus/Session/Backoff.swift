public import NIOCore

/// How long to wait before the next attempt: full jitter between nothing and a bound that doubles.
public struct Backoff: Sendable, Hashable {
  /// The bound of the first wait.
  public var first: TimeAmount = .milliseconds(500)
  /// The bound that is never exceeded.
  public var maximum: TimeAmount = .seconds(30)

  /// The defaults: 0-0.5 s, doubling to 30 s.
  public init() {}

  /// The wait before an attempt.
  ///
  /// - Parameter attempt: how many attempts have failed since the last success; 0 for the first wait.
  func wait(_ attempt: Int, using generator: inout some RandomNumberGenerator) -> TimeAmount {
    var bound = max(0, first.nanoseconds)
    for _ in 0..<min(attempt, 62) where bound < maximum.nanoseconds { bound &*= 2 }
    return .nanoseconds(Int64.random(in: 0...max(0, min(bound, maximum.nanoseconds)), using: &generator))
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
