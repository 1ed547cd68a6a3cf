/// What a scan leaves besides cells: the first fault, and texts that had escapes.
final class PacketNotes {
  /// Unescaped texts longer than a cell holds; of skipped values too, which is bounded by the body.
  var side: [UInt8] = []
  /// Whether something was put there: asked for each packet, which a look at what grows in place would make dearer.
  var hasSide = false
  private(set) var fault: PacketError?

  func reset() {
    side.removeAll(keepingCapacity: true)
    hasSide = false
    fault = nil
  }

  /// Notes a fault; the first one stands.
  func fail(
    _ code: PacketError.Code, _ message: String, row: Int? = nil, column: String? = nil, offset: Int,
    in scanner: PacketScanner
  ) {
    guard fault == nil else { return }
    fault = PacketError(code, message, row: row, column: column, offset: min(offset, scanner.count))
  }

  /// Notes that something else stands where `wanted` is due.
  func unexpected(_ wanted: String, at offset: Int, row: Int? = nil, in scanner: PacketScanner) {
    let found: String
    if offset >= scanner.count {
      found = "the body ends where \(wanted) is due"
    } else {
      let byte = scanner.byte(at: offset)
      let isPrintable = (0x21..<0x7F).contains(byte)
      let seen = isPrintable ? "`\(Character(Unicode.Scalar(byte)))`" : "byte \(byte)"
      found = "\(seen) where \(wanted) is due"
    }
    fail(.syntax, found, row: row, offset: offset, in: scanner)
  }

  /// Adds row and column to a fault that was noted below them.
  func complete(row: Int, column: String) {
    guard let known = fault, known.row == nil else { return }
    fault = PacketError(known.code, known.message, row: row, column: column, offset: known.offset)
  }
}
