import Capture
import Foundation
import NIOCore

/// A `.conversation`: a capture in a form that can be typed and read (Fixtures/conversations/README.md).
struct Conversation {
  /// What is wrong with a conversation.
  struct Fault: Error {
    let line: Int
    let message: String
  }

  /// The bytes of the capture.
  private(set) var capture = ByteBuffer()

  /// Reads the text of a conversation.
  init(_ text: String) throws {
    CaptureWriter().writeFirstLine(into: &capture)
    var record: (head: [Substring], line: Int, body: [Substring])?
    for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      if line.hasPrefix("=== ") {
        if let record { try append(record.head, record.line, record.body) }
        record = (line.dropFirst(4).split(separator: " "), number + 1, [])
      } else if record != nil {
        record?.body.append(line)
      } else if !line.isEmpty, !line.hasPrefix("#") {
        throw Fault(line: number + 1, message: "neither a comment nor a record")
      }
    }
    guard var last = record else { return }
    // The file's own last line feed is no part of the record.
    if last.body.last == "" { last.body.removeLast() }
    try append(last.head, last.line, last.body)
  }

  private mutating func append(_ head: [Substring], _ line: Int, _ body: [Substring]) throws {
    let payload = Self.bytes(body.joined(separator: "\n"))
    if head == ["raw"] {
      capture.writeImmutableBuffer(payload)
      return
    }
    guard let kind = head.first.flatMap({ CaptureRecord.Kind(rawValue: String($0)) }), head.count >= 2,
      let time = Self.nanoseconds(head[1]), head.count <= 3, let connection = head.count == 3 ? Int(head[2]) : 0
    else { throw Fault(line: line, message: "not `=== in|out|open|close HH:MM:SS.mmm [connection]` or `=== raw`") }
    let record = CaptureRecord(nanoseconds: time, connection: connection, kind: kind, payload: payload)
    CaptureWriter().write(record, into: &capture)
  }

  /// `^@`, `^J` and `^M` stand for NUL, LF and CR; `^x41` for that byte.
  private static func bytes(_ text: String) -> ByteBuffer {
    var bytes = ByteBuffer()
    var rest = Array(text.utf8)[...]
    while let byte = rest.first {
      let next = rest.dropFirst().first
      switch (byte, next) {
      case (UInt8(ascii: "^"), UInt8(ascii: "@")): bytes.writeInteger(UInt8(0))
      case (UInt8(ascii: "^"), UInt8(ascii: "J")): bytes.writeInteger(UInt8(ascii: "\n"))
      case (UInt8(ascii: "^"), UInt8(ascii: "M")): bytes.writeInteger(UInt8(ascii: "\r"))
      case (UInt8(ascii: "^"), UInt8(ascii: "x")):
        let digits = String(decoding: rest.dropFirst(2).prefix(2), as: UTF8.self)
        bytes.writeInteger(UInt8(digits, radix: 16) ?? UInt8(ascii: "?"))
        rest = rest.dropFirst(2)
      default:
        bytes.writeInteger(byte)
        rest = rest.dropFirst()
        continue
      }
      rest = rest.dropFirst(2)
    }
    return bytes
  }

  /// `09:18:53.789` on 2024-07-01 UTC.
  private static func nanoseconds(_ time: Substring) -> Int64? {
    let parts = time.split(separator: ":")
    guard parts.count == 3, let hours = Int64(parts[0]), let minutes = Int64(parts[1]) else { return nil }
    let seconds = parts[2].split(separator: ".")
    guard seconds.count == 2, seconds[1].count == 3, let whole = Int64(seconds[0]), let thousandths = Int64(seconds[1])
    else { return nil }
    return 1_719_792_000_000_000_000 + ((hours * 60 + minutes) * 60 + whole) * 1_000_000_000 + thousandths * 1_000_000
  }
}
