// Header escapes against a model of two dozen lines. Input: a byte of choices, then a header value as it stands on the
// wire or as it is meant.

import FuzzSupport
import NIOCore
import STOMP

@main enum EscapesFuzzer {
  static func main() {
    runFuzzer { start, count in
      EscapesFuzzer.one(Input(start, count))
      return 0
    }
  }

  static func one(_ input: Input) {
    var input = input
    let choices = input.byte()
    let dialect: Dialect = choices & 1 == 0 ? .issPlus : .stomp12
    let command = ["MESSAGE", "CONNECT", "CONNECTED", "RECEIPT"][Int(choices >> 1 & 3)]
    let text = input.rest()
    read(text, command, dialect)
    write(text, command, dialect)
  }

  /// How the backslashes of a frame are read, by the STOMP 1.2 text and the protocol facts (2.1.7).
  private static func model(_ wire: [UInt8], _ command: String, _ dialect: Dialect) -> [UInt8]? {
    let isRaw =
      dialect == .issPlus ? command == "CONNECT" : command == "CONNECT" || command == "CONNECTED"
    if isRaw { return wire }
    var result: [UInt8] = []
    var index = 0
    while index < wire.count {
      let pair = wire[index] == 0x5C ? Array(wire[index...].prefix(2)) : []
      if pair == Array("\\r".utf8) {
        result.append(13)
      } else if pair == Array("\\n".utf8) {
        result.append(10)
      } else if pair == Array("\\c".utf8) {
        result.append(58)
      } else if pair == Array("\\\\".utf8) {
        result.append(92)
      } else if pair.isEmpty || dialect == .issPlus {
        result.append(wire[index])
        index += 1
        continue
      } else {
        return nil
      }
      index += 2
    }
    return result
  }

  private static func read(_ text: UnsafeBufferPointer<UInt8>, _ command: String, _ dialect: Dialect) {
    let wire = text.filter { $0 != 0 && $0 != 10 && $0 != 13 }
    guard wire.count <= 4096, let string = String(validating: wire, as: UTF8.self) else { return }
    var parser = FrameParser(dialect: dialect)
    parser.append(ByteBuffer(string: "\(command)\nkey:\(string)\n\n\0"))
    let expected = model(wire, command, dialect)
    do throws(FrameError) {
      guard let frame = try parser.next() else { difference("no frame", string) }
      guard let expected else { difference("an undefined escape is read", string) }
      expect(frame.headers.bytes(of: "key") == ByteBuffer(bytes: expected), "the meaning", frame, expected)
      expect(frame.headers["key"]?.utf8.elementsEqual(expected) == true, "the text", frame, expected)
      expect(frame.headers.first { $0.name == "key" }?.value.utf8.elementsEqual(expected) == true, "in the sequence")
    } catch {
      expect(expected == nil && error.code == .undefinedEscape, "refused", error, wire)
    }
  }

  private static func write(_ text: UnsafeBufferPointer<UInt8>, _ command: String, _ dialect: Dialect) {
    guard text.count <= 2048, let string = String(validating: text, as: UTF8.self) else { return }
    let isEscaped = dialect == .stomp12 && command != "CONNECT" && command != "CONNECTED"
    let hasNUL = text.contains(0)
    let hasLineEnd = text.contains { $0 == 10 || $0 == 13 }
    let frame = Frame(Command(command), headers: ["key": string])
    var buffer = ByteBuffer()
    do throws(FrameEncodingError) {
      try FrameEncoder(dialect: dialect).encode(frame, into: &buffer)
    } catch {
      expect(hasNUL || (!isEscaped && hasLineEnd), "a value that can be written is refused", error, string)
      return
    }
    expect(!hasNUL && (isEscaped || !hasLineEnd), "a value that cannot be written is written", string)
    let lines = buffer.readableBytesView.count { $0 == 10 }
    expect(lines == 3, "a value makes lines", string)
    guard isEscaped else {
      expect(buffer == ByteBuffer(string: "\(command)\nkey:\(string)\n\n\0"), "not written raw", string)
      return
    }
    var parser = FrameParser(dialect: dialect)
    parser.append(buffer)
    guard let again = try? parser.next() else { difference("not read again", string) }
    expect(again.headers["key"]?.utf8.elementsEqual(text) == true, "written and read again", again, string)
  }
}
