internal import MarketData
internal import NIOCore
internal import WebSocketTransport

/// What the connections of a simulator share. It lives on the simulator's event loop.
final class GatewayHub {
  let market: SimulatedMarket
  let sessions: GatewaySession.Configuration
  let eventLoop: any EventLoop
  let clock = WallClock()
  private let replay: ReplaySession.Configuration?
  private var connections: [ObjectIdentifier: GatewayConnection] = [:]
  private var replays: [ObjectIdentifier: ReplayConnection] = [:]
  /// Sums over the connections that are gone.
  private var past = GatewaySimulator.Statistics()

  init(_ configuration: GatewaySimulator.Configuration, eventLoop: any EventLoop) {
    self.eventLoop = eventLoop
    replay = configuration.replay
    market = SimulatedMarket(
      seed: configuration.seed, tickers: configuration.tickers, rate: configuration.rate)
    sessions = GatewaySession.Configuration(
      accounts: configuration.accounts, switches: configuration.switches, structureBody: configuration.structureBody)
  }

  func makeConnection() -> any WebSocketMessageHandler {
    past.connections += 1
    if let replay {
      let connection = ReplayConnection(hub: self, replay)
      replays[ObjectIdentifier(connection)] = connection
      return connection
    }
    let connection = GatewayConnection(hub: self)
    connections[ObjectIdentifier(connection)] = connection
    return connection
  }

  func remove(_ connection: GatewayConnection) {
    connections[ObjectIdentifier(connection)] = nil
    past.packets += connection.session.packetCount
    past.skippedPackets += connection.session.skippedCount
  }

  func remove(_ connection: ReplayConnection) {
    replays[ObjectIdentifier(connection)] = nil
    past.packets += connection.session.packetCount
  }

  var statistics: GatewaySimulator.Statistics {
    var all = past
    for connection in connections.values {
      all.openConnections += 1
      all.openSubscriptions += connection.session.subscriptionCount
      all.packets += connection.session.packetCount
      all.skippedPackets += connection.session.skippedCount
    }
    for connection in replays.values {
      all.openConnections += 1
      all.openSubscriptions += connection.session.subscriptionCount
      all.packets += connection.session.packetCount
    }
    return all
  }

  func currentTable(_ destination: String, _ selector: String?) -> SimulatedTable? {
    let newest = connections.values.sorted { $0.number > $1.number }
    return newest.lazy.compactMap { $0.session.currentTable(destination, selector) }.first
  }

  /// Strikes a connection, or all of them; says how many there were.
  func strike(_ fault: LineFault, connection number: Int?) -> Int {
    let struck = connections.values.filter { number == nil || $0.number == number }
    for connection in struck { connection.strike(fault) }
    return struck.count
  }

  /// The numbers of the connections that are open, oldest first.
  var connectionNumbers: [Int] { connections.values.map(\.number).sorted() }

  /// The number of the newest connection, from 1.
  var connectionNumber: Int { past.connections }
}
