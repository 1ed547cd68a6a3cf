import MarketData
import NIOCore
import STOMP
import Testing

@testable import ISSPlus

/// The rules of a broken line and of the end, one by one.
struct SessionBreakTests {
  // MARK: Breaks

  @Test("a lost line with reconnect: stale, a wait, the same subscriptions again with their ids and their pace")
  func reconnect() {
    var bench = Bench.connected()
    for id in ["a", "b", "c"] {
      bench.subscribe(id)
      bench.pass(milliseconds: 100)
      bench.tell(.receipt(id))
    }
    let said = bench.tell(.lineClosed(lost))
    #expect(said.count == 2 && said[0] == "stale" && said[1].hasPrefix("waits "))
    let again = bench.pass(milliseconds: 500)
    #expect(again.map { $0.drop { $0 != " " }.dropFirst() } == ["is connecting", "connect"])
    bench.tell(.lineOpened)
    #expect(bench.tell(.connected) == ["is connected", "send SUBSCRIBE id:a destination:M.books receipt:a"])
    #expect(
      bench.pass(milliseconds: 1000) == [
        "100: send SUBSCRIBE id:b destination:M.books receipt:b",
        "200: send SUBSCRIBE id:c destination:M.books receipt:c",
      ])
    // Confirmed before: nobody is told again.
    #expect(bench.tell(.receipt("a")) == [])
  }

  @Test("a lost line without reconnect stops the client")
  func noReconnect() {
    var bench = Bench.connected { $0.reconnects = false }
    bench.subscribe("a")
    bench.request("r")
    #expect(
      bench.tell(.lineClosed(lost)) == [
        "stale", "failed r: lineLost: REQUEST M.find: gone", "failed a: lineLost: gone", "has stopped: lineLost: gone",
      ])
  }

  @Test("CLOSED is a lost line; the tables are stale at once")
  func closed() {
    var bench = Bench.connected()
    bench.request("r")
    #expect(bench.tell(.closed) == ["stale", "close"])
    let said = bench.tell(.lineClosed(lost))
    #expect(said.first == "failed r: lineLost: REQUEST M.find: the gateway closed the session")
    #expect(bench.state == "waiting")
  }

  @Test("waits have full jitter: within 0.5 s, doubling to 30 s, and begin anew after a success", arguments: 0..<50)
  func backoff(_ seed: UInt64) {
    var bench = Bench.connected { $0.seed = seed }
    var bound: Int64 = 500
    for _ in 0..<12 {
      let word = bench.tell(.lineClosed(lost)).last { $0.hasPrefix("waits ") } ?? ""
      let wait = Int64(word.dropFirst(6)) ?? -1
      #expect((0...bound).contains(wait), "seed \(seed): \(wait) ms of \(bound)")
      bench.pass(milliseconds: wait + 1)
      #expect(bench.state == "connecting", "seed \(seed)")
      bench.tell(.lineOpened)
      bound = min(bound * 2, 30_000)
    }
    bench.tell(.connected)
    bench.subscribe("s")
    bench.tell(.receipt("s"))
    let word = bench.tell(.lineClosed(lost)).last { $0.hasPrefix("waits ") } ?? ""
    #expect((0...500).contains(Int64(word.dropFirst(6)) ?? -1), "seed \(seed)")
  }

  @Test("a gateway that hangs up behind CONNECTED is asked ever more slowly; a line that held for 30 s is a success")
  func hangsUp() {
    var longest: Int64 = 0
    var bench = Bench.connected { $0.seed = 3 }
    func wait() -> Int64 {
      let word = bench.tell(.lineClosed(lost)).last { $0.hasPrefix("waits ") } ?? ""
      return Int64(word.dropFirst(6)) ?? -1
    }
    for _ in 0..<20 {
      let next = wait()
      longest = max(longest, next)
      bench.pass(milliseconds: next + 1)
      bench.tell(.lineOpened)
      bench.tell(.connected)
      #expect(bench.state == "connected")
    }
    #expect(longest > 10_000)
    bench.pass(milliseconds: 30_000)
    #expect(wait() <= 500)
  }

  // MARK: Silence

  @Test("a silent subscription is given up and made again, as often as the limit passes; one that is heard is not")
  func silence() {
    var bench = Bench.connected {
      $0.silenceLimit = .seconds(60)
      $0.subscriptionPace = .nanoseconds(0)
    }
    bench.subscribe("quiet")
    bench.subscribe("loud")
    bench.tell(.receipt("quiet"))
    bench.tell(.message(subscriptionID: "loud"))
    #expect(bench.pass(milliseconds: 60_000) == ["60000: check quiet", "60000: check loud"])
    let heard = bench.now - .seconds(20)
    #expect(bench.tell(.heard(subscriptionID: "loud", last: heard)) == [])
    #expect(
      bench.tell(.heard(subscriptionID: "quiet", last: nil)) == [
        "send UNSUBSCRIBE id:quiet", "suspend quiet silent",
        "send SUBSCRIBE id:quiet destination:M.books receipt:quiet",
      ])
    bench.tell(.receipt("quiet"))
    // The one that was heard is looked at a limit after that; the other a limit after its new confirmation.
    #expect(bench.pass(milliseconds: 60_000) == ["40000: check loud", "60000: check quiet"])
  }

  @Test("silence is off by default, and is nobody's fault while a slow reader holds the line up")
  func noSilence() {
    var off = Bench.connected()
    off.subscribe("s")
    off.tell(.receipt("s"))
    #expect(off.pass(milliseconds: 86_400_000) == [])
    var held = Bench.connected { $0.silenceLimit = .seconds(60) }
    held.subscribe("s")
    held.tell(.receipt("s"))
    held.tell(.held(by: "SUBSCRIBE M.books"))
    #expect(held.pass(milliseconds: 60_000) == ["60000: check s"])
    #expect(held.tell(.heard(subscriptionID: "s", last: nil)) == [])
    held.tell(.held(by: nil))
    #expect(held.pass(milliseconds: 60_000) == ["60000: check s"])
  }

  @Test("an answer about silence that comes when the subscription is not confirmed any more says nothing")
  func lateAnswer() {
    var bench = Bench.connected { $0.silenceLimit = .seconds(60) }
    bench.subscribe("s")
    #expect(bench.tell(.heard(subscriptionID: "s", last: nil)) == [])
    bench.tell(.lineClosed(lost))
    #expect(bench.tell(.heard(subscriptionID: "s", last: nil)) == [])
    #expect(bench.tell(.heard(subscriptionID: "other", last: nil)) == [])
  }

  @Test("the same seed gives the same waits, another one others")
  func seeds() {
    func waits(_ seed: UInt64) -> [TimeAmount] {
      var generator = SeededGenerator(seed: seed)
      return (0..<20).map { Backoff().wait($0, using: &generator) }
    }
    #expect(waits(1) == waits(1))
    #expect(waits(1) != waits(2))
    #expect((0..<100).flatMap { waits($0) }.allSatisfy { $0 >= .nanoseconds(0) && $0 <= .seconds(30) })
    // Full: the upper and the lower half are both met.
    let firsts = (0..<100).map { waits($0)[0] }
    #expect(firsts.contains { $0 < .milliseconds(250) } && firsts.contains { $0 > .milliseconds(250) })
    var none = Backoff()
    none.first = .nanoseconds(-5)
    var generator = SeededGenerator(seed: 1)
    #expect(none.wait(3, using: &generator) == .nanoseconds(0))
  }

  @Test("a bad packet asks for its subscription again, with growing waits; a live table begins anew")
  func badPacket() {
    var bench = Bench.connected { $0.answerLimit = .hours(1) }
    bench.subscribe("a")
    // A MESSAGE that is no packet is an answer all the same.
    #expect(
      bench.tell(.badPacket(subscriptionID: "a", lost)) == ["confirmed a", "send UNSUBSCRIBE id:a", "suspend a"])
    #expect(bench.tell(.badPacket(subscriptionID: "a", lost)) == [])
    #expect(bench.tell(.message(subscriptionID: "a")) == [])
    #expect(bench.pass(milliseconds: 500).map { $0.contains("send SUBSCRIBE id:a") } == [true])
    for round in 1...8 {
      #expect(bench.tell(.badPacket(subscriptionID: "a", lost)).count == 2)
      let bound = min(Int64(500) << Int64(round), 30_000)
      #expect(bench.pass(milliseconds: bound).count == 1)
    }
    #expect(bench.machine.subscriptions[0].faults == 9)
    bench.tell(.live(subscriptionID: "a"))
    #expect(bench.machine.subscriptions[0].faults == 0)
    #expect(bench.tell(.badPacket(subscriptionID: "nobody", lost)) == [])
  }

  @Test("a bad packet without reconnect fails its subscription alone")
  func badPacketWithoutReconnect() {
    var bench = Bench.connected {
      $0.reconnects = false
      $0.subscriptionPace = .nanoseconds(0)
    }
    bench.subscribe("a")
    bench.subscribe("b")
    bench.tell(.receipt("a"))
    #expect(
      bench.tell(.badPacket(subscriptionID: "a", ISSPlusError(.protocolViolation, "row 1"))) == [
        "send UNSUBSCRIBE id:a", "failed a: protocolViolation: row 1",
      ])
    #expect(bench.tell(.receipt("b")) == ["confirmed b"])
  }

  // MARK: The end

  @Test("shutdown when connected: UNSUBSCRIBE for what is open, DISCONNECT, close, then the end")
  func shutdown() {
    var bench = Bench.connected()
    bench.subscribe("a")
    bench.pass(milliseconds: 100)
    bench.tell(.receipt("a"))
    bench.subscribe("b")
    bench.subscribe("due")
    bench.request("r")
    #expect(
      bench.tell(.shutdown) == ["send UNSUBSCRIBE id:a", "send UNSUBSCRIBE id:b", "send DISCONNECT", "close"])
    #expect(bench.pass(milliseconds: 500) == [])
    let end = "closed: the client was shut down"
    #expect(
      bench.tell(.lineClosed(lost)) == ["a", "b", "due", "r"].map { "failed \($0): \(end)" } + ["has stopped"])
    #expect(bench.machine.deadline == nil)
  }

  @Test("a line that does not end is given up after three seconds")
  func shutdownLimit() {
    var bench = Bench.connected()
    bench.tell(.shutdown)
    #expect(bench.pass(milliseconds: 3000) == ["3000: has stopped"])
    #expect(bench.tell(.lineClosed(lost)) == [])
  }

  @Test("after the end everything fails at once")
  func afterTheEnd() {
    for event in [SessionEvent.shutdown, .lineClosed(lost)] {
      var bench = Bench.connected { $0.reconnects = false }
      bench.tell(event)
      #expect(bench.subscribe("s") == ["failed s: closed: the client was shut down"])
      #expect(bench.request("r") == ["failed r: closed: the client was shut down"])
      #expect(bench.tell(.start) == [])
    }
  }
}

private let lost = ISSPlusError(.lineLost, "gone", isRetriable: true)
