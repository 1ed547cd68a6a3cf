import ArgumentParser
import GatewaySimulator
import ISSPlus
import NIOCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Simulator and client in one process.
struct Demo: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "A simulated gateway and a client in one process: a ladder on a terminal, changes as CSV into a pipe.",
    discussion: "No network is used; the prices are made up.")

  @Option(help: "End after that time, for example 5s.")
  var duration = DurationArgument(amount: .seconds(10))

  @Option(help: "The seed of the market.")
  var seed: UInt64 = 1

  func run() async throws {
    try await reportingFailures {
      let simulator: GatewaySimulator
      do {
        simulator = try await GatewaySimulator.start(GatewaySimulator.Configuration(seed: seed))
      } catch {
        throw Failure(.unreachable, "the simulator cannot listen: \(error)")
      }
      do {
        try await run(simulator)
      } catch {
        await simulator.stop()
        throw error
      }
      await simulator.stop()
    }
  }

  private func run(_ simulator: GatewaySimulator) async throws {
    let ticker = "MXSE.TQBR.SBER"
    let configuration = ISSPlusConfiguration(url: simulator.url)
    if isatty(STDOUT_FILENO) == 1 {
      try await LiveClient.run(configuration, LiveClient.Form()) { live in
        let book = BookRun([ticker], depth: 10, once: false)
        try await book.run(live, limit: configuration.timeout, duration: duration.duration)
      }
      return
    }
    let seconds = Summary.fixed(Double(duration.amount.nanoseconds) / 1e9, 1)
    StandardError.say("order book of \(ticker) from a simulated gateway at \(simulator.url), for \(seconds) s")
    let length = "\(duration.amount.nanoseconds / 1_000_000)ms"
    let dump = try Dump.parse(["MXSE.orderbooks", "--ticker", ticker, "--duration", length])
    let follow = try Follow(dump, try dump.selection.asked())
    try await LiveClient.run(configuration, LiveClient.Form()) { live in
      try await follow.run(live, limit: configuration.timeout)
    }
  }
}
