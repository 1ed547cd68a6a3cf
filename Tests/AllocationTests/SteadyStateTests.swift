import CAllocationCounter
import ISSPlus
import NIOCore
import STOMP
import Testing

/// The steady state allocates nothing from message bytes to change set (performance.md, Targets).
@Suite(.enabled(if: allocation_counter_works() != 0, "allocations are counted with glibc, without sanitizers"))
struct SteadyStateTests {
  /// The counter itself: a test that counts nothing would always pass.
  @Test func theCounterCounts() {
    let before = allocation_count()
    let block = [UInt8](repeating: 1, count: 100_000)
    #expect(allocation_count() > before)
    #expect(block.count == 100_000)
  }

  @Test func updatesOfOneRow() throws {
    let first = packet("snapshot", #""TICKER","LAST","BID","VALTODAY""#, (0..<50).map { row($0, 1) })
    let messages = (0..<400).map { number in
      message("MXSE.securities", packet("updates", #""TICKER","LAST","BID","VALTODAY""#, [row(number % 50, number)]))
    }
    let result = try allocations(first: message("MXSE.securities", first), "MXSE.securities", messages)
    #expect(result.changes == 200)
    #expect(result.allocations == 0)
  }

  @Test func booksOfTheSameLevels() throws {
    let messages = (0..<400).map { message("MXSE.orderbooks", book(number: $0, moves: false)) }
    let result = try allocations(first: messages[0], "MXSE.orderbooks", messages)
    #expect(result.changes == 200)
    #expect(result.allocations == 0)
  }

  @Test func booksWhoseLevelsComeAndGo() throws {
    let messages = (0..<400).map { message("MXSE.orderbooks", book(number: $0, moves: true)) }
    let result = try allocations(first: messages[0], "MXSE.orderbooks", messages)
    #expect(result.changes > 400)
    #expect(result.allocations == 0)
  }

  // MARK: Support

  /// Allocations and changes of the second half of the messages; the first half makes the room.
  private func allocations(
    first: ByteBuffer, _ destination: String, _ messages: [ByteBuffer]
  ) throws -> (allocations: UInt64, changes: Int) {
    var feed = Feed()
    _ = feed.subscribe(id: "s1", destination: destination, selector: #"TICKER="MXSE.TQBR.SBER""#)
    try feed.receive(first, at: 0) { _ in }
    let half = messages.count / 2
    for message in messages[..<half] { try feed.receive(message, at: 1) { _ in } }
    var changes = 0
    let before = allocation_count()
    for index in half..<messages.count {
      try feed.receive(messages[index], at: 2) { event in
        if case .changes(_, let set) = event { changes += set.count }
      }
    }
    return (allocation_count() - before, changes)
  }

  private func message(_ destination: String, _ body: String) -> ByteBuffer {
    let text =
      "MESSAGE\ncontent-length:\(body.utf8.count)\ndestination:\(destination)\nsubscription:s1\n"
      + "X-gateway-stamp:1719825533790\n\n\(body)\0"
    // Room behind the end, as the transport's buffers have it.
    var buffer = ByteBufferAllocator().buffer(capacity: text.utf8.count + 64)
    buffer.writeString(text)
    return buffer
  }

  private func packet(_ kind: String, _ columns: String, _ rows: [String]) -> String {
    #"{"properties":{"type":"\#(kind)","seqnum":1,"timestamp":1719825533789},"columns":[\#(columns)],"data":["#
      + rows.joined(separator: ",") + "]}"
  }

  private func row(_ ticker: Int, _ value: Int) -> String {
    #"["TQBR.\#(1000 + ticker)",[\#(value).25,2],[\#(value).15,2],\#(value)]"#
  }

  private func book(number: Int, moves: Bool) -> String {
    let shift = moves ? number % 7 : 0
    let rows = (0..<20).map { level in
      let quantity = level == 3 ? number + 1 : 100 + level
      return #"["\#(level < 10 ? "B" : "S")",[\#(300 + level + shift).5,2],\#(quantity),null]"#
    }
    return packet("snapshot", #""BUYSELL","PRICE","QUANTITY","REPOVALUE""#, rows)
  }
}
