import Capture
import NIOCore
import Testing

@Suite struct NumberTests {
  /// Numbers of any length read the same, whichever way the reader takes.
  @Test(arguments: ["0", "7", "007", "999999999999999999", "1000000000000000000", "9223372036854775807"])
  func numbersAtTheBounds(text: String) throws {
    for pieces in [Int.max, 1] {
      let outcome = read("ISSPLUS-CAPTURE 1\n\(text) \(text) open 0\n\n".utf8, pieces: { pieces })
      #expect(outcome.records.first?.nanoseconds == Int64(text))
      #expect(outcome.records.first?.connection == Int(text))
    }
  }

  /// Eight digits are read at a time: every length, and whatever is no digit at every place.
  @Test(arguments: 1...19)
  func everyLengthAndEveryOtherByte(length: Int) throws {
    let digits = Array("1234567890987654321".utf8.prefix(length))
    let text = String(decoding: digits, as: UTF8.self)
    let outcome = read("ISSPLUS-CAPTURE 1\n\(text) 7 in 1\na\n".utf8)
    #expect(outcome.records.first?.nanoseconds == Int64(text))
    #expect(outcome.records.first?.connection == 7)
    for place in digits.indices {
      for byte in UInt8.min...UInt8.max where !(0x30...0x39).contains(byte) && byte != 0x0A {
        // A blank at another place than the first ends the number; what follows is the connection, then.
        if byte == 0x20, place > 0 { continue }
        var broken = digits
        broken[place] = byte
        let bytes = Array("ISSPLUS-CAPTURE 1\n".utf8) + broken + Array(" 7 in 1\na\n".utf8)
        let outcome = read(bytes)
        #expect(outcome.records.isEmpty && outcome.error != nil, "byte \(byte) at \(place)")
      }
    }
  }

  @Test(arguments: ["9223372036854775808", "9999999999999999999", "18446744073709551616"])
  func numbersThatDoNotFit(text: String) {
    let error = read("ISSPLUS-CAPTURE 1\n\(text) 0 open 0\n\n".utf8).error
    #expect(error?.message == "the time is too large a number: \"\(text) 0 open 0\"")
  }

  @Test func longLeadingZerosCountAsLength() {
    let zeros = String(repeating: "0", count: 120)
    #expect(read("ISSPLUS-CAPTURE 1\n\(zeros) 0 in 1\na\n".utf8).records.count == 1)
    #expect(read("ISSPLUS-CAPTURE 1\n\(zeros)00 0 in 1\na\n".utf8).error?.code == .lineTooLong)
  }

  /// The writer makes its digits itself, eight at a time: around every power of ten, and others.
  @Test func numbersAreWrittenInFull() {
    var numbers: [Int64] = [0, 9, 1_795_000_000_000_000_000, Int64.max]
    var power: Int64 = 10
    for _ in 1...18 {
      numbers += [power - 1, power, power + 1, power / 10 * 7, power &+ power / 3]
      power = power.multipliedReportingOverflow(by: 10).partialValue
    }
    for small in stride(from: Int64(0), to: 100_000_000, by: 9_973) { numbers += [small, small * 99_999_999 + small] }
    for number in numbers where number >= 0 {
      var buffer = ByteBuffer()
      let record = CaptureRecord(
        nanoseconds: number, connection: Int(number), kind: .incoming, payload: ByteBuffer(string: "0123456789a"))
      CaptureWriter().write(record, into: &buffer)
      let text = String(buffer: buffer)
      if text != "\(number) \(number) in 11\n0123456789a\n" { Issue.record("\(number) is written as \(text)") }
    }
    #expect(numbers.count > 20_000)
  }

  /// The line, the bytes and what ends them are written in one go: nothing before or behind them changes.
  @Test(arguments: [0, 1, 7, 8, 9, 95, 96, 97, 1000])
  func recordsStandBehindOneAnother(size: Int) {
    var buffer = ByteBuffer(string: "before")
    let payload = ByteBuffer(bytes: (0..<size).map { UInt8(truncatingIfNeeded: $0) })
    for _ in 0..<3 {
      CaptureWriter().write(
        CaptureRecord(nanoseconds: 5, connection: 0, kind: .incoming, payload: payload), into: &buffer)
    }
    let one = Array("5 0 in \(size)\n".utf8) + Array(payload.readableBytesView) + [0x0A]
    #expect(Array(buffer.readableBytesView) == Array("before".utf8) + one + one + one)
  }

  /// However many digits there are: eight are read at a time, and what they come to wraps.
  @Test(arguments: 20...48) func numbersOfTooManyDigits(length: Int) {
    for digits in ["1234567890", "9"] {
      let text = String(repeating: digits, count: length).prefix(length)
      for line in ["\(text) 0 open 0", "1 \(text) open 0", "1 0 in \(text)"] {
        // With eight bytes to read behind the number, and at the end of the input.
        for rest in ["\n\nand more than eight bytes", "\n"] {
          let error = read("ISSPLUS-CAPTURE 1\n\(line)\(rest)".utf8).error
          #expect(error?.code == .badRecordLine, "\(line)")
          #expect(error?.message.contains("is too large a number") == true, "\(line): \(error?.message ?? "accepted")")
        }
      }
    }
  }
}
