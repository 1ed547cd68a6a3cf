import Capture
import NIOCore
import STOMP

/// A recording as it can be given away: byte by byte what it was, torn or broken too, but without the name of an account.
struct FixtureInput {
  /// The bytes of the file.
  let bytes: ByteBuffer
  /// `capture` or `stomp`.
  let ending: String

  /// Takes a recording.
  ///
  /// - Throws: a `Failure` with status 64 when raw frames hold an account's credentials.
  init(_ recording: ByteBuffer, name: String) throws {
    // A capture of another version is one too.
    let format = (try? CaptureFormat.detect(recording, isComplete: true)) ?? .capture
    guard format == .capture else {
      ending = "stomp"
      bytes = recording
      if Self.holdsCredentials(recording) {
        throw Failure(.usage, "\(name): a frame holds the credentials of an account; take them out first")
      }
      return
    }
    ending = "capture"
    var reader = CaptureReader()
    reader.append(recording)
    var result = ByteBuffer()
    var copied = 0
    while let record = try? reader.next() {
      guard record.kind == .outgoing, let hidden = Self.withoutLogin(record) else { continue }
      let start = reader.recordOffset - Self.length(record)
      result.writeImmutableBuffer(recording.getSlice(at: copied, length: start - copied) ?? ByteBuffer())
      CaptureWriter().write(hidden, into: &result)
      copied = reader.recordOffset
    }
    result.writeImmutableBuffer(
      recording.getSlice(at: copied, length: recording.readableBytes - copied) ?? ByteBuffer())
    bytes = result
  }

  /// How many bytes a record takes in a file: its line, its bytes, a line feed.
  private static func length(_ record: CaptureRecord) -> Int {
    record.description.utf8.count + 1 + record.payload.readableBytes + 1
  }

  /// The record with `***` for the login of its CONNECT; nil when there is none, or it is the guest's.
  private static func withoutLogin(_ record: CaptureRecord) -> CaptureRecord? {
    var parser = FrameParser()
    parser.append(record.payload)
    var payload = ByteBuffer()
    var isChanged = false
    while let frame = try? parser.next() {
      var headers = Headers()
      for (name, value) in frame.headers {
        let isSecret = isConnect(frame) && name == "login" && value != "guest"
        isChanged = isChanged || isSecret
        headers.append(name: name, value: isSecret ? "***" : value)
      }
      let copy = Frame(frame.command, headers: headers, body: frame.body)
      guard (try? FrameEncoder().encode(copy, into: &payload)) != nil else { return nil }
    }
    guard isChanged, parser.isAtFrameBoundary else { return nil }
    var record = record
    record.payload = payload
    return record
  }

  private static func isConnect(_ frame: Frame) -> Bool {
    frame.command.known == .connect || frame.command.known == .stomp
  }

  private static func holdsCredentials(_ recording: ByteBuffer) -> Bool {
    var parser = FrameParser()
    parser.append(recording)
    while let frame = try? parser.next() {
      guard isConnect(frame) else { continue }
      if !["guest", "***", nil].contains(frame.headers["login"]) { return true }
      if !["guest", "***", nil].contains(frame.headers["passcode"]) { return true }
    }
    return false
  }
}
