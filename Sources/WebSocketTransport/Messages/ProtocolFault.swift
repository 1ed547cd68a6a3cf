/// A fault of the peer that ends the connection: the close code it is told, and the error the caller gets.
struct ProtocolFault: Error, Hashable {
  var closeCode: UInt16
  var error: TransportError

  static func violation(_ message: String) -> ProtocolFault {
    ProtocolFault(
      closeCode: WebSocketCloseCode.protocolError, error: TransportError(.protocolViolation, "the peer \(message)"))
  }

  static func tooBig(_ message: String) -> ProtocolFault {
    ProtocolFault(
      closeCode: WebSocketCloseCode.messageTooBig, error: TransportError(.messageTooBig, "the peer \(message)"))
  }

  static func invalidUTF8(_ message: String) -> ProtocolFault {
    ProtocolFault(
      closeCode: WebSocketCloseCode.invalidData, error: TransportError(.invalidUTF8, "the peer \(message)"))
  }
}
