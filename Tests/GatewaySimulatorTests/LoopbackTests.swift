import GatewaySimulator
import NIOCore
import STOMP
import Testing
import WebSocketTransport

/// The simulator as a server, with the project's own client side.
@Suite(.timeLimit(.minutes(10)))
struct LoopbackTests {
  private static let guest: Headers = ["domain": "DEMO", "login": "guest", "passcode": "guest"]
  private static let sber = "TICKER=\"MXSE.TQBR.SBER\""

  private func frames(_ client: LoopbackClient, _ count: Int) async throws -> [Frame] {
    var frames: [Frame] = []
    for await event in client.events {
      guard case .frame(let frame, _) = event else { break }
      frames.append(frame)
      if frames.count == count { return frames }
    }
    throw JSON.Fault(description: "closed after \(frames.count) frames")
  }

  @Test func aClientConnectsAndFollowsABook() async throws {
    try await withGatewaySimulator { simulator in
      #expect(simulator.url == "ws://127.0.0.1:\(simulator.port)/infocx/v3/websocket")
      let client = try await LoopbackClient(simulator.url)
      #expect(client.connection.subprotocol == "STOMP")
      try client.say(.connect, Self.guest)
      try client.say(.subscribe, ["id": "b", "destination": "MXSE.orderbooks", "selector": Self.sber, "receipt": "b"])
      try client.say(.request, ["id": "q", "destination": "SEARCH.ticker", "selector": "pattern=\"SBER\""])
      let frames = try await frames(client, 7)
      #expect(Array(frames.prefix(4)).map(\.command) == [.connected, .receipt, .message, .reply])
      #expect(frames[4...].allSatisfy { $0.command == .message })
      let truth = try await simulator.currentTable("MXSE.orderbooks", Self.sber)
      #expect(truth?.rows.count == 20 && truth?.columns == ["BUYSELL", "PRICE", "QUANTITY", "REPOVALUE"])
      let statistics = try await simulator.statistics()
      #expect(statistics.connections == 1 && statistics.openConnections == 1 && statistics.openSubscriptions == 1)
      #expect(statistics.packets >= 4)
      try client.say(.disconnect)
      var reason: CloseReason?
      for await event in client.events { if case .closed(let why) = event { reason = why } }
      #expect(reason == .clean(code: 1000, reason: ""))
    }
  }

  @Test func aWrongPasscodeIsRefusedAndTheLineCloses() async throws {
    try await withGatewaySimulator { simulator in
      let client = try await LoopbackClient(simulator.url)
      try client.say(.connect, ["domain": "DEMO", "login": "guest", "passcode": "x"])
      var seen: [String] = []
      for await event in client.events {
        switch event {
        case .frame(let frame, _): seen.append(frame.headers["message"] ?? "")
        case .closed(let reason): seen.append("\(reason)")
        }
      }
      #expect(seen == ["Access denied", "\(CloseReason.clean(code: 1000, reason: ""))"])
    }
  }

  @Test(arguments: [
    ("subprotocol=echo", "STOMP", "STOMP"), ("subprotocol=none", "STOMP", nil), ("subprotocol=echo", nil, nil),
    ("subprotocol=other:STOMP", nil, nil as String?),
  ])
  func subprotocolIsAnswered(_ word: String, _ offered: String?, _ expected: String?) async throws {
    let switches = try SimulatorSwitches([word])
    try await withGatewaySimulator(.init(switches: switches)) { simulator in
      do {
        let client = try await LoopbackClient(simulator.url, subprotocol: offered)
        #expect(client.connection.subprotocol == expected)
        client.connection.abort()
      } catch let error as TransportError {
        // An answer that nobody asked for.
        #expect(word.contains("other") && error.code == .protocolViolation)
      }
    }
  }

  @Test func otherPathsAreNotFound() async throws {
    try await withGatewaySimulator { simulator in
      let error = await #expect(throws: TransportError.self) {
        _ = try await LoopbackClient("ws://127.0.0.1:\(simulator.port)/infocx/v2/websocket")
      }
      #expect(error?.httpStatus == 404)
    }
  }

  @Test func messagesCanBeTextInFragmentsBetweenPings() async throws {
    let switches = try SimulatorSwitches(["message-kind=text", "fragment=1000", "ping=20ms"])
    try await withGatewaySimulator(.init(switches: switches)) { simulator in
      let client = try await LoopbackClient(simulator.url)
      try client.say(.connect, Self.guest)
      try client.say(.subscribe, ["id": "b", "destination": "MXSE.orderbooks", "selector": Self.sber])
      var count = 0
      for await event in client.events {
        guard case .frame(_, let kind) = event else { break }
        #expect(kind == .text)
        count += 1
        if count == 3 { break }
      }
      #expect(count == 3)
    }
  }

  @Test func aPortIsGivenBackAndATakenOneIsAnError() async throws {
    var isGivenBack = false
    // Between the two another test may be given the port; that all of ten are taken is no chance.
    for _ in 0..<10 where !isGivenBack {
      let port = try await withGatewaySimulator { simulator in
        await #expect(throws: TransportError.self) {
          _ = try await GatewaySimulator.start(.init(port: simulator.port))
        }
        return simulator.port
      }
      do {
        try await withGatewaySimulator(.init(port: port)) { #expect($0.port == port) }
        isGivenBack = true
      } catch let error as TransportError where error.code == .bind {
        continue
      }
    }
    #expect(isGivenBack)
  }

  @Test func aClientThatDoesNotReadIsNotQueuedFor() async throws {
    try await withGatewaySimulator(.init(rate: 20_000)) { simulator in
      let client = try await LoopbackClient(simulator.url)
      try client.say(.connect, Self.guest)
      for number in 0..<20 {
        try client.say(
          .subscribe, ["id": "\(number)", "destination": "MXSE.orderbooks", "selector": Self.sber])
      }
      _ = try await frames(client, 100)
      client.connection.pauseReading()
      var statistics = try await simulator.statistics()
      while statistics.skippedPackets < 100 { statistics = try await simulator.statistics() }
      client.connection.resumeReading()
      let before = statistics.packets
      while statistics.packets < before + 100 { statistics = try await simulator.statistics() }
      client.connection.abort()
    }
  }
}
