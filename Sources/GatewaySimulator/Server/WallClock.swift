#if canImport(Glibc)
  private import Glibc
#elseif canImport(Musl)
  private import Musl
#else
  private import Darwin
#endif
internal import NIOCore

/// Says what time it is. The wall clock is read once; from then on a steady clock is followed, so that the market
/// never sees the time go back.
struct WallClock: Sendable {
  private let start: GatewayTime
  private let steadyStart: NIODeadline

  init() {
    var now = timespec()
    _ = unsafe clock_gettime(CLOCK_REALTIME, &now)
    start = GatewayTime(microseconds: Int64(now.tv_sec) * 1_000_000 + Int64(now.tv_nsec) / 1000)
    steadyStart = .now()
  }

  func now() -> GatewayTime {
    start.advanced(byMicroseconds: (NIODeadline.now() - steadyStart).nanoseconds / 1000)
  }
}
