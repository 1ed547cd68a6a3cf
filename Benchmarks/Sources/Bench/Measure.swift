import CPeers
import NIOCore

/// Something that can be timed.
struct Subject {
  /// What one call of `work` does.
  let packets: Int
  let bytes: Int
  let work: () -> Void
}

/// A figure of one thing done to one set of packets.
struct Figure {
  /// Nanoseconds a packet, the least of the rounds.
  let nanoseconds: Double
  /// Bytes of a packet on average.
  let bytes: Double

  var megabytesPerSecond: Double { bytes / nanoseconds * 1000 }
}

/// Times subjects by turns: each round does all of them, one behind the other, and the least time of each counts.
///
/// Others use the same machine, and what they take is only ever added to a time. It comes and goes in milliseconds and in
/// hours: subjects that are timed one after the other meet different hours, by turns they meet the same one, and of many
/// short rounds some fall into a moment in which the core is not shared.
final class Measure {
  private static let rounds = 120
  /// The least that is timed at once.
  private static let roundSeconds = 0.004
  /// What a slow subject may take in all; it sits out some of the rounds.
  private static let subjectSeconds = 3.0

  /// What the processor could do in each round, in independent additions a nanosecond.
  private var additions: [Double] = []

  /// Times subjects; nil stays nil.
  ///
  /// - Parameters:
  ///   - outside: is called in the first and in each twelfth round, for what runs in other processes.
  func byTurns(_ subjects: [Subject?], outside: () -> Void = {}) -> [Figure?] {
    let clock = ContinuousClock()
    func seconds(_ subject: Subject, _ repeats: Int) -> Double {
      clock.measure { for _ in 0..<repeats { subject.work() } } / .seconds(1)
    }
    /// How often a subject does its work in a round, and in each how manieth round.
    let plans = subjects.map { subject -> (repeats: Int, every: Int) in
      guard let subject else { return (0, 1) }
      _ = seconds(subject, 1)
      let once = max(seconds(subject, 1), 1e-7)
      let repeats = max(1, Int((Self.roundSeconds / once).rounded(.up)))
      let inAll = Double(Self.rounds) * Double(repeats + 1) * once
      return (repeats, max(1, Int((inAll / Self.subjectSeconds).rounded(.up))))
    }
    var least = subjects.map { _ in Double.infinity }
    for round in 0..<Self.rounds {
      additions.append(additions_a_nanosecond())
      for (place, subject) in subjects.enumerated() {
        guard let subject, round % plans[place].every == 0 else { continue }
        // The one before has left the caches full of its own.
        subject.work()
        least[place] = min(least[place], seconds(subject, plans[place].repeats))
      }
      if round % 12 == 0 { outside() }
    }
    return subjects.indices.map { place in
      subjects[place].map { subject in
        Figure(
          nanoseconds: least[place] * 1e9 / Double(plans[place].repeats * subject.packets),
          bytes: Double(subject.bytes) / Double(subject.packets))
      }
    }
  }

  /// How much of the processor there was; empty where that is not known.
  var quiet: String {
    let sorted = additions.sorted()
    guard let most = sorted.last, most > 0 else { return "" }
    return """
      The processor did \(Results.text(most, 1)) independent additions a nanosecond in the best of the moments in which it \
      was asked, and \(Results.text(sorted[sorted.count / 2], 1)) in the median: where the second is less, others had a \
      part of the core most of the time, which slows code the more the less it waits.

      """
  }
}

extension ByteBuffer {
  /// A body as a parser of frames gives it: a NUL and padding can be read behind it.
  static func padded(_ text: String) -> ByteBuffer {
    var buffer = ByteBufferAllocator().buffer(capacity: text.utf8.count + 64)
    buffer.writeString(text)
    buffer.setRepeatingByte(0, count: 64, at: buffer.writerIndex)
    return buffer
  }
}
