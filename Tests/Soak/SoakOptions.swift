/// The options of a run.
struct SoakOptions {
  struct Usage: Error, CustomStringConvertible {
    let description: String
  }

  var connections = 30
  var subscriptions = 50
  var rate = 20_000.0
  var seconds = 60
  var stopped = 30
  /// Seconds between two cuts; 0 cuts nothing.
  var cuts = 1

  /// Instruments for every pair of a book and a row of quotes.
  var tickers: Int { (connections * subscriptions + 1) / 2 }

  init(_ arguments: ArraySlice<String>) throws {
    var rest = arguments
    while let name = rest.popFirst() {
      guard let value = rest.popFirst().flatMap(Int.init), value > 0 || name == "--cuts" else {
        throw Usage(description: "\(name) N")
      }
      switch name {
      case "--connections": connections = value
      case "--subscriptions": subscriptions = value
      case "--rate": rate = Double(value)
      case "--seconds": seconds = value
      case "--stopped": stopped = value
      case "--cuts": cuts = value
      default: throw Usage(description: "no such option: \(name)")
      }
    }
  }
}
