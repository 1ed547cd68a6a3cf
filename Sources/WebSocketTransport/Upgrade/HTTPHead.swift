internal import NIOCore
internal import NIOHTTP1

/// The head of an HTTP/1.1 message, as far as an upgrade needs it.
struct HTTPHead {
  var startLine: String
  var headers: HTTPHeaders

  /// Whether a comma-separated header names the token, in any case.
  func header(_ name: String, hasToken token: String) -> Bool {
    headers[canonicalForm: name].contains { $0.lowercased() == token }
  }
}

/// Collects bytes until a head is whole. What lies behind the head stays in `bytes`: nothing that comes together with
/// it is lost, and nothing has to be handed from one decoder to another.
struct HTTPHeadCollector {
  private(set) var bytes = ByteBuffer()
  /// How many bytes hold no end of the head: they are not searched again.
  private var searched = 0

  /// The largest head that is taken.
  static let maximumLength = 16384

  mutating func append(_ more: ByteBuffer) {
    bytes.writeImmutableBuffer(more)
  }

  /// The head when it is whole; throws when it is none or too large.
  mutating func next(startsWith prefix: StaticString) throws(TransportError) -> HTTPHead? {
    guard Self.mayBegin(bytes, with: prefix) else {
      throw TransportError(.protocolViolation, "this is no HTTP: \(PrintableText.quote(bytes, limit: 64))")
    }
    let view = bytes.readableBytesView
    var index = view.startIndex + max(0, searched - 3)
    let limit = min(view.endIndex, view.startIndex + Self.maximumLength)
    while index < limit {
      if view[index] == 0x0A, Self.endsHead(view, at: index) {
        let length = index + 1 - view.startIndex
        searched = 0
        guard let head = bytes.readSlice(length: length) else { return nil }
        return try Self.parse(head)
      }
      index += 1
    }
    guard view.count < Self.maximumLength else {
      throw TransportError(.messageTooBig, "the head of the HTTP message is larger than \(Self.maximumLength) bytes")
    }
    searched = view.count
    return nil
  }

  private static func mayBegin(_ bytes: ByteBuffer, with prefix: StaticString) -> Bool {
    prefix.withUTF8Buffer { prefix in zip(bytes.readableBytesView, prefix).allSatisfy { $0 == $1 } }
  }

  private static func endsHead(_ view: ByteBufferView, at lineFeed: Int) -> Bool {
    lineFeed >= view.startIndex + 3 && view[lineFeed - 1] == 0x0D && view[lineFeed - 2] == 0x0A
      && view[lineFeed - 3] == 0x0D
  }

  private static func parse(_ head: ByteBuffer) throws(TransportError) -> HTTPHead {
    var lines: [Substring.UTF8View] = []
    let text = String(decoding: head.readableBytesView.dropLast(4), as: UTF8.self)
    for line in text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false) {
      let isLast = line.endIndex == text.utf8.endIndex
      guard isLast || line.last == 0x0D else { throw broken("a line that ends without a carriage return") }
      let content = isLast ? line : line.dropLast()
      guard content.allSatisfy({ $0 == 0x09 || ($0 >= 0x20 && $0 != 0x7F) }) else {
        throw broken("a control character")
      }
      lines.append(content)
    }
    guard let first = lines.first else { throw broken("no first line") }
    var headers = HTTPHeaders()
    for line in lines.dropFirst() {
      guard let colon = line.firstIndex(of: 0x3A), colon != line.startIndex, line[..<colon].allSatisfy(isTokenByte)
      else {
        throw broken("a header line without a name")
      }
      headers.add(name: string(line[..<colon]), value: string(trim(line[line.index(after: colon)...])))
    }
    return HTTPHead(startLine: string(first), headers: headers)
  }

  private static func string(_ bytes: Substring.UTF8View) -> String { String(Substring(bytes)) }

  private static func trim(_ bytes: Substring.UTF8View) -> Substring.UTF8View {
    var bytes = bytes
    while let byte = bytes.first, byte == 0x20 || byte == 0x09 { bytes.removeFirst() }
    while let byte = bytes.last, byte == 0x20 || byte == 0x09 { bytes.removeLast() }
    return bytes
  }

  private static func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E...0x60, 0x7C, 0x7E: true
    default: false
    }
  }

  private static func broken(_ what: String) -> TransportError {
    TransportError(.protocolViolation, "the head of the HTTP message holds \(what)")
  }
}

/// Text of a peer made fit for a terminal and a log.
enum PrintableText {
  /// The beginning of the bytes: controls become spaces, runs of spaces one, what is not UTF-8 a replacement character.
  static func quote(_ bytes: ByteBuffer, limit: Int) -> String {
    quote(String(decoding: bytes.readableBytesView.prefix(limit), as: UTF8.self))
  }

  static func quote(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator,
        .spaceSeparator:
        if result.last != " " { result.append(" ") }
      default:
        result.unicodeScalars.append(scalar)
      }
    }
    while result.last == " " { result.removeLast() }
    return result.first == " " ? String(result.dropFirst()) : result
  }
}
