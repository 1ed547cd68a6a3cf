/// A way in which a line goes wrong.
public enum LineFault: String, Sendable, Hashable, CaseIterable {
  /// It ends without a close frame, as when a proxy goes away.
  case cut
  /// Half a WebSocket frame, then a TCP reset.
  case reset
  /// Nothing is said any more; the line stays open and its pings are answered.
  case silence
  /// Nothing is said, read or answered any more, not even a ping, and nothing ends.
  case halfOpen = "half-open"
  /// A CLOSED frame; the line is closed a moment later.
  case closed
  /// An ERROR that names nothing; the line goes on.
  case error = "error-unnamed"
  /// Bytes that are no STOMP.
  case malformed
}
