internal import NIOCore

/// Finds a dead peer: one ping at a time, and any sign of life counts. Time is the caller's business.
struct KeepAlive {
  /// What to do when the pong limit has passed.
  enum Verdict: Equatable {
    case waitOn
    case dead
  }

  private var nextPayload = UInt64.random(in: .min ... .max)
  private var outstanding: UInt64?
  private var heard = false

  /// Bytes came from the peer.
  mutating func heardFromPeer() { heard = true }

  /// The interval passed: the payload of the ping to send.
  mutating func ping() -> ByteBuffer {
    nextPayload &+= 1
    outstanding = nextPayload
    heard = false
    return ByteBuffer(integer: nextPayload)
  }

  /// A pong came; true when it answers the ping that is out.
  mutating func pong(_ payload: ByteBuffer) -> Bool {
    guard let outstanding, payload.readableBytes == 8,
      payload.getInteger(at: payload.readerIndex, as: UInt64.self) == outstanding
    else { return false }
    self.outstanding = nil
    return true
  }

  /// The pong limit passed without the pong. While reading is paused the pong may lie in the socket.
  mutating func limitPassed(isPaused: Bool) -> Verdict {
    guard heard || isPaused else { return .dead }
    heard = false
    return .waitOn
  }
}
