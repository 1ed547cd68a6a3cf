public import NIOCore

/// Takes the bytes of a capture in pieces of any size and gives its records.
///
/// Call ``next()`` until it gives nil before the next ``append(_:)``. Feed a file in pieces of at most 16 MiB:
/// further inside a buffer, slices become copies.
public struct CaptureReader: Sendable {
  /// What the file may hold at most.
  public let limits: CaptureLimits
  /// Records completed.
  public private(set) var recordCount = 0

  private var input = InputBuffer()
  private var hasFirstLine = false
  /// The line of the record under way and where its bytes begin.
  private var line: (record: RecordLine, end: Int)?
  /// How far the line under way has been searched for its end.
  private var searched = 0
  private var failure: CaptureError?

  /// A reader at the start of a file.
  public init(limits: CaptureLimits = .default) {
    self.limits = limits
  }

  /// The byte of the input, from 0, at which the record under way began, or the next one will.
  public var recordOffset: Int { input.offset }

  /// Takes the next bytes. They are not copied when nothing was left over from before.
  public mutating func append(_ bytes: ByteBuffer) {
    if failure == nil { input.append(bytes) }
  }

  /// The next complete record, or nil when more bytes are needed.
  ///
  /// - Throws: ``CaptureError``; the same one again from then on.
  public mutating func next() throws(CaptureError) -> CaptureRecord? {
    if let failure { throw failure }
    do {
      while true {
        if let record = try advance() { return record }
        if !input.pull() { return nil }
      }
    } catch {
      fail(error)
      throw error
    }
  }

  /// Says that the input has ended, after ``next()`` has given nil.
  ///
  /// - Returns: The incomplete last record, if there is one; it is skipped.
  /// - Throws: ``CaptureError`` when what is left is not the beginning of a record.
  public mutating func finish() throws(CaptureError) -> TornTail? {
    if let failure { throw failure }
    if input.count == 0 { return nil }
    do throws(CaptureError) {
      if !hasFirstLine {
        try checkFirstLine(input.bytes.readableBytesView, isComplete: false)
      } else if line == nil {
        _ = try recordLine(input.bytes.readableBytesView, isComplete: false)
      }
    } catch {
      fail(error)
      throw error
    }
    let tail = TornTail(offset: input.offset, byteCount: input.count)
    input.clear()
    line = nil
    searched = 0
    return tail
  }

  private mutating func fail(_ error: CaptureError) {
    failure = error
    input.clear()
  }

  @inline(__always)
  private mutating func advance() throws(CaptureError) -> CaptureRecord? {
    if !hasFirstLine {
      guard let end = try lineEnd() else { return nil }
      try checkFirstLine(input.bytes.readableBytesView.prefix(end), isComplete: true)
      hasFirstLine = true
      use(end + 1, sharing: false)
    }
    if line == nil, searched == 0, let quick = RecordLine.quick(input.bytes),
      quick.record.byteCount <= limits.maxPayloadSize, quick.end <= CaptureFormat.maxLineLength + 1
    {
      if quick.isWhole { return give(quick.record, from: quick.end) }
      line = (quick.record, quick.end)
    }
    if line == nil {
      guard let end = try lineEnd() else { return nil }
      let bytes = input.bytes.readableBytesView.prefix(end)
      guard let new = try recordLine(bytes, isComplete: true) else { return nil }
      line = (record: new, end: end + 1)
    }
    guard let (record, start) = line, input.bytes.readableBytes > start + record.byteCount else { return nil }
    let end = start + record.byteCount
    guard input.bytes.getInteger(at: input.bytes.readerIndex + end) == UInt8(0x0A) else {
      throw error(.missingLineFeed, "no line feed after the \(record.byteCount) bytes of the record", at: end)
    }
    return give(record, from: start)
  }

  /// The record whose bytes begin there; they and their line feed are in the input.
  @inline(__always)
  private mutating func give(_ record: RecordLine, from start: Int) -> CaptureRecord {
    let payload = input.slice(at: start, count: record.byteCount)
    use(start + record.byteCount + 1, sharing: true)
    recordCount += 1
    return CaptureRecord(
      nanoseconds: record.nanoseconds, connection: record.connection, kind: record.kind, payload: payload)
  }

  private mutating func use(_ count: Int, sharing: Bool) {
    input.consume(count, sharing: sharing)
    line = nil
    searched = 0
  }

  /// The place of the LF that ends the line at the start of the input.
  private mutating func lineEnd() throws(CaptureError) -> Int? {
    let limit = CaptureFormat.maxLineLength
    let view = input.bytes.readableBytesView.prefix(limit + 1)
    if let end = view.dropFirst(searched).firstIndex(of: 0x0A) { return end - view.startIndex }
    searched = view.count
    guard view.count <= limit else {
      // Something else than a capture rather has a long first line.
      if !hasFirstLine { try checkFirstLine(view, isComplete: true) }
      throw error(.lineTooLong, "the line of the record is longer than \(limit) bytes", at: 0)
    }
    return nil
  }

  private func checkFirstLine(_ line: some Collection<UInt8>, isComplete: Bool) throws(CaptureError) {
    let wanted = CaptureFormat.firstLine.utf8
    if isComplete ? line.elementsEqual(wanted) : wanted.starts(with: line) { return }
    let name = CaptureFormat.name.utf8
    if line.starts(with: name) { throw CaptureFormat.versionError(line.dropFirst(name.count)) }
    let message = "the first line is \(quoted(line)), not \"\(CaptureFormat.firstLine)\""
    throw error(.notACapture, message, at: 0)
  }

  private func recordLine(
    _ line: some Collection<UInt8>, isComplete: Bool
  ) throws(CaptureError) -> RecordLine? {
    do throws(RecordLine.Fault) {
      guard let record = try RecordLine.read(line, isComplete: isComplete) else { return nil }
      guard record.byteCount <= limits.maxPayloadSize else {
        let message = "a record of \(record.byteCount) bytes is over the limit of \(limits.maxPayloadSize) bytes"
        throw RecordLine.Fault(.payloadTooLarge, message)
      }
      return record
    } catch {
      throw self.error(error.code, "\(error.message): \(quoted(line))", at: 0)
    }
  }

  private func error(_ code: CaptureError.Code, _ message: String, at position: Int) -> CaptureError {
    CaptureError(code, message, record: hasFirstLine ? recordCount + 1 : 0, offset: input.offset + position)
  }
}
