internal import NIOCore

/// The header lines of a received frame as they came: validated once, read when somebody asks.
struct HeaderBlock: Sendable {
  /// The lines, each with its line end, without the empty line.
  let bytes: ByteBuffer
  let count: Int
  /// `raw` also when no backslash stands in the lines.
  let reading: EscapeReading
  /// Where the headers stand that a MESSAGE is routed by, when the parser has met them on its way.
  var route: HeaderRoute?

  /// The value of the first header with this name.
  func value(of name: String) -> ByteBuffer? {
    // A name with one of these can only be the meaning of an escaped one.
    let isPlain = !name.utf8.contains { Escapes.letter(for: $0) != nil || $0 == 0 }
    if isPlain {
      guard let range = bytes.valueRange(ofHeader: name) else { return nil }
      return read(range)
    }
    var position = 0
    while let line = nextLine(&position) {
      if read(line.name) == ByteBuffer(string: name) { return read(line.value) }
    }
    return nil
  }

  /// The next header's ranges, or nil at the end.
  func nextLine(_ position: inout Int) -> (name: Range<Int>, value: Range<Int>)? {
    let start = position
    guard start < bytes.readableBytes,
      let end = bytes.firstIndex(of: 0x0A, from: start, upTo: bytes.readableBytes),
      let colon = bytes.firstIndex(of: 0x3A, from: start, upTo: end)
    else { return nil }
    position = end + 1
    let isCRLF = end - 1 > colon && bytes.byte(at: end - 1) == 0x0D
    return (start..<colon, colon + 1..<(isCRLF ? end - 1 : end))
  }

  func text(_ range: Range<Int>) -> String {
    String(buffer: read(range))
  }

  /// The bytes of a name or value as they are meant: the same bytes unless an escape stands in them.
  private func read(_ range: Range<Int>) -> ByteBuffer {
    let raw = bytes.part(range)
    switch reading {
    case .raw: return raw
    case .lenient, .strict:
      let hasEscape = raw.firstIndex(of: Escapes.backslash, from: 0, upTo: raw.readableBytes) != nil
      return hasEscape ? Escapes.undone(raw) : raw
    }
  }
}
