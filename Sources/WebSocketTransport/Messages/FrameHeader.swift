internal import NIOCore

/// What a frame is.
enum FrameKind: UInt8 {
  case continuation = 0x0
  case text = 0x1
  case binary = 0x2
  case close = 0x8
  case ping = 0x9
  case pong = 0xA

  var isControl: Bool { rawValue & 0x8 != 0 }
}

/// The header of one frame, read only when all of it is there.
///
/// There is no state between two reads that could get lost: each try begins at the frame's first byte. Every rule is
/// checked as soon as its byte has come, long before the payload.
struct FrameHeader: Equatable {
  var isFinal: Bool
  var kind: FrameKind
  var payloadLength: Int
  var maskingKey: UInt32?
  var headerLength: Int

  var frameLength: Int { headerLength + payloadLength }

  /// The header at the reader index, `nil` when more bytes are needed.
  static func peek(
    _ buffer: ByteBuffer, from role: WebSocketRole, maxFrameSize: Int
  ) throws(ProtocolFault) -> FrameHeader? {
    let start = buffer.readerIndex
    guard let first = buffer.getInteger(at: start, as: UInt8.self) else { return nil }
    guard first & 0x70 == 0 else { throw .violation("set a reserved bit of a frame") }
    guard let kind = FrameKind(rawValue: first & 0x0F) else {
      throw .violation("used the reserved opcode \(first & 0x0F)")
    }
    let isFinal = first & 0x80 != 0
    guard isFinal || !kind.isControl else { throw .violation("fragmented a control frame") }

    guard let second = buffer.getInteger(at: start + 1, as: UInt8.self) else { return nil }
    let isMasked = second & 0x80 != 0
    switch role {
    case .client: guard isMasked else { throw .violation("is a client and sent a frame without a mask") }
    case .server: guard !isMasked else { throw .violation("is a server and sent a masked frame") }
    }

    var headerLength = 2
    let length: UInt64
    switch second & 0x7F {
    case 127:
      guard !kind.isControl else { throw .violation("sent a control frame of more than 125 bytes") }
      guard let long = buffer.getInteger(at: start + 2, as: UInt64.self) else { return nil }
      guard long > 0xFFFF else { throw .violation("wrote the length of a frame longer than needed") }
      length = long
      headerLength += 8
    case 126:
      guard !kind.isControl else { throw .violation("sent a control frame of more than 125 bytes") }
      guard let medium = buffer.getInteger(at: start + 2, as: UInt16.self) else { return nil }
      guard medium > 125 else { throw .violation("wrote the length of a frame longer than needed") }
      length = UInt64(medium)
      headerLength += 2
    case let short:
      length = UInt64(short)
    }
    guard length <= UInt64(maxFrameSize) else {
      throw .tooBig("sent a frame of \(length) bytes, the limit is \(maxFrameSize)")
    }

    var maskingKey: UInt32?
    if isMasked {
      guard let key = buffer.getInteger(at: start + headerLength, as: UInt32.self) else { return nil }
      maskingKey = key
      headerLength += 4
    }
    return FrameHeader(
      isFinal: isFinal, kind: kind, payloadLength: Int(length), maskingKey: maskingKey, headerLength: headerLength)
  }

  /// The longest header there is.
  static let maximumLength = 14
}

extension ByteBuffer {
  /// The sizes of header and payload of a final, unmasked binary frame of 126 to 65,535 bytes that is all there.
  func quickBinaryFrame(limit: Int) -> (header: Int, payload: Int)? {
    withUnsafeReadableBytes { bytes in
      guard bytes.count > 4, bytes[0] == 0x80 | FrameKind.binary.rawValue, bytes[1] == 126 else { return nil }
      let payload = Int(bytes[2]) << 8 | Int(bytes[3])
      guard payload > 125, payload <= limit, bytes.count >= 4 + payload else { return nil }
      return (4, payload)
    }
  }

  /// Writes a frame header; the payload has to follow.
  mutating func writeFrameHeader(_ kind: FrameKind, isFinal: Bool, payloadLength: Int, maskingKey: UInt32?) {
    writeInteger((isFinal ? 0x80 : 0) | kind.rawValue)
    let maskBit: UInt8 = maskingKey == nil ? 0 : 0x80
    if payloadLength <= 125 {
      writeInteger(maskBit | UInt8(payloadLength))
    } else if let medium = UInt16(exactly: payloadLength) {
      writeInteger(maskBit | 126)
      writeInteger(medium)
    } else {
      writeInteger(maskBit | 127)
      writeInteger(UInt64(payloadLength))
    }
    if let maskingKey { writeInteger(maskingKey) }
  }

  /// Masks or unmasks `length` bytes that begin `offset` bytes behind the reader index, in place when nothing else
  /// holds the storage.
  mutating func applyMask(_ key: UInt32, offset: Int, length: Int) {
    withUnsafeMutableReadableBytes { all in
      let bytes = UnsafeMutableRawBufferPointer(rebasing: all[offset..<offset + length])
      // The key's four bytes in memory order, twice.
      let word = UInt64(key.bigEndian) << 32 | UInt64(key.bigEndian)
      var index = 0
      while index + 8 <= length {
        let value = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
        bytes.storeBytes(of: value ^ word, toByteOffset: index, as: UInt64.self)
        index += 8
      }
      while index < length {
        bytes[index] ^= UInt8(truncatingIfNeeded: key >> (24 - 8 * UInt32(index & 3)))
        index += 1
      }
    }
  }
}
