/// The line before the bytes of a record: `<epoch ns> <connection> <in|out|open|close> <byte count>`.
struct RecordLine: Sendable {
  let nanoseconds: Int64
  let connection: Int
  let kind: CaptureRecord.Kind
  let byteCount: Int

  /// What is wrong with a line.
  struct Fault: Error {
    let code: CaptureError.Code
    let message: String

    init(_ code: CaptureError.Code, _ message: String) {
      self.code = code
      self.message = message
    }
  }

  /// Reads a line, or checks that the beginning of one can become one (then nil).
  static func read(_ line: some Collection<UInt8>, isComplete: Bool) throws(Fault) -> RecordLine? {
    let words = line.split(separator: 0x20, omittingEmptySubsequences: false)
    guard words.count <= 4, words.count == 4 || !isComplete else {
      throw Fault(.badRecordLine, "the line of the record has \(words.count) words instead of 4")
    }
    /// Whether a word may still grow.
    func isOpen(_ index: Int) -> Bool { !isComplete && index == words.count - 1 }
    func number<Number: FixedWidthInteger>(_ index: Int, _ what: String) throws(Fault) -> Number {
      if isOpen(index), words[index].isEmpty { return 0 }
      var result: Number = 0
      for byte in words[index] {
        guard (0x30...0x39).contains(byte) else { throw Fault(.badRecordLine, "\(what) is not a number") }
        let (tens, tooLarge) = result.multipliedReportingOverflow(by: 10)
        let (sum, tooLargeToo) = tens.addingReportingOverflow(Number(byte - 0x30))
        guard !tooLarge, !tooLargeToo else { throw Fault(.badRecordLine, "\(what) is too large a number") }
        result = sum
      }
      guard !words[index].isEmpty else { throw Fault(.badRecordLine, "\(what) is missing") }
      return result
    }
    let nanoseconds: Int64 = try number(0, "the time")
    guard words.count > 1 else { return nil }
    let connection: Int = try number(1, "the connection")
    guard words.count > 2 else { return nil }
    let word = String(decoding: words[2], as: UTF8.self)
    let kind = CaptureRecord.Kind.allCases.first { isOpen(2) ? $0.rawValue.hasPrefix(word) : $0.rawValue == word }
    guard let kind else { throw Fault(.badRecordLine, "the kind is none of in, out, open, close") }
    guard words.count > 3 else { return nil }
    let byteCount: Int = try number(3, "the byte count")
    switch kind {
    case .incoming, .outgoing: break
    case .open, .close:
      guard byteCount == 0 else { throw Fault(.unexpectedPayload, "\(word) carries \(byteCount) bytes instead of 0") }
    }
    return isComplete
      ? RecordLine(nanoseconds: nanoseconds, connection: connection, kind: kind, byteCount: byteCount) : nil
  }
}
