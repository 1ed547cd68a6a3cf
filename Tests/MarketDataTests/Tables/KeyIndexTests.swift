import Testing

@testable import MarketData

@Suite struct KeyIndexTests {
  /// Seeded once a process: what collides in one does not in another, so that a peer cannot choose such keys.
  @Test func hashesAreSeeded() {
    #expect(KeyHash.seed != 0)
    let cell = PackedCell(integer: 7)
    #expect(KeyHash.mix(KeyHash.seed, cell: cell) != KeyHash.mix(KeyHash.seed &+ 1, cell: cell))
    #expect(
      KeyHash.mix(1, bytes: UnsafeRawBufferPointer(start: nil, count: 0))
        != KeyHash.mix(2, bytes: UnsafeRawBufferPointer(start: nil, count: 0)))
    #expect(KeyHash.finish(0) != 0, "0 marks a dead slot")
  }
}
