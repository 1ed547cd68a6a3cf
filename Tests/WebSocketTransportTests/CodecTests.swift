import NIOCore
import Testing

@testable import WebSocketTransport

@Suite("Parts of the codec") struct CodecTests {
  @Test("masking equals the byte-wise definition at every length and offset")
  func masking() {
    let key: UInt32 = 0x12_34_AB_CD
    let keyBytes: [UInt8] = [0x12, 0x34, 0xAB, 0xCD]
    for length in 0...40 {
      for offset in 0...9 {
        let plain = (0..<UInt8(offset + length)).map { $0 &* 37 }
        var buffer = ByteBuffer(bytes: plain)
        buffer.applyMask(key, offset: offset, length: length)
        var expected = plain
        for index in 0..<length { expected[offset + index] ^= keyBytes[index % 4] }
        #expect(Array(buffer.readableBytesView) == expected)
      }
    }
  }

  @Test("a header that is written is read back", arguments: [0, 1, 125, 126, 65535, 65536, 1 << 20])
  func headers(length: Int) throws {
    for key in [nil, 0, 0xDEAD_BEEF] as [UInt32?] {
      var buffer = ByteBuffer()
      buffer.writeFrameHeader(.binary, isFinal: false, payloadLength: length, maskingKey: key)
      let header = try FrameHeader.peek(buffer, from: key == nil ? .server : .client, maxFrameSize: 1 << 20)
      #expect(
        header
          == FrameHeader(
            isFinal: false, kind: .binary, payloadLength: length, maskingKey: key, headerLength: buffer.readableBytes))
    }
  }

  @Test("no prefix of a header is taken for a header")
  func prefixes() throws {
    for length in [0, 300, 70000] {
      for key in [nil, 7] as [UInt32?] {
        var buffer = ByteBuffer()
        buffer.writeFrameHeader(.text, isFinal: true, payloadLength: length, maskingKey: key)
        for count in 0..<buffer.readableBytes {
          let prefix = try #require(buffer.getSlice(at: 0, length: count))
          let header = try FrameHeader.peek(prefix, from: key == nil ? .server : .client, maxFrameSize: 1 << 20)
          #expect(header == nil)
        }
      }
    }
  }

  @Test("the UTF-8 check agrees with the standard library on every pair and on the edges of longer sequences")
  func utf8() {
    let edges: [UInt8] = [
      0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC2, 0xE0, 0xED, 0xF0, 0xF4, 0xF5,
    ]
    var wrong = 0
    for first in UInt8.min ... .max {
      for second in UInt8.min ... .max where !agrees([first, second]) { wrong += 1 }
      for second in edges {
        for third in edges {
          if !agrees([first, second, third]) { wrong += 1 }
          for fourth in edges where !agrees([first, second, third, fourth]) { wrong += 1 }
        }
      }
    }
    #expect(wrong == 0)
  }

  private func agrees(_ bytes: [UInt8]) -> Bool {
    var checker = UTF8Checker()
    let isValid = checker.consume(ByteBuffer(bytes: bytes)) && checker.isComplete
    return isValid == (String(validating: bytes, as: UTF8.self) != nil)
  }

  @Test("UTF-8 may be cut anywhere, also behind eight ASCII bytes")
  func utf8Splits() {
    let bytes = Array("0123456789я€𝄞abcdefghijkl\u{10FFFF}".utf8)
    for first in 0...bytes.count {
      for second in first...bytes.count {
        var checker = UTF8Checker()
        for piece in [bytes[..<first], bytes[first..<second], bytes[second...]] {
          let isValid = checker.consume(ByteBuffer(bytes: piece))
          #expect(isValid)
        }
        #expect(checker.isComplete)
      }
    }
  }

  @Test("a close reason is cut at a character, a code none may send becomes 1000")
  func closeFrames() throws {
    let long = CloseFrame(code: 1005, reason: String(repeating: "я", count: 100))
    #expect(long.code == 1000)
    #expect(long.reason == String(repeating: "я", count: 61))
    #expect(try CloseFrame(long.payload) == long)
    #expect(try CloseFrame(CloseFrame(code: nil, reason: "lost").payload) == CloseFrame(code: nil, reason: ""))
  }

  @Test("text of a peer is made printable")
  func printable() {
    #expect(PrintableText.quote(" a\r\n\t b\u{1B}[31m\u{202E}\u{9B}я ") == "a b [31m я")
    #expect(PrintableText.quote(ByteBuffer(bytes: [0x41, 0xFF, 0x00, 0x42]), limit: 64) == "A\u{FFFD} B")
  }
}
