import NIOCore
import STOMP

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

/// All that a parser gave for some input.
struct Outcome: Equatable {
  var frames: [Frame] = []
  var heartbeats = 0
  var error: FrameError?
}

/// How the input is cut into pieces.
enum Cut {
  case whole
  case every(Int)
  case random(seed: UInt64)
}

func parse(
  _ bytes: [UInt8], _ cut: Cut = .whole, dialect: Dialect = .issPlus, limits: FrameLimits = .default
) -> Outcome {
  var parser = FrameParser(dialect: dialect, limits: limits)
  var outcome = Outcome()
  do throws(FrameError) {
    for piece in pieces(bytes, cut) {
      parser.append(ByteBuffer(bytes: piece))
      while let frame = try parser.next() { outcome.frames.append(frame) }
    }
    try parser.finish()
  } catch {
    outcome.error = error
  }
  outcome.heartbeats = parser.heartbeatCount
  return outcome
}

func parse(
  _ text: String, _ cut: Cut = .whole, dialect: Dialect = .issPlus, limits: FrameLimits = .default
) -> Outcome {
  parse(Array(text.utf8), cut, dialect: dialect, limits: limits)
}

private func pieces(_ bytes: [UInt8], _ cut: Cut) -> [ArraySlice<UInt8>] {
  var generator = SeededGenerator(seed: 0)
  if case .random(let seed) = cut { generator = SeededGenerator(seed: seed) }
  var pieces: [ArraySlice<UInt8>] = []
  var start = 0
  while start < bytes.count {
    let size =
      switch cut {
      case .whole: bytes.count
      case .every(let size): size
      case .random: Int.random(in: 1...max(1, Int.random(in: 1...bytes.count, using: &generator)), using: &generator)
      }
    pieces.append(bytes[start..<min(start + size, bytes.count)])
    start += size
  }
  return pieces
}

extension Frame {
  /// One line of a `.frames` fixture: `MESSAGE ["name":"value"] "body"`.
  var dump: String {
    let fields = headers.map { "\(literal($0.name)):\(literal($0.value))" }.joined(separator: ",")
    let text = String(validating: body.readableBytesView, as: UTF8.self)
    let shown =
      text.map(literal) ?? "hex " + body.readableBytesView.map { String($0, radix: 16) }.joined(separator: " ")
    return "\(command.name) [\(fields)] \(shown)"
  }
}

private func literal(_ text: String) -> String {
  var result = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": result += "\\\""
    case "\\": result += "\\\\"
    case "\n": result += "\\n"
    case "\r": result += "\\r"
    case "\t": result += "\\t"
    case "\0": result += "\\0"
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result + "\""
}
