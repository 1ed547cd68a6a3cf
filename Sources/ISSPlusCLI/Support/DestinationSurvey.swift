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
  private var parsers: [Int: FrameParser] = [:]
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
          var parser = parsers.removeValue(forKey: record.connection) ?? FrameParser()
          parser.append(record.payload)
          while let frame = try parser.next() { note(frame) }
          parsers[record.connection] = parser
        case .open: parsers[record.connection] = nil
        case .outgoing, .close: continue
        }
      }
    } catch {
      isBroken = true
    }
  }

  private mutating func note(_ frame: Frame) {
    guard frame.command.known == .message, let name = frame.headers.bytes(of: "destination") else { return }
    if known.contains(name) { return }
    known.insert(ByteBuffer(bytes: name.readableBytesView))
    destinations.append(String(buffer: name))
  }
}
