/// What a received frame may be at most. Each limit is checked as soon as the bytes that break it are there.
public struct FrameLimits: Sendable, Hashable {
  /// Headers of one frame, repeated ones counted.
  public let maxHeaderCount: Int
  /// Bytes of the command line or of one header line, without its line end.
  public let maxLineLength: Int
  /// Bytes of a body, without the NUL.
  public let maxBodySize: Int

  /// The limits of a client of ISS+, whose largest known frame has a body of about 104 KB (protocol facts, 1.15).
  public static let `default` = FrameLimits()

  /// Limits; a negative one is taken as 0, one over 2^31 - 1 as that.
  ///
  /// - Parameters:
  ///   - maxHeaderCount: Headers of one frame.
  ///   - maxLineLength: Bytes of one line.
  ///   - maxBodySize: Bytes of a body.
  public init(maxHeaderCount: Int = 64, maxLineLength: Int = 16 * 1024, maxBodySize: Int = 64 * 1024 * 1024) {
    self.maxHeaderCount = min(max(0, maxHeaderCount), Int(Int32.max))
    self.maxLineLength = min(max(0, maxLineLength), Int(Int32.max))
    self.maxBodySize = min(max(0, maxBodySize), Int(Int32.max))
  }
}
