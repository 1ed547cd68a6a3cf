import Capture
import NIOCore

/// A small seeded generator, so that a failing run can be repeated.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

/// All that a reader gave for some input.
struct Outcome: Equatable {
  var records: [CaptureRecord] = []
  var tail: TornTail?
  var error: CaptureError?
}

func read(
  _ bytes: some Collection<UInt8>, limits: CaptureLimits = .default, pieces: () -> Int = { .max }
) -> Outcome {
  var reader = CaptureReader(limits: limits)
  var outcome = Outcome()
  var rest = bytes[...]
  do throws(CaptureError) {
    while !rest.isEmpty {
      let piece = rest.prefix(pieces())
      rest = rest.dropFirst(piece.count)
      reader.append(ByteBuffer(bytes: piece))
      while let record = try reader.next() { outcome.records.append(record) }
    }
    outcome.tail = try reader.finish()
  } catch {
    outcome.error = error
  }
  return outcome
}

func write(_ records: [CaptureRecord]) -> [UInt8] {
  var buffer = ByteBuffer()
  let writer = CaptureWriter()
  writer.writeFirstLine(into: &buffer)
  for record in records { writer.write(record, into: &buffer) }
  return Array(buffer.readableBytesView)
}

func randomRecords(_ generator: inout SeededGenerator, count: Int) -> [CaptureRecord] {
  (0..<count).map { _ in
    let kind = CaptureRecord.Kind.allCases.randomElement(using: &generator) ?? .incoming
    let size =
      switch kind {
      case .open, .close: 0
      case .incoming, .outgoing: Int.random(in: 0...30, using: &generator)
      }
    let alphabet = Array("\n\0 019inoutCONNECT:".utf8) + [0xFF]
    return CaptureRecord(
      nanoseconds: Int64.random(in: 0...Int64.max, using: &generator),
      connection: Int.random(in: 0...Int.max, using: &generator), kind: kind,
      payload: ByteBuffer(bytes: (0..<size).map { _ in alphabet.randomElement(using: &generator) ?? 0 }))
  }
}
