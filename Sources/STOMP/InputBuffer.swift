internal import NIOCore

/// The bytes that came and are not used up, and where in the stream they stand.
///
/// A buffer that comes while nothing is left over is taken as it is. Else the bytes are gathered in a buffer of its
/// own, which grows by doubling and is given up as soon as a slice of it went out: so each byte is copied a bounded
/// number of times, however small the pieces are. Of a large buffer only as much is copied as completes what was left
/// over: ``pull()`` brings the next part of it, and once the rest is used up the buffer itself is read on.
struct InputBuffer: Sendable {
  /// How many bytes after a slice can be looked at, where the input has them.
  static let padding = 32

  /// Readable: what is not used up.
  private(set) var bytes = ByteBuffer()
  /// The place of the first readable byte in the stream.
  private(set) var offset = 0
  /// Whether `bytes` is our own, and nobody holds a slice of it.
  private var isOwn = false
  /// A large buffer of which only a part has been copied behind what was left over, and how much of it.
  private var waiting: (buffer: ByteBuffer, copied: Int)?
  /// Zero bytes written after the readable ones.
  private var zeros = 0

  /// How much of a large buffer is copied at first; the next parts double.
  private static let firstPart = 2048

  /// All bytes that are there, also those that ``pull()`` brings.
  var count: Int {
    guard let waiting else { return bytes.readableBytes }
    return bytes.readableBytes + waiting.buffer.readableBytes - waiting.copied
  }

  mutating func append(_ new: ByteBuffer) {
    if new.readableBytes == 0 { return }
    if bytes.readableBytes == 0 {
      bytes = new
      isOwn = false
      zeros = 0
      return
    }
    while pull() {}
    if new.readableBytes > 4 * (bytes.readableBytes + Self.firstPart) {
      gather(new.getSlice(at: new.readerIndex, length: Self.firstPart) ?? ByteBuffer())
      waiting = (new, Self.firstPart)
    } else {
      gather(new)
    }
  }

  /// Makes more of the input readable; false when all of it is.
  mutating func pull() -> Bool {
    guard let (buffer, copied) = waiting else { return false }
    let rest = buffer.readableBytes - copied
    let part = min(rest, copied)
    waiting = part == rest ? nil : (buffer, copied + part)
    gather(buffer.getSlice(at: buffer.readerIndex + copied, length: part) ?? ByteBuffer())
    return true
  }

  private mutating func gather(_ new: ByteBuffer) {
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
  mutating func slice(at start: Int, count: Int) -> ByteBuffer {
    // Also beyond what is written: whatever stands there may be looked at, and is no part of the slice. Lent to the slice
    // for a moment; a copy of the whole would count a reference up and down.
    let lent = min(max(zeros, Self.padding), bytes.writableBytes)
    bytes.moveWriterIndex(forwardBy: lent)
    defer { bytes.moveWriterIndex(to: bytes.writerIndex - lent) }
    let place = bytes.readerIndex + start
    let reach = min(count + Self.padding, bytes.writerIndex - place)
    guard reach >= count, var slice = bytes.getSlice(at: place, length: reach) else { return ByteBuffer() }
    slice.moveWriterIndex(to: slice.readerIndex + count)
    return slice
  }

  /// Uses up bytes; `sharing` says that slices of them went out.
  mutating func consume(_ count: Int, sharing: Bool) {
    bytes.moveReaderIndex(forwardBy: count)
    offset += count
    if sharing { isOwn = false }
    if let (buffer, copied) = waiting, bytes.readableBytes <= copied {
      // All that is left is the buffer's.
      let used = copied - bytes.readableBytes
      bytes = buffer
      bytes.moveReaderIndex(forwardBy: used)
      isOwn = false
      zeros = 0
      waiting = nil
    }
  }

  /// Lets go of all bytes.
  mutating func clear() {
    self = InputBuffer(offset: offset + count)
  }

  init() {}

  private init(offset: Int) { self.offset = offset }
}
