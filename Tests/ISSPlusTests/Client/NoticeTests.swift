import NIOConcurrencyHelpers
import STOMP
import Testing

@testable import ISSPlus

/// What no subscriber, request or state tells is told as a notice.
struct NoticeTests {
  private final class Notices: Sendable {
    private let all = NIOLockedValueBox<[SessionNotice]>([])
    func add(_ notice: SessionNotice) { all.withLockedValue { $0.append(notice) } }
    var list: [SessionNotice] { all.withLockedValue { $0 } }

    func wait(_ code: SessionNotice.Code) async -> SessionNotice? {
      while true {
        if let found = list.first(where: { $0.code == code }) { return found }
        await Task.yield()
      }
    }
  }

  @Test("a refused packet and an error that belongs to nothing are told with their words")
  func packetAndError() async throws {
    let notices = Notices()
    try await withScriptedPeer({ $0.onNotice = { notices.add($0) } }) { peer, client in
      async let connected: Void = client.connect()
      let line = try await peer.acceptSession()
      try await connected
      line.send("ERROR", ["message": "Out of order"])
      #expect(await notices.wait(.refusal)?.message.hasSuffix("the gateway says: Out of order") == true)
      let asked = Task { try await client.subscribe("MXSE.orderbooks", ticker: "MXSE.TQBR.SBER") }
      let id = try await line.takeSubscribe(Packets.snapshot("B 100 1"))
      _ = try await asked.value
      line.message(id, Packets.broken)
      let told = await notices.wait(.packetRefused)?.message ?? ""
      #expect(told.hasPrefix("MXSE.orderbooks MXSE.TQBR.SBER: packet refused: row 1, "), "\(told)")
    }
  }

  @Test("a line that is lost before any snapshot is told, with the reason and the next attempt")
  func lossBeforeData() async throws {
    let notices = Notices()
    try await withScriptedPeer({ $0.onNotice = { notices.add($0) } }) { peer, client in
      async let connected: Void = client.connect()
      let line = try await peer.acceptSession()
      try await connected
      line.send(raw: "MESSAGE\nno colon\n\n\0")
      let told = await notices.wait(.lineLost)?.message ?? ""
      #expect(told.contains("header line without a colon") && told.contains("; next attempt in "), "\(told)")
    }
  }

  @Test("a passcode that the gateway repeats is not told; the guest's is no secret")
  func repeatedPasscode() {
    let refusal = GatewayRefusal(Frame(.error, headers: ["message": "Denied pw HUNTER for guest"]))
    #expect(refusal.hiding("HUNTER").text == "Denied pw *** for guest")
    #expect(refusal.hiding("HUNTER").code == refusal.code)
    #expect(refusal.hiding("guest").text == refusal.text)
  }
}
