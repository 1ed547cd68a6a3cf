#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Reading of test data, without Foundation.
enum Files {
  /// The package's root, found from this file.
  static let root = parent(parent(parent(parent(#filePath))))

  /// The folder with the recorded samples: `shared/issplus` beside the package or beside a folder above it.
  static let samples: String? = {
    var folder = root
    while !folder.isEmpty {
      folder = parent(folder)
      let candidate = folder + "/shared/issplus/samples"
      if !names(in: candidate).isEmpty { return candidate }
    }
    return getenv("ISSPLUS_SHARED").map { String(cString: $0) + "/issplus/samples" }
  }()

  static func parent(_ path: String) -> String {
    path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
  }

  /// The sorted names of a folder's files with an ending.
  static func names(in folder: String, ending: String = "") -> [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
        tuple.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if !name.hasPrefix("."), name.hasSuffix(ending) { names.append(name) }
    }
    return names.sorted()
  }

  static func bytes(of path: String) -> [UInt8]? {
    guard let file = fopen(path, "rb") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 65_536)
    while case let count = fread(&piece, 1, piece.count, file), count > 0 { bytes += piece[..<count] }
    return bytes
  }
}
