internal import NIOCore

/// The bytes that came and are not used up, and where in the stream they stand.
///
/// A buffer that comes while nothing is left over is taken as it is. Else the bytes are gathered in a buffer of its
/// own, which grows by doubling and is given up as soon as a slice of it went out: so each byte is copied a bounded
/// number of times, however small the pieces are.
struct InputBuffer: Sendable {
  /// How many bytes after a slice can be looked at, where the input has them.
  static let padding = 32

  /// Readable: what is not used up.
  private(set) var bytes = ByteBuffer()
  /// The place of the first readable byte in the stream.
  private(set) var offset = 0
  /// Whether `bytes` is our own, and nobody holds a slice of it.
  private var isOwn = false
  /// Zero bytes written after the readable ones.
  private var zeros = 0

  var count: Int { bytes.readableBytes }

  mutating func append(_ new: ByteBuffer) {
    if new.readableBytes == 0 { return }
    if bytes.readableBytes == 0 {
      bytes = new
      isOwn = false
      zeros = 0
      return
    }
    let needed = new.readableBytes + Self.padding
    if !isOwn || bytes.writableBytes < needed {
      var grown = ByteBufferAllocator().buffer(capacity: (bytes.readableBytes + needed) * 2)
      grown.writeImmutableBuffer(bytes)
      bytes = grown
      isOwn = true
    }
    bytes.writeImmutableBuffer(new)
    zeros = bytes.setRepeatingByte(0, count: Self.padding, at: bytes.writerIndex)
  }

  /// The bytes at a place relative to the first readable one, sharing storage. Up to 32 bytes after the slice's end
  /// can be looked at through `withVeryUnsafeBytes`.
  func slice(at start: Int, count: Int) -> ByteBuffer {
    var whole = bytes
    // Also beyond what is written: whatever stands there may be looked at, and is no part of the slice.
    whole.moveWriterIndex(forwardBy: min(max(zeros, Self.padding), whole.writableBytes))
    let place = whole.readerIndex + start
    let reach = min(count + Self.padding, whole.writerIndex - place)
    guard reach >= count, var slice = whole.getSlice(at: place, length: reach) else { return ByteBuffer() }
    slice.moveWriterIndex(to: slice.readerIndex + count)
    return slice
  }

  /// Uses up bytes; `sharing` says that slices of them went out.
  mutating func consume(_ count: Int, sharing: Bool) {
    bytes.moveReaderIndex(forwardBy: count)
    offset += count
    if sharing { isOwn = false }
  }

  /// Lets go of all bytes.
  mutating func clear() {
    self = InputBuffer(offset: offset + count)
  }

  init() {}

  private init(offset: Int) { self.offset = offset }
}
