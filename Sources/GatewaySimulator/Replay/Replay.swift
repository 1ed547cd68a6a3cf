internal import Capture
internal import STOMP

/// A recorded session, ready to be served again: what each subscription brought and when, and what was answered.
public struct Replay: Sendable {
  /// A frame that belongs to a subscription.
  struct Item: Sendable {
    /// When it came, in nanoseconds since 1970-01-01 UTC; never before the item in front of it.
    let time: Int64
    let frame: Frame
  }

  /// A recorded subscription. A reconnect under the same id goes on with it: what it brought then follows.
  struct Stream: Sendable {
    /// The id it had.
    let id: String
    let destination: String
    /// What was asked for; nil when the recording does not hold the SUBSCRIBE.
    let selector: SelectorKey?
    /// As it was written.
    let selectorText: String
    /// When it was asked for, or brought its first frame.
    let begin: Int64
    /// Its items by their place in the recording.
    var items: [Int] = []
  }

  /// The recorded answer to a REQUEST.
  struct Answer: Sendable {
    let destination: String
    let selector: SelectorKey
    /// How long it took, in nanoseconds.
    let latency: Int64
    let frame: Frame
  }

  /// Everything that belongs to subscriptions, in the order of the recording.
  var items: [Item] = []
  var streams: [Stream] = []
  var answers: [Answer] = []
  /// The first CONNECTED.
  var connected: Frame?
  /// When the first and the last record were made.
  var begin: Int64 = 0
  var end: Int64 = 0

  /// Frames of the gateway that name no subscription and no request: they are not served.
  public internal(set) var leftOutCount = 0
  /// Frames that the end of the recording or of a line had cut off: they are not served.
  public internal(set) var cutFrameCount = 0
  /// The incomplete last record, which is skipped: its first byte and its length.
  public internal(set) var tornTail: (offset: Int, byteCount: Int)?
  /// How many frames there are to serve.
  public var itemCount: Int { items.count }
  /// The destinations and selectors that are served, in the order of their SUBSCRIBE.
  public var subscriptions: [String] { streams.map(\.name) }

  /// How long one round of a loop takes, in nanoseconds: the recording, and a second at least, for a file without times
  /// has no length.
  var roundLength: Int64 { max(end - begin, 1_000_000_000) }
}

extension Replay.Stream {
  var name: String { selectorText.isEmpty ? destination : "\(destination) \(selectorText)" }
}

/// How fast a recording is served.
public enum ReplaySpeed: Sendable, Hashable {
  /// So many times as fast as it was recorded.
  case times(Double)
  /// As fast as the client reads.
  case max

  /// From `1x`, `10x`, `0.5x` or `max`; nil for anything else. The factor is from 0.001 to 1,000,000.
  public init?(_ text: String) {
    if text == "max" {
      self = .max
      return
    }
    let digits = text.dropLast()
    guard text.last == "x", digits.first?.isNumber == true,
      digits.utf8.allSatisfy({ $0 == 0x2E || (0x30...0x39).contains($0) }),
      let factor = Double(digits), (0.001...1_000_000).contains(factor)
    else { return nil }
    self = .times(factor)
  }
}

/// A selector as it is compared: the terms in any order, their names in any case; a text that is none as it is.
struct SelectorKey: Sendable, Hashable {
  private let parts: [String]

  init(_ text: String) {
    do {
      parts = try Selector(text).terms.map { "\($0.name.lowercased())=\($0.value)" }.sorted()
    } catch {
      // A quote cannot stand in front of a term: this is equal to no selector that can be read.
      parts = ["\"" + text]
    }
  }
}
