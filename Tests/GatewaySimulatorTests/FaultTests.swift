import GatewaySimulator
import NIOCore
import STOMP
import Testing

/// What each fault does on the wire, on a clock that the test moves.
struct FaultTests {
  private static let sber = "TICKER=\"MXSE.TQBR.SBER\""

  private func book(_ switches: [String], number: Int = 1, rate: Double = 100) throws -> Peer {
    let peer = try Peer.connected(switches, rate: rate, number: number)
    try peer.subscribe("MXSE.orderbooks", Self.sber)
    return peer
  }

  private func seqnums(_ frames: [Frame]) throws -> [UInt64] {
    try frames.map { try #require(try ReadPacket($0).seqnum) }
  }

  @Test func everyNthPacketIsSentTwice() throws {
    let peer = try Peer.connected(["duplicate=3"], rate: 100)
    let frames = try peer.subscribe("MXSE.orderbooks", Self.sber) + peer.pass(milliseconds: 100)
    let numbers = try seqnums(frames)
    for (place, number) in numbers.enumerated() {
      // 1 2 3 3 4 5 6 6
      #expect((place % 4 == 3) == (place > 0 && number == numbers[place - 1]), "\(place)")
    }
    #expect(numbers.count > 8)
  }

  @Test func anOlderPacketIsFollowedByTheNewestAgain() throws {
    let peer = try Peer.connected(["older=3"], rate: 100)
    let frames = try peer.subscribe("MXSE.orderbooks", Self.sber) + peer.pass(milliseconds: 60)
    let numbers = try seqnums(frames)
    // 1 2 3 2 3 4 5 6 5 6
    #expect(numbers.prefix(5).map { numbers.firstIndex(of: $0) } == [0, 1, 2, 1, 2])
    #expect(numbers[5] > numbers[4] && numbers[8] == numbers[6] && numbers[9] == numbers[7])
  }

  @Test func everyNthPacketIsBrokenInFourWays() throws {
    let peer = try Peer.connected(["broken=1"], rate: 100)
    let frames = try peer.subscribe("MXSE.orderbooks", Self.sber) + peer.pass(milliseconds: 100)
    let bodies = frames.prefix(8).map { String(buffer: $0.body) }
    #expect(bodies[0].hasSuffix(" ") && bodies[4].hasSuffix(" "))
    #expect(bodies[1].contains("\"colums_\"") && bodies[5].contains("\"colums_\""))
    #expect(bodies[2].contains("\"data\":[ \"B\"") && bodies[6].contains("\"data\":[ \"B\""))
    #expect(bodies[3].contains("\"seqnum\"-") && bodies[7].contains("\"seqnum\"-"))
    for frame in frames { #expect(frame.headers["content-length"].flatMap { Int($0) } != nil) }
  }

  @Test func aSubscriptionEndsWithAnErrorInMidStream() throws {
    let peer = try book(["error-subscription=4", "error-code=header"])
    let frames = try peer.pass(milliseconds: 1000)
    #expect(frames.map(\.command) == [.message, .message, .message, .error])
    #expect(frames.last?.headers["subscription"] == "1")
    #expect(frames.last?.headers["error-code"] == "gateway.transport")
    #expect(peer.session.subscriptionCount == 0)
  }

  @Test func anErrorThatNamesNothing() throws {
    let peer = try book(["error-unnamed=3", "error-code=none"])
    let frames = try peer.pass(milliseconds: 100)
    let error = try #require(frames.first { $0.command == .error })
    #expect(error.headers.map(\.name) == ["message"])
    #expect(frames.count { $0.command == .error } == 1)
    #expect(frames.last?.command == .message, "the line goes on")
  }

  @Test func aFrameThatIsNoSTOMP() throws {
    let peer = try book(["malformed=50ms"])
    #expect(throws: FrameError.self) { try peer.pass(milliseconds: 100) }
  }

  @Test func closedAndThenTheLine() throws {
    let peer = try book(["closed=3"])
    let frames = try peer.pass(milliseconds: 50)
    #expect(frames.map(\.command) == [.message, .message, .closed])
    #expect(peer.closeCode == nil)
    #expect(try peer.pass(milliseconds: 100) == [])
    #expect(peer.closeCode == 1000)
  }

  @Test(arguments: [
    ("cut", GatewayAction.cut), ("reset", .reset), ("half-open", .hold), ("silence", nil as GatewayAction?),
  ])
  func theLineGoesWrong(_ name: String, _ action: GatewayAction?) throws {
    for moment in ["5", "45ms"] {
      let peer = try book(["\(name)=\(moment)"])
      let frames = try peer.pass(milliseconds: 1000)
      #expect(frames.count == 4, "\(moment)")
      #expect(peer.faults == [action].compactMap(\.self))
      #expect(peer.session.nextWakeUp == nil)
      #expect(peer.market.tickers(of: "MXSE").isEmpty == false)
      // Whatever is said now is not answered.
      #expect(try peer.request("COMMON.engines") == [])
      #expect(peer.session.subscriptionCount == 0)
    }
  }

  @Test func onlyTheFirstLinesAreFaulty() throws {
    for (number, isCut) in [(1, true), (3, true), (4, false)] {
      let peer = try book(["cut=2", "faulty-lines=3"], number: number)
      _ = try peer.pass(milliseconds: 100)
      #expect(peer.faults == (isCut ? [.cut] : []), "line \(number)")
    }
  }

  @Test func theGatewayReadsSlowly() throws {
    let peer = try book(["slow-reader=300ms"])
    #expect(peer.faults == [.pauseReading(300_000), .pauseReading(300_000)], "CONNECT and SUBSCRIBE")
  }

  @Test func aFaultAtAnyTime() throws {
    let peer = try book([])
    #expect(peer.session.strike(.cut, at: peer.now) == [.cut])
    #expect(peer.session.strike(.cut, at: peer.now) == [], "it is gone")
    #expect(try peer.pass(milliseconds: 100) == [])
  }

  /// Duplicates and older packets leave the truth one: whoever applies all in order holds it.
  @Test(arguments: ["duplicate=2", "older=2", "older=5", "second-snapshot=3"], 0..<8 as Range<UInt64>)
  func theTruthStaysOne(_ word: String, _ seed: UInt64) throws {
    for (destination, selector) in [
      ("MXSE.orderbooks", Self.sber as String?), ("MXSE.securities", Self.sber), ("COMMON.turnovers", nil),
      ("COMMON.news", nil),
    ] {
      let peer = try Peer.connected([word], seed: seed, rate: 200)
      let keys = ["MXSE.orderbooks": ["BUYSELL", "PRICE"], "MXSE.securities": ["TICKER"]][destination] ?? ["ID"]
      var table: [[String?]: [String: String]] = [:]
      for frame in try peer.subscribe(destination, selector) + peer.pass(milliseconds: 300) {
        let packet = try ReadPacket(frame)
        if packet.type == "snapshot" { table = [:] }
        for row in packet.rows {
          let cells = zip(packet.columns, row.map(printed))
          let key = keys.map { name in cells.first { $0.0 == name }?.1 }
          if packet.type == "removal" {
            table[key] = nil
            continue
          }
          for (name, cell) in cells { table[key, default: [:]][name] = cell }
        }
      }
      let truth = try #require(peer.session.currentTable(destination, selector)).dictionaries
      #expect(Set(table.values) == Set(truth), "\(destination)")
    }
  }
}
