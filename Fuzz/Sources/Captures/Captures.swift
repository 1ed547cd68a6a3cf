// The reader of captures against itself: the whole file at once, in pieces, and cut anywhere; and what it reads, written
// and read again. Input: a byte of choices, a seed for the pieces, then the file.

import FuzzSupport
import NIOCore

@testable import Capture

@main enum Captures {
  static func main() {
    runFuzzer { start, count in
      Captures.one(Input(start, count))
      return 0
    }
  }

  /// All that a reader gave.
  private struct Outcome {
    var records: [CaptureRecord] = []
    var error: CaptureError?
    var tail: TornTail?
  }

  static func one(_ input: Input) {
    var input = input
    let choices = input.byte()
    let seed = input.byte()
    let bytes = input.rest()
    let limits = choices & 1 == 0 ? CaptureLimits.default : CaptureLimits(maxPayloadSize: 16)
    let whole = read(bytes, limits) { _ in bytes.count }
    var sizes = Pieces(seed: seed, of: bytes.count)
    let pieces = read(bytes, limits) { _ in sizes.next() }
    expect(whole.records == pieces.records, "records in pieces", whole.records, pieces.records)
    expect(whole.error == pieces.error && whole.tail == pieces.tail, "the end", whole, pieces)
    if let error = whole.error {
      expect(error.offset >= 0 && error.offset <= bytes.count, "the place of the error", error)
    } else if let tail = whole.tail {
      expect(tail.offset + tail.byteCount == bytes.count && tail.byteCount > 0, "the tail", tail, bytes.count)
    }
    cut(bytes, limits, whole, at: bytes.isEmpty ? 0 : Int(seed) * 131 % bytes.count)
    if whole.error == nil, !whole.records.isEmpty { writeAgain(whole.records) }
    detect(bytes, whole)
  }

  private static func read(
    _ bytes: UnsafeBufferPointer<UInt8>, _ limits: CaptureLimits, _ size: (Int) -> Int
  ) -> Outcome {
    var reader = CaptureReader(limits: limits)
    var outcome = Outcome()
    var place = 0
    do throws(CaptureError) {
      while place < bytes.count {
        let end = min(bytes.count, place + size(place))
        reader.append(ByteBuffer(bytes: bytes[place..<end]))
        place = end
        while let record = try reader.next() { outcome.records.append(record) }
      }
      outcome.tail = try reader.finish()
    } catch { outcome.error = error }
    return outcome
  }

  /// A file that was cut gives a beginning of the records, and never an error that the whole does not have.
  private static func cut(
    _ bytes: UnsafeBufferPointer<UInt8>, _ limits: CaptureLimits, _ whole: Outcome, at place: Int
  ) {
    let part = UnsafeBufferPointer(rebasing: bytes[..<place])
    let outcome = read(part, limits) { _ in part.count }
    expect(whole.records.starts(with: outcome.records), "records of a file that was cut", outcome.records)
    if let error = outcome.error { expect(whole.error != nil, "an error of a file that was cut", error) }
    if let tail = outcome.tail {
      expect(tail.offset + tail.byteCount == place, "the tail of a file that was cut", tail)
    }
  }

  private static func writeAgain(_ records: [CaptureRecord]) {
    let writer = CaptureWriter()
    var file = ByteBuffer()
    writer.writeFirstLine(into: &file)
    for record in records { writer.write(record, into: &file) }
    let again = file.withUnsafeReadableBytes { raw in
      raw.withMemoryRebound(to: UInt8.self) { bytes in read(bytes, .default) { _ in bytes.count } }
    }
    expect(again.error == nil && again.tail == nil, "what was written is broken", again)
    expect(again.records.count == records.count, "records written", again.records.count, records.count)
    for (one, other) in zip(records, again.records) {
      expect(
        one.nanoseconds == other.nanoseconds && one.connection == other.connection && one.kind == other.kind,
        "a record", one, other)
      if one.kind != .outgoing
        || PasscodeRedaction.placeOfPasscode(in: Array(one.payload.readableBytesView)[...]) == nil
      {
        expect(one.payload == other.payload, "the bytes of a record", one, other)
      } else {
        // Hidden once, it is written as it is.
        expect(PasscodeRedaction.redacted(other.payload) == other.payload, "hidden twice", one, other)
      }
    }
  }

  private static func detect(_ bytes: UnsafeBufferPointer<UInt8>, _ whole: Outcome) {
    let format = try? CaptureFormat.detect(ByteBuffer(bytes: bytes), isComplete: true)
    expect(format != .needsMore, "a file whose form is not known")
    if !whole.records.isEmpty { expect(format == .capture, "a capture that is taken for something else") }
  }
}
