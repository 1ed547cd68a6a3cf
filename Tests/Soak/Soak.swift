import GatewaySimulator
import ISSPlus
import MarketData

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The long load: many connections, each cut again and again under full load, readers that read, read late and do not
/// read for a while. Afterwards every table is the gateway's, and so is what every reader has built from its changes.
///
/// `Soak [--connections 30] [--subscriptions 50] [--rate 20000] [--seconds 60] [--stopped 30] [--cuts 1]`; subscriptions are those
/// of one connection. Exit status 1 when something is not as it has to be.
@main
struct Soak {
  var options: SoakOptions
  let simulator: GatewaySimulator
  let client: ISSPlusClient
  private let clock = ContinuousClock()

  static func main() async throws {
    let options = try SoakOptions(CommandLine.arguments.dropFirst())
    let market = GatewaySimulator.Configuration(tickers: options.tickers, rate: options.rate)
    let faults = try await withGatewaySimulator(market) { simulator in
      var configuration = ISSPlusConfiguration(url: simulator.url)
      configuration.connections = options.connections
      configuration.subscriptionPace = .milliseconds(5)
      configuration.backoff.maximum = .seconds(2)
      return try await withISSPlus(configuration) { client in
        try await Soak(options: options, simulator: simulator, client: client).run()
      }
    }
    for fault in faults { say("FAULT \(fault)") }
    say(faults.isEmpty ? "as it has to be" : "\(faults.count) faults")
    if !faults.isEmpty { exit(1) }
  }

  private func run() async throws -> [String] {
    let readers = try await subscribe()
    say("second  packets/s  changes/s  cuts  reconnects  conflated  stale  rss MB")
    return try await withThrowingTaskGroup(of: Void.self) { tasks in
      for reader in readers where reader.startsAfter == 0 { tasks.addTask { try await reader.read() } }
      var memory = Memory()
      var before = SessionCounters()
      var cuts = 0
      for second in 1...options.seconds {
        if second == options.stopped {
          for reader in readers where reader.startsAfter > 0 { tasks.addTask { try await reader.read() } }
        }
        try await clock.sleep(for: .seconds(1))
        cuts += try await cut(second)
        let now = await client.counters()
        memory.sample(second)
        say(
          line([
            second, now.packets - before.packets, now.changes - before.changes, cuts, now.reconnects,
            now.conflatedPackets, now.staleTables, memory.last,
          ]))
        before = now
      }
      var faults = memory.faults()
      faults += try await settle(readers)
      for reader in readers { await reader.subscription.unsubscribe() }
      try await tasks.waitForAll()
      return faults
    }
  }

  /// A line that is seen at once, also in a pipe.
  private static func say(_ line: String) {
    print(line)
    fflush(nil)
  }

  private func say(_ line: String) { Self.say(line) }

  private func subscribe() async throws -> [SoakReader] {
    let tickers = SimulatedMarket(tickers: options.tickers).tickers(of: "MXSE")
    let kinds = ["MXSE.orderbooks", "MXSE.securities"]
    var readers: [SoakReader] = []
    for number in 0..<options.connections * options.subscriptions {
      let ticker = tickers[number / kinds.count % tickers.count]
      let isLate = number % 10 == 9
      let mode: DeliveryMode = isLate || number.isMultiple(of: 2) ? .conflate : .lossless
      let subscription = try await client.subscribe(kinds[number % kinds.count], ticker: ticker, delivery: mode)
      readers.append(SoakReader(subscription, startsAfter: isLate ? options.stopped : 0))
    }
    return readers
  }

  /// Cuts one connection, by turns in every way a line can end.
  private func cut(_ second: Int) async throws -> Int {
    let numbers = try await simulator.connectionNumbers()
    guard !numbers.isEmpty, options.cuts > 0, second.isMultiple(of: options.cuts) else { return 0 }
    let fault: LineFault = [.cut, .reset, .closed][second % 3]
    return try await simulator.strike(fault, connection: numbers[second * 7 % numbers.count])
  }

  private func line(_ columns: [Int]) -> String {
    return zip(columns, [6, 9, 9, 4, 10, 9, 5, 6]).map { value, width in
      let text = "\(value)"
      return String(repeating: " ", count: max(0, width - text.count)) + text
    }.joined(separator: "  ")
  }

  // MARK: The end

  /// Stops the streams and waits until everything that was sent has been read.
  private func settle(_ readers: [SoakReader]) async throws -> [String] {
    try await simulator.pauseStreams()
    var faults: [String] = []
    for _ in 0..<60 {
      try await clock.sleep(for: .seconds(1))
      faults = []
      for reader in readers { faults += try await compare(reader) }
      if faults.isEmpty { break }
    }
    let statistics = try await simulator.statistics()
    say("sent \(statistics.packets) packets, left out \(statistics.skippedPackets) for readers that were too slow")
    say("compared \(readers.count) tables with the simulator's and with those built from the changes")
    return faults
  }

  private func compare(_ reader: SoakReader) async throws -> [String] {
    let subscription = reader.subscription
    let name = "\(subscription.destination) \(subscription.ticker)"
    guard let table = await subscription.table(),
      let truth = try await simulator.currentTable(subscription.destination, subscription.selector)
    else { return ["\(name): there is no table"] }
    var faults = await reader.faults.map { "\(name): \($0)" }
    let own = table.rows.map { row in row.values.map { $0.isNull ? nil : "\($0)" } }
    if Self.sorted(own) != Self.sorted(truth.rows) { faults.append("\(name): the table is not the gateway's") }
    if await !reader.hasBuilt(table) { faults.append("\(name): the changes lead elsewhere") }
    return faults
  }

  private static func sorted(_ rows: [[String?]]) -> [String] {
    rows.map { row in row.map { $0.map { "=" + $0 } ?? "-" }.joined(separator: "|") }.sorted()
  }
}
