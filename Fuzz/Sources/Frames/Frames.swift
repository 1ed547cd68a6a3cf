// The parser of STOMP frames against itself: the whole input at once, and in pieces; and what it reads, written and read
// again. Input: a byte of choices, a seed for the pieces, then the stream.

import FuzzSupport
import NIOCore
import STOMP

@main enum Frames {
  static func main() {
    runFuzzer { start, count in
      Frames.one(Input(start, count))
      return 0
    }
  }

  static func one(_ input: Input) {
    var input = input
    let choices = input.byte()
    let seed = input.byte()
    let bytes = input.rest()
    let dialect: Dialect = choices & 1 == 0 ? .issPlus : .stomp12
    let limits =
      choices & 2 == 0
      ? FrameLimits.default : FrameLimits(maxHeaderCount: 3, maxLineLength: 24, maxBodySize: 12)

    var whole = FrameParser(dialect: dialect, limits: limits)
    var frames: [Frame] = []
    var fault: FrameError?
    do throws(FrameError) {
      if !bytes.isEmpty { whole.append(ByteBuffer(bytes: bytes)) }
      while let frame = try whole.next() { frames.append(frame) }
    } catch { fault = error }

    var pieces = FrameParser(dialect: dialect, limits: limits)
    var sizes = Pieces(seed: seed, of: bytes.count)
    var place = 0
    var count = 0
    var other: FrameError?
    do throws(FrameError) {
      while place < bytes.count {
        let size = min(sizes.next(), bytes.count - place)
        pieces.append(ByteBuffer(bytes: bytes[place..<place + size]))
        place += size
        while let frame = try pieces.next() {
          expect(count < frames.count, "a frame that is not in the whole", frame)
          check(frame, frames[count], "a frame in pieces")
          count += 1
        }
      }
    } catch { other = error }
    expect(count == frames.count, "the number of frames", frames.count, count)
    expect(fault == other, "the error", fault as Any, other as Any)
    expect(whole.heartbeatCount == pieces.heartbeatCount, "heart-beats", whole.heartbeatCount, pieces.heartbeatCount)
    expect(whole.frameOffset == pieces.frameOffset || fault != nil, "the place", whole.frameOffset, pieces.frameOffset)
    if let error = fault {
      expect(error.offset >= 0 && error.offset <= bytes.count, "the place of the error", error.offset, bytes.count)
      expect(error.frame == frames.count + 1, "the frame of the error", error.frame, frames.count)
    } else {
      check(&whole, &pieces)
    }
    for frame in frames { writeAgain(frame, dialect) }
  }

  /// The ends of both streams.
  private static func check(_ whole: inout FrameParser, _ pieces: inout FrameParser) {
    let isAtEnd = whole.isAtFrameBoundary
    expect(isAtEnd == pieces.isAtFrameBoundary, "the boundary")
    var one: FrameError?
    var two: FrameError?
    do throws(FrameError) { try whole.finish() } catch { one = error }
    do throws(FrameError) { try pieces.finish() } catch { two = error }
    expect(one == two && (one == nil) == isAtEnd, "the end", one as Any, two as Any)
  }

  /// Equal byte by byte: Swift's own equality takes texts of other bytes for the same.
  private static func check(_ frame: Frame, _ other: Frame, _ what: StaticString, skipping skipped: Int = 0) {
    expect(frame.command.name.utf8.elementsEqual(other.command.name.utf8), what, frame, other)
    expect(frame.body == other.body, what, frame, other)
    expect(frame.headers.count - skipped == other.headers.count, what, frame, other)
    var left = frame.headers.makeIterator()
    for _ in 0..<skipped { _ = left.next() }
    var right = other.headers.makeIterator()
    while let one = left.next() {
      guard let two = right.next(), one.name.utf8.elementsEqual(two.name.utf8),
        one.value.utf8.elementsEqual(two.value.utf8)
      else { difference("\(what)", frame, other) }
      // By name: the first one of that name.
      expect(frame.headers[one.name] == other.headers[one.name], what, one.name)
    }
  }

  private static func writeAgain(_ frame: Frame, _ dialect: Dialect) {
    var buffer = ByteBuffer()
    do throws(FrameEncodingError) {
      try FrameEncoder(dialect: dialect).encode(frame, into: &buffer)
    } catch {
      expect(buffer.readableBytes == 0, "something was written in spite of an error")
      mayFail(frame, dialect, error)
      return
    }
    let isRaw = dialect == .issPlus && !opens(frame)
    // In this dialect values are written raw: what reads as an escape then was one backslash before.
    if isRaw, frame.headers.contains(where: { $0.name.utf8.contains(0x5C) || $0.value.utf8.contains(0x5C) }) { return }
    // A value that ends with CR is taken for a line that ends with CR LF.
    if frame.headers.contains(where: { $0.value.utf8.last == 0x0D }), !escapes(frame, dialect) { return }
    var parser = FrameParser(dialect: dialect)
    parser.append(buffer)
    do throws(FrameError) {
      guard let again = try parser.next() else { difference("a frame written is not whole", frame) }
      let isAdded = frame.headers.bytes(of: "content-length") == nil && frame.body.readableBytes > 0
      check(again, frame, "a frame written and read", skipping: isAdded ? 1 : 0)
      expect(parser.isAtFrameBoundary, "something behind a frame written")
    } catch { difference("a frame written is refused: \(error)", frame) }
  }

  /// The reasons for which a frame that was read cannot be written.
  private static func mayFail(_ frame: Frame, _ dialect: Dialect, _ error: FrameEncodingError) {
    switch error.code {
    case .contentLengthMismatch:
      // Leading zeros are read and not written.
      expect(frame.headers["content-length"]?.utf8.first == 0x30, "a length that was right is refused", frame)
    case .invalidHeaderName, .invalidHeaderValue:
      // Only where values are written raw.
      expect(!escapes(frame, dialect), "a header that was read is refused", frame, error)
    default: difference("a frame that was read is refused: \(error)", frame)
    }
  }

  private static func opens(_ frame: Frame) -> Bool { frame.command.name == "CONNECT" || frame.command.name == "STOMP" }

  private static func escapes(_ frame: Frame, _ dialect: Dialect) -> Bool {
    dialect == .stomp12 && !opens(frame) && frame.command.name != "CONNECTED"
  }
}
