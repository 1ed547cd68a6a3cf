internal import NIOCore

// The only file of the target that leaves the memory-safe part of the language.

extension RecordLine {
  /// Reads the usual complete line at the start of some bytes, without allocating; nil for all that needs a second
  /// look, such as a line that is incomplete, broken or has a number of more than 19 digits.
  static func quick(_ buffer: ByteBuffer) -> (record: RecordLine, end: Int)? {
    unsafe buffer.withUnsafeReadableBytes { bytes in
      var position = 0
      guard let nanoseconds = unsafe number(bytes, &position, endedBy: 0x20),
        let connection = unsafe number(bytes, &position, endedBy: 0x20),
        let kind = unsafe kind(bytes, &position),
        let byteCount = unsafe number(bytes, &position, endedBy: 0x0A),
        kind == .incoming || kind == .outgoing || byteCount == 0
      else { return nil }
      let record = RecordLine(
        nanoseconds: Int64(nanoseconds), connection: connection, kind: kind, byteCount: byteCount)
      return (record, position)
    }
  }

  private static func number(_ bytes: UnsafeRawBufferPointer, _ position: inout Int, endedBy end: UInt8) -> Int? {
    let start = position
    // 19 digits always fit: two times eight of a time at once, the rest one by one.
    var result: UInt64 = 0
    while position - start < 16, position + 8 <= bytes.count,
      let eight = unsafe eightDigits(
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)))
    {
      result = result * 100_000_000 + eight
      position += 8
    }
    while position < bytes.count {
      let byte = unsafe bytes[position]
      position += 1
      if byte == end { return position - 1 > start ? Int(exactly: result) : nil }
      guard (0x30...0x39).contains(byte), position - start <= 19 else { return nil }
      result = result * 10 + UInt64(byte & 0x0F)
    }
    return nil
  }

  /// The number that eight digits are, the first of them in the lowest byte; nil when one is no digit.
  @inline(__always)
  private static func eightDigits(_ word: UInt64) -> UInt64? {
    let digits = word &- 0x3030_3030_3030_3030
    // A byte below "0" borrows into the next one or leaves a high bit; one above "9" carries into its high bit.
    guard (digits | (digits &+ 0x7676_7676_7676_7676)) & 0x8080_8080_8080_8080 == 0 else { return nil }
    // Pairs, then fours, then all: each step adds ten, hundred, ten thousand times the lower part to the upper one.
    let pairs = (digits &* 10 &+ digits >> 8) & 0x00FF_00FF_00FF_00FF
    let fours = (pairs &* 100 &+ pairs >> 16) & 0x0000_FFFF_0000_FFFF
    return (fours &* 10_000 &+ fours >> 32) & 0xFFFF_FFFF
  }

  private static func kind(_ bytes: UnsafeRawBufferPointer, _ position: inout Int) -> CaptureRecord.Kind? {
    if unsafe skip("in ", bytes, &position) { return .incoming }
    if unsafe skip("out ", bytes, &position) { return .outgoing }
    if unsafe skip("open ", bytes, &position) { return .open }
    if unsafe skip("close ", bytes, &position) { return .close }
    return nil
  }

  private static func skip(_ word: StaticString, _ bytes: UnsafeRawBufferPointer, _ position: inout Int) -> Bool {
    let length = word.utf8CodeUnitCount
    guard position + length <= bytes.count else { return false }
    for index in 0..<length where unsafe bytes[position + index] != word.utf8Start[index] { return false }
    position += length
    return true
  }

  /// Appends the line with its line feed, without a string on the way: a live line writes one for each message.
  func write(into buffer: inout ByteBuffer) {
    // Three numbers of at most 20 digits, the longest word and the blanks.
    unsafe buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: 96) { memory in
      var position = 0
      unsafe Self.put(UInt64(clamping: nanoseconds), memory, &position)
      unsafe Self.put(" ", memory, &position)
      unsafe Self.put(UInt64(clamping: connection), memory, &position)
      switch kind {
      case .incoming: unsafe Self.put(" in ", memory, &position)
      case .outgoing: unsafe Self.put(" out ", memory, &position)
      case .open: unsafe Self.put(" open ", memory, &position)
      case .close: unsafe Self.put(" close ", memory, &position)
      }
      unsafe Self.put(UInt64(clamping: byteCount), memory, &position)
      unsafe Self.put("\n", memory, &position)
      return position
    }
  }

  private static func put(_ word: StaticString, _ memory: UnsafeMutableRawBufferPointer, _ position: inout Int) {
    for index in 0..<word.utf8CodeUnitCount {
      unsafe memory[position] = word.utf8Start[index]
      position += 1
    }
  }

  private static func put(_ number: UInt64, _ memory: UnsafeMutableRawBufferPointer, _ position: inout Int) {
    // Eight digits at a time in 32 bits: a division of 64 bits for each digit took half of the time of a record.
    if number >= 100_000_000 {
      unsafe put(number / 100_000_000, memory, &position)
      unsafe put(UInt32(truncatingIfNeeded: number % 100_000_000), digits: 8, memory, &position)
      return
    }
    let small = UInt32(truncatingIfNeeded: number)
    var count = 1
    var limit: UInt32 = 10
    while count < 8, small >= limit {
      limit *= 10
      count += 1
    }
    unsafe put(small, digits: count, memory, &position)
  }

  private static func put(
    _ number: UInt32, digits: Int, _ memory: UnsafeMutableRawBufferPointer, _ position: inout Int
  ) {
    var rest = number
    var place = position + digits
    while place > position {
      place -= 1
      unsafe memory[place] = 0x30 + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    }
    position += digits
  }
}
