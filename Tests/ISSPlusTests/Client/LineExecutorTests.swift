import GatewaySimulator
import NIOPosix
import Testing

@testable import ISSPlus

/// Tasks on the thread that reads the lines.
@Suite(.timeLimit(.minutes(10))) struct LineExecutorTests {
  @Test(arguments: [DeliveryMode.lossless, .conflate]) func changesArriveOnTheLoop(delivery: DeliveryMode) async throws
  {
    try await withGatewaySimulator(GatewaySimulator.Configuration(rate: 200)) { simulator in
      var configuration = ISSPlusConfiguration.patient(simulator.url)
      configuration.subscriptionPace = .nanoseconds(0)
      try await withISSPlus(configuration) { client in
        let book = try await client.subscribe("MXSE.orderbooks", ticker: "MXSE.TQBR.SBER", delivery: delivery)
        func isOnLoop() -> Bool { MultiThreadedEventLoopGroup.currentEventLoop != nil }
        func read() async throws -> [Bool] {
          var places: [Bool] = []
          for try await update in book.changes where !update.changes.isEmpty {
            places.append(isOnLoop())
            if places.count == 5 { break }
          }
          return places
        }
        let places = try await Task(executorPreference: client.executor) { try await read() }.value
        #expect(places == Array(repeating: true, count: 5))
        // A request from there does not wait for itself.
        let reply = try await Task(executorPreference: client.executor) {
          try await client.request("COMMON.engines")
        }.value
        #expect(reply.table.count > 0)
        #expect(!isOnLoop())
      }
    }
  }
}
