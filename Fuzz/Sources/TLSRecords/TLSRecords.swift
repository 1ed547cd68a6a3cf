// TLS: bytes that are none, and a genuine handshake and data cut into pieces anywhere and altered in one place. What comes
// out is always a beginning of what the peer sent. Most handshakes resume a session. Input: a byte of choices, a seed for
// the pieces, where to alter and how, then bytes.

import FuzzSupport
import NIOCore
import NIOEmbedded

@testable import WebSocketTransport

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@main enum TLSRecords {
  static func main() {
    runFuzzer { start, count in
      TLSRecords.one(Input(start, count))
      return 0
    }
  }

  private static let folder = getenv("ISSPLUS_FUZZ_CERTIFICATE").map { String(cString: $0) } ?? "."
  private static let client = Result { try TLSConfiguration.client(caFile: folder + "/server.pem").context }
  private static let server = Result {
    let context =
      try TLSConfiguration.server(certificateChainFile: folder + "/server.pem", privateKeyFile: folder + "/server.key")
      .context
    Resumption.prolong(context)
    return context
  }
  private static let client12 = Result {
    let context = try TLSConfiguration.client(caFile: folder + "/server.pem").context
    Resumption.limit(context, to: .tls12)
    return context
  }
  private static let resumed12 = Result { try resuming(.tls12) }
  private static let resumed13 = Result { try resuming(.tls13) }

  static func one(_ input: Input) {
    var input = input
    let choices = input.byte()
    do {
      // What costs most is chosen by all bytes, for the fuzzer would keep to it: a handshake with a certificate costs as
      // much as eight that resume by TLS 1.2, one by TLS 1.3 as much as five; and a key for a hello of TLS 1.3 as much as
      // all that follows.
      let chance = input.bytes.reduce(0 as UInt32, { ($0 ^ UInt32($1)) &* 16_777_619 }) >> 8 & 63
      switch (choices & 3, choices & 4) {
      case (0, _):
        let context = chance == 0 ? client : chance <= 4 ? resumed13 : resumed12
        try altered(context.get(), &input)
      case (_, 0):
        let context = chance & 3 == 0 ? client : client12
        try foreign(&input) { try .client(context.get(), peerName: PeerName("good.test")) }
      case (_, _): try foreign(&input) { try .server(server.get()) }
      }
    } catch { difference("a connection cannot be made: \(error)") }
  }

  /// A client's context that has the session of a whole conversation.
  private static func resuming(_ version: Resumption.Version) throws -> TLSContext {
    let context = try TLSConfiguration.client(caFile: folder + "/server.pem").context
    Resumption.prepare(context, version)
    let nothingIsAltered: [UInt8] = [1, 0, 0, 0, 1, 2, 3]
    for isFirst in [true, false] {
      expect(Resumption.hasSession(context) != isFirst, "no session to resume")
      try nothingIsAltered.withUnsafeBufferPointer {
        var input = Input($0.baseAddress, $0.count)
        try altered(context, &input)
      }
    }
    return context
  }

  /// Bytes of anybody, in pieces: the handshake never completes, and fails or waits alike in any pieces.
  private static func foreign(_ input: inout Input, _ make: () throws -> TLSConnection) throws {
    let seed = input.byte()
    let bytes = input.rest()
    var ends: [String] = []
    for isWhole in [true, false] {
      let connection = try make()
      var sizes = Pieces(seed: seed, of: bytes.count)
      var place = 0
      var end = "waits"
      _ = try connection.handshake()
      while place < bytes.count, end == "waits" {
        let next = isWhole ? bytes.count : min(bytes.count, place + sizes.next())
        connection.feed(ByteBuffer(bytes: bytes[place..<next]))
        place = next
        do throws(TransportError) {
          expect(!(try connection.handshake()), "a handshake with nobody")
        } catch { end = "\(error.code)" }
      }
      _ = connection.takeCiphertext(ByteBufferAllocator())
      ends.append(end)
    }
    expect(ends[0] == ends[1], "the handshake in pieces", ends[0], ends[1])
  }

  /// A whole conversation in which one byte to the client is another.
  private static func altered(_ context: TLSContext, _ input: inout Input) throws {
    let seed = input.byte()
    let place = Int(input.byte()) << 8 | Int(input.byte())
    let change = input.byte()
    let data = Array(input.rest())
    let one = try TLSConnection.client(context, peerName: PeerName("good.test"))
    let other = try TLSConnection.server(server.get())
    var sizes = Pieces(seed: max(1, seed), of: 400)
    var received = ByteBuffer()
    var carried = 0
    var isAltered = false
    var isOver = false
    var isWritten = false
    var failure: TransportError?
    let allocator = ByteBufferAllocator()
    var rounds = 0
    while rounds < 200, failure == nil {
      rounds += 1
      do throws(TransportError) {
        isOver = try one.handshake()
        if isOver {
          switch one.read(into: &received) {
          case .needsMore, .closeNotify: break
          case .failed(let error): throw error
          }
        }
      } catch {
        failure = error
        break
      }
      let toServer = one.takeCiphertext(allocator)
      if let toServer { other.feed(toServer) }
      // The server's failures come of the client's alerts.
      guard let isReady = try? other.handshake() else { break }
      if isReady, !isWritten {
        isWritten = true
        try? other.write(ByteBuffer(bytes: data))
        other.closeOutput()
      }
      guard var toClient = other.takeCiphertext(allocator) else {
        if toServer == nil { break }
        continue
      }
      if !isAltered, change != 0, place >= carried, place < carried + toClient.readableBytes {
        let index = toClient.readerIndex + place - carried
        let byte: UInt8 = toClient.getInteger(at: index) ?? 0
        toClient.setInteger(byte ^ change, at: index)
        isAltered = true
      }
      carried += toClient.readableBytes
      while toClient.readableBytes > 0,
        let piece = toClient.readSlice(length: min(sizes.next(), toClient.readableBytes))
      {
        one.feed(piece)
        do throws(TransportError) {
          isOver = try one.handshake()
        } catch {
          failure = error
          break
        }
      }
    }
    let text = Array(received.readableBytesView)
    expect(data.starts(with: text), "what the peer did not send", text, data)
    if !isAltered {
      expect(failure == nil && isOver && text == data, "a conversation that nobody disturbed", failure as Any, rounds)
    }
  }
}
