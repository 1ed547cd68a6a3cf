import CPeers
import Foundation
import ISSPlus
import MarketData

/// The library against a sender that puts the time of day into each message.
enum Latency {
  /// Times in microseconds.
  struct Figures {
    let median: Double
    let p99: Double
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

  /// From the sender's write to the change in the subscriber's hands, at 1,000 messages a second.
  ///
  /// - Parameter onTheLoop: whether the subscriber runs on the client's executor, else as tasks do.
  static func socketToChange(
    _ line: Commands.Line, _ certificate: (chain: String, key: String), onTheLoop: Bool
  ) async -> Figures? {
    guard let port = stamped(line, certificate) else { return nil }
    var times: [Double] = []
    do {
      try await withISSPlus(configuration(port, line, certificate.chain)) { client in
        let quotes = try await client.subscribe("MXSE.securities", ticker: "MXSE.TQBR.SBER", delivery: .lossless)
        times = try await Task(executorPreference: onTheLoop ? client.executor : nil) { try await read(quotes) }.value
      }
    } catch {
      return nil
    }
    let sorted = times.dropFirst(1000).sorted()
    guard sorted.count > 100 else { return nil }
    return Figures(median: sorted[sorted.count / 2], p99: sorted[sorted.count * 99 / 100])
  }

  /// The same messages to a client without a library: epoll, one read, nothing made of it.
  static func socketToRead(_ line: Commands.Line, _ certificate: (chain: String, key: String)) -> Figures? {
    guard let port = stamped(line, certificate) else { return nil }
    var median = 0.0
    var p99 = 0.0
    guard bare_latency(Int32(port), line == .secure ? 1 : 0, 6000, &median, &p99) == 0 else { return nil }
    return Figures(median: median, p99: p99)
  }

  /// A sender of 1,000 stamped messages a second; its port.
  private static func stamped(_ line: Commands.Line, _ certificate: (chain: String, key: String)) -> Int? {
    let body =
      #"{"properties":{"type":"updates","seqnum":1,"timestamp":1000000000000000000},"#
      + #""columns":["TICKER","LAST","BID","OFFER","VALTODAY"],"data":[["MXSE.TQBR.SBER",[%D.25,2],[328.1,2],[328.2,2],%D]]}"#
    let bodies = (0..<1000).map { body.replacingOccurrences(of: "%D", with: "\($0)") }
    return Sender.start(bodies, "MXSE.securities", line == .secure ? certificate : nil, pause: 1_000_000)
  }

  private static func read(_ quotes: Subscription) async throws -> [Double] {
    var times: [Double] = []
    for try await update in quotes.changes {
      let arrived = now
      guard !update.changes.isEmpty, let sent = update.changes.properties.timestamp else { continue }
      times.append(Double(arrived - sent) / 1000)
      // The first ones warm up.
      if times.count == 6000 { break }
    }
    return times
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
