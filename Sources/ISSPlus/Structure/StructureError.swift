/// Why the body of a CONNECTED frame is no structure.
public struct StructureError: Error, Sendable, Hashable {
  /// What is wrong, in a few words.
  public var message: String
  /// The member that is wrong, for example `structure.MXSE.streams[2].output[5].type`; `nil` for broken JSON.
  public var path: String?
  /// The byte at which the JSON breaks; `nil` where the JSON is whole and its shape is wrong.
  public var offset: Int?

  /// An error from its parts.
  public init(_ message: String, path: String? = nil, offset: Int? = nil) {
    self.message = message
    self.path = path
    self.offset = offset
  }
}

extension StructureError: CustomStringConvertible {
  /// The message with its place.
  public var description: String {
    if let path { return "\(path): \(message)" }
    if let offset { return "byte \(offset): \(message)" }
    return message
  }
}
