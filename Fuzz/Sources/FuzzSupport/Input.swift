/// The bytes of one input, and choices taken from them.
public struct Input {
  public let bytes: UnsafeBufferPointer<UInt8>
  public private(set) var position = 0

  public init(_ start: UnsafePointer<UInt8>?, _ count: Int) { bytes = UnsafeBufferPointer(start: start, count: count) }

  public var isAtEnd: Bool { position >= bytes.count }

  /// The next byte; 0 behind the end.
  public mutating func byte() -> UInt8 {
    guard position < bytes.count else { return 0 }
    defer { position += 1 }
    return bytes[position]
  }

  /// A number below `limit`.
  public mutating func choice(_ limit: Int) -> Int { Int(byte()) % limit }

  /// The next eight bytes as a number; zeros behind the end.
  public mutating func word() -> UInt64 {
    var value: UInt64 = 0
    for _ in 0..<8 { value = value << 8 | UInt64(byte()) }
    return value
  }

  /// All that is left.
  public mutating func rest() -> UnsafeBufferPointer<UInt8> {
    defer { position = bytes.count }
    return UnsafeBufferPointer(rebasing: bytes[min(position, bytes.count)...])
  }

  /// The next bytes, as many as there are up to `count`.
  public mutating func part(_ count: Int) -> UnsafeBufferPointer<UInt8> {
    let start = min(position, bytes.count)
    let end = min(start + count, bytes.count)
    position = end
    return UnsafeBufferPointer(rebasing: bytes[start..<end])
  }
}

/// Sizes of the pieces that an input is cut into; they depend on a seed and the input's size only.
public struct Pieces {
  private var state: UInt64
  private let usual: Int
  private let isSingle: Bool

  /// Seed 0 gives single bytes, others a few pieces of any size, one in four of them a single byte.
  public init(seed: UInt8, of count: Int) {
    state = UInt64(seed) &+ 1
    usual = max(1, count / 2)
    isSingle = seed == 0
  }

  public mutating func next() -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return isSingle || state >> 62 == 0 ? 1 : 1 + Int(state >> 33 & 0xFFFF_FFFF) % usual
  }
}
