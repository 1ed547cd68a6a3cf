public import NIOCore

/// The two forms in which recorded frames are kept, told apart by the first line.
public enum CaptureFormat: Sendable, Hashable {
  /// A capture: its first line is `ISSPLUS-CAPTURE 1`.
  case capture
  /// STOMP frames one after another.
  case stomp
  /// The bytes do not tell yet.
  case needsMore

  /// The first line of a capture, without its line end.
  public static let firstLine = "ISSPLUS-CAPTURE 1"

  static let name = "ISSPLUS-CAPTURE "
  static let version = "1"
  static let maxLineLength = 128

  /// Tells the form from the beginning of the input.
  ///
  /// - Parameters:
  ///   - prefix: The first bytes; 129 are always enough.
  ///   - isComplete: Whether nothing follows. Then the answer is never `needsMore`: no bytes at all are a file of
  ///     STOMP frames without one, a beginning of a capture's first line is a capture (with a torn tail).
  /// - Throws: ``CaptureError`` for a capture of another version.
  public static func detect(_ prefix: ByteBuffer, isComplete: Bool = false) throws(CaptureError) -> CaptureFormat {
    let bytes = prefix.readableBytesView
    guard !bytes.isEmpty else { return isComplete ? .stomp : .needsMore }
    guard zip(bytes, name.utf8).allSatisfy(==) else { return .stomp }
    if bytes.count > name.utf8.count {
      let rest = bytes.dropFirst(name.utf8.count)
      let end = rest.firstIndex(of: 0x0A)
      let found = end.map { rest[..<$0] } ?? rest
      if end != nil, found.elementsEqual(version.utf8) { return .capture }
      if end != nil || bytes.count > maxLineLength || (isComplete && !found.elementsEqual(version.utf8)) {
        throw versionError(found)
      }
    }
    return isComplete ? .capture : .needsMore
  }

  static func versionError(_ version: some Sequence<UInt8>) -> CaptureError {
    let message = "the capture has version \(quoted(version)), this program reads version \(Self.version)"
    return CaptureError(.unsupportedVersion, message, record: 0, offset: name.utf8.count)
  }
}

/// Bytes in double quotes on one line: whatever is not printable ASCII as `\xHH`, cut after 60, and at a passcode.
func quoted(_ bytes: some Sequence<UInt8>) -> String {
  var result = "\""
  let bytes = Array(bytes)
  let secret = PasscodeRedaction.placeOfPasscode(in: bytes[...])
  for (index, byte) in bytes.enumerated() {
    if index == secret { return result + "\"..." }
    if index == 60 { return result + "\"..." }
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): result += "\\" + String(Unicode.Scalar(byte))
    case 0x20..<0x7F: result.unicodeScalars.append(Unicode.Scalar(byte))
    default: result += byte < 16 ? "\\x0" + String(byte, radix: 16) : "\\x" + String(byte, radix: 16)
    }
  }
  return result + "\""
}
