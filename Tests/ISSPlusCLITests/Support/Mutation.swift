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

/// Changes recordings a little: most mutants are still read to their end.
struct Mutation {
  var generator: SeededGenerator

  private static let words: [String] = [
    "0", "-1", "1e3", "18446744073709551616", "null", "true", "\"\"", "\"\\ud800\"", "[", "]", "{}", ",", ":", "\n",
    "\0",
    "\\", "\u{301}", "updates", "removal", "snapshot", "[1.50,2]", "[null,2]", "MESSAGE\n", "UNSUBSCRIBE\nid:1\n\n\0",
    "content-length:3\n", "\"PRICE\"", ".5", "00",
  ]

  /// A mutant of a capture or of raw frames.
  mutating func mutant(of bytes: [UInt8]) -> [UInt8] {
    if Int.random(in: 0..<4, using: &generator) > 0, var records = Self.records(bytes) {
      mutate(&records)
      return Self.capture(records)
    }
    var mutant = bytes
    for _ in 0..<Int.random(in: 1...3, using: &generator) { mutate(&mutant) }
    return mutant
  }

  private mutating func mutate(_ records: inout [CaptureRecord]) {
    for _ in 0..<Int.random(in: 1...4, using: &generator) where !records.isEmpty {
      let place = Int.random(in: records.indices, using: &generator)
      switch Int.random(in: 0..<8, using: &generator) {
      case 0: records.remove(at: place)
      case 1: records.insert(records[place], at: Int.random(in: records.indices, using: &generator))
      case 2: records.swapAt(place, Int.random(in: records.indices, using: &generator))
      case 3: records[place].connection = Int.random(in: 0...2, using: &generator)
      case 4:
        let kind: CaptureRecord.Kind = Bool.random(using: &generator) ? .open : .close
        records.insert(CaptureRecord(nanoseconds: 5, connection: 0, kind: kind), at: place)
      default:
        var payload = Array(records[place].payload.readableBytesView)
        mutate(&payload)
        records[place].payload = ByteBuffer(bytes: payload)
      }
    }
  }

  private mutating func mutate(_ bytes: inout [UInt8]) {
    guard !bytes.isEmpty else { return }
    let place = Int.random(in: bytes.indices, using: &generator)
    let end = min(bytes.count, place + Int.random(in: 1...12, using: &generator))
    switch Int.random(in: 0..<7, using: &generator) {
    case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
    case 1: bytes.removeSubrange(place..<end)
    case 2: bytes.insert(contentsOf: bytes[place..<end], at: place)
    case 3: bytes.insert(contentsOf: (Self.words.randomElement(using: &generator) ?? "").utf8, at: place)
    case 4: bytes.replaceSubrange(place..<end, with: (Self.words.randomElement(using: &generator) ?? "").utf8)
    default:
      // Another digit: numbers change and all stays well-formed.
      let digits = bytes.indices.filter { (0x30...0x39).contains(bytes[$0]) }
      if let digit = digits.randomElement(using: &generator) {
        bytes[digit] = UInt8.random(in: 0x30...0x39, using: &generator)
      }
    }
  }

  /// Cuts into pieces at random.
  mutating func pieces(_ bytes: [UInt8]) -> [ByteBuffer] {
    var pieces: [ByteBuffer] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      let size = Int.random(in: 1...max(1, rest.count / 2), using: &generator)
      pieces.append(ByteBuffer(bytes: rest.prefix(size)))
      rest = rest.dropFirst(size)
    }
    return pieces
  }

  private static func records(_ bytes: [UInt8]) -> [CaptureRecord]? {
    var reader = CaptureReader()
    reader.append(ByteBuffer(bytes: bytes))
    var records: [CaptureRecord] = []
    do throws(CaptureError) {
      while let record = try reader.next() { records.append(record) }
    } catch {
      return nil
    }
    return records
  }

  private static func capture(_ records: [CaptureRecord]) -> [UInt8] {
    var bytes = ByteBuffer()
    let writer = CaptureWriter()
    writer.writeFirstLine(into: &bytes)
    for record in records { writer.write(record, into: &bytes) }
    return Array(bytes.readableBytesView)
  }
}
