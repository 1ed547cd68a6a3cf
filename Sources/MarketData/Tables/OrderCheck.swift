/// Whether the packets of one subscription come in the order of their sequence numbers. It watches; it never decides.
///
/// The rules, and what they rest on (protocol facts 3.1.3 and 3.1.7):
///
/// 1. A seqnum is a whole number of 64 bits. The recorded ones lie above 2^53, so that a floating-point reader sees
///    different numbers as equal.
/// 2. Its gaps mean nothing. Two consecutive recorded packets of one book are 4 apart: it is no counter of a
///    subscription, and a packet is not missing because a number is.
/// 3. Nothing proves that it always grows, nor over which scope. A predecessor of the gateway sent 0 with each snapshot.
///    So packets apply in the order in which they arrive, whatever their numbers say.
/// 4. One whose seqnum does not grow is counted, and reported once a subscription: it may be a repetition, an older state
///    that was sent late, or a gateway that numbers otherwise.
/// 5. To drop such packets is the caller's choice, for a gateway of which more is known. A dropped packet is counted too,
///    and does not move the number that the next one is compared with.
/// 6. A packet without a seqnum is not compared, and the next one is compared with the last that had one.
/// 7. A new SUBSCRIBE, after a break or of the caller's own, begins anew: the snapshot that answers it may repeat the
///    state, and the number, that is known already.
public struct OrderCheck: Sendable, Hashable {
  /// What a seqnum is to the one before.
  public enum Verdict: Sendable, Hashable {
    /// There is nothing to compare: the packet or all before it had none.
    case unknown
    /// Greater than the one before, by whatever step.
    case grows
    /// The same as the one before.
    case repeats
    /// Smaller than the one before.
    case falls
  }

  /// The seqnum that the next one is compared with; `nil` before the first.
  public private(set) var last: UInt64?
  /// Packets whose seqnum did not grow.
  public private(set) var violations = 0

  /// A check that has seen nothing.
  public init() {}

  /// Compares a packet's seqnum with the one before and remembers it.
  ///
  /// - Parameters:
  ///   - seqnum: the packet's; `nil` when it has none.
  ///   - dropsViolations: whether the caller drops a packet whose seqnum does not grow; it is then not remembered.
  public mutating func take(_ seqnum: UInt64?, dropsViolations: Bool = false) -> Verdict {
    guard let seqnum else { return .unknown }
    guard let last else {
      self.last = seqnum
      return .unknown
    }
    if seqnum > last {
      self.last = seqnum
      return .grows
    }
    violations += 1
    if !dropsViolations { self.last = seqnum }
    return seqnum == last ? .repeats : .falls
  }

  /// The subscription is made anew: the next packet is compared with nothing. The count stays.
  public mutating func restart() { last = nil }
}
