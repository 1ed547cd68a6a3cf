internal import NIOCore

/// Takes the passcode out of a message to the gateway.
///
/// Of well-formed frames with a CONNECT or STOMP among them the values of `passcode` headers are replaced, and all else
/// stays.
/// A message that names a passcode and is not well-formed from end to end may hold the secret anywhere behind the
/// word (a line feed or NUL within a passcode looks like the end of a frame), so all that follows the word goes.
enum PasscodeRedaction {
  static let mark = Array("***".utf8)
  private static let word = Array("passcode".utf8)

  static func redacted(_ message: ByteBuffer) -> ByteBuffer {
    let bytes = Array(message.readableBytesView)
    guard let first = placeOfPasscode(in: bytes[...]) else { return message }
    var walk = FrameWalk(bytes: bytes)
    if walk.isWellFormed() {
      guard walk.opensConnection else { return message }
      var covering = FrameWalk(bytes: bytes, covers: true)
      if covering.isWellFormed() { return ByteBuffer(bytes: covering.output) }
    }
    var visible = first + word.count
    // Keep the colon, so that what is left still reads as a header.
    if visible < bytes.count, bytes[visible] == 0x3A { visible += 1 }
    return ByteBuffer(bytes: bytes[..<visible] + mark)
  }

  /// The first place of the word, in letters of either case.
  static func placeOfPasscode(in bytes: ArraySlice<UInt8>) -> Int? {
    guard bytes.count >= word.count else { return nil }
    return bytes.indices.dropLast(word.count - 1).first { start in
      zip(bytes[start...], word).allSatisfy { $0 | 0x20 == $1 }
    }
  }

  /// Covers what follows the word in a body, byte by byte, so that `content-length` stays right.
  static func cover(_ body: ArraySlice<UInt8>) -> [UInt8] {
    guard let place = placeOfPasscode(in: body) else { return Array(body) }
    let visible = body[..<(place + word.count)]
    return visible + [UInt8](repeating: UInt8(ascii: "*"), count: body.count - visible.count)
  }
}

/// Goes through the frames of one message and writes them again, without passcodes when it covers them.
private struct FrameWalk {
  let bytes: [UInt8]
  var covers = false
  var position = 0
  var output: [UInt8] = []
  /// Whether a CONNECT or STOMP frame has been met.
  var opensConnection = false

  /// False as soon as something is not as a frame has to be; `output` is of no use then.
  mutating func isWellFormed() -> Bool {
    while true {
      while position < bytes.count, bytes[position] == 0x0A || isCRLF(position) {
        output.append(bytes[position])
        position += 1
      }
      if position == bytes.count { return true }
      guard frame() else { return false }
    }
  }

  private func isCRLF(_ place: Int) -> Bool {
    bytes[place] == 0x0D && place + 1 < bytes.count && bytes[place + 1] == 0x0A
  }

  private mutating func frame() -> Bool {
    guard let command = line(), !command.isEmpty, command.allSatisfy({ (0x41...0x5A).contains($0) }) else {
      return false
    }
    output += command
    endLine(after: command)
    let isOpening = command.elementsEqual("CONNECT".utf8) || command.elementsEqual("STOMP".utf8)
    if isOpening { opensConnection = true }
    var length: Int?
    while true {
      guard let header = line() else { return false }
      if header.isEmpty {
        endLine(after: header)
        break
      }
      guard let colon = header.firstIndex(of: 0x3A), colon > header.startIndex else { return false }
      let name = header[..<colon]
      let value = header[(colon + 1)...]
      if name.elementsEqual("content-length".utf8), length == nil {
        guard value.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(String(decoding: value, as: UTF8.self))
        else { return false }
        length = number
      }
      if covers, PasscodeRedaction.placeOfPasscode(in: name) != nil {
        output += bytes[header.startIndex...colon] + PasscodeRedaction.mark
      } else {
        output += header
      }
      endLine(after: header)
    }
    return body(length: length, isOpening: isOpening)
  }

  /// The next line without its line end; nil when a NUL or the end of the message comes first.
  private mutating func line() -> ArraySlice<UInt8>? {
    guard let end = bytes[position...].firstIndex(where: { $0 == 0x0A || $0 == 0 }), bytes[end] == 0x0A else {
      return nil
    }
    defer { position = end + 1 }
    let hasCR = end > position && bytes[end - 1] == 0x0D
    return bytes[position..<(hasCR ? end - 1 : end)]
  }

  private mutating func endLine(after line: ArraySlice<UInt8>) {
    output += bytes[line.endIndex..<position]
  }

  private mutating func body(length: Int?, isOpening: Bool) -> Bool {
    let rest = bytes[position...]
    // An empty body at the end of the message may lack its NUL: nothing is hidden there.
    if rest.isEmpty, length ?? 0 == 0 { return true }
    let end: Int
    if let length {
      guard length < rest.count, bytes[position + length] == 0 else { return false }
      end = position + length
    } else {
      guard let nul = rest.firstIndex(of: 0) else { return false }
      end = nul
      // No CONNECT has a body; this may be a passcode with an empty line in it.
      if isOpening, end > position { return false }
    }
    let body = bytes[position..<end]
    output += covers && isOpening ? PasscodeRedaction.cover(body) : Array(body)
    output.append(0)
    position = end + 1
    return true
  }
}
