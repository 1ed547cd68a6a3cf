import MarketData
import Testing

/// The rule book of the order check, rule by rule.
struct OrderCheckTests {
  @Test("rule 1: all 64 bits are compared, also where a double sees no difference")
  func allBits() {
    var check = OrderCheck()
    #expect(check.take(569_811_206_658_952_028) == .unknown)
    #expect(check.take(569_811_206_658_952_029) == .grows)
    #expect(check.take(.max) == .grows)
    #expect(check.take(.max - 1) == .falls)
    #expect(check.violations == 1)
  }

  @Test("rule 2: gaps mean nothing")
  func gaps() {
    var check = OrderCheck()
    #expect([1, 5, 6, 1_000_000].map { check.take($0) } == [.unknown, .grows, .grows, .grows])
    #expect(check.violations == 0)
  }

  @Test("rules 3 and 4: what does not grow is counted, and the newest arrival is what the next is compared with")
  func violations() {
    var check = OrderCheck()
    #expect([10, 10, 4, 5, 0, 0].map { check.take($0) } == [.unknown, .repeats, .falls, .grows, .falls, .repeats])
    #expect(check.violations == 4)
    #expect(check.last == 0)
  }

  @Test("rule 5: what the caller drops does not move the number")
  func dropping() {
    var check = OrderCheck()
    let verdicts = [10, 4, 5, 10, 11].map { check.take($0, dropsViolations: true) }
    #expect(verdicts == [.unknown, .falls, .falls, .repeats, .grows])
    #expect(check.violations == 3)
  }

  @Test("rule 6: a packet without a seqnum is not compared")
  func absent() {
    var check = OrderCheck()
    #expect(check.take(nil) == .unknown)
    #expect(check.take(7) == .unknown)
    #expect(check.take(nil) == .unknown)
    #expect(check.take(7) == .repeats)
  }

  @Test("rule 7: a new SUBSCRIBE begins anew, and the count stays")
  func restart() {
    var check = OrderCheck()
    #expect([7, 7].map { check.take($0) } == [.unknown, .repeats])
    check.restart()
    #expect(check.take(7) == .unknown)
    #expect(check.take(7) == .repeats)
    #expect(check.violations == 2)
  }
}
