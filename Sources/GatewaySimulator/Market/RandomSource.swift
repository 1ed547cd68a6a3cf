/// SplitMix64: a small generator of our own, so that a seed gives the same market on every platform and toolchain.
struct RandomSource: Sendable {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  /// A source for one named part of the market, independent of the others.
  init(seed: UInt64, for name: String) { state = RandomSource.hash(seed, name) }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return RandomSource.scramble(state)
  }

  /// A number from 0 up to, not including, `bound`.
  mutating func below(_ bound: Int) -> Int {
    Int(next().multipliedFullWidth(by: UInt64(max(1, bound))).high)
  }

  /// A number of the range, both ends included.
  mutating func within(_ range: ClosedRange<Int>) -> Int { range.lowerBound + below(range.count) }

  /// True once in `count` times.
  mutating func oneIn(_ count: Int) -> Bool { below(count) == 0 }

  // MARK: Pure functions of their arguments

  /// The number that belongs to a name.
  static func hash(_ seed: UInt64, _ name: String) -> UInt64 {
    var value: UInt64 = 0xCBF2_9CE4_8422_2325 ^ scramble(seed)
    for byte in name.utf8 { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return scramble(value)
  }

  /// The number that belongs to a place of a series.
  static func hash(_ seed: UInt64, _ place: Int) -> UInt64 {
    scramble(seed ^ (UInt64(bitPattern: Int64(place)) &* 0x9E37_79B9_7F4A_7C15))
  }

  private static func scramble(_ value: UInt64) -> UInt64 {
    var value = value
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}
