import GatewaySimulator
import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import Testing

@testable import ISSPlus

/// An event loop that does not sleep while there is a connection.
@Suite(.timeLimit(.minutes(10))) struct BusyPollTests {
  /// Turns of an event loop.
  private final class Turns: NIOEventLoopMetricsDelegate {
    let count = NIOLockedValueBox(0)

    func processedTick(info: NIOEventLoopTickInfo) { count.withLockedValue { $0 += 1 } }
  }

  @Test func theLoopTurnsWithNothingToDoUntilItIsOff() async throws {
    let turns = Turns()
    let threads = MultiThreadedEventLoopGroup(numberOfThreads: 1, metricsDelegate: turns)
    let loop = threads.next()
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let poll = NIOLoopBoundBox.makeBoxSendingValue(BusyPoll(loop, logger: logger), as: BusyPoll.self, eventLoop: loop)
    #expect(try await loop.submit { poll.value.channel == nil }.get())
    let channel = try await loop.flatSubmit {
      poll.value.isOn = true
      poll.value.isOn = true
      return poll.value.channel ?? loop.makeFailedFuture(ChannelError.ioOnClosedChannel)
    }.get()
    // Nobody asks anything of the loop meanwhile.
    let before = turns.count.withLockedValue { $0 }
    while turns.count.withLockedValue({ $0 }) < before + 1000 { await Task.yield() }
    #expect(channel.isActive)
    try await loop.submit { poll.value.isOn = false }.get()
    try await channel.closeFuture.get()
    #expect(try await loop.submit { !poll.value.isOn && poll.value.channel == nil }.get())
    // It can be told again, and told otherwise before the pipe is there.
    let second = try await loop.flatSubmit {
      poll.value.isOn = true
      let channel = poll.value.channel ?? loop.makeFailedFuture(ChannelError.ioOnClosedChannel)
      poll.value.isOn = false
      return channel
    }.get()
    try await second.closeFuture.get()
    try await threads.shutdownGracefully()
  }

  @Test func itIsAskedForWhileThereIsAConnection() throws {
    var isAwake: [Bool] = []
    let world = try VirtualWorld(market: SimulatedMarket(tickers: 8)) {
      $0.connections = 2
      $0.subscriptionPace = .nanoseconds(0)
    } keepAwake: {
      isAwake.append($0)
    }
    #expect(isAwake == [])
    _ = world.group.start(1)
    world.pass(.milliseconds(5))
    #expect(world.openLines.count == 2)
    #expect(isAwake.first == false)
    #expect(isAwake.last == true)
    world.attempts = [.refused, .refused]
    world.openLines[0].cut()
    world.pass(.milliseconds(1))
    #expect(isAwake.last == true, "the other connection is there")
    world.openLines[0].cut()
    world.pass(.milliseconds(1))
    #expect(isAwake.last == false, "all connections are made again")
    world.pass(.seconds(10))
    #expect(world.openLines.count == 2)
    #expect(isAwake.last == true)
    world.end()
    #expect(isAwake.last == false)
  }

  @Test func itBringsTheSameChanges() async throws {
    try await withGatewaySimulator(GatewaySimulator.Configuration(rate: 200)) { simulator in
      var configuration = ISSPlusConfiguration.patient(simulator.url)
      configuration.subscriptionPace = .nanoseconds(0)
      configuration.busyPolling = true
      try await withISSPlus(configuration) { client in
        let book = try await client.subscribe("MXSE.orderbooks", ticker: "MXSE.TQBR.SBER", delivery: .lossless)
        func read() async throws -> Int {
          var count = 0
          for try await update in book.changes where !update.changes.isEmpty {
            count += 1
            if count == 20 { break }
          }
          return count
        }
        #expect(try await Task(executorPreference: client.executor) { try await read() }.value == 20)
        #expect(try await client.request("COMMON.engines").table.count > 0)
      }
    }
  }
}
