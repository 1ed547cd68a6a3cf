internal import NIOCore

/// What of a frame may be shown to people.
enum Redaction {
  /// What stands for a secret.
  static let mark = "***"

  /// Whether the value of a header with this name is shown to nobody.
  static func isSecret(name: String) -> Bool {
    name.lowercased().contains("passcode")
  }

  /// The beginning of a faulty line in quotes; what follows the word passcode is left out.
  static func excerpt(_ line: ByteBuffer, limit: Int = 60) -> String {
    let bytes = Array(line.readableBytesView)
    guard let end = endOfSecretName(in: bytes) else {
      return quoted(String(decoding: bytes, as: UTF8.self), limit: limit)
    }
    return quoted(String(decoding: bytes[..<end], as: UTF8.self), limit: limit) + " " + mark
  }

  /// Whether the word passcode stands in some bytes.
  static func namesSecret(_ bytes: ByteBuffer) -> Bool {
    endOfSecretName(in: Array(bytes.readableBytesView)) != nil
  }

  private static func endOfSecretName(in bytes: [UInt8]) -> Int? {
    let word = Array("passcode".utf8)
    // With bit 0x20 set a letter is in lower case.
    let start = bytes.indices.dropLast(word.count - 1).first { start in
      zip(bytes[start...], word).allSatisfy { $0 | 0x20 == $1 }
    }
    return start.map { $0 + word.count }
  }
}

/// Text in double quotes on one line: control and invisible characters are escaped, and it ends after `limit`
/// characters with three dots.
func quoted(_ text: String, limit: Int = .max) -> String {
  var result = "\""
  var count = 0
  for scalar in text.unicodeScalars {
    if count == limit { return result + "\"..." }
    count += 1
    switch scalar {
    case "\"", "\\": result += "\\\(Character(scalar))"
    case "\n": result += "\\n"
    case "\r": result += "\\r"
    case "\0": result += "\\0"
    default:
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned, .surrogate:
        result += "\\u{\(String(scalar.value, radix: 16))}"
      default: result.unicodeScalars.append(scalar)
      }
    }
  }
  return result + "\""
}
