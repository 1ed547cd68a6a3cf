import CPeers
import Foundation
import ISSPlus
import MarketData

/// The library against a sender that puts the time of day into each message.
enum Latency {
  /// Times in microseconds.
  struct Figures {
    /// From the moment before the sender's write, with the sender's own TLS.
    let median: Double
    let p99: Double
    /// From the moment at which the kernel gave the message to the receiver's side; nil where it does not say.
    let kernelMedian: Double?
    let kernelP99: Double?

    var values: [Double?] { [kernelMedian, kernelP99, median, p99] }

    /// - Parameter samples: stamps of messages and when each had come, in nanoseconds; the first ones warm up.
    init?(_ samples: [(sent: Int64, arrived: Int64)]) {
      let counted = samples.dropFirst(samples.count / 6)
      let times = counted.map { Double($0.arrived - $0.sent) / 1000 }.sorted()
      guard times.count > 100 else { return nil }
      median = times[times.count / 2]
      p99 = times[times.count * 99 / 100]
      let known = counted.compactMap { sample in
        let handed = sender_arrival(sample.sent)
        return handed == 0 ? nil : Double(sample.arrived - handed) / 1000
      }.sorted()
      // A write that had to wait is noted too late to be found; there are hardly any.
      let isKnown = known.count > times.count * 98 / 100
      kernelMedian = isKnown ? known[known.count / 2] : nil
      kernelP99 = isKnown ? known[known.count * 99 / 100] : nil
    }
  }

  /// Who takes the messages.
  enum Receiver: String, CaseIterable {
    case task, executor, busy, bare

    var name: String {
      switch self {
      case .task: ""
      case .executor: ", on `client.executor`"
      case .busy: ", there with `busyPolling`"
      case .bare: ", epoll and read alone, in C"
      }
    }
  }

  /// Messages of a run.
  private static let count = 6000

  static func run(
    _ receiver: Receiver, over line: Commands.Line, _ certificate: (chain: String, key: String)
  ) async -> Figures? {
    receiver == .bare
      ? socketToRead(line, certificate) : await socketToChange(receiver, line, certificate)
  }

  /// All of it by turns, of each the run with the least median.
  static func table(_ certificate: (chain: String, key: String)) async -> Results.Table {
    var rows: [Results.Line] = []
    for line in [Commands.Line.plain, .secure] {
      var least = Receiver.allCases.map { _ in Figures?.none }
      for _ in 0..<3 {
        for (place, receiver) in Receiver.allCases.enumerated() {
          guard let figures = await run(receiver, over: line, certificate) else { continue }
          if figures.median < least[place]?.median ?? .infinity { least[place] = figures }
        }
      }
      let first = await connectToFirstRow(line, certificate).map { $0 * 1000 }
      for (receiver, figures) in zip(Receiver.allCases, least) {
        rows.append(
          Results.Line(
            name: "\(line.rawValue)://\(receiver.name)",
            values: (figures?.values ?? [nil, nil, nil, nil]) + [receiver == .task ? first : nil]))
      }
    }
    return Results.Table(
      title: "Latency of the library, microseconds",
      note:
        "To the change in a subscriber's hands, at 1,000 messages a second of 250 bytes: from the moment in which the "
        + "kernel hands the message to the receiver's side of loopback, and from the moment before the sender's write, "
        + "with its TLS; the sender is in the same process. And from `connect()` to the first row of a book. "
        + "Each line is the run of three with the least median; its p99 is of that run.",
      columns: ["kernel, median", "p99", "write, median", "p99", "connect to first row"], lines: rows)
  }

  private static func configuration(_ port: Int, _ line: Commands.Line, _ chain: String) -> ISSPlusConfiguration {
    var configuration = ISSPlusConfiguration(url: "\(line.rawValue)://localhost:\(port)/")
    configuration.caFile = chain
    return configuration
  }

  private static var now: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  private static func socketToChange(
    _ receiver: Receiver, _ line: Commands.Line, _ certificate: (chain: String, key: String)
  ) async -> Figures? {
    guard let port = stamped(line, certificate) else { return nil }
    var configuration = configuration(port, line, certificate.chain)
    configuration.busyPolling = receiver == .busy
    var samples: [(sent: Int64, arrived: Int64)] = []
    do {
      try await withISSPlus(configuration) { client in
        let quotes = try await client.subscribe("MXSE.securities", ticker: "MXSE.TQBR.SBER", delivery: .lossless)
        samples = try await Task(executorPreference: receiver == .task ? nil : client.executor) {
          try await read(quotes)
        }.value
      }
    } catch {
      return nil
    }
    return Figures(samples)
  }

  /// The same messages to a client without a library: epoll, one read, nothing made of it.
  private static func socketToRead(_ line: Commands.Line, _ certificate: (chain: String, key: String)) -> Figures? {
    guard let port = stamped(line, certificate) else { return nil }
    var stamps = [Int64](repeating: 0, count: count)
    var times = stamps
    guard bare_latency(Int32(port), line == .secure ? 1 : 0, Int32(count), &stamps, &times) == 0 else { return nil }
    return Figures(zip(stamps, times).map { ($0, $1) })
  }

  /// A sender of 1,000 stamped messages a second; its port.
  private static func stamped(_ line: Commands.Line, _ certificate: (chain: String, key: String)) -> Int? {
    let body =
      #"{"properties":{"type":"updates","seqnum":1,"timestamp":1000000000000000000},"#
      + #""columns":["TICKER","LAST","BID","OFFER","VALTODAY"],"data":[["MXSE.TQBR.SBER",[%D.25,2],[328.1,2],[328.2,2],%D]]}"#
    let bodies = (0..<1000).map { body.replacingOccurrences(of: "%D", with: "\($0)") }
    return Sender.start(bodies, "MXSE.securities", line == .secure ? certificate : nil, pause: 1_000_000)
  }

  private static func read(_ quotes: Subscription) async throws -> [(sent: Int64, arrived: Int64)] {
    var samples: [(sent: Int64, arrived: Int64)] = []
    samples.reserveCapacity(count)
    for try await update in quotes.changes {
      let arrived = now
      guard !update.changes.isEmpty, let sent = update.changes.properties.timestamp else { continue }
      samples.append((sent, arrived))
      if samples.count == count { break }
    }
    return samples
  }

  /// From `connect()` to the first row, median of some, in milliseconds.
  static func connectToFirstRow(_ line: Commands.Line, _ certificate: (chain: String, key: String)) async -> Double? {
    let (bodies, destination) = Traffic.books.packets
    var times: [Double] = []
    for _ in 0..<15 {
      let secure = line == .secure ? certificate : nil
      guard let port = Sender.start(Array(bodies.prefix(10)), destination, secure, pause: 1_000_000) else { return nil }
      let start = now
      do {
        try await withISSPlus(configuration(port, line, certificate.chain)) { client in
          let books = try await client.subscribe(destination, ticker: "MXSE.TQBR.SBER")
          for try await update in books.changes where !update.changes.isEmpty {
            times.append(Double(now - start) / 1e6)
            return
          }
        }
      } catch {
        return nil
      }
    }
    return times.sorted()[times.count / 2]
  }
}
