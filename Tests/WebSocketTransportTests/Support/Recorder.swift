import NIOCore
import WebSocketTransport

/// What a handler was told, in order.
enum Event: Equatable {
  case opened
  case message([UInt8], WebSocketMessageKind)
  case writability(Bool)
  case closed(CloseReason)

  static func text(_ text: String) -> Event { .message(Array(text.utf8), .text) }
  static func binary(_ bytes: [UInt8]) -> Event { .message(bytes, .binary) }
}

/// A handler that writes down what it is told; hooks let a test act from within a call.
final class Recorder: WebSocketMessageHandler {
  var events: [Event] = []
  var readsCompleted = 0
  var connection: WebSocketConnection?
  var onOpened: ((WebSocketConnection) -> Void)?
  var onMessage: ((Recorder, ByteBuffer) -> Void)?

  func opened(_ connection: WebSocketConnection) {
    self.connection = connection
    events.append(.opened)
    onOpened?(connection)
  }

  func received(_ message: ByteBuffer, kind: WebSocketMessageKind) {
    events.append(.message(Array(message.readableBytesView), kind))
    onMessage?(self, message)
  }

  func readCompleted() { readsCompleted += 1 }

  func writabilityChanged(isWritable: Bool) { events.append(.writability(isWritable)) }

  func closed(_ reason: CloseReason) {
    events.append(.closed(reason))
    connection = nil
  }

  /// Without the `opened` that each recording begins with.
  var afterOpening: [Event] { Array(events.dropFirst()) }

  var closeReason: CloseReason? {
    guard case .closed(let reason) = events.last else { return nil }
    return reason
  }
}
