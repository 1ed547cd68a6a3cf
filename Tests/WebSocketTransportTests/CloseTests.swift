import NIOCore
import Testing

@testable import WebSocketTransport

@Suite("The end of a connection") struct CloseTests {
  private func closeFrame(_ role: WebSocketRole, _ code: UInt16, _ reason: String = "") -> WireFrame {
    WireFrame(first: 0x88, isMasked: role == .client, payload: closePayload(code, reason))
  }

  @Test("the peer closes: its code is echoed, its code and reason are told when the line ends")
  func peerCloses() throws {
    let line = try Line()
    defer { line.finish() }
    try line.feed(0x88, closePayload(1001, "shutdown"))
    #expect(try line.sent() == [closeFrame(.client, 1001)])
    #expect(line.isOpen)
    line.endOfLine()
    #expect(line.recorder.afterOpening == [.closed(.clean(code: 1001, reason: "shutdown"))])
  }

  @Test("an empty close frame is answered with an empty one and told as 1005")
  func emptyClose() throws {
    let line = try Line()
    defer { line.finish() }
    try line.feed(0x88)
    #expect(try line.sent() == [WireFrame(first: 0x88, isMasked: true, payload: [])])
    line.endOfLine()
    #expect(line.recorder.closeReason == .clean(code: 1005, reason: ""))
  }

  @Test("a server ends the line itself after the peer's close frame")
  func serverEndsTheLine() throws {
    let line = try Line(.server)
    defer { line.finish() }
    try line.feed(0x88, closePayload(1000))
    #expect(try line.sent() == [closeFrame(.server, 1000)])
    #expect(!line.isOpen)
    #expect(line.recorder.closeReason == .clean(code: 1000, reason: ""))
  }

  @Test("a client waits for the server to end the line, at most the limit")
  func clientWaits() throws {
    let line = try Line()
    defer { line.finish() }
    try line.feed(0x88, closePayload(1000))
    line.advance(.milliseconds(1999))
    #expect(line.isOpen && line.recorder.closeReason == nil)
    line.advance(.milliseconds(1))
    #expect(!line.isOpen)
    #expect(line.recorder.closeReason == .clean(code: 1000, reason: ""))
  }

  @Test("our close: frame, the peer's answer, the end; messages that still come are dropped")
  func ourClose() throws {
    let line = try Line()
    defer { line.finish() }
    line.connection.close(code: 4000, reason: "done")
    #expect(try line.sent() == [closeFrame(.client, 4000, "done")])
    try line.feed(0x82, [1])
    try line.feed(0x89, [1])
    try line.feed(0x88, closePayload(4000, "ok"))
    #expect(try line.sent().isEmpty)
    line.endOfLine()
    #expect(line.recorder.afterOpening == [.closed(.clean(code: 4000, reason: "ok"))])
  }

  @Test("our close without an answer ends at the limit")
  func closeLimit() throws {
    for role in [WebSocketRole.client, .server] {
      let line = try Line(role) { $0.closeLimit = .seconds(1) }
      defer { line.finish() }
      line.connection.close()
      line.advance(.milliseconds(999))
      #expect(line.isOpen)
      line.advance(.milliseconds(1))
      #expect(!line.isOpen)
      #expect(line.recorder.closeReason == .peerClosedWithoutHandshake)
    }
  }

  @Test("the answer to our close does not begin the limit anew")
  func oneLimit() throws {
    let line = try Line()
    defer { line.finish() }
    line.connection.close()
    line.advance(.milliseconds(1500))
    try line.feed(0x88, closePayload(1000))
    line.advance(.milliseconds(500))
    #expect(!line.isOpen)
    #expect(line.recorder.closeReason == .clean(code: 1000, reason: ""))
  }

  @Test("the line ends without a close frame")
  func lineEnds() throws {
    let line = try Line()
    defer { line.finish() }
    try line.feed(0x82, [1])
    try line.feed(raw: [0x82, 5, 1])
    line.endOfLine()
    #expect(line.recorder.afterOpening == [.binary([1]), .closed(.peerClosedWithoutHandshake)])
  }

  @Test("the operating system reports a broken line")
  func brokenLine() throws {
    let line = try Line()
    defer { line.finish() }
    line.fireError(ChannelError.inputClosed)
    guard case .error(let error)? = line.recorder.closeReason else {
      Issue.record("no error")
      return
    }
    #expect(error.code == .connectionLost && error.isRetriable)
    #expect(!line.isOpen)
  }

  @Test("abort ends at once and is told")
  func abort() throws {
    let line = try Line()
    defer { line.finish() }
    line.connection.abort()
    line.connection.abort()
    #expect(!line.isOpen)
    #expect(line.recorder.afterOpening == [.closed(.localAbort)])
  }

  @Test("sending after the close fails, closing twice does nothing")
  func afterClose() throws {
    let line = try Line()
    defer { line.finish() }
    line.connection.close()
    line.connection.close(code: 1001)
    #expect(try line.sent().count == 1)
    let promise = line.connection.eventLoop.makePromise(of: Void.self)
    line.connection.send(ByteBuffer(string: "late"), promise: promise)
    let error = #expect(throws: TransportError.self) { try promise.futureResult.wait() }
    #expect(error?.code == .closed)
    #expect(try line.sent().isEmpty)
  }

  @Test("a handler may close, abort or send from within a call")
  func reentrance() throws {
    let closing = try Line(prepare: { $0.onMessage = { recorder, _ in recorder.connection?.close() } })
    defer { closing.finish() }
    try closing.feed(raw: WireFrame.bytes(0x82, [1]) + WireFrame.bytes(0x82, [2]))
    #expect(closing.recorder.afterOpening == [.binary([1])])
    #expect(try closing.sent() == [closeFrame(.client, 1000)])

    let aborting = try Line(prepare: { $0.onMessage = { recorder, _ in recorder.connection?.abort() } })
    defer { aborting.finish() }
    try aborting.feed(raw: WireFrame.bytes(0x82, [1]) + WireFrame.bytes(0x82, [2]))
    #expect(aborting.recorder.afterOpening == [.binary([1]), .closed(.localAbort)])

    let echo = try Line(.server, prepare: { $0.onMessage = { $0.connection?.send($1) } })
    defer { echo.finish() }
    try echo.feed(0x82, [7])
    #expect(try echo.sent() == [WireFrame(first: 0x82, isMasked: false, payload: [7])])

    let atOnce = try Line(prepare: { $0.onOpened = { $0.abort() } })
    defer { atOnce.finish() }
    #expect(atOnce.recorder.events == [.opened, .closed(.localAbort)])
  }
}
