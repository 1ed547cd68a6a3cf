import NIOCore
import STOMP
import Testing

/// The recorded frames, read where they lie; skipped where they are not.
@Suite(.enabled(if: Files.samples != nil, "shared/issplus is not beside the package"))
struct SampleTests {
  @Test(arguments: [1, 2]) func recordedOrderBooks(number: Int) throws {
    let folder = try #require(Files.samples)
    let input = try #require(Files.bytes(of: "\(folder)/orderbooks-2024-07-01/frame\(number).stomp"))
    let whole = parse(input)
    #expect(whole.error == nil)
    let frame = try #require(whole.frames.first)
    #expect(frame.command == .message)
    #expect(frame.headers.map(\.name) == ["content-length", "destination", "subscription", "X-gateway-stamp"])
    #expect(frame.headers["content-length"] == "694")
    #expect(frame.headers["subscription"] == "")
    #expect(frame.body.readableBytes == 694)
    #expect(parse(input, .every(1)) == whole)
    #expect(parse(input, .random(seed: 7)) == whole)
    #expect(try encoded(frame) == input)
  }

  @Test func framesOfTheOfficialClient() throws {
    let folder = try #require(Files.samples) + "/client-frames"
    let names = Files.names(in: folder, ending: ".stomp")
    #expect(!names.isEmpty)
    for name in names {
      let input = try #require(Files.bytes(of: "\(folder)/\(name)"))
      let outcome = parse(input, .every(3))
      #expect(outcome.error == nil, "\(name)")
      let frame = try #require(outcome.frames.first, "\(name)")
      let built = Frame(frame.command, headers: Headers(frame.headers.map { $0 }))
      #expect(try encoded(built) == input, "\(name)")
    }
  }

  private func encoded(_ frame: Frame) throws -> [UInt8] {
    var buffer = ByteBuffer()
    try FrameEncoder().encode(frame, into: &buffer)
    return Array(buffer.readableBytesView)
  }
}
