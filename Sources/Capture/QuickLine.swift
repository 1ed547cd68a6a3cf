internal import NIOCore

// The only file of the target that leaves the memory-safe part of the language.

extension RecordLine {
  /// Reads the usual complete line at the start of some bytes, without allocating; nil for all that needs a second
  /// look, such as a line that is incomplete, broken or has a number of more than 19 digits.
  ///
  /// - Returns: the line, where the bytes of its record begin, and whether these and their line feed are all there.
  static func quick(_ buffer: ByteBuffer) -> (record: RecordLine, end: Int, isWhole: Bool)? {
    unsafe buffer.withUnsafeReadableBytes { bytes in
      var position = 0
      guard let nanoseconds = unsafe number(bytes, &position, endedBy: 0x20),
        let connection = unsafe number(bytes, &position, endedBy: 0x20),
        let kind = unsafe kind(bytes, &position),
        let byteCount = unsafe number(bytes, &position, endedBy: 0x0A),
        kind == .incoming || kind == .outgoing || byteCount == 0
      else { return nil }
      let isWhole = unsafe byteCount < bytes.count - position && bytes[position + byteCount] == 0x0A
      let record = RecordLine(
        nanoseconds: Int64(nanoseconds), connection: connection, kind: kind, byteCount: byteCount)
      return (record, position, isWhole)
    }
  }

  private static func number(_ bytes: UnsafeRawBufferPointer, _ position: inout Int, endedBy end: UInt8) -> Int? {
    let start = position
    // 19 digits always fit. Eight of a time are looked at at once, as long as so many bytes are there.
    var result: UInt64 = 0
    while position + 8 <= bytes.count {
      let values =
        unsafe UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
        ^ 0x3030_3030_3030_3030
      let marks = nonDigits(values)
      if marks == 0 {
        if position - start == 16 { return nil }
        result = result &* 100_000_000 &+ number(ofDigits: values)
        position += 8
        continue
      }
      let count = marks.trailingZeroBitCount >> 3
      if count > 0 {
        for _ in 0..<(result == 0 ? 0 : count) { result &*= 10 }
        result &+= number(ofDigits: values << UInt64(64 - 8 * count))
      }
      position += count
      let digits = position - start
      guard unsafe bytes[position] == end, digits > 0, digits <= 19 else { return nil }
      position += 1
      return Int(exactly: result)
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

  /// Marks the bytes above 9.
  @inline(__always)
  private static func nonDigits(_ values: UInt64) -> UInt64 {
    ((values & 0x7F7F_7F7F_7F7F_7F7F) &+ 0x7676_7676_7676_7676 | values) & 0x8080_8080_8080_8080
  }

  /// The number that eight values of digits are, the first of them in the lowest byte.
  @inline(__always)
  private static func number(ofDigits digits: UInt64) -> UInt64 {
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

  /// Appends the record, its line, its bytes and its line feeds, in one go: a live line writes one for each message.
  func write(_ payload: ByteBuffer, into buffer: inout ByteBuffer) {
    unsafe payload.withUnsafeReadableBytes { bytes in
      // Three numbers of at most 20 digits, the longest word, the blanks and line feeds, and eight bytes of which a
      // number may use less.
      _ = unsafe buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: 96 + bytes.count) { memory in
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
        unsafe Self.put(UInt64(bytes.count), memory, &position)
        unsafe Self.put("\n", memory, &position)
        unsafe UnsafeMutableRawBufferPointer(rebasing: memory[position...]).copyMemory(from: bytes)
        position += bytes.count
        unsafe Self.put("\n", memory, &position)
        return position
      }
    }
  }

  private static func put(_ word: StaticString, _ memory: UnsafeMutableRawBufferPointer, _ position: inout Int) {
    for index in 0..<word.utf8CodeUnitCount {
      unsafe memory[position] = word.utf8Start[index]
      position += 1
    }
  }

  private static func put(_ number: UInt64, _ memory: UnsafeMutableRawBufferPointer, _ position: inout Int) {
    // Eight digits at a time: a division of 64 bits for each digit took half of the time of a record.
    if number >= 100_000_000 {
      unsafe put(number / 100_000_000, memory, &position)
      let digits = digits(ofEight: number % 100_000_000)
      unsafe memory.storeBytes(of: digits.littleEndian, toByteOffset: position, as: UInt64.self)
      position += 8
      return
    }
    let digits = digits(ofEight: number)
    // Leading zeros are low bytes that are "0"; the last digit always stands.
    let zeros = min(7, (digits ^ 0x3030_3030_3030_3030).trailingZeroBitCount >> 3)
    unsafe memory.storeBytes(of: (digits >> UInt64(zeros * 8)).littleEndian, toByteOffset: position, as: UInt64.self)
    position += 8 - zeros
  }

  /// The eight digits of a number below 100,000,000, the first of them in the lowest byte.
  @inline(__always)
  private static func digits(ofEight number: UInt64) -> UInt64 {
    // Halves of four digits, of two, of one: in each step the upper part stays low and the rest goes behind it. The
    // factors are rounded reciprocals, exact for numbers below 10,000 and below 100.
    let fours = number / 10_000 | (number % 10_000) << 32
    let hundreds = (fours &* 10_486) >> 20 & 0x0000_007F_0000_007F
    let pairs = hundreds | (fours &- hundreds &* 100) << 16
    let tens = (pairs &* 103) >> 10 & 0x000F_000F_000F_000F
    return (tens | (pairs &- tens &* 10) << 8) &+ 0x3030_3030_3030_3030
  }
}
