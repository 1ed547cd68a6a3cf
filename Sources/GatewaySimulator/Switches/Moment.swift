/// When a fault strikes: after so many packets of a connection, or so long after its CONNECTED.
enum Moment: Sendable, Hashable {
  case packets(Int)
  case microseconds(Int64)

  /// `5` packets, or a duration such as `250ms`.
  init?(_ text: String) {
    if let count = Int(text) {
      guard count > 0 else { return nil }
      self = .packets(count)
    } else {
      guard let duration = SimulatorSwitches.microseconds(text) else { return nil }
      self = .microseconds(duration)
    }
  }
}
