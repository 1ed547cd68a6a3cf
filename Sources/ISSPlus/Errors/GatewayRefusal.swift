import NIOCore
public import STOMP

/// What an ERROR frame says, and what it is about.
public struct GatewayRefusal: Error, Sendable, Hashable {
  /// The class of refusal: named in a header or the body, else taken from the text.
  public let code: GatewayCode
  /// The gateway's own text; empty when it sent none.
  public let text: String
  /// The REQUEST that failed.
  public let requestID: String?
  /// The SUBSCRIBE that failed.
  public let subscriptionID: String?
  /// The frame whose receipt was asked for.
  public let receiptID: String?

  /// How much of a body is taken as text.
  private static let textLimit = 512

  /// Reads an ERROR frame; the code may stand in any header or in the body (protocol facts, 6).
  public init(_ frame: Frame) {
    let message = frame.headers["message"]
    let bodyText = Self.text(of: frame.body)
    var named: GatewayCode?
    // `message` first: it is the header that is known to exist.
    if let message { named = GatewayCode(in: message) }
    for (_, value) in frame.headers where named == nil { named = GatewayCode(in: value) }
    if named == nil { named = GatewayCode(in: String(buffer: frame.body)) }
    let text = [message, bodyText].compactMap { $0 }.first { !$0.isEmpty } ?? ""
    self.text = text
    code = named ?? GatewayCode(meaning: message.map { $0.isEmpty ? bodyText : $0 } ?? bodyText)
    requestID = frame.headers["request-id"]
    subscriptionID = frame.headers["subscription"]
    receiptID = frame.headers["receipt-id"]
  }

  /// The same without a passcode that the gateway repeats in its text; the guest's is no secret.
  func hiding(_ passcode: String) -> GatewayRefusal {
    guard passcode != Credentials.guest.passcode, !passcode.isEmpty, text.contains(passcode) else { return self }
    return GatewayRefusal(self, text: text.replacing(passcode, with: "***"))
  }

  private init(_ other: GatewayRefusal, text: String) {
    self.text = text
    code = other.code
    requestID = other.requestID
    subscriptionID = other.subscriptionID
    receiptID = other.receiptID
  }

  private static func text(of body: ByteBuffer) -> String {
    let size = min(body.readableBytes, textLimit)
    var text = body.getString(at: body.readerIndex, length: size) ?? ""
    while let last = text.last, last == "\0" || last.isWhitespace { text.removeLast() }
    return text
  }
}

extension GatewayRefusal: CustomStringConvertible {
  /// `gateway.access-denied: access denied (Access denied)`.
  public var description: String {
    let base = "\(code.rawValue): \(code.meaning)"
    return text.isEmpty ? base : "\(base) — the gateway says: \(text)"
  }
}
