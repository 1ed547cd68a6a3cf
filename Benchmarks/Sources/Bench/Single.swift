import Foundation

/// One piece at a time, to look at it with a profiler.
enum Single {
  /// Does what the arguments say; false when they are of another kind.
  static func run(_ arguments: [String]) async throws -> Bool {
    if arguments.count == 4, arguments[0] == "capture", let kind = Captures.Kind(rawValue: arguments[1]),
      let megabytes = Int(arguments[2])
    {
      try Captures.write(kind, megabytes: megabytes, to: arguments[3])
      return true
    }
    if arguments.count == 5, arguments[0] == "serve", let kind = Traffic(rawValue: arguments[1]),
      let pause = Int64(arguments[2])
    {
      let certificate = arguments[3] == "-" ? nil : (chain: arguments[3], key: arguments[4])
      let (bodies, destination) = kind.packets
      guard let port = Sender.start(bodies, destination, certificate, pause: pause) else { return false }
      print("\(certificate == nil ? "ws" : "wss")://localhost:\(port)/ \(destination)")
      fflush(nil)
      while true { sleep(3600) }
    }
    if arguments.count == 2, arguments[0] == "apply" {
      var generators = Generators()
      for set in generators.all() where set.name == arguments[1] {
        for _ in 0..<10 {
          let (own, applied) = (Subjects.decode(set).nanoseconds, Subjects.decodeAndApply(set).nanoseconds)
          print(set.name, Int(own), Int(applied - own), (applied - own) / own)
        }
      }
      return true
    }
    if arguments.count == 5, arguments[0] == "latency", let line = Commands.Line(rawValue: arguments[3]) {
      let certificate = (chain: arguments[1], key: arguments[2])
      let figures = await Latency.socketToChange(line, certificate, onTheLoop: arguments[4] == "executor")
      print(arguments[3], arguments[4], figures?.median ?? 0, figures?.p99 ?? 0)
      return true
    }
    if arguments.count == 3, arguments[0] == "latency" {
      let certificate = (chain: arguments[1], key: arguments[2])
      for line in [Commands.Line.plain, .secure] {
        if let bare = Latency.socketToRead(line, certificate) { print(line.rawValue, "bare", bare.median, bare.p99) }
        for onTheLoop in [false, true] {
          guard let figures = await Latency.socketToChange(line, certificate, onTheLoop: onTheLoop) else {
            return false
          }
          print(line.rawValue, onTheLoop ? "executor" : "task", figures.median, figures.p99)
        }
      }
      return true
    }
    return false
  }
}

/// What a sender of prerecorded messages sends.
enum Traffic: String, CaseIterable {
  /// Updates of one row of about 400 bytes.
  case updates
  /// Books of 40 rows.
  case books

  var packets: (bodies: [String], destination: String) {
    var generators = Generators()
    switch self {
    case .updates:
      let set = generators.updates(40_000, widths: 9...11)
      return ([set.first ?? ""] + set.bodies, "MXSE.securities")
    case .books: return (generators.books(40...40, 10_000).bodies, "MXSE.orderbooks")
    }
  }
}
