import NIOCore
import Testing

@testable import WebSocketTransport

@Suite("Back-pressure") struct BackPressureTests {
  private let three = [1, 2, 3].flatMap { WireFrame.bytes(0x82, [UInt8($0)]) }

  @Test("after a pause nothing is given until the resumption, then in order")
  func pauseBetweenMessages() throws {
    let line = try Line(prepare: { $0.onMessage = { recorder, _ in recorder.connection?.pauseReading() } })
    defer { line.finish() }
    try line.feed(raw: three)
    #expect(line.recorder.afterOpening == [.binary([1])])
    line.connection.resumeReading()
    #expect(line.recorder.afterOpening == [.binary([1]), .binary([2])])
    line.connection.resumeReading()
    line.connection.resumeReading()
    #expect(line.recorder.afterOpening == [.binary([1]), .binary([2]), .binary([3])])
  }

  @Test("the end of a read or of a resumption is told behind every message, also when it paused again")
  func toldTheEnd() throws {
    let line = try Line(prepare: { $0.onMessage = { recorder, _ in recorder.connection?.pauseReading() } })
    defer { line.finish() }
    try line.feed(raw: three)
    #expect(line.recorder.readsCompleted == 1)
    line.connection.resumeReading()
    #expect(line.recorder.readsCompleted == 2)
    line.connection.resumeReading()
    #expect(line.recorder.readsCompleted == 3)
    #expect(line.recorder.afterOpening.count == 3)
  }

  @Test("the end of the read that brought a message and a close frame is told")
  func toldTheEndBesideAClose() throws {
    let line = try Line()
    defer { line.finish() }
    try line.feed(raw: three + WireFrame.bytes(0x88, closePayload(1000)))
    #expect(line.recorder.afterOpening == [.binary([1]), .binary([2]), .binary([3])], "the line is not over yet")
    #expect(line.recorder.readsCompleted == 1)
    line.endOfLine()
    #expect(line.recorder.closeReason == .clean(code: 1000, reason: ""))
  }

  @Test("pausing and resuming within one call changes nothing")
  func pauseAndResume() throws {
    let line = try Line(prepare: {
      $0.onMessage = { recorder, _ in
        recorder.connection?.pauseReading()
        recorder.connection?.resumeReading()
      }
    })
    defer { line.finish() }
    try line.feed(raw: three)
    #expect(line.recorder.afterOpening == [.binary([1]), .binary([2]), .binary([3])])
  }

  @Test("the socket is read only while nobody has paused")
  func reads() throws {
    let line = try Line()
    defer { line.finish() }
    let counter = try line.countReads()
    try line.feed(0x82, [1])
    #expect(counter.count == 1)
    line.connection.pauseReading()
    try line.feed(0x82, [2])
    #expect(counter.count == 1)
    line.connection.resumeReading()
    #expect(counter.count == 2)
    #expect(line.recorder.afterOpening == [.binary([1]), .binary([2])])
  }

  @Test("what was held back when the line ended is given before the end is told")
  func endWhilePaused() throws {
    let line = try Line(prepare: { $0.onMessage = { recorder, _ in recorder.connection?.pauseReading() } })
    defer { line.finish() }
    try line.feed(raw: three)
    line.endOfLine()
    #expect(line.recorder.afterOpening == [.binary([1])])
    line.connection.resumeReading()
    #expect(line.recorder.afterOpening == [.binary([1]), .binary([2])])
    line.connection.resumeReading()
    #expect(
      line.recorder.afterOpening == [
        .binary([1]), .binary([2]), .binary([3]), .closed(.peerClosedWithoutHandshake),
      ])
  }

  @Test("held back when the pipeline is gone too, and a close frame behind it is told")
  func pipelineGone() throws {
    let line = try Line(prepare: { $0.onMessage = { recorder, _ in recorder.connection?.pauseReading() } })
    let connection = line.connection
    try line.feed(raw: three + WireFrame.bytes(0x88, closePayload(1001, "bye")))
    line.finish()
    for _ in 0..<3 { connection.resumeReading() }
    #expect(
      line.recorder.afterOpening == [
        .binary([1]), .binary([2]), .binary([3]), .closed(.clean(code: 1001, reason: "bye")),
      ])
  }

  @Test("paused with nothing held back, the end is told at once")
  func endWhilePausedAndEmpty() throws {
    let line = try Line()
    defer { line.finish() }
    line.connection.pauseReading()
    line.endOfLine()
    #expect(line.recorder.closeReason == .peerClosedWithoutHandshake)
  }

  @Test("closing or aborting while paused does not hang")
  func closeWhilePaused() throws {
    let closing = try Line(prepare: { $0.onMessage = { recorder, _ in recorder.connection?.pauseReading() } })
    defer { closing.finish() }
    try closing.feed(raw: three + WireFrame.bytes(0x88, closePayload(1000)))
    closing.connection.close()
    closing.endOfLine()
    #expect(closing.recorder.afterOpening == [.binary([1]), .closed(.clean(code: 1000, reason: ""))])

    let ended = try Line(prepare: { $0.onMessage = { recorder, _ in recorder.connection?.pauseReading() } })
    defer { ended.finish() }
    try ended.feed(raw: three)
    ended.endOfLine()
    ended.connection.close()
    #expect(ended.recorder.afterOpening == [.binary([1]), .closed(.peerClosedWithoutHandshake)])

    let aborting = try Line(prepare: { $0.onMessage = { recorder, _ in recorder.connection?.pauseReading() } })
    defer { aborting.finish() }
    try aborting.feed(raw: three)
    aborting.endOfLine()
    aborting.connection.abort()
    #expect(aborting.recorder.afterOpening == [.binary([1]), .closed(.localAbort)])
  }

  @Test("sends made during a read leave in one flush")
  func coalescing() throws {
    let line = try Line(.server, prepare: { $0.onMessage = { $0.connection?.send($1) } })
    defer { line.finish() }
    let counter = try line.countReads()
    try line.feed(
      raw: (0..<10).flatMap { WireFrame.bytes(0x82, [$0], mask: [1, 2, 3, 4]) })
    #expect(counter.flushes == 1)
    #expect(try line.sent().count == 10)
    line.connection.send(ByteBuffer(string: "a"), flush: false)
    #expect(try line.sent().isEmpty)
    line.connection.flush()
    #expect(try line.sent().count == 1)
  }

  @Test("writability is passed on; a full buffer refuses more")
  func writability() throws {
    let line = try Line { $0.maxPendingWriteBytes = 100 }
    defer { line.finish() }
    line.setWritable(false)
    #expect(!line.connection.isWritable)
    line.connection.send(ByteBuffer(repeating: 1, count: 200), flush: false)
    #expect(line.connection.pendingWriteBytes > 200)
    let promise = line.connection.eventLoop.makePromise(of: Void.self)
    line.connection.send(ByteBuffer(string: "more"), promise: promise)
    let error = #expect(throws: TransportError.self) { try promise.futureResult.wait() }
    #expect(error?.code == .writeBufferFull)
    line.setWritable(true)
    #expect(line.recorder.afterOpening == [.writability(false), .writability(true)])
  }
}
