internal import CISSPlusOpenSSL
internal import NIOCore

/// A queue of bytes on OpenSSL's side of the connection. It belongs to the SSL that it is given to.
struct MemoryBIO {
  let pointer: OpaquePointer

  /// An empty queue; `nil` when there is no memory.
  init?() {
    guard let pointer = BIO_new(BIO_s_mem()) else { return nil }
    ISSPlus_BIO_set_retry_when_empty(pointer)
    self.pointer = pointer
  }

  /// Whether nothing waits in it.
  var isEmpty: Bool { ISSPlus_BIO_pending(pointer) == 0 }

  /// Frees a queue that no SSL has taken.
  func free() {
    BIO_free(pointer)
  }

  /// Puts bytes in; false when there is no memory.
  func write(_ bytes: ByteBuffer) -> Bool {
    bytes.withUnsafeReadableBytes { bytes in
      var rest = bytes[...]
      while !rest.isEmpty {
        let piece = UnsafeRawBufferPointer(rebasing: rest)
        let count = BIO_write(pointer, piece.baseAddress, Int32(clamping: piece.count))
        guard count > 0 else { return false }
        rest = rest.dropFirst(Int(count))
      }
      return true
    }
  }

  /// Takes everything out; `nil` when there is nothing.
  func takeAll(_ allocator: ByteBufferAllocator) -> ByteBuffer? {
    let pending = ISSPlus_BIO_pending(pointer)
    guard pending > 0 else { return nil }
    var buffer = allocator.buffer(capacity: pending)
    while ISSPlus_BIO_pending(pointer) > 0 {
      let count = buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: ISSPlus_BIO_pending(pointer)) { room in
        max(0, Int(BIO_read(pointer, room.baseAddress, Int32(clamping: room.count))))
      }
      guard count > 0 else { break }
    }
    return buffer
  }
}
