import NIOCore
import Testing

@testable import WebSocketTransport

@Suite("Own pings") struct KeepAliveTests {
  @Test("a ping goes out each interval as long as pongs come")
  func pings() throws {
    let line = try Line()
    defer { line.finish() }
    for _ in 0..<5 {
      line.advance(.milliseconds(19_999))
      #expect(try line.sent().isEmpty)
      line.advance(.milliseconds(1))
      let ping = try #require(try line.sent().first)
      #expect(ping.first == 0x89 && ping.payload.count == 8)
      try line.feed(0x8A, ping.payload)
    }
    #expect(line.isOpen)
  }

  @Test("a silent peer is found dead")
  func deadPeer() throws {
    let line = try Line {
      $0.pingInterval = .seconds(5)
      $0.pongLimit = .seconds(3)
    }
    defer { line.finish() }
    line.advance(.milliseconds(7999))
    #expect(line.isOpen)
    line.advance(.milliseconds(1))
    #expect(!line.isOpen)
    #expect(line.recorder.afterOpening == [.closed(.pingTimeout)])
  }

  @Test("a pong nobody asked for is no answer, but a sign of life")
  func unsolicitedPong() throws {
    let line = try Line()
    defer { line.finish() }
    line.advance(.seconds(20))
    try line.feed(0x8A, "12345678")
    line.advance(.seconds(20))
    #expect(line.isOpen)
    line.advance(.seconds(20))
    #expect(line.recorder.closeReason == .pingTimeout)
  }

  @Test("a peer that sends data and never a pong is alive")
  func dataIsLife() throws {
    let line = try Line()
    defer { line.finish() }
    line.advance(.seconds(20))
    for _ in 0..<10 {
      try line.feed(0x82, [1])
      line.advance(.seconds(20))
    }
    #expect(line.isOpen)
    #expect(try line.sent().count == 1)
  }

  @Test("while reading is paused the limit does not count")
  func paused() throws {
    let line = try Line()
    defer { line.finish() }
    line.connection.pauseReading()
    line.advance(.seconds(200))
    #expect(line.isOpen)
    line.connection.resumeReading()
    line.advance(.seconds(40))
    #expect(line.recorder.closeReason == .pingTimeout)
  }

  @Test("switched off, nothing is sent")
  func off() throws {
    let line = try Line { $0.pingInterval = nil }
    defer { line.finish() }
    line.advance(.hours(24))
    #expect(line.isOpen)
    #expect(try line.sentBytes().isEmpty)
  }

  @Test("no ping after the close has begun")
  func closing() throws {
    let line = try Line { $0.closeLimit = .seconds(60) }
    defer { line.finish() }
    line.connection.close()
    _ = try line.sent()
    line.advance(.seconds(59))
    #expect(try line.sent().isEmpty)
  }
}
