import CoreMetrics
import GatewaySimulator
import MarketData
import NIOCore
import NIOEmbedded
import WebSocketTransport

@testable import ISSPlus

/// A client and its gateway in one thread on a virtual clock: the client's own sessions, the simulator's own sessions, and
/// lines in memory that can be cut, held and spoilt between them. No sockets, no tasks, no waiting.
final class VirtualWorld {
  let loop = EmbeddedEventLoop()
  let market: SimulatedMarket
  let gateway: GatewaySession.Configuration
  let group: SessionGroup
  private let lines: VirtualLines

  /// The lines that are open, oldest first.
  var openLines: [VirtualLine] { lines.all.filter { !$0.isOver } }

  /// 2024-07-01 09:18:53 UTC.
  private static let epoch: Int64 = 1_719_825_533_000_000_000

  init(
    market: SimulatedMarket, switches: [String] = [], seed: UInt64 = 1, metrics: (any MetricsFactory)? = nil,
    _ configure: (inout ISSPlusConfiguration) -> Void = { _ in }, keepAwake: ((Bool) -> Void)? = nil
  ) throws {
    self.market = market
    // The whole structure, 100 KB, would be read at every connect; the client has the same one built in.
    let structure = ByteBuffer(string: #"{"structure":{}}"#)
    gateway = GatewaySession.Configuration(switches: try SimulatorSwitches(switches), structureBody: structure)
    var configuration = ISSPlusConfiguration(url: "ws://127.0.0.1/")
    configure(&configuration)
    lines = VirtualLines()
    var shared = SessionDriver.Shared(connector: VirtualConnector(lines), host: "127.0.0.1")
    shared.seed = seed
    shared.recorder = configuration.recording.map { SessionRecorder($0) }
    shared.metrics = metrics.map { SessionMetrics.Instruments(factory: $0) }
    shared.keepAwake = keepAwake
    group = SessionGroup(configuration, shared: shared, loop: loop)
    lines.world = self
    for driver in group.drivers { driver.wallClock = { [loop] in Self.epoch + Int64(loop.now.uptimeNanoseconds) } }
  }

  var now: GatewayTime { GatewayTime(microseconds: (Self.epoch + Int64(loop.now.uptimeNanoseconds)) / 1000) }

  /// After how long a client's transport notices that nothing passes any more.
  let pingLimit = TimeAmount.seconds(4)
  private var lineCount = 0

  /// The number of the next line, from 1.
  func nextLineNumber() -> Int {
    lineCount += 1
    return lineCount
  }

  /// What becomes of the next attempts to connect, in order; then they succeed.
  var attempts: [VirtualLine.Attempt] = []

  /// Lets time pass.
  func pass(_ time: TimeAmount) { loop.advanceTime(by: time) }

  /// Subscribes into a queue of its own.
  func subscribe(
    _ id: String, _ destination: String, _ selector: String?, _ mode: DeliveryMode
  ) -> DeliveryQueue {
    let bound = NIOLoopBound(group, eventLoop: loop)
    let queue = DeliveryQueue(mode, looseRowLimit: 100_000) { bound.value.hasRoom(id) }
    group.subscribe(SubscriptionRequest(id: id, destination: destination, selector: selector), sink: queue)
      .whenFailure { _ in }
    return queue
  }

  /// The gateway's truth about what the client asked for by that id: of the newest line.
  func truth(_ destination: String, _ selector: String?) -> SimulatedTable? {
    openLines.reversed().lazy.compactMap { $0.gateway.currentTable(destination, selector) }.first
  }

  /// Ends everything, so that nothing is left on the loop.
  func end() {
    group.shutdown()
    pass(.seconds(10))
    for line in lines.all { line.forget() }
    lines.world = nil
  }
}

/// The lines that were ever made.
private final class VirtualLines {
  weak var world: VirtualWorld?
  var all: [VirtualLine] = []
}

private struct VirtualConnector: SessionConnector {
  let lines: VirtualLines

  init(_ lines: VirtualLines) { self.lines = lines }

  func connect(_ handler: LineHandler) {
    guard let world = lines.world else { return }
    let attempt = world.attempts.isEmpty ? .succeeds : world.attempts.removeFirst()
    lines.all.removeAll(where: \.isOver)
    lines.all.append(VirtualLine(handler, world, attempt))
  }
}
