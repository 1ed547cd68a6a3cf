import Foundation
import GatewaySimulator
import ISSPlus
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

extension Live {
  /// Lines that are cut, gateways that die, hang or vanish, a client that is stopped: all with real processes.
  @Suite struct GatewayFaultTests {
    static let book = ["MXSE.orderbooks", "--ticker", "MXSE.TQBR.SBER"]
    static let selector = "TICKER=\"MXSE.TQBR.SBER\""

    /// Ends a `dump` when it has printed what the gateway sent last, and compares.
    private func finish(_ dump: Running, _ simulator: GatewaySimulator) async throws -> Program.Result {
      try await simulator.pauseStreams()
      let truth = try #require(try await simulator.currentTable("MXSE.orderbooks", Self.selector))
      let seqnum = ",\(truth.seqnum),"
      try await dump.until("the last packet") { dump.output.split(separator: "\n").last?.contains(seqnum) == true }
      dump.signal(SIGINT)
      let result = try await dump.end()
      #expect(result.status == 0, "\(result.errors)")
      let printed = try PrintedTable(result.output)
      let rebuilt = try printed.rebuilt(keys: ["BUYSELL", "PRICE"], withTicker: false)
      let places = try printed.header.dropFirst(5).map { try #require(truth.columns.firstIndex(of: $0)) }
      #expect(rebuilt == Set(truth.rows.map { row in places.map { row[$0] } }))
      return result
    }

    /// Every insert, update and remove is checked by `rebuilt`: none of a row that is there, or is not.
    @Test(arguments: ["cut=20", "reset=20", "closed=20", "malformed=20"])
    func dumpAcrossThreeCuts(fault: String) async throws {
      let switches = try SimulatorSwitches([fault, "faulty-lines=3"])
      let market = GatewaySimulator.Configuration(rate: 100, switches: switches)
      try await withGatewaySimulator(market) { simulator in
        let dump = try Running(["dump"] + Self.book + ["--url", simulator.url])
        try await dump.until("several tables") { dump.output.utf8.count > 8_000 }
        while try await simulator.statistics().connections < 4 { try await dump.until("a line") { true } }
        let before = dump.output.utf8.count
        try await dump.until("changes of the fourth line") { dump.output.utf8.count > before + 2_000 }
        let result = try await finish(dump, simulator)
        #expect(try await simulator.statistics().connections == 4)
        #expect(result.errors.split(separator: "\n").count >= 3, "each break is told: \(result.errors)")
      }
    }

    /// The gateway gives a client up that has been stopped; when it goes on, it comes back to the truth.
    @Test func dumpThatWasStopped() async throws {
      try await withGatewaySimulator(GatewaySimulator.Configuration(rate: 100)) { simulator in
        let dump = try Running(["dump"] + Self.book + ["--url", simulator.url])
        try await dump.until("a table") { dump.output.utf8.count > 3_000 }
        dump.signal(SIGSTOP)
        try await simulator.strike(.reset)
        let before = dump.output.utf8.count
        dump.signal(SIGCONT)
        try await dump.until("changes of the second line") { dump.output.utf8.count > before + 3_000 }
        while try await simulator.statistics().connections < 2 { try await dump.until("a line") { true } }
        _ = try await finish(dump, simulator)
      }
    }

    /// Reads until the table is in that state.
    private func until(
      _ wanted: (TableState) -> Bool, _ updates: inout TableUpdates.AsyncIterator
    ) async throws -> TableUpdate {
      while let update = try await updates.next() { if wanted(update.state) { return update } }
      throw CancellationError()
    }

    /// With pings a gateway that is only slow counts as one that hangs, sometimes.
    private func configuration(_ url: String, pings: Bool = true) -> ISSPlusConfiguration {
      var configuration = ISSPlusConfiguration(url: url)
      configuration.pingInterval = pings ? .milliseconds(100) : nil
      configuration.pingTimeout = .seconds(1)
      if pings { configuration.connectTimeout = .seconds(1) }
      configuration.backoff.maximum = .milliseconds(500)
      return configuration
    }

    private static func isStale(_ state: TableState) -> Bool { if case .stale = state { true } else { false } }

    @Test func gatewayThatIsKilled() async throws {
      let first = try await Simulator.startWhereItCanComeBack()
      try await withISSPlus(configuration(first.url, pings: false)) { client in
        let book = try await client.subscribe("MXSE.orderbooks", ticker: "MXSE.TQBR.SBER")
        var updates = book.changes.makeAsyncIterator()
        _ = try await until({ $0 == .live }, &updates)
        first.running.signal(SIGKILL)
        #expect(try await until(Self.isStale, &updates).state == .stale(.disconnected))
        let second = try await Simulator.start(["--port", "\(first.port)"])
        let back = try await until({ $0 == .live }, &updates)
        #expect(back.isStateChange)
        #expect(await client.counters().reconnects == 1)
        second.running.signal(SIGINT)
      }
    }

    @Test func gatewayThatIsStopped() async throws {
      let simulator = try await Simulator.start()
      try await withISSPlus(configuration(simulator.url)) { client in
        let book = try await client.subscribe("MXSE.orderbooks", ticker: "MXSE.TQBR.SBER")
        var updates = book.changes.makeAsyncIterator()
        _ = try await until({ $0 == .live }, &updates)
        simulator.running.signal(SIGSTOP)
        _ = try await until(Self.isStale, &updates)
        simulator.running.signal(SIGCONT)
        _ = try await until({ $0 == .live }, &updates)
        #expect(await client.counters().reconnects >= 1)
      }
    }

    /// Nothing passes any more, in neither direction, and no packet of TCP says so.
    @Test func blackHole() async throws {
      let simulator = try await Simulator.start(["--with", "half-open=5", "--with", "faulty-lines=1"])
      try await withISSPlus(configuration(simulator.url)) { client in
        let book = try await client.subscribe("MXSE.orderbooks", ticker: "MXSE.TQBR.SBER")
        var updates = book.changes.makeAsyncIterator()
        _ = try await until({ $0 == .live }, &updates)
        _ = try await until(Self.isStale, &updates)
        _ = try await until({ $0 == .live }, &updates)
        #expect(await client.counters().reconnects >= 1)
      }
    }
  }
}
