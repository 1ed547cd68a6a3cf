import Capture
import NIOCore
import Testing

@Suite struct RoundTripTests {
  @Test func exactBytes() {
    let records = [
      CaptureRecord(nanoseconds: 1_719_825_533_790_000_000, connection: 0, kind: .open),
      CaptureRecord(
        nanoseconds: 1_719_825_533_790_000_001, connection: 0, kind: .incoming, payload: ByteBuffer(string: "a\n\0")),
      CaptureRecord(nanoseconds: 5, connection: 12, kind: .outgoing, payload: ByteBuffer(string: "\n")),
      CaptureRecord(nanoseconds: 6, connection: 12, kind: .close),
    ]
    let text =
      "ISSPLUS-CAPTURE 1\n1719825533790000000 0 open 0\n\n1719825533790000001 0 in 3\na\n\0\n5 12 out 1\n\n\n6 12 close 0\n\n"
    #expect(String(decoding: write(records), as: UTF8.self) == text)
    #expect(read(text.utf8) == Outcome(records: records))
  }

  @Test func whatIsWrittenReadsBackInAnyCut() {
    for seed in 1...200 as ClosedRange<UInt64> {
      var generator = SeededGenerator(seed: seed)
      let records = randomRecords(&generator, count: Int.random(in: 0...12, using: &generator))
      let bytes = write(records)
      #expect(read(bytes) == Outcome(records: records), "seed \(seed)")
      #expect(read(bytes, pieces: { 1 }) == Outcome(records: records), "seed \(seed)")
      let cut = read(bytes, pieces: { Int.random(in: 1...40, using: &generator) })
      #expect(cut == Outcome(records: records), "seed \(seed)")
    }
  }

  @Test func cutAnywhereLeavesWholeRecordsAndATornTail() {
    for seed in 1...6 as ClosedRange<UInt64> {
      var generator = SeededGenerator(seed: seed)
      let records = randomRecords(&generator, count: 4)
      let bytes = write(records)
      let ends = (0...records.count).map { write(Array(records.prefix($0))).count }
      for length in 0...bytes.count {
        let outcome = read(bytes.prefix(length))
        let complete = max(0, (ends.firstIndex { $0 > length } ?? ends.count) - 1)
        let start = length < ends[0] ? 0 : ends[complete]
        #expect(outcome.error == nil, "seed \(seed) length \(length)")
        #expect(outcome.records == Array(records.prefix(complete)), "seed \(seed) length \(length)")
        let tail = length == start ? nil : TornTail(offset: start, byteCount: length - start)
        #expect(outcome.tail == tail, "seed \(seed) length \(length)")
        #expect(read(bytes.prefix(length), pieces: { 1 }) == outcome, "seed \(seed) length \(length)")
      }
    }
  }

  @Test func mutantsAreReadAlikeInAnyCut() {
    let alphabet = Array("\n 019inoutcpe-+".utf8) + [0, 0xFF]
    for seed in 1...1000 as ClosedRange<UInt64> {
      var generator = SeededGenerator(seed: seed)
      var bytes = write(randomRecords(&generator, count: 3))
      for _ in 0...Int.random(in: 0...2, using: &generator) {
        bytes[Int.random(in: 0..<bytes.count, using: &generator)] = alphabet.randomElement(using: &generator) ?? 0
      }
      let whole = read(bytes, limits: CaptureLimits(maxPayloadSize: 100))
      let single = read(bytes, limits: CaptureLimits(maxPayloadSize: 100), pieces: { 1 })
      #expect(single == whole, "seed \(seed)")
    }
  }

  @Test func payloadIsASliceOfTheInputWithReadableBytesBehindIt() throws {
    let input = ByteBuffer(
      bytes: write([
        CaptureRecord(nanoseconds: 1, connection: 0, kind: .incoming, payload: ByteBuffer(string: "payload")),
        CaptureRecord(nanoseconds: 2, connection: 0, kind: .incoming, payload: ByteBuffer(string: "more")),
      ]))
    var reader = CaptureReader()
    reader.append(input)
    let record = try #require(try reader.next())
    let inputAddress = input.withUnsafeReadableBytes { UInt(bitPattern: $0.baseAddress) }
    let address = record.payload.withUnsafeReadableBytes { UInt(bitPattern: $0.baseAddress) }
    #expect(address == inputAddress + UInt("ISSPLUS-CAPTURE 1\n1 0 in 7\n".utf8.count))
    record.payload.withVeryUnsafeBytes { bytes in
      #expect(bytes.count == 7 + "\n2 0 in 4\nmore\n".utf8.count)
      #expect(bytes[7] == 0x0A && bytes[8] == UInt8(ascii: "2"))
    }
    #expect(try reader.next()?.payload == ByteBuffer(string: "more"))
  }

  @Test func gatheredPayloadHasBytesBehindIt() {
    let bytes = write([
      CaptureRecord(nanoseconds: 1, connection: 0, kind: .incoming, payload: ByteBuffer(string: "payload"))
    ])
    let outcome = read(bytes, pieces: { 2 })
    outcome.records.first?.payload.withVeryUnsafeBytes { #expect($0.count == 39) }
  }

  @Test func largeRecordInSmallPieces() {
    let payload = ByteBuffer(repeating: 7, count: 5_000_000)
    let record = CaptureRecord(nanoseconds: 1, connection: 0, kind: .incoming, payload: payload)
    #expect(read(write([record]), pieces: { 1024 }).records == [record])
  }

  @Test func oddNumbersAreWrittenSoThatTheyRead() {
    let record = CaptureRecord(nanoseconds: -1, connection: -2, kind: .open, payload: ByteBuffer(string: "x"))
    #expect(read(write([record])).records == [CaptureRecord(nanoseconds: 0, connection: 0, kind: .open)])
  }

  /// Of a large piece behind an incomplete record only a part is copied at first: a record that is longer than what has
  /// been copied is no broken one.
  @Test(arguments: 0..<40)
  func largePiecesGiveTheSameRecords(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let records = (0..<300).map { number in
      let size = Int.random(in: 0...[20, 700, 9000, 30_000][number % 4], using: &generator)
      return CaptureRecord(
        nanoseconds: Int64(number), connection: 0, kind: .incoming,
        payload: ByteBuffer(repeating: UInt8(ascii: "x"), count: size))
    }
    let bytes = write(records)
    let size = Int.random(in: 15_000...400_000, using: &generator)
    let outcome = read(bytes, pieces: { size })
    #expect(outcome.error == nil, "seed \(seed)")
    #expect(outcome.records.count == records.count, "seed \(seed)")
    #expect(zip(outcome.records, records).allSatisfy { $0 == $1 }, "seed \(seed)")
    #expect(outcome.tail == nil)
  }
}
