import GatewaySimulator
import STOMP
import Testing

/// Candles: the snapshot, the current one, and the turn to the next.
struct CandleTests {
  private func column(_ packet: ReadPacket, _ name: String) -> [String] {
    packet.columns.firstIndex(of: name).map { place in packet.rows.map { printed($0[place]) ?? "" } } ?? []
  }

  @Test(arguments: [
    ("M1", "2024-07-01 12:18:00", "2024-07-01 12:17:00"), ("M10", "2024-07-01 12:10:00", "2024-07-01 12:00:00"),
    ("H1", "2024-07-01 12:00:00", "2024-07-01 11:00:00"), ("D1", "2024-07-01 00:00:00", "2024-06-30 00:00:00"),
    ("W1", "2024-07-01 00:00:00", "2024-06-24 00:00:00"), ("m1", "2024-07-01 00:00:00", "2024-06-01 00:00:00"),
    ("m3", "2024-07-01 00:00:00", "2024-04-01 00:00:00"), ("Q1", "2024-07-01 00:00:00", "2024-04-01 00:00:00"),
  ])
  func snapshotAscendsToTheCurrentCandle(_ interval: String, _ current: String, _ before: String) throws {
    let selector = "ticker=\"MXSE.TQBR.SBER\" and interval=\"\(interval)\""
    let packet = try ReadPacket(Peer.connected().subscribe("MXSE.candles", selector)[0])
    let starts = column(packet, "FROM")
    #expect(starts.count == 256)
    #expect(Array(starts.suffix(2)) == [before, current])
    #expect(zip(starts, starts.dropFirst()).allSatisfy { $0 < $1 })
    #expect(zip(starts, column(packet, "TILL")).allSatisfy { $0 <= $1 })
    for (place, name) in ["OPEN", "CLOSE"].enumerated() {
      let prices = column(packet, name).compactMap { Double($0) }
      let lows = column(packet, "LOW").compactMap { Double($0) }
      let highs = column(packet, "HIGH").compactMap { Double($0) }
      #expect(prices.count == 256 && lows.count == 256 && highs.count == 256, "\(place)")
      #expect(zip(lows, prices).allSatisfy { $0 <= $1 } && zip(prices, highs).allSatisfy { $0 <= $1 })
    }
  }

  @Test(arguments: ["M2", "d1", "M", ""]) func otherIntervalsAreRefused(_ interval: String) throws {
    let selector = "ticker=\"MXSE.TQBR.SBER\" and interval=\"\(interval)\""
    #expect(try Peer.connected().subscribe("MXSE.candles", selector).map(\.command) == [.error])
  }

  @Test func quantityAndTillAreHonoured() throws {
    let selector = "ticker=\"FORTS.RFUD.SiZ6\" and interval=\"H1\" and quantity=\"3\" and till=\"2024-06-28 15:30:00\""
    let peer = try Peer.connected()
    let packet = try ReadPacket(peer.subscribe("FORTS.candles", selector)[0])
    #expect(column(packet, "FROM") == ["2024-06-28 13:00:00", "2024-06-28 14:00:00", "2024-06-28 15:00:00"])
    #expect(try peer.pass(milliseconds: 30_000).isEmpty)
    let refused = "ticker=\"FORTS.RFUD.SiZ6\" and quantity=\"0\""
    #expect(try peer.subscribe("FORTS.candles", refused, id: "2").map(\.command) == [.error])
  }

  @Test func historyIsTheSameForEveryone() throws {
    let selector = "ticker=\"MXSE.TQBR.GAZP\" and till=\"2024-05-01\""
    let first = try ReadPacket(Peer.connected().subscribe("MXSE.candles", selector)[0])
    let again = try Peer.connected()
    try again.pass(milliseconds: 5000)
    #expect(try ReadPacket(again.subscribe("MXSE.candles", selector)[0]).rows == first.rows)
  }

  @Test func currentCandleComesWholeEveryFiveSecondsAndGivesWayToTheNext() throws {
    let peer = try Peer.connected()
    try peer.subscribe("MXSE.candles", "ticker=\"MXSE.TQBR.SBER\" and interval=\"M1\"")
    let frames = try peer.pass(milliseconds: 60_000)
    #expect(frames.count == 12)
    let packets = try frames.map { try ReadPacket($0) }
    #expect(packets.allSatisfy { $0.type == "updates" && $0.columns.count == 8 })
    #expect(column(packets[0], "FROM") == ["2024-07-01 12:18:00"])
    #expect(column(packets[1], "FROM") == ["2024-07-01 12:18:00", "2024-07-01 12:19:00"])
    #expect(column(packets[11], "FROM") == ["2024-07-01 12:19:00"])
    #expect(column(packets[1], "CLOSE")[0] == column(packets[1], "OPEN")[1])
  }
}
