import MarketData

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Which files `dump` keeps equal to which tables: one for all (`--live`), one for each subscription (`--live-dir`).
struct LivePlan {
  /// One file.
  struct Entry {
    let file: WholeFile
    /// The subscriptions whose tables are in it, by their place in the command.
    let places: [Int]
    /// Whether the ticker stands in front of the columns.
    let lead: LineWriter.Lead
  }

  let entries: [Entry]

  init(_ options: Dump, _ asked: [SelectionOptions.Asked]) {
    var entries: [Entry] = []
    if let path = options.live {
      entries.append(
        Entry(
          file: WholeFile(path: path, syncs: options.fsync), places: Array(asked.indices),
          lead: asked.count > 1 ? .ticker : .none))
    }
    if let folder = options.liveDir {
      for (place, name) in Self.names(asked, ending: options.printing.form.ending).enumerated() {
        let file = WholeFile(path: folder + "/" + name, syncs: options.fsync)
        entries.append(Entry(file: file, places: [place], lead: .none))
      }
    }
    self.entries = entries
  }

  /// Makes the folder where it is missing, and tells at once whether the files can be written.
  ///
  /// - Throws: a `Failure` with status 73.
  func prepare(folder: String?) throws {
    if let folder, mkdir(folder, 0o777) != 0, errno != EEXIST {
      throw Failure(.unwritable, "\(folder): cannot be made: \(String(cString: strerror(errno)))")
    }
    for entry in entries { try entry.file.check() }
  }

  /// `MXSE.orderbooks-MXSE.TQBR.SBER.csv`: destination and ticker, each once; what is no letter, digit, dot, hyphen or
  /// underscore is written as %XX.
  static func names(_ asked: [SelectionOptions.Asked], ending: String) -> [String] {
    var taken: [String: Int] = [:]
    return asked.map { one in
      let parts = [one.destination, one.ticker].filter { !$0.isEmpty }
      let name = parts.map(escaped).joined(separator: "-")
      taken[name, default: 0] += 1
      let number = taken[name] ?? 1
      return name + (number > 1 ? "-\(number)" : "") + "." + ending
    }
  }

  private static func escaped(_ text: String) -> String {
    var name = ""
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
        name.unicodeScalars.append(Unicode.Scalar(byte))
      default: name += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
      }
    }
    return name
  }
}
