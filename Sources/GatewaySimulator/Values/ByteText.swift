/// Text under construction as bytes. One is kept and emptied for each packet, so that a packet allocates little.
struct ByteText: Sendable {
  private(set) var bytes: [UInt8] = []

  var string: String { String(decoding: bytes, as: UTF8.self) }

  mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

  mutating func append(byte: UInt8) { bytes.append(byte) }

  mutating func append(_ text: StaticString) {
    text.withUTF8Buffer { unsafe bytes.append(contentsOf: $0) }
  }

  mutating func append(text: String) { bytes.append(contentsOf: text.utf8) }

  mutating func append(integer value: Int64) {
    if value < 0 { append(byte: UInt8(ascii: "-")) }
    append(digits: value.magnitude, width: 1)
  }

  mutating func append(integer value: UInt64) { append(digits: value, width: 1) }

  /// `mantissa / 10^decimals` with exactly that many digits behind the point, and no point without any.
  mutating func append(_ mantissa: Int64, decimals: UInt8) {
    guard decimals > 0 else { return append(integer: mantissa) }
    if mantissa < 0 { append(byte: UInt8(ascii: "-")) }
    let power = ByteText.powers[Int(min(decimals, 18))]
    let (whole, fraction) = mantissa.magnitude.quotientAndRemainder(dividingBy: power)
    append(digits: whole, width: 1)
    append(byte: UInt8(ascii: "."))
    append(digits: fraction, width: Int(decimals))
  }

  /// A JSON string.
  mutating func append(quoted text: String) {
    append(byte: UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""): append("\\\"")
      case UInt8(ascii: "\\"): append("\\\\")
      case 0x0A: append("\\n")
      case 0x0D: append("\\r")
      case 0x09: append("\\t")
      case 0..<0x20:
        append("\\u00")
        append(byte: ByteText.hexadecimal[Int(byte >> 4)])
        append(byte: ByteText.hexadecimal[Int(byte & 0xF)])
      default: append(byte: byte)
      }
    }
    append(byte: UInt8(ascii: "\""))
  }

  mutating func append(date days: Int) {
    let date = CivilDate(days: days)
    append(digits: UInt64(max(0, date.year)), width: 4)
    append(byte: UInt8(ascii: "-"))
    append(digits: UInt64(date.month), width: 2)
    append(byte: UInt8(ascii: "-"))
    append(digits: UInt64(date.day), width: 2)
  }

  mutating func append(time seconds: Int) {
    let seconds = UInt64(max(0, seconds))
    append(digits: seconds / 3600, width: 2)
    append(byte: UInt8(ascii: ":"))
    append(digits: seconds / 60 % 60, width: 2)
    append(byte: UInt8(ascii: ":"))
    append(digits: seconds % 60, width: 2)
  }

  mutating func append(datetime seconds: Int) {
    let (days, time) = ByteText.split(seconds)
    append(date: days)
    append(byte: UInt8(ascii: " "))
    append(time: time)
  }

  /// Days since 1970 and seconds of the day.
  static func split(_ seconds: Int) -> (days: Int, time: Int) {
    let days = (seconds >= 0 ? seconds : seconds - 86_399) / 86_400
    return (days, seconds - days * 86_400)
  }

  private mutating func append(digits value: UInt64, width: Int) {
    let start = bytes.count
    var rest = value
    repeat {
      let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
      bytes.append(UInt8(ascii: "0") + UInt8(digit))
      rest = quotient
    } while rest > 0 || bytes.count - start < width
    bytes[start...].reverse()
  }

  private static let hexadecimal: [UInt8] = Array("0123456789abcdef".utf8)

  private static let powers: [UInt64] = {
    var powers: [UInt64] = [1]
    for _ in 0..<18 { powers.append((powers.last ?? 1) * 10) }
    return powers
  }()
}
