public import NIOCore

/// Takes the bytes of a connection in pieces of any size and gives the frames in them.
///
/// A piece may hold several frames, a frame may come in several pieces. Line feeds between frames (heart-beats) are
/// skipped and counted; lines may end with CR LF (STOMP 1.2). Call ``next()`` until it gives nil before the next
/// ``append(_:)``. Feed a large file in pieces of at most 16 MiB: further inside a buffer, slices become copies.
public struct FrameParser: Sendable {
  /// How header names and values are read.
  public let dialect: Dialect
  /// What a frame may be at most.
  public let limits: FrameLimits
  /// Line ends met between frames.
  public private(set) var heartbeatCount = 0
  /// Frames completed.
  public private(set) var frameCount = 0

  private var input = InputBuffer()
  private var failure: FrameError?
  private var state = FrameState()

  /// A parser at the start of a stream.
  public init(dialect: Dialect = .issPlus, limits: FrameLimits = .default) {
    self.dialect = dialect
    self.limits = limits
  }

  /// The byte of the stream, from 0, at which the frame under way began, or the next one will.
  public var frameOffset: Int { input.offset }

  /// Whether nothing of a frame has come that is not given out. True at the start; false after an error.
  public var isAtFrameBoundary: Bool { input.count == 0 && failure == nil }

  /// Takes the next bytes. They are not copied when nothing was left over from before.
  public mutating func append(_ bytes: ByteBuffer) {
    if failure == nil { input.append(bytes) }
  }

  /// The next complete frame, or nil when more bytes are needed.
  ///
  /// - Throws: ``FrameError``; the same one again from then on.
  public mutating func next() throws(FrameError) -> Frame? {
    if let failure { throw failure }
    do {
      while true {
        if let frame = try advance() { return frame }
        if !input.pull() { return nil }
      }
    } catch {
      fail(error)
      throw error
    }
  }

  /// Says that the input has ended.
  ///
  /// - Throws: ``FrameError`` when it ended within a frame. Frames that ``next()`` has not given out yet count as such.
  public mutating func finish() throws(FrameError) {
    if let failure { throw failure }
    if input.count == 0 { return }
    let message = "the input ends within the frame that began at byte \(input.offset)"
    let error = FrameError(.truncated, message, frame: frameCount + 1, offset: input.offset + input.count)
    fail(error)
    throw error
  }

  private mutating func fail(_ error: FrameError) {
    failure = error
    input.clear()
  }

  @inline(__always)
  private mutating func advance() throws(FrameError) -> Frame? {
    if state.isBetweenFrames {
      // The usual message is one frame: the second look finds nothing.
      if input.bytes.readableBytes == 0 { return nil }
      if let quick = input.bytes.quickMessage(limits) { return give(quick) }
      let skipped = input.bytes.skipLineEnds(from: 0)
      heartbeatCount += skipped.count
      input.consume(skipped.end, sharing: false)
      // A CR alone may be half of a line end.
      let left = input.bytes.readableBytes
      if left == 0 || (left == 1 && input.bytes.byte(at: 0) == 0x0D) { return nil }
    }
    if state.isBetweenFrames, let quick = input.bytes.quickMessage(limits) { return give(quick) }
    let place = FramePlace(frame: frameCount + 1, offset: input.offset, dialect: dialect, limits: limits)
    guard let layout = try state.advance(over: input.bytes, at: place) else { return nil }
    let block = HeaderBlock(
      bytes: input.bytes.part(layout.headers), count: layout.headerCount, reading: layout.reading)
    let body = input.slice(at: layout.body.lowerBound, count: layout.body.count)
    input.consume(layout.body.upperBound + 1, sharing: true)
    state = FrameState()
    frameCount += 1
    return Frame(layout.command, headers: Headers(block), body: body)
  }

  @inline(__always)
  private mutating func give(_ quick: QuickFrame) -> Frame {
    let block = HeaderBlock(
      bytes: input.bytes.part(quick.headers), count: quick.headerCount, reading: .raw, route: quick.route)
    let body = input.slice(at: quick.body.lowerBound, count: quick.body.count)
    input.consume(quick.body.upperBound + 1, sharing: true)
    frameCount += 1
    return Frame(.message, headers: Headers(block), body: body)
  }
}

extension FrameParser: CustomStringConvertible, CustomReflectable {
  /// Where the parser stands; no bytes of the input.
  public var description: String { "frame \(frameCount + 1) byte \(frameOffset), \(input.count) bytes waiting" }

  /// Empty: the bytes that wait may hold a passcode.
  public var customMirror: Mirror { Mirror(self, children: []) }
}
