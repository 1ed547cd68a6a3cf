internal import NIOCore
internal import STOMP

/// Frames on their way out, written by hand: what the simulator sends must not follow the client's encoder.
struct ServerFrame {
  private(set) var buffer: ByteBuffer

  init(_ command: StaticString, reserving bodySize: Int = 0) {
    buffer = ByteBufferAllocator().buffer(capacity: bodySize + 256)
    buffer.writeStaticString(command)
    buffer.writeInteger(UInt8(ascii: "\n"))
  }

  /// A frame with the command and headers that a recorded one has; `values` takes the place of some, nil leaves one out.
  init(like frame: Frame, values: [String: String?]) {
    buffer = ByteBufferAllocator().buffer(capacity: frame.body.readableBytes + 256)
    buffer.writeString(frame.command.name)
    buffer.writeInteger(UInt8(ascii: "\n"))
    for (name, recorded) in frame.headers {
      guard let value = values[name, default: recorded] else { continue }
      write(name, value)
    }
  }

  private mutating func write(_ name: String, _ value: String) {
    buffer.writeString(name)
    buffer.writeInteger(UInt8(ascii: ":"))
    writeValue(value)
  }

  /// Writes a header. Line ends, and backslashes that would read as an escape, are escaped; NUL is left out.
  mutating func header(_ name: StaticString, _ value: String) {
    buffer.writeStaticString(name)
    buffer.writeInteger(UInt8(ascii: ":"))
    writeValue(value)
  }

  private mutating func writeValue(_ value: String) {
    let isPlain = !value.utf8.contains { $0 == 0x0A || $0 == 0x0D || $0 == 0 || $0 == 0x5C }
    if isPlain { buffer.writeString(value) } else { writeEscaped(Array(value.utf8)) }
    buffer.writeInteger(UInt8(ascii: "\n"))
  }

  private mutating func writeEscaped(_ bytes: [UInt8]) {
    for (place, byte) in bytes.enumerated() {
      switch byte {
      case 0: break
      case 0x0A: buffer.writeStaticString("\\n")
      case 0x0D: buffer.writeStaticString("\\r")
      case 0x5C:
        let next = place + 1 < bytes.count ? bytes[place + 1] : 0
        let readsAsEscape = next == 0x5C || next == 0x63 || next == 0x6E || next == 0x72
        buffer.writeStaticString(readsAsEscape ? "\\\\" : "\\")
      default: buffer.writeInteger(byte)
      }
    }
  }

  /// Ends the frame with its body and the NUL.
  mutating func end(body: some Collection<UInt8>) -> ByteBuffer {
    buffer.writeInteger(UInt8(ascii: "\n"))
    buffer.writeBytes(body)
    buffer.writeInteger(UInt8(0))
    return buffer
  }

  /// Ends the frame without a body.
  mutating func end() -> ByteBuffer { end(body: EmptyCollection()) }
}
