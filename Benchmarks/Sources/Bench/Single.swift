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
          let times = Measure().byTurns([Subjects.decode(set), Subjects.decodeAndApply(set)]).map {
            $0?.nanoseconds ?? 0
          }
          print(set.name, Int(times[0]), Int(times[1] - times[0]), (times[1] - times[0]) / times[0])
        }
      }
      return true
    }
    if [3, 5].contains(arguments.count), arguments[0] == "latency" {
      let certificate = (chain: arguments[1], key: arguments[2])
      for line in [Commands.Line.plain, .secure] where arguments.count == 3 || arguments[3] == line.rawValue {
        for receiver in Latency.Receiver.allCases where arguments.count == 3 || arguments[4] == receiver.rawValue {
          guard let figures = await Latency.run(receiver, over: line, certificate) else { return false }
          print(line.rawValue, receiver.rawValue, figures.values.map { $0.map { String(Int($0)) } ?? "-" })
          fflush(nil)
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
