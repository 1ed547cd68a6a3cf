import Foundation
import NIOCore

/// Recorded files that lie beside the project and not in it: `../shared` from the folder of the package.
enum SharedFile {
  /// The bytes of the file, or `nil` where it does not lie.
  static func contents(of path: String) -> ByteBuffer? {
    guard let data = try? Data(contentsOf: folder.appending(path: path)) else { return nil }
    return ByteBuffer(bytes: data)
  }

  static func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: folder.appending(path: path).path)
  }

  private static let folder: URL = {
    var folder = URL(filePath: #filePath).deletingLastPathComponent()
    while folder.path != "/", !FileManager.default.fileExists(atPath: folder.appending(path: "Package.swift").path) {
      folder.deleteLastPathComponent()
    }
    return folder.deletingLastPathComponent().appending(path: "shared")
  }()
}
