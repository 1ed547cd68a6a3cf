import Capture
public import MarketData
import STOMP

/// Where and why a recording is broken.
public struct RecordingError: Error, Sendable {
  /// A place in a recording.
  public struct Place: Sendable, Hashable {
    /// The file.
    public var file: String
    /// The record of a capture, counted from 1.
    public var record: Int?
    /// The frame of the gateway, counted from 1, in its connection or in the file.
    public var frame: Int?
    /// The byte of the file at which the record begins, counted from 0.
    public var offset: Int?

    init(file: String) { self.file = file }
  }

  /// The place.
  public let place: Place
  /// What is wrong there.
  public let message: String
  /// The packet that was refused, when it is one.
  public let packet: PacketError?

  init(_ place: Place, _ error: FrameError) {
    self.place = place
    message = error.description
    packet = nil
  }

  init(_ place: Place, _ error: CaptureError) {
    self.place = Place(file: place.file)
    message = error.description
    packet = nil
  }

  init(_ place: Place, _ error: PacketError) {
    self.place = place
    message = "packet refused: \(error)"
    packet = error
  }
}

extension RecordingError: CustomStringConvertible {
  /// `book.stomp: frame 2: packet refused: row 1, column PRICE, byte 143 of the body: …`
  public var description: String {
    var text = place.file
    if let record = place.record {
      text += ": record \(record)"
      if let offset = place.offset { text += " at byte \(offset)" }
    }
    if packet != nil, let frame = place.frame { text += ": frame \(frame)" }
    return "\(text): \(message)"
  }
}
