import GatewaySimulator
import NIOCore
import STOMP
import Testing
import WebSocketTransport

/// The faults of the line over loopback: what a client's transport sees of them.
@Suite(.timeLimit(.minutes(10))) struct LineFaultTests {
  private static let guest: Headers = ["domain": "DEMO", "login": "guest", "passcode": "guest"]

  /// Follows news until the line ends, and gives the frames and how it ended.
  private func follow(_ client: LoopbackClient) async throws -> (frames: Int, reason: CloseReason?) {
    try client.say(.connect, Self.guest)
    try client.say(.subscribe, ["id": "n", "destination": "COMMON.news"])
    var frames = 0
    for await event in client.events {
      switch event {
      case .frame: frames += 1
      case .closed(let reason): return (frames, reason)
      }
    }
    return (frames, nil)
  }

  private func reason(_ word: String) async throws -> (frames: Int, reason: CloseReason?) {
    try await withGatewaySimulator(.init(rate: 200, switches: try SimulatorSwitches([word]))) { simulator in
      try await follow(try await LoopbackClient(simulator.url))
    }
  }

  @Test func aCutLineHasNoCloseFrame() async throws {
    let (frames, reason) = try await reason("cut=5")
    #expect(frames == 6)
    #expect(reason == .peerClosedWithoutHandshake)
  }

  @Test func aResetComesInMidFrame() async throws {
    let (frames, reason) = try await reason("reset=5")
    #expect(frames <= 6)
    guard case .error(let error)? = reason else {
      // The reset may overtake nothing: then the line has just ended.
      #expect(reason == .peerClosedWithoutHandshake)
      return
    }
    #expect(error.code == .connectionLost, "\(error)")
  }

  @Test func closedEndsWithACloseFrame() async throws {
    let (frames, reason) = try await reason("closed=5")
    #expect(frames == 7)
    #expect(reason == .clean(code: 1000, reason: ""))
  }

  @Test func aLineIsStruckByItsNumber() async throws {
    try await withGatewaySimulator(.init(rate: 50)) { simulator in
      let first = try await LoopbackClient(simulator.url)
      let second = try await LoopbackClient(simulator.url)
      async let firstEnd = follow(first)
      async let secondEnd = follow(second)
      while try await simulator.statistics().openSubscriptions < 2 { await Task.yield() }
      #expect(try await simulator.connectionNumbers() == [1, 2])
      #expect(try await simulator.strike(.cut, connection: 1) == 1)
      #expect(try await firstEnd.reason == .peerClosedWithoutHandshake)
      #expect(try await simulator.connectionNumbers() == [2])
      #expect(try await simulator.strike(.cut, connection: 7) == 0)
      #expect(try await simulator.strike(.cut) == 1)
      #expect(try await secondEnd.reason == .peerClosedWithoutHandshake)
    }
  }
}
