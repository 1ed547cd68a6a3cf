import NIOCore
import NIOEmbedded
import STOMP
import WebSocketTransport

@testable import ISSPlus

/// One line whose other end is played by a script: nothing takes time, and everything the client says is kept.
final class ScriptedLine: SessionConnection {
  /// What the client did.
  enum Deed {
    case frame(Frame)
    case close
    case abort
  }

  struct Refused: Error {}

  private let handler: LineHandler
  private let loop: EmbeddedEventLoop
  private var parser = FrameParser(dialect: .issPlus)
  private var held: [ByteBuffer] = []
  private var isPaused = false
  private(set) var isOver = false
  private var isOpen = false
  /// What the client did and the script has not looked at.
  var deeds: [Deed] = []

  init(_ handler: LineHandler, _ loop: EmbeddedEventLoop) {
    self.handler = handler
    self.loop = loop
  }

  // MARK: The script's end

  func open() {
    isOpen = true
    handler.opened(self)
    handler.readCompleted()
  }

  func refuse() {
    isOver = true
    handler.failed(Refused())
  }

  func say(_ message: ByteBuffer) {
    guard !isOver else { return }
    guard !isPaused else { return held.append(message) }
    handler.received(message, kind: .binary)
    handler.readCompleted()
  }

  func end(_ reason: CloseReason) {
    guard !isOver else { return }
    isOver = true
    if isOpen { handler.closed(reason) } else { handler.failed(Refused()) }
  }

  // MARK: The client's end

  func send(_ message: ByteBuffer) {
    parser.append(message)
    while let frame = try? parser.next() { deeds.append(.frame(frame)) }
  }

  func pauseReading() { isPaused = true }

  func resumeReading() {
    isPaused = false
    let messages = held
    held = []
    for message in messages { say(message) }
  }

  func close() { leave(.close, .clean(code: 1000, reason: "")) }
  func abort() { leave(.abort, .localAbort) }

  private func leave(_ deed: Deed, _ reason: CloseReason) {
    guard !isOver else { return }
    deeds.append(deed)
    loop.assumeIsolatedUnsafeUnchecked().execute { self.end(reason) }
  }
}

/// The attempts of a client that a script answers.
final class ScriptedLines: SessionConnector {
  let loop: EmbeddedEventLoop
  private(set) var attempts: [ScriptedLine] = []
  private(set) var lines: [ScriptedLine] = []

  init(_ loop: EmbeddedEventLoop) { self.loop = loop }

  func connect(_ handler: LineHandler) { attempts.append(ScriptedLine(handler, loop)) }

  /// Opens the oldest attempt; `nil` where the client makes none.
  func accept() -> ScriptedLine? {
    guard let line = take() else { return nil }
    lines.append(line)
    line.open()
    return line
  }

  /// Takes the oldest attempt.
  func take() -> ScriptedLine? { attempts.isEmpty ? nil : attempts.removeFirst() }
}
