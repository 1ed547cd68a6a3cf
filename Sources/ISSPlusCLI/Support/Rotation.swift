import ArgumentParser

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// When a recording goes on in another file: `100MB` (millions of bytes; KB and GB too), or after a time, `1h`.
enum Rotation: ExpressibleByArgument, Sendable, Equatable {
  case bytes(Int)
  case time(Duration)

  init?(argument: String) {
    let units = [("KB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000)]
    if let (name, unit) = units.first(where: { argument.hasSuffix($0.0) }) {
      let digits = argument.dropLast(name.count)
      guard (1...9).contains(digits.utf8.count), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
        let number = Int(digits), number > 0
      else { return nil }
      self = .bytes(number * unit)
    } else if let duration = DurationArgument(argument: argument)?.duration, duration >= .seconds(1) {
      self = .time(duration)
    } else {
      return nil
    }
  }
}

/// The files of a rotated recording: `day.capture` becomes `day-0001.capture`, `day-0002.capture` and so on, in the order
/// in which a shell lists them. No file that is there is written over: the numbers go on behind the highest.
struct RotatedFiles: Sendable {
  let rotation: Rotation
  private let stem: String
  private let ending: String
  private var number: Int
  private var began = ContinuousClock.now

  init(path: String, rotation: Rotation) {
    self.rotation = rotation
    let name = path.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
    let dot = name.dropFirst().lastIndex(of: ".")
    ending = dot.map { String(name[$0...]) } ?? ""
    stem = String(path.dropLast(ending.count))
    number = Self.highest(stem, ending)
  }

  private static func highest(_ stem: String, _ ending: String) -> Int {
    let slash = stem.lastIndex(of: "/")
    let folder = slash.map { String(stem[...$0]) } ?? "."
    let prefix = (slash.map { String(stem[stem.index(after: $0)...]) } ?? stem) + "-"
    guard let directory = opendir(folder) else { return 0 }
    defer { closedir(directory) }
    var highest = 0
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
        tuple.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard name.hasPrefix(prefix), name.hasSuffix(ending), name.count > prefix.count + ending.count else { continue }
      let digits = name.dropFirst(prefix.count).dropLast(ending.count)
      if digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(digits) {
        highest = max(highest, number)
      }
    }
    return highest
  }

  /// Whether a file of that size is full.
  func isFull(_ size: Int) -> Bool {
    switch rotation {
    case .bytes(let limit): size >= limit
    case .time(let limit): began.duration(to: .now) >= limit
    }
  }

  /// Opens the next file.
  ///
  /// - Throws: a `Failure` with status 73.
  mutating func next() throws -> (descriptor: Int32, path: String) {
    number += 1
    let digits = "\(number)"
    let path = "\(stem)-\(String(repeating: "0", count: max(0, 4 - digits.count)))\(digits)\(ending)"
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      throw Failure(.unwritable, "\(path): cannot be written: \(String(cString: strerror(errno)))")
    }
    began = .now
    return (descriptor, path)
  }
}
