#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The memory of this process, second by second.
struct Memory {
  /// In megabytes.
  private(set) var last = 0
  private var samples: [(second: Int, megabytes: Int)] = []

  mutating func sample(_ second: Int) {
    last = Self.resident()
    samples.append((second, last))
  }

  /// Flat after the first ten seconds: what comes later is no tenth, and no 16 MB, above the most of the second ten.
  func faults() -> [String] {
    let settled = samples.filter { (11...20).contains($0.second) }.map(\.megabytes).max()
    let later = samples.filter { $0.second > 20 }.map(\.megabytes).max()
    guard let settled, let later else { return [] }
    return later > settled + max(16, settled / 10) ? ["memory grew from \(settled) MB to \(later) MB"] : []
  }

  /// Resident pages of Linux's `/proc/self/statm`; 0 where there is none.
  private static func resident() -> Int {
    guard let file = fopen("/proc/self/statm", "r") else { return 0 }
    defer { fclose(file) }
    var text = [CChar](repeating: 0, count: 256)
    guard fgets(&text, 256, file) != nil else { return 0 }
    let line = String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    let pages = line.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    return pages * Int(sysconf(Int32(_SC_PAGESIZE))) / 1_048_576
  }
}
