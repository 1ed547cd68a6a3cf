import ISSPlus
import NIOCore
import STOMP
import Testing

/// What an ERROR frame is taken for (protocol facts, 6).
@Suite struct GatewayRefusalTests {
  private static func refusal(_ headers: [String], _ body: String = "") throws -> GatewayRefusal {
    var parser = FrameParser()
    parser.append(ByteBuffer(string: (["ERROR"] + headers).joined(separator: "\n") + "\n\n" + body + "\0"))
    return GatewayRefusal(try #require(try parser.next()))
  }

  @Test func codesAreThoseOfTheGateway() {
    #expect(
      GatewayCode.allCases.map(\.rawValue) == [
        "gateway.exception", "gateway.timeout", "gateway.transport", "gateway.access-denied", "gateway.invalidrequest",
        "gateway.notimplemented", "gateway.not-connected",
      ])
    #expect(GatewayCode.allCases.filter(\.isRetriable) == [.exception, .timeout, .transport])
    #expect(Set(GatewayCode.allCases.map(\.meaning)).count == 7)
  }

  @Test(arguments: GatewayCode.allCases) func codeAnywhere(code: GatewayCode) throws {
    // A text that would mean something else must not win over a code.
    let other = code == .accessDenied ? "timed out" : "Access denied"
    #expect(try Self.refusal(["message:\(code.rawValue)"]).code == code)
    #expect(try Self.refusal(["message:\(other) [\(code.rawValue)]"]).code == code)
    #expect(try Self.refusal(["message:\(other)", "error-code:\(code.rawValue.uppercased())"]).code == code)
    #expect(try Self.refusal(["x:1", "message:\(other)"], "{\"code\":\"\(code.rawValue)\"}").code == code)
    #expect(try Self.refusal([], String(repeating: "at Class.method ", count: 500) + code.rawValue).code == code)
  }

  @Test(
    arguments: [
      ("Access denied", .accessDenied),
      ("User is not authorized: wrong password", .accessDenied),
      ("Not connected", .notConnected),
      ("Request timed out", .timeout),
      ("Not implemented yet", .notImplemented),
      ("RabbitMQ connection lost", .transport),
      ("Unknown resource MXSE.foo", .invalidRequest),
      ("Forbidden", .invalidRequest),
      ("Invalid selector", .invalidRequest),
      ("Something went wrong with it", .invalidRequest),
      ("Oops", .exception),
      ("", .exception),
    ] as [(String, GatewayCode)]
  )
  func textOnly(text: String, code: GatewayCode) throws {
    #expect(try Self.refusal(["message:\(text)"]).code == code)
    #expect(try Self.refusal([], text).code == code)
    #expect(try Self.refusal(["message:"], text).code == code)
  }

  @Test func textAndWhatItIsAbout() throws {
    let refusal = try Self.refusal(["message:No", "request-id:r", "subscription:s", "receipt-id:t"], "body")
    #expect(refusal.text == "No")
    #expect(refusal.requestID == "r")
    #expect(refusal.subscriptionID == "s")
    #expect(refusal.receiptID == "t")
    #expect(refusal.description == "gateway.exception: the gateway failed unexpectedly — the gateway says: No")
    let bare = try Self.refusal([], " the body \n")
    #expect(bare.text == " the body")
    #expect(bare.requestID == nil)
    #expect(bare.subscriptionID == nil)
    #expect(bare.receiptID == nil)
    #expect(try Self.refusal([]).text == "")
    #expect(try Self.refusal([]).description == "gateway.exception: the gateway failed unexpectedly")
    #expect(try Self.refusal([], String(repeating: "x", count: 10_000)).text.utf8.count == 512)
  }
}
