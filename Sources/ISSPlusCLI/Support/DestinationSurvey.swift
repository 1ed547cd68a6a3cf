import Capture
import NIOCore
import STOMP

/// The destinations of the MESSAGE frames of a file, without a look at their bodies.
///
/// A broken file ends the survey without a word: reading it in earnest says what is wrong.
struct DestinationSurvey {
  private(set) var destinations: [String] = []
  private var known: Set<ByteBuffer> = []
  private var format = CaptureFormat.needsMore
  private var head = ByteBuffer()
  private var captures = CaptureReader()
  private var raw = FrameParser()
  /// Of the connections that are not `connection`.
  private var parsers: [Int: FrameParser] = [:]
  /// The connection of the last record, which mostly is the next one's too.
  private var connection = 0
  private var parser = FrameParser()
  /// The destination of the last frame.
  private var last = ByteBuffer()
  private var isBroken = false

  mutating func read(_ input: Input) throws {
    try input.read { piece, _ in
      take(piece, isComplete: false)
      return !isBroken
    }
    if !isBroken { take(ByteBuffer(), isComplete: true) }
  }

  private mutating func take(_ piece: ByteBuffer, isComplete: Bool) {
    do {
      var piece = piece
      if format == .needsMore {
        head.writeImmutableBuffer(piece)
        format = try CaptureFormat.detect(head, isComplete: isComplete)
        if format == .needsMore { return }
        piece = head
      }
      if format == .stomp {
        raw.append(piece)
        while let frame = try raw.next() { note(frame) }
        return
      }
      captures.append(piece)
      while let record = try captures.next() {
        switch record.kind {
        case .incoming:
          use(record.connection)
          parser.append(record.payload)
          while let frame = try parser.next() { note(frame) }
        case .open:
          use(record.connection)
          parser = FrameParser()
        case .outgoing, .close: continue
        }
      }
    } catch {
      isBroken = true
    }
  }

  private mutating func use(_ wanted: Int) {
    if wanted == connection { return }
    parsers[connection] = parser
    parser = parsers.removeValue(forKey: wanted) ?? FrameParser()
    connection = wanted
  }

  private mutating func note(_ frame: Frame) {
    guard frame.command.known == .message, let name = frame.headers.bytes(of: "destination") else { return }
    if name == last { return }
    last = ByteBuffer(bytes: name.readableBytesView)
    if known.contains(name) { return }
    known.insert(last)
    destinations.append(String(buffer: name))
  }
}
