// A test of a program of your own against the simulated gateway.

// snippet.start
import GatewaySimulator
import ISSPlus

try await withGatewaySimulator(GatewaySimulator.Configuration(seed: 7, rate: 100)) { simulator in
  try await withISSPlus(ISSPlusConfiguration(url: simulator.url)) { client in
    for try await book in client.orderBook("MXSE.TQBR.SBER") {
      print(book.bestBid?.price ?? "none", book.bestAsk?.price ?? "none")
      if book.book.bids.count == 10 { break }
    }
  }
}
// snippet.end

func faults() async throws {
  // snippet.faults
  let switches = try SimulatorSwitches(["second-snapshot=2", "unknown-column=on"])
  let simulator = try await GatewaySimulator.start(GatewaySimulator.Configuration(switches: switches))
  print(simulator.url)
  await simulator.stop()
  // snippet.end
}
