import MarketData
import NIOCore
import STOMP
import Testing
import WebSocketTransport

@testable import ISSPlus

/// Large messages in many pieces, and what comes between and behind them.
struct LargeMessageTests {
  @Test("a fragmented snapshot of 5 MB between odd frames: nothing is lost, nothing dies")
  func fragmentedSnapshot() async throws {
    try await withScriptedPeer { peer, client in
      async let connected: Void = client.connect()
      let line = try await peer.acceptSession()
      try await connected
      async let asked = client.subscribe("MXCX.orderbooks", ticker: "MXCX.CETS.USD000UTSTOM", delivery: .lossless)
      let id = try await line.expect("SUBSCRIBE").headers["id"] ?? ""
      line.send("RECEIPT", ["receipt-id": id])
      let subscription = try await asked
      let count = 200_000
      let rows = (1...count).map { "[\"B\",[\($0).25,2],\($0)]" }.joined(separator: ",")
      let body =
        #"{"properties":{"type":"snapshot","seqnum":1},"columns":["BUYSELL","PRICE","QUANTITY"],"data":["# + rows + "]}"
      #expect(body.utf8.count > 5_000_000)
      let frame = line.frame("MESSAGE", ["destination": "MXCX.orderbooks", "subscription": id], body)
      var bytes = ByteBuffer()
      try FrameEncoder().encode(frame, into: &bytes)
      line.send(raw: "\n")
      line.send("NEVERHEARDOF", ["x": "y"])
      var pieces: [ByteBuffer] = []
      while let piece = bytes.readSlice(length: min(16_000, max(1, bytes.readableBytes))) { pieces.append(piece) }
      #expect(pieces.count > 300)
      line.connection.send(fragments: pieces)
      let update = #"{"properties":{"type":"updates","seqnum":2},"columns":["BUYSELL","PRICE","QUANTITY"],"#
      line.send([
        line.frame("RECEIPT", ["receipt-id": "nobody"]),
        line.frame(
          "MESSAGE", ["destination": "MXCX.orderbooks", "subscription": id], update + #""data":[["B",[1.25,2],7]]}"#),
      ])
      var changes = subscription.changes.makeAsyncIterator()
      let snapshot = try #require(try await changes.next())
      #expect(snapshot.changes.count == count)
      #expect(snapshot.changes.last?.after?["PRICE"]?.description == "\(count).25")
      #expect(snapshot.state == .live)
      let next = try #require(try await changes.next())
      #expect(next.changes.map { $0.after?["QUANTITY"] } == [.integer(7)])
      #expect(await subscription.table()?.count == count)
    }
  }
}
